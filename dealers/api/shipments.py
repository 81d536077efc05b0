"""Taking in shipments from HQ's own systems."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability, actor_of
from dealers.api.idempotency import IdempotentPosts
from dealers.api.receipts import RECEIPT_EXAMPLE, ReceiptSerializer, receipt_answer
from dealers.api.reports import CSV, JSON, NDJSON, read_report, rows_of
from dealers.choices import Door
from dealers.services.imports.importing import import_rows
from dealers.services.imports.shipments import SHIPMENTS


class ShipmentLineSerializer(serializers.Serializer[Any]):
    doc_no = serializers.CharField(max_length=64)
    line_no = serializers.IntegerField(min_value=0)
    dealer = serializers.CharField(max_length=32)
    sku = serializers.CharField(max_length=64)
    quantity = serializers.IntegerField(help_text="Negative when goods came back to HQ; never 0.")
    unit_price = serializers.DecimalField(max_digits=18, decimal_places=6)
    shipped_at = serializers.DateTimeField()
    region = serializers.CharField(max_length=32, required=False)


class ShipmentReportSerializer(serializers.Serializer[Any]):
    lines = ShipmentLineSerializer(many=True)


class Shipments(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": ("shipments:write", None)}

    @extend_schema(
        operation_id="report_shipments",
        summary="Report goods sent to dealers (HQ system)",
        description="A line is known by its document and line number: the same content again is a duplicate, other "
        "content is refused. Corrections are documents of their own.",
        tags=["HQ systems"],
        request={JSON: ShipmentReportSerializer, NDJSON: str, CSV: str},
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
                            "doc_no": "DN-1001",
                            "line_no": 1,
                            "dealer": "D0001",
                            "sku": "SKU-1",
                            "quantity": 20,
                            "unit_price": "820.00",
                            "shipped_at": "2026-11-04T15:00:00+08:00",
                            "region": "C001",
                        }
                    ]
                },
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        report = read_report(request)
        delivery = import_rows(
            SHIPMENTS,
            rows_of(report, SHIPMENTS.layout),
            actor=actor_of(request),
            door=Door.API,
            body_digest=report.digest,
        )
        return receipt_answer(delivery)
