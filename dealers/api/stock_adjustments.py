"""Declaring changes of stock that are neither purchase nor sale, and reading them again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability, actor_of, dealer_of
from dealers.api.idempotency import IdempotentPosts
from dealers.api.pagination import NewestFirst
from dealers.api.receipts import RECEIPT_EXAMPLE, ReceiptSerializer, receipt_answer
from dealers.api.reports import CSV, JSON, NDJSON, read_report, rows_of
from dealers.choices import AdjustmentKind, Door
from dealers.models import StockAdjustment
from dealers.selectors.adjustments import visible_adjustments
from dealers.services.imports.adjustments import OWN_STOCK_ADJUSTMENTS, STOCK_ADJUSTMENTS
from dealers.services.imports.importing import import_rows


class AdjustmentLineSerializer(serializers.Serializer[Any]):
    doc_no = serializers.CharField(max_length=64)
    line_no = serializers.IntegerField(min_value=0)
    kind = serializers.ChoiceField(choices=AdjustmentKind.choices)
    sku = serializers.CharField(max_length=64)
    quantity = serializers.IntegerField(
        min_value=0, help_text="Units, without a sign: the kind says whether they came or went. 0 takes a line back."
    )
    occurred_at = serializers.DateTimeField(help_text="With its offset; at most 10 minutes ahead.")
    warehouse = serializers.CharField(max_length=64, required=False)
    counterparty = serializers.CharField(
        max_length=200, required=False, help_text="The other party of a transfer; left out between own warehouses."
    )
    reason = serializers.CharField(max_length=500, required=False, help_text="Needed for damage, loss and found.")
    revision = serializers.IntegerField(min_value=1, required=False)


class AdjustmentReportSerializer(serializers.Serializer[Any]):
    lines = AdjustmentLineSerializer(many=True)


class AdjustmentSerializer(serializers.ModelSerializer[StockAdjustment]):
    """A line as it stands; `change` is what it does to the stock."""

    dealer = serializers.CharField(source="dealer.code")
    sku = serializers.CharField(source="product.sku")
    quantity = serializers.IntegerField()

    class Meta:
        model = StockAdjustment
        fields = (
            *("dealer", "doc_no", "line_no", "revision", "kind", "sku", "quantity", "change", "occurred_at"),
            *("warehouse", "counterparty", "reason"),
        )


class ByOccurrence(NewestFirst):
    """The newest occurrence first."""

    ordering = ("-occurred_at", "dealer_id", "doc_no", "line_no")

    @staticmethod
    def is_position(position: str) -> bool:
        try:
            return datetime.fromisoformat(position).tzinfo is not None
        except ValueError:
            return False


class AdjustmentFilters(django_filters.FilterSet):
    sku = django_filters.CharFilter(field_name="product__sku")
    dealer = django_filters.CharFilter(field_name="dealer__code")
    kind = django_filters.ChoiceFilter(choices=AdjustmentKind.choices)

    class Meta:
        model = StockAdjustment
        fields = ["sku", "dealer", "kind"]


class StockAdjustments(IdempotentPosts, generics.ListAPIView[StockAdjustment]):
    permission_classes = [ScopeOrCapability]
    access = {"POST": ("inventory:write", "reports.submit"), "GET": ("stock:read", "stock.view")}
    serializer_class = AdjustmentSerializer
    filterset_class = AdjustmentFilters
    pagination_class = ByOccurrence

    def get_queryset(self) -> QuerySet[StockAdjustment]:
        if getattr(self, "swagger_fake_view", False):
            return StockAdjustment.objects.none()
        return visible_adjustments(self.request.user).select_related("dealer", "product")

    @extend_schema(
        operation_id="list_stock_adjustments",
        summary="Declared changes of stock, the newest first",
        tags=["reports"],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="report_stock_adjustments",
        summary="Declare damage, loss, transfers and other changes of stock",
        description="A line is known by its document and line number. Other content needs a higher `revision`, which "
        "replaces the line. HQ's own systems name the `dealer` in every line.",
        tags=["reports"],
        request={JSON: AdjustmentReportSerializer, NDJSON: str, CSV: str},
        responses={201: ReceiptSerializer},
        examples=[
            RECEIPT_EXAMPLE,
            OpenApiExample(
                "Two units damaged",
                request_only=True,
                media_type=JSON,
                value={
                    "lines": [
                        {
                            "doc_no": "TZ-1105",
                            "line_no": 1,
                            "kind": "damage",
                            "sku": "SKU-1",
                            "quantity": 2,
                            "occurred_at": "2026-11-05T09:30:00+08:00",
                            "reason": "Dropped while unloading",
                        }
                    ]
                },
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        report = read_report(request)
        dealer = dealer_of(request)
        importer = STOCK_ADJUSTMENTS if dealer is None else OWN_STOCK_ADJUSTMENTS
        delivery = import_rows(
            importer,
            rows_of(report, importer.layout),
            actor=actor_of(request),
            door=Door.API,
            dealer=dealer,
            body_digest=report.digest,
        )
        return receipt_answer(delivery)
