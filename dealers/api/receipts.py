"""Receipts: the answer to every delivery, and reading them again."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dealers.api.access import ScopeOrCapability
from dealers.choices import Feed
from dealers.errors import NotFound
from dealers.foundation.findings import Finding
from dealers.models import FeedDelivery
from dealers.selectors.deliveries import delivery_by_receipt, visible_deliveries
from dealers.services.deliveries import receipt_of


class LineProblemSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="As the sender counts: from 1, a CSV header included.")
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class RemarkSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(allow_null=True)
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ReceiptSummarySerializer(serializers.Serializer[Any]):
    """A delivery and what became of its lines; `lines` is the sum of the four other counts."""

    id = serializers.UUIDField(source="receipt")
    feed = serializers.ChoiceField(choices=Feed.choices)
    received_at = serializers.DateTimeField()
    lines = serializers.IntegerField()
    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    revised = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    complete = serializers.BooleanField(
        source="is_complete", help_text="False while a large file is being taken in part by part."
    )


class ReceiptSerializer(ReceiptSummarySerializer):
    """A receipt with why each refused line was refused. The refused lines wait in the quarantine."""

    id = serializers.UUIDField()
    complete = serializers.BooleanField(help_text="False while a large file is being taken in part by part.")
    problems = LineProblemSerializer(many=True, help_text="The first 1,000; all of them are in the quarantine.")
    problems_left_out = serializers.IntegerField(required=False)
    file = serializers.UUIDField(
        required=False, help_text="Of a trade message: the file it came in, see `edi-messages/{id}`."
    )
    sandbox = serializers.BooleanField(required=False, help_text="Present and true when the delivery never counts.")
    remarks = RemarkSerializer(many=True, help_text="Notes on lines that were taken all the same.")


RECEIPT_EXAMPLE = OpenApiExample(
    "One line taken, one refused",
    response_only=True,
    value={
        "id": "0199f2c4-7a4e-7c30-8d52-3f1f6a0f9a11",
        "feed": "sales",
        "received_at": "2026-11-05T09:31:02.114000+08:00",
        "lines": 2,
        "accepted": 1,
        "duplicates": 0,
        "revised": 0,
        "quarantined": 1,
        "complete": True,
        "problems": [
            {
                "line": 2,
                "field": "sku",
                "code": "unknown_sku",
                "detail": "“SKU-9” is not a product of the catalogue; check the SKU or ask HQ to add it.",
            }
        ],
        "remarks": [],
    },
)


def receipt_answer(delivery: FeedDelivery, status: int = 201) -> Response:
    """The receipt of a delivery that was just taken."""
    return Response(receipt_body(delivery), status=status)


def receipt_body(delivery: FeedDelivery) -> dict[str, Any]:
    """The receipt as it is answered."""
    return {**receipt_of(delivery), "remarks": [remark_body(record) for record in delivery.remarks]}


def remark_body(record: dict[str, Any]) -> dict[str, Any]:
    """A kept finding in the reader's language."""
    finding = Finding.from_record(record)
    return {"line": finding.line, "field": finding.field, "code": finding.code, "detail": finding.render()}


class ReceiptFilters(django_filters.FilterSet):
    feed = django_filters.ChoiceFilter(choices=Feed.choices)

    class Meta:
        model = FeedDelivery
        fields = ["feed"]


@extend_schema_view(get=extend_schema(operation_id="list_receipts", summary="Receipts, newest first", tags=["reports"]))
class Receipts(generics.ListAPIView[FeedDelivery]):
    """What was delivered and what became of it; the problems of each stand in its own receipt."""

    permission_classes = [ScopeOrCapability]
    access = {"GET": ("receipts:read", "deliveries.view")}
    serializer_class = ReceiptSummarySerializer
    filterset_class = ReceiptFilters

    def get_queryset(self) -> QuerySet[FeedDelivery]:
        if getattr(self, "swagger_fake_view", False):
            return FeedDelivery.objects.none()
        return visible_deliveries(self.request.user)


class ReceiptDetail(APIView):
    permission_classes = [ScopeOrCapability]
    access = {"GET": ("receipts:read", "deliveries.view")}

    @extend_schema(
        operation_id="read_receipt",
        summary="One receipt with its problems",
        tags=["reports"],
        responses={200: ReceiptSerializer},
        examples=[RECEIPT_EXAMPLE],
    )
    def get(self, request: Request, receipt: str) -> Response:
        delivery = delivery_by_receipt(request.user, receipt)
        if delivery is None:
            raise NotFound(what=_("receipt"), key=receipt)
        return receipt_answer(delivery, 200)
