"""Tier reviews over the API: what was proposed for each dealer, on what evidence, and what was decided."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers

from dealers.api.access import ScopeOrCapability
from dealers.choices import Tier
from rebates.choices import ProposalState, TierMove
from rebates.models import TierProposal
from rebates.permissions import CAPABILITIES
from rebates.selectors.tier_reviews import visible_proposals

_PARTS = ["scale", "performance", "kpi", "coverage"]


class TierPartSerializer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(choices=_PARTS)
    value = serializers.CharField()
    full_marks = serializers.CharField()
    points = serializers.CharField()
    possible = serializers.CharField()


class TierWaySerializer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(choices=_PARTS)
    needed = serializers.CharField(allow_null=True, help_text="Null when this part alone could not have done it.")


class TierNeededSerializer(serializers.Serializer[Any]):
    tier = serializers.ChoiceField(choices=Tier.choices)
    threshold = serializers.CharField()
    missing = serializers.CharField()
    ways = TierWaySerializer(many=True)


class TierEvidenceSerializer(serializers.Serializer[Any]):
    """The score as the review found it; it never changes. `needed` is the tier that was missed, or is next."""

    first = serializers.DateField()
    end = serializers.DateField(help_text="The first day no longer measured.")
    points = serializers.CharField()
    parts = TierPartSerializer(many=True)
    thresholds = serializers.DictField(child=serializers.CharField())
    needed = TierNeededSerializer(allow_null=True)


class TierReviewSerializer(serializers.Serializer[Any]):
    """What a quarter's review made of one dealer. `decided` is empty until somebody decides, `stands` needs nobody."""

    id = serializers.IntegerField(source="pk")
    dealer = serializers.CharField(source="dealer.code")
    quarter = serializers.CharField(source="review.quarter")
    tier = serializers.ChoiceField(choices=Tier.choices, help_text="The tier in force at the review.")
    points = serializers.DecimalField(max_digits=5, decimal_places=2)
    proposed = serializers.ChoiceField(choices=Tier.choices)
    move = serializers.ChoiceField(choices=TierMove.choices)
    state = serializers.ChoiceField(choices=ProposalState.choices)
    decided = serializers.CharField(help_text="The tier decided, or empty.")
    effective_on = serializers.DateField(allow_null=True, help_text="The half-month boundary it changes at.")
    reason = serializers.CharField(help_text="Given for deciding otherwise than proposed.")
    decided_at = serializers.DateTimeField(allow_null=True)
    evidence = serializers.SerializerMethodField()

    @extend_schema_field(TierEvidenceSerializer)
    def get_evidence(self, found: TierProposal) -> Any:
        return found.evidence


class TierReviewFilters(django_filters.FilterSet):
    quarter = django_filters.CharFilter(field_name="review__quarter", max_length=7, help_text="For example 2026-Q3.")
    state = django_filters.ChoiceFilter(choices=ProposalState.choices)
    move = django_filters.ChoiceFilter(choices=TierMove.choices)
    dealer = django_filters.CharFilter(field_name="dealer__code", max_length=32)

    class Meta:
        model = TierProposal
        fields = ["quarter", "state", "move", "dealer"]


@extend_schema_view(
    get=extend_schema(
        operation_id="list_tier_reviews",
        summary="What each quarter's tier review found and decided, newest first",
        description="A dealer sees its own reviews, and none of which the decision is still open.",
        tags=["scorecards"],
    )
)
class TierReviews(generics.ListAPIView[TierProposal]):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": ("scorecards:read", "tiers.read")}
    serializer_class = TierReviewSerializer
    filterset_class = TierReviewFilters
    queryset = TierProposal.objects.none()

    def get_queryset(self) -> QuerySet[TierProposal]:
        return visible_proposals(self.request.user)
