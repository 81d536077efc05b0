"""Products and regions: what may be sold, and where."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import F, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers

from dealers.api.access import ScopeOrCapability
from dealers.api.pagination import ByCode
from dealers.choices import CityTier, Industry, RegionKind
from dealers.models import Product, Region


class BySku(ByCode):
    ordering = "sku"


class ProductSerializer(serializers.Serializer[Any]):
    sku = serializers.CharField()
    gtin = serializers.CharField()
    name = serializers.CharField(help_text="In the language asked for.")
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    category = serializers.CharField()
    industry = serializers.ChoiceField(choices=Industry.choices)


class RegionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField(help_text="In the language asked for.")
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    kind = serializers.ChoiceField(choices=RegionKind.choices)
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent_code", allow_null=True, help_text="The province of a city."
    )
    city_tier = serializers.ChoiceField(choices=CityTier.choices, allow_null=True)
    remote = serializers.BooleanField()


class ProductFilters(django_filters.FilterSet):
    sku = django_filters.CharFilter(max_length=64)
    category = django_filters.CharFilter(max_length=64)
    industry = django_filters.ChoiceFilter(choices=Industry.choices)

    class Meta:
        model = Product
        fields = ["sku", "category", "industry"]


class RegionFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=RegionKind.choices)
    parent = django_filters.CharFilter(field_name="parent__code", max_length=32)
    remote = django_filters.BooleanFilter()

    class Meta:
        model = Region
        fields = ["kind", "parent", "remote"]


@extend_schema_view(get=extend_schema(operation_id="list_products", summary="Products, by SKU", tags=["prices"]))
class Products(generics.ListAPIView[Product]):
    permission_classes = [ScopeOrCapability]
    access = {"GET": ("prices:read", "catalogue.view")}
    serializer_class = ProductSerializer
    filterset_class = ProductFilters
    pagination_class = BySku
    queryset = Product.objects.all()


@extend_schema_view(get=extend_schema(operation_id="list_regions", summary="Regions, by code", tags=["prices"]))
class Regions(generics.ListAPIView[Region]):
    permission_classes = [ScopeOrCapability]
    access = {"GET": ("prices:read", "catalogue.view")}
    serializer_class = RegionSerializer
    filterset_class = RegionFilters
    pagination_class = ByCode

    def get_queryset(self) -> QuerySet[Region]:
        return Region.objects.annotate(parent_code=F("parent__code"))
