"""Calls of the dealers app, relative to the API's root."""

from __future__ import annotations

from django.urls import path

from dealers.api.catalogue import Products, Regions
from dealers.api.inventory_reports import InventoryReports
from dealers.api.quarantine import Quarantine
from dealers.api.receipts import ReceiptDetail, Receipts
from dealers.api.shipments import Shipments
from dealers.api.stock_adjustments import StockAdjustments
from dealers.api.supply import SupplyEligibility
from dealers.api.trade_messages import ReceiptAcknowledgement, TradeFileAcknowledgement, TradeFileDetail
from dealers.api.webhooks import (
    WebhookDeliveries,
    WebhookDeliveryRedeliver,
    WebhookEndpointRotate,
    WebhookEndpoints,
    WebhookEndpointSwitch,
    WebhookEndpointTest,
)
from dealers.api.zero_sales import ZeroSalesDeclarations

urlpatterns = [
    path("inventory-reports", InventoryReports.as_view(), name="inventory-reports"),
    path("zero-sales-declarations", ZeroSalesDeclarations.as_view(), name="zero-sales-declarations"),
    path("receipts", Receipts.as_view(), name="receipts"),
    path("receipts/<uuid:receipt>", ReceiptDetail.as_view(), name="receipt"),
    path("receipts/<uuid:receipt>/acknowledgement", ReceiptAcknowledgement.as_view(), name="receipt-acknowledgement"),
    path("edi-messages/<uuid:number>", TradeFileDetail.as_view(), name="edi-file"),
    path("edi-messages/<uuid:number>/acknowledgement", TradeFileAcknowledgement.as_view(), name="edi-acknowledgement"),
    path("quarantine", Quarantine.as_view(), name="quarantine"),
    path("products", Products.as_view(), name="products"),
    path("regions", Regions.as_view(), name="regions"),
    path("shipments", Shipments.as_view(), name="shipments"),
    path("stock-adjustments", StockAdjustments.as_view(), name="stock-adjustments"),
    path("supply-eligibility", SupplyEligibility.as_view(), name="supply-eligibility"),
    path("webhook-endpoints", WebhookEndpoints.as_view(), name="webhook-endpoints"),
    path("webhook-endpoints/<uuid:pk>/rotate", WebhookEndpointRotate.as_view(), name="webhook-endpoint-rotate"),
    path("webhook-endpoints/<uuid:pk>/switch", WebhookEndpointSwitch.as_view(), name="webhook-endpoint-switch"),
    path("webhook-endpoints/<uuid:pk>/test", WebhookEndpointTest.as_view(), name="webhook-endpoint-test"),
    path("webhook-deliveries", WebhookDeliveries.as_view(), name="webhook-deliveries"),
    path("webhook-deliveries/<int:pk>/redeliver", WebhookDeliveryRedeliver.as_view(), name="webhook-redeliver"),
]
