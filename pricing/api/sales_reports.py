"""Taking in sale lines."""

from __future__ import annotations

import io
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability, actor_of, dealer_of
from dealers.api.idempotency import IdempotentPosts
from dealers.api.receipts import RECEIPT_EXAMPLE, ReceiptSerializer, receipt_answer
from dealers.api.reports import CSV, JSON, NDJSON, Report, read_report
from dealers.api.trade_messages import EDIFACT, TRADE_TYPES, X12, content_type_of, one_receipt, receipt_with_file
from dealers.choices import Door, Feed
from dealers.models import Dealer, TradeFileReceived
from dealers.services.audit import name_of
from pricing.api.edi_messages import require_stock_scope
from pricing.services.intake import JsonReport, NdjsonReport, TableReport, take_in_sales
from pricing.services.trade import take_trade_messages


class SaleLineSerializer(serializers.Serializer[Any]):
    doc_no = serializers.CharField(max_length=64)
    line_no = serializers.IntegerField(min_value=1)
    sold_at = serializers.DateTimeField(help_text="With its offset; at most 10 minutes ahead.")
    sku = serializers.CharField(max_length=64)
    quantity = serializers.IntegerField(help_text="Negative when a customer returned goods; never 0.")
    unit_price = serializers.DecimalField(
        max_digits=18, decimal_places=6, min_value=0, help_text="What the customer paid, tax included."
    )
    region = serializers.CharField(max_length=32)
    revision = serializers.IntegerField(
        min_value=1, required=False, help_text="Higher than before when a line known already is corrected."
    )
    channel = serializers.ChoiceField(choices=["retail", "b2b"], required=False)
    customer = serializers.CharField(
        max_length=256, required=False, help_text="Your reference of the end customer; only its keyed hash is kept."
    )


class SalesReportSerializer(serializers.Serializer[Any]):
    lines = SaleLineSerializer(many=True)


class SalesReports(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": ("sales:write", "reports.submit")}

    @extend_schema(
        operation_id="report_sales",
        summary="Report sale lines",
        description="Good lines are kept and judged, refused ones are in the quarantine. A line is known by dealer, "
        "document and line number: the same content again is a duplicate, other content needs a higher `revision`. "
        "A body of any kind may be gzipped (`Content-Encoding: gzip`). HQ's systems name the `dealer` in each line. "
        "One message of X12 or EDIFACT is taken, too; files of several go to `edi-messages`.",
        tags=["reports"],
        request={JSON: SalesReportSerializer, NDJSON: str, CSV: str, X12: str, EDIFACT: str},
        responses={201: ReceiptSerializer},
        examples=[
            RECEIPT_EXAMPLE,
            OpenApiExample(
                "One line",
                request_only=True,
                media_type=JSON,
                value={
                    "lines": [
                        {
                            "doc_no": "SO-20261105-17",
                            "line_no": 1,
                            "sold_at": "2026-11-05T09:12:00+08:00",
                            "sku": "SKU-1",
                            "quantity": 2,
                            "unit_price": "999.00",
                            "region": "C001",
                        }
                    ]
                },
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        if content_type_of(request) in TRADE_TYPES:
            return receipt_with_file(
                *one_receipt(request, Feed.SALES, lambda body, dealer: _take(request, body, dealer))
            )
        report = read_report(request)
        delivery = take_in_sales(
            source=_source(report),
            dealer=dealer_of(request),
            door=Door.API,
            actor_label=name_of(actor_of(request)),
        )
        return receipt_answer(delivery)


def _source(report: Report) -> JsonReport | NdjsonReport | TableReport:
    if report.content_type == CSV:
        return TableReport(io.BytesIO(report.body), "report.csv")
    return NdjsonReport(report.body) if report.content_type == NDJSON else JsonReport(report.body)


def _take(request: Request, body: bytes, dealer: Dealer) -> TradeFileReceived:
    """Take one message with its sales, and with its stock when the caller may report that, too."""
    require_stock_scope(request, body, dealer)
    return take_trade_messages(body=body, dealer=dealer, actor=actor_of(request), door=Door.API)
