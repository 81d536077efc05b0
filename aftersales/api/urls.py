"""Calls of the aftersales app, relative to the API's root."""

from __future__ import annotations

from django.urls import path

from aftersales.api import satisfaction_reports, tickets

urlpatterns = [
    path("tickets", tickets.Tickets.as_view()),
    path("tickets/<str:number>", tickets.OneTicket.as_view()),
    path("tickets/<str:number>/respond", tickets.RespondToTicket.as_view()),
    path("tickets/<str:number>/resolve", tickets.ResolveTicket.as_view()),
    path("tickets/<str:number>/reopen", tickets.ReopenTicket.as_view()),
    path("tickets/<str:number>/files", tickets.TicketFiles.as_view()),
    path("tickets/<str:number>/files/<int:key>", tickets.OneTicketFile.as_view()),
    path("satisfaction-reports", satisfaction_reports.SatisfactionReports.as_view()),
    path("satisfaction-reports/<int:key>/acknowledge", satisfaction_reports.ReadSatisfactionReport.as_view()),
]
