"""Calls of the pricing app, relative to the API's root."""

from __future__ import annotations

from django.urls import path

from pricing.api.price_bands import PriceBands
from pricing.api.sales_reports import SalesReports

urlpatterns = [
    path("sales-reports", SalesReports.as_view(), name="sales-reports"),
    path("price-bands", PriceBands.as_view(), name="price-bands"),
]
