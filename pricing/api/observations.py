"""Prices seen in the market: a feed of HQ's reports them and reads what became of them."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability, actor_of
from dealers.api.idempotency import IdempotentPosts
from dealers.api.receipts import RECEIPT_EXAMPLE, ReceiptSerializer, receipt_answer
from dealers.api.reports import CSV, JSON, NDJSON, read_report, rows_of
from dealers.choices import Door
from dealers.services.imports.importing import import_rows
from pricing.choices import ObservationState, Verdict
from pricing.models import MarketObservation
from pricing.permissions import CAPABILITIES
from pricing.selectors.observations import visible_observations
from pricing.services.imports.observations import OBSERVATIONS


class SeenPriceSerializer(serializers.Serializer[Any]):
    """One sighting. Name the product by `sku`, `gtin` or `product`, the name as it was shown."""

    seen_at = serializers.DateTimeField()
    seller = serializers.CharField(max_length=200)
    price = serializers.DecimalField(max_digits=18, decimal_places=6)
    platform = serializers.CharField(max_length=64, required=False)
    shop = serializers.CharField(max_length=200, required=False)
    shop_link = serializers.CharField(max_length=500, required=False)
    link = serializers.CharField(max_length=1000, required=False, help_text="http or https; never fetched by us.")
    region = serializers.CharField(max_length=32, required=False)
    sku = serializers.CharField(max_length=64, required=False)
    gtin = serializers.CharField(max_length=14, required=False)
    product = serializers.CharField(max_length=200, required=False)
    note = serializers.CharField(max_length=2000, required=False)
    external_id = serializers.CharField(
        max_length=64, required=False, help_text="The feed's own number: the same again is a duplicate."
    )
    picture = serializers.CharField(required=False, help_text="PNG, JPG, WEBP or HEIC in base64.")


class SeenPricesSerializer(serializers.Serializer[Any]):
    lines = SeenPriceSerializer(many=True)


class MarketObservationSerializer(serializers.Serializer[Any]):
    """A sighting and what was found about it. `gap` is how far the price lies outside the band."""

    id = serializers.IntegerField()
    external_id = serializers.CharField()
    seen_at = serializers.DateTimeField()
    platform = serializers.CharField()
    seller = serializers.CharField()
    shop = serializers.CharField()
    link = serializers.CharField()
    price = serializers.DecimalField(max_digits=18, decimal_places=6)
    region = serializers.CharField(source="region.code", allow_null=True, default=None)
    sku = serializers.CharField(source="product.sku", allow_null=True, default=None)
    dealer = serializers.CharField(source="dealer.code", allow_null=True, default=None)
    verdict = serializers.SerializerMethodField()
    gap = serializers.DecimalField(max_digits=18, decimal_places=6, allow_null=True)
    enforced = serializers.BooleanField(source="holds", help_text="Whether the broken edge could be held to that day.")
    has_picture = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=ObservationState.choices)
    recorded_at = serializers.DateTimeField()

    def get_verdict(self, seen: MarketObservation) -> str | None:
        return Verdict(seen.verdict).code if seen.verdict else None

    def get_has_picture(self, seen: MarketObservation) -> bool:
        return seen.picture_id is not None


class ObservationFilters(django_filters.FilterSet):
    dealer = django_filters.CharFilter(field_name="dealer__code", max_length=32)
    sku = django_filters.CharFilter(field_name="product__sku", max_length=64)
    external_id = django_filters.CharFilter(max_length=64)
    state = django_filters.ChoiceFilter(choices=ObservationState.choices)
    seen_from = django_filters.DateFilter(field_name="seen_on", lookup_expr="gte")
    seen_before = django_filters.DateFilter(field_name="seen_on", lookup_expr="lt")

    class Meta:
        model = MarketObservation
        fields = ["dealer", "sku", "external_id", "state", "seen_from", "seen_before"]


class MarketObservations(IdempotentPosts, generics.ListAPIView[MarketObservation]):
    permission_classes = [ScopeOrCapability]
    access = {
        "GET": ("observations:read", "observations.view"),
        "POST": ("observations:write", None),
    }
    capabilities = CAPABILITIES
    serializer_class = MarketObservationSerializer
    filterset_class = ObservationFilters
    queryset = MarketObservation.objects.none()

    def get_queryset(self) -> QuerySet[MarketObservation]:
        return visible_observations(self.request.user)

    @extend_schema(
        operation_id="list_market_observations",
        summary="Prices seen in the market, newest first (HQ)",
        tags=["HQ systems"],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="report_market_observations",
        summary="Report prices seen in the market (HQ system)",
        description="A sighting is known by the feed's `external_id`, and by seller, page, product, place, day and "
        "price: the same again is a duplicate. What was seen never changes.",
        tags=["HQ systems"],
        request={JSON: SeenPricesSerializer, NDJSON: str, CSV: str},
        responses={201: ReceiptSerializer},
        examples=[
            RECEIPT_EXAMPLE,
            OpenApiExample(
                "One sighting",
                request_only=True,
                media_type=JSON,
                value={
                    "lines": [
                        {
                            "external_id": "W-20261105-0007",
                            "seen_at": "2026-11-05T09:30:00+08:00",
                            "platform": "Taobao",
                            "seller": "Cloud Boat Digital",
                            "link": "https://shop.example/item/1",
                            "sku": "SKU-1",
                            "region": "C001",
                            "price": "799.00",
                        }
                    ]
                },
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        report = read_report(request)
        delivery = import_rows(
            OBSERVATIONS,
            rows_of(report, OBSERVATIONS.layout),
            actor=actor_of(request),
            door=Door.API,
            body_digest=report.digest,
        )
        return receipt_answer(delivery)
