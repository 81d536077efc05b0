"""Taking in stock counts."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability, actor_of, dealer_of
from dealers.api.idempotency import IdempotentPosts
from dealers.api.receipts import RECEIPT_EXAMPLE, ReceiptSerializer, receipt_answer
from dealers.api.reports import CSV, JSON, NDJSON, read_report, rows_of
from dealers.api.trade_messages import EDIFACT, TRADE_TYPES, X12, XML, content_type_of, one_receipt, receipt_with_file
from dealers.choices import Door, Feed
from dealers.models import Dealer, TradeFileReceived
from dealers.services.imports.importing import import_rows
from dealers.services.imports.inventory import INVENTORY, OWN_INVENTORY
from dealers.services.trade.stock import take_stock
from dealers.services.trade.taking import take_messages


class CountSerializer(serializers.Serializer[Any]):
    sku = serializers.CharField(max_length=64)
    on_hand = serializers.IntegerField(min_value=0)
    warehouse = serializers.CharField(max_length=64, required=False)
    in_transit = serializers.IntegerField(min_value=0, required=False)


class InventoryReportSerializer(serializers.Serializer[Any]):
    """Counts at one instant. In NDJSON and CSV every line carries its own `as_of`."""

    as_of = serializers.DateTimeField(help_text="With its offset; at most 10 minutes ahead.")
    lines = CountSerializer(many=True)


class InventoryReports(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": ("inventory:write", "reports.submit")}

    @extend_schema(
        operation_id="report_inventory",
        summary="Report stock counts",
        description="Good lines are kept, refused ones are in the quarantine. A count of the same instant, product and "
        "warehouse restates the earlier one. HQ's own systems name the `dealer` in every line. "
        "One message of X12, EDIFACT or UBL is taken, too; files of several go to `edi-messages`.",
        tags=["reports"],
        request={JSON: InventoryReportSerializer, NDJSON: str, CSV: str, X12: str, EDIFACT: str, XML: str},
        responses={201: ReceiptSerializer},
        examples=[
            RECEIPT_EXAMPLE,
            OpenApiExample(
                "Two products",
                request_only=True,
                media_type=JSON,
                value={
                    "as_of": "2026-11-05T09:30:00+08:00",
                    "lines": [{"sku": "SKU-1", "on_hand": 12}, {"sku": "SKU-2", "on_hand": 3, "in_transit": 5}],
                },
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        if content_type_of(request) in TRADE_TYPES:
            return receipt_with_file(
                *one_receipt(request, Feed.INVENTORY, lambda body, dealer: _take(request, body, dealer))
            )
        report = read_report(request)
        dealer = dealer_of(request)
        importer = INVENTORY if dealer is None else OWN_INVENTORY
        delivery = import_rows(
            importer,
            rows_of(report, importer.layout, shared=("as_of",)),
            actor=actor_of(request),
            door=Door.API,
            dealer=dealer,
            body_digest=report.digest,
        )
        return receipt_answer(delivery)


def _take(request: Request, body: bytes, dealer: Dealer) -> TradeFileReceived:
    """Take messages of stock; one that has sales, too, is refused with the way to the door that takes both."""
    return take_messages(
        body=body, dealer=dealer, actor=actor_of(request), door=Door.API, takers={Feed.INVENTORY: take_stock}
    )
