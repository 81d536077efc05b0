"""Pages of the rebates app."""

from __future__ import annotations

from django.urls import path

from rebates.web import price_changes, price_proposals

urlpatterns = [
    path("price-changes/", price_changes.price_changes, name="price-changes"),
    path("price-changes/new/", price_proposals.price_propose, name="price-propose"),
    path("price-changes/import/", price_proposals.prices_propose, name="prices-propose"),
    path("price-changes/<int:pk>/", price_changes.price_change, name="price-change"),
    path("price-changes/<int:pk>/confirm/", price_changes.price_confirm, name="price-confirm"),
    path("price-changes/<int:pk>/decline/", price_changes.price_decline, name="price-decline"),
    path("price-changes/<int:pk>/withdraw/", price_changes.price_withdraw, name="price-withdraw"),
    path("price-changes/<int:pk>/protection.<str:ending>", price_changes.protection_export, name="protection-export"),
    path("price-changes/<int:pk>/dealers/<str:code>/", price_changes.price_change_dealer, name="price-change-dealer"),
]
