"""Calls of the settlement app, relative to the API's root."""

from __future__ import annotations

from django.urls import path

from settlement.api.statement_files import StatementCsv, StatementXlsx
from settlement.api.statements import StatementConfirmation, StatementDetail, Statements

urlpatterns = [
    path("statements", Statements.as_view(), name="statements"),
    path("statements/<str:period>.csv", StatementCsv.as_view(), name="statement-csv"),
    path("statements/<str:period>.xlsx", StatementXlsx.as_view(), name="statement-xlsx"),
    path("statements/<str:period>", StatementDetail.as_view(), name="statement"),
    path("statements/<str:period>/confirm", StatementConfirmation.as_view(), name="statement-confirm"),
]
