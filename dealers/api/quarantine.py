"""Reading the lines that were refused. Correcting them needs every app and stands in ``config.api``."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers

from dealers.api.access import ScopeOrCapability
from dealers.choices import Feed, QuarantineState
from dealers.models import QuarantinedLine
from dealers.selectors.quarantine import visible_quarantine
from dealers.services.deliveries import detail_of


class QuarantinedLineSerializer(serializers.Serializer[Any]):
    """A refused line: what came, where, why, and how it was put right."""

    id = serializers.IntegerField()
    receipt = serializers.UUIDField(source="delivery.receipt")
    feed = serializers.ChoiceField(choices=Feed.choices)
    line = serializers.IntegerField()
    field = serializers.CharField()
    value = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.SerializerMethodField()
    content = serializers.SerializerMethodField(help_text="The line as it came; correct it and send it again.")
    state = serializers.ChoiceField(choices=QuarantineState.choices)
    refused_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    corrected_by = serializers.SerializerMethodField(help_text="The receipt of the correction.")

    def get_detail(self, line: QuarantinedLine) -> str:
        return detail_of(line)

    @extend_schema_field(OpenApiTypes.ANY)
    def get_content(self, line: QuarantinedLine) -> Any:
        return line.content

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_corrected_by(self, line: QuarantinedLine) -> str | None:
        correction = line.resolved_by_delivery
        return None if correction is None else str(correction.receipt)


class QuarantineFilters(django_filters.FilterSet):
    feed = django_filters.ChoiceFilter(choices=Feed.choices)
    state = django_filters.ChoiceFilter(choices=QuarantineState.choices)
    receipt = django_filters.UUIDFilter(field_name="delivery__receipt")
    code = django_filters.CharFilter(max_length=64, help_text="Why it was refused.")
    refused_before = django_filters.IsoDateTimeFilter(field_name="refused_at", lookup_expr="lt")
    refused_from = django_filters.IsoDateTimeFilter(field_name="refused_at", lookup_expr="gte")

    class Meta:
        model = QuarantinedLine
        fields = ["feed", "state", "receipt", "code", "refused_before", "refused_from"]


@extend_schema_view(
    get=extend_schema(operation_id="list_quarantine", summary="Refused lines, newest first", tags=["reports"])
)
class Quarantine(generics.ListAPIView[QuarantinedLine]):
    """Every line that was refused, until it is corrected or withdrawn and after."""

    permission_classes = [ScopeOrCapability]
    access = {"GET": ("receipts:read", "deliveries.view")}
    serializer_class = QuarantinedLineSerializer
    filterset_class = QuarantineFilters

    def get_queryset(self) -> QuerySet[QuarantinedLine]:
        if getattr(self, "swagger_fake_view", False):
            return QuarantinedLine.objects.none()
        return visible_quarantine(self.request.user)
