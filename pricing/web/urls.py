"""Pages of the pricing app."""

from __future__ import annotations

from django.urls import path

from pricing.web import bands, promo_decisions, promo_drafts, promos, sale_lines

urlpatterns = [
    path("bands/", bands.bands, name="bands"),
    path("bands/what-applies/", bands.bands_what_applies, name="bands-what-applies"),
    path("sale-lines/", sale_lines.sale_lines, name="sale-lines"),
    path("sale-lines/<str:dealer>/<int:line_no>/<path:doc_no>/", sale_lines.sale_line, name="sale-line"),
    path("promos/", promos.inbox, name="promos"),
    path("promos/export.xlsx", promos.export, name="promos-export"),
    path("promos/new/", promo_drafts.new, name="promo-new"),
    path("promos/new/row/", promo_drafts.item_row, name="promo-item-row"),
    path("promos/new/hint/", promo_drafts.price_hint, name="promo-price-hint"),
    path("promos/open/", promos.open_to_me, name="promos-open"),
    path("promos/<str:code>/", promos.detail, name="promo-detail"),
    path("promos/<str:code>/edit/", promo_drafts.edit, name="promo-edit"),
    path("promos/<str:code>/submit/", promo_decisions.submit, name="promo-submit"),
    path("promos/<str:code>/withdraw/", promo_decisions.withdraw, name="promo-withdraw"),
    path("promos/<str:code>/findings/<int:hit>/clear/", promo_decisions.clear, name="promo-clear-hit"),
    path("promos/<str:code>/legal-decision/", promo_decisions.legal, name="promo-legal-decision"),
    path("promos/<str:code>/budget-decision/", promo_decisions.budget, name="promo-budget-decision"),
    path("promos/<str:code>/close-meeting/", promo_decisions.close, name="promo-close-meeting"),
]
