"""Calls of the settlement app, relative to the API's root."""

from __future__ import annotations

from django.urls import path, re_path

from settlement.api.cases import CaseAppealView, CaseDetail, CaseFileContent, CaseFiles, CaseReply, Cases
from settlement.api.disputes import (
    AnswerDispute,
    DisputeDetail,
    DisputeFileContent,
    DisputeFiles,
    Disputes,
    OpenDispute,
    WithdrawDispute,
)
from settlement.api.earnings import Earnings
from settlement.api.payments import Consent, Payables, PaymentDetail, Payments, PaymentStepView, PlanAct, Plans
from settlement.api.statement_files import StatementCsv, StatementJson, StatementPdf, StatementXlsx
from settlement.api.statements import StatementConfirmation, StatementDetail, Statements

urlpatterns = [
    path("cases", Cases.as_view(), name="cases"),
    path("cases/<str:number>", CaseDetail.as_view(), name="case"),
    path("cases/<str:number>/reply", CaseReply.as_view(), name="case-reply"),
    path("cases/<str:number>/appeal", CaseAppealView.as_view(), name="case-appeal"),
    path("cases/<str:number>/files", CaseFiles.as_view(), name="case-files"),
    path("cases/<str:number>/files/<str:key>", CaseFileContent.as_view(), name="case-file"),
    path("earnings", Earnings.as_view(), name="earnings"),
    path("payments", Payments.as_view(), name="payments"),
    path("payments/<str:number>", PaymentDetail.as_view(), name="payment"),
    re_path(
        r"^payments/(?P<number>[^/]+)/(?P<act>accept|deliver|settle|refuse|return|overdue|cancel)$",
        PaymentStepView.as_view(),
        name="payment-step",
    ),
    path("payables", Payables.as_view(), name="payables"),
    path("payment-plans", Plans.as_view(), name="payment-plans"),
    re_path(
        r"^payment-plans/(?P<number>[^/]+)/(?P<act>release|refuse|withdraw|end)$",
        PlanAct.as_view(),
        name="payment-plan-act",
    ),
    path("bill-consent", Consent.as_view(), name="bill-consent"),
    path("statements", Statements.as_view(), name="statements"),
    path("statements/<str:period>.pdf", StatementPdf.as_view(), name="statement-pdf"),
    path("statements/<str:period>.json", StatementJson.as_view(), name="statement-json"),
    path("statements/<str:period>.csv", StatementCsv.as_view(), name="statement-csv"),
    path("statements/<str:period>.xlsx", StatementXlsx.as_view(), name="statement-xlsx"),
    path("statements/<str:period>", StatementDetail.as_view(), name="statement"),
    path("statements/<str:period>/confirm", StatementConfirmation.as_view(), name="statement-confirm"),
    path("statements/<str:period>/dispute", OpenDispute.as_view(), name="statement-dispute"),
    path("disputes", Disputes.as_view(), name="disputes"),
    path("disputes/<str:number>", DisputeDetail.as_view(), name="dispute"),
    path("disputes/<str:number>/answer", AnswerDispute.as_view(), name="dispute-answer"),
    path("disputes/<str:number>/withdraw", WithdrawDispute.as_view(), name="dispute-withdraw"),
    path("disputes/<str:number>/files", DisputeFiles.as_view(), name="dispute-files"),
    path("disputes/<str:number>/files/<int:pk>", DisputeFileContent.as_view(), name="dispute-file"),
]
