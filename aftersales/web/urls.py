"""Pages of the aftersales app."""

from __future__ import annotations

from django.urls import path

from aftersales.web import reports, service, teams, ticket_acts, tickets

urlpatterns = [
    path("tickets/", tickets.tickets, name="tickets"),
    path("tickets/new/", tickets.ticket_new, name="ticket-new"),
    path("tickets/<str:number>/", tickets.ticket, name="ticket"),
    path("tickets/<str:number>/files/<int:key>/", tickets.ticket_file, name="ticket-file"),
    path("tickets/<str:number>/<str:name>/", ticket_acts.act, name="ticket-act"),
    path("service-team/", teams.service_team, name="service-team"),
    path("service-team/dealers/<str:code>/", teams.team_of_dealer, name="service-team-of"),
    path("service-team/certificates/<int:key>/decide/", teams.certificate_decide, name="certificate-decide"),
    path("service-team/certificates/<int:key>/file/", teams.certificate_file, name="certificate-file"),
    path("service-team/members/<str:name>/", teams.team_act, name="team-add"),
    path("service-team/members/<int:key>/<str:name>/", teams.team_act, name="team-act"),
    path("satisfaction/", reports.reports, name="satisfaction-reports"),
    path("satisfaction/<str:quarter>/export.<str:ending>", reports.reports_export, name="satisfaction-export"),
    path("satisfaction/<int:key>/", reports.report, name="satisfaction-report"),
    path("satisfaction/<int:key>/acknowledge/", reports.report_acknowledge, name="satisfaction-acknowledge"),
    path("service-breaches/", reports.breaches, name="service-breaches"),
    path("service-breaches/<int:key>/waive/", reports.breach_waive, name="service-breach-waive"),
    path("service/", service.service, name="service"),
    path("service/thanks/", service.thanks, name="service-thanks"),
    path("service/<str:token>/", service.track, name="service-track"),
    path("service/<str:token>/<str:name>/", service.track_act, name="service-track-act"),
]
