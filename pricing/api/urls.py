"""Calls of the pricing app, relative to the API's root."""

from __future__ import annotations

from django.urls import path

from pricing.api.edi_messages import EdiMessages
from pricing.api.observations import MarketObservations
from pricing.api.price_bands import PriceBands
from pricing.api.promo_papers import (
    ApprovePromos,
    ClearPromoFinding,
    EndPromoDelegation,
    PromoAttachmentDetail,
    PromoAttachments,
    PromoDelegations,
    PromoMinutes,
    PromoMinutesFile,
)
from pricing.api.promo_results import (
    CompletePromoSpend,
    EvaluatePromo,
    PromoResults,
    PromoResultsOf,
    PromoSpending,
    ReversePromoSpend,
)
from pricing.api.promos import (
    ClosePromoMeeting,
    DecidePromoBudget,
    DecidePromoLegally,
    PromoRequestDetail,
    PromoRequests,
    SubmitPromo,
    WithdrawPromo,
)
from pricing.api.sales_reports import SalesReports
from pricing.api.stock import Stock, StockFindings
from pricing.api.violations import ViolationDetail, Violations

urlpatterns = [
    path("violations", Violations.as_view(), name="violations"),
    path("violations/<int:id>", ViolationDetail.as_view(), name="violation"),
    path("market-observations", MarketObservations.as_view(), name="market-observations"),
    path("sales-reports", SalesReports.as_view(), name="sales-reports"),
    path("stock", Stock.as_view(), name="stock"),
    path("stock-findings", StockFindings.as_view(), name="stock-findings"),
    path("edi-messages", EdiMessages.as_view(), name="edi-messages"),
    path("price-bands", PriceBands.as_view(), name="price-bands"),
    path("promo-requests", PromoRequests.as_view(), name="promo-requests"),
    path("promo-requests/bulk-approvals", ApprovePromos.as_view(), name="promo-requests-bulk"),
    path("promo-delegations", PromoDelegations.as_view(), name="promo-delegations-api"),
    path("promo-delegations/<int:delegation>/end", EndPromoDelegation.as_view(), name="promo-delegation-end-api"),
    path("promo-requests/<str:code>", PromoRequestDetail.as_view(), name="promo-request"),
    path("promo-requests/<str:code>/submit", SubmitPromo.as_view(), name="promo-request-submit"),
    path("promo-requests/<str:code>/attachments", PromoAttachments.as_view(), name="promo-request-attachments"),
    path(
        "promo-requests/<str:code>/attachments/<int:attachment>",
        PromoAttachmentDetail.as_view(),
        name="promo-request-attachment",
    ),
    path(
        "promo-requests/<str:code>/findings/<int:finding>/clear",
        ClearPromoFinding.as_view(),
        name="promo-request-clear",
    ),
    path("promo-requests/<str:code>/minutes", PromoMinutes.as_view(), name="promo-request-minutes"),
    path(
        "promo-requests/<str:code>/minutes/<int:minutes>/file",
        PromoMinutesFile.as_view(),
        name="promo-request-minutes-file",
    ),
    path("promo-requests/<str:code>/withdraw", WithdrawPromo.as_view(), name="promo-request-withdraw"),
    path("promo-requests/<str:code>/legal-decision", DecidePromoLegally.as_view(), name="promo-request-legal"),
    path("promo-requests/<str:code>/budget-decision", DecidePromoBudget.as_view(), name="promo-request-budget"),
    path("promo-results", PromoResults.as_view(), name="promo-results"),
    path("promo-requests/<str:code>/results", PromoResultsOf.as_view(), name="promo-request-results"),
    path("promo-requests/<str:code>/spend", PromoSpending.as_view(), name="promo-request-spend"),
    path(
        "promo-requests/<str:code>/spend/<int:number>/reverse",
        ReversePromoSpend.as_view(),
        name="promo-request-spend-reverse",
    ),
    path("promo-requests/<str:code>/spend-complete", CompletePromoSpend.as_view(), name="promo-request-spend-complete"),
    path("promo-requests/<str:code>/evaluate", EvaluatePromo.as_view(), name="promo-request-evaluate"),
    path("promo-requests/<str:code>/close-meeting", ClosePromoMeeting.as_view(), name="promo-request-close"),
]
