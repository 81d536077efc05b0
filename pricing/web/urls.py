"""Pages of the pricing app."""

from __future__ import annotations

from django.urls import path

from pricing.web import (
    band_coverage,
    band_edit,
    band_series,
    bands,
    legal_bases,
    promo_decisions,
    promo_drafts,
    promos,
    sale_lines,
)

urlpatterns = [
    path("bands/", bands.bands, name="bands"),
    path("bands/export.<str:ending>", bands.bands_export, name="bands-export"),
    path("bands/new/", band_edit.band_new, name="band-new"),
    path("bands/compare/", band_series.bands_compare, name="bands-compare"),
    path("bands/coverage/", band_coverage.bands_coverage, name="bands-coverage"),
    path("bands/coverage/gaps.<str:ending>", band_coverage.gaps_export, name="band-gaps-export"),
    path("bands/<int:pk>/", band_series.band_series, name="band-series"),
    path("bands/<int:pk>/change/", band_edit.band_change, name="band-change"),
    path("bands/<int:pk>/end/", band_edit.band_end, name="band-end"),
    path("bands/what-applies/", bands.bands_what_applies, name="bands-what-applies"),
    path("legal-bases/", legal_bases.legal_bases, name="legal-bases"),
    path("legal-bases/new/", legal_bases.basis_new, name="legal-basis-new"),
    path("legal-bases/<int:pk>/", legal_bases.legal_basis, name="legal-basis"),
    path("legal-bases/<int:pk>/renew/", legal_bases.basis_renew, name="legal-basis-renew"),
    path("legal-bases/<int:pk>/evidence/", legal_bases.basis_evidence, name="legal-basis-evidence"),
    path("legal-bases/<int:pk>/evidence/<int:evidence>/", legal_bases.basis_file, name="legal-basis-file"),
    path("legal-bases/<int:pk>/the-day-it-ends/", legal_bases.basis_end, name="legal-basis-end"),
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
