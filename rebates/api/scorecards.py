"""Scorecards over the API: the cards that stand, and a dealer's card of the quarter that runs."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dealers.api.access import ScopeOrCapability, dealer_of
from dealers.api.problems import Problem
from dealers.choices import Tier
from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.foundation.periods import Quarter
from dealers.models import Dealer
from dealers.selectors.visibility import visible_dealers
from rebates.choices import ScorecardOutcome
from rebates.models import PublishedScorecard
from rebates.permissions import CAPABILITIES
from rebates.resources.scorecards import marks_record
from rebates.rules.scorecard.measured import COMPONENTS, Lacking
from rebates.selectors.running_cards import RunningCard, running_card
from rebates.selectors.scorecards import visible_cards

_TAG = ["scorecards"]
_READ = ("scorecards:read", "scorecards.view")


class CardPartSerializer(serializers.Serializer[Any]):
    """One part. `value` is a share, or from 1 to 5 for satisfaction; null without facts, and `lacking` says which."""

    name = serializers.ChoiceField(choices=COMPONENTS)
    value = serializers.CharField(allow_null=True)
    zero = serializers.CharField(help_text="Nothing is earned up to this value.")
    full = serializers.CharField(help_text="Everything is earned from this value on.")
    weight = serializers.CharField()
    possible = serializers.CharField(help_text="What the part can earn; parts without facts leave theirs to the rest.")
    points = serializers.CharField()
    lacking = serializers.ChoiceField(choices=[one.value for one in Lacking], allow_null=True)


class SoldFactsSerializer(serializers.Serializer[Any]):
    sold = serializers.CharField(help_text="Net sales, tax included.")
    target = serializers.CharField(allow_null=True)


class PriceFactsSerializer(serializers.Serializer[Any]):
    judged = serializers.IntegerField()
    breaches = serializers.IntegerField()


class SyncFactsSerializer(serializers.Serializer[Any]):
    sales_due = serializers.IntegerField()
    sales_in_time = serializers.IntegerField()
    stock_due = serializers.IntegerField()
    stock_in_time = serializers.IntegerField()


class ResponseFactsSerializer(serializers.Serializer[Any]):
    due = serializers.IntegerField()
    in_time = serializers.IntegerField()


class RatingFactsSerializer(serializers.Serializer[Any]):
    ratings = serializers.IntegerField()
    total = serializers.IntegerField(help_text="All stars together.")


class GrowthFactsSerializer(serializers.Serializer[Any]):
    sold = serializers.CharField()
    sold_before = serializers.CharField(help_text="In the same quarter a year before.")
    whole_year_before = serializers.BooleanField()


class ElapsedSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField(help_text="Days of the quarter that are over, today included.")
    of = serializers.IntegerField()


class CardFactsSerializer(serializers.Serializer[Any]):
    """The inputs of the card."""

    sales = SoldFactsSerializer()
    price = PriceFactsSerializer()
    sync = SyncFactsSerializer()
    response = ResponseFactsSerializer()
    ratings = RatingFactsSerializer()
    growth = GrowthFactsSerializer()
    elapsed = ElapsedSerializer()


class ScorecardSerializer(serializers.Serializer[Any]):
    """A card that stands. `rank` is within the tier, of `ranked` cards; both lack when no part has facts."""

    id = serializers.IntegerField(source="pk")
    dealer = serializers.CharField(source="dealer.code")
    quarter = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.choices, help_text="By whose weights and targets it was measured.")
    score = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    rank = serializers.IntegerField(source="place", allow_null=True)
    ranked = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=ScorecardOutcome.choices)
    published_at = serializers.DateTimeField()
    edition = serializers.IntegerField(source="card.edition")
    digest = serializers.CharField(source="card.digest")
    parts = serializers.SerializerMethodField()
    facts = serializers.SerializerMethodField()

    @extend_schema_field(CardPartSerializer(many=True))
    def get_parts(self, found: PublishedScorecard) -> Any:
        return found.card.marks

    @extend_schema_field(CardFactsSerializer)
    def get_facts(self, found: PublishedScorecard) -> Any:
        return found.card.facts


class RunningScorecardSerializer(serializers.Serializer[Any]):
    """The card of the present quarter as of now; nothing of it stands yet."""

    dealer = serializers.CharField()
    quarter = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.choices)
    score = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    as_of = serializers.DateTimeField()
    parts = CardPartSerializer(many=True)
    facts = CardFactsSerializer()


class ScorecardFilters(django_filters.FilterSet):
    quarter = django_filters.CharFilter(max_length=7, help_text="For example 2026-Q3.")
    tier = django_filters.ChoiceFilter(choices=Tier.choices)
    outcome = django_filters.ChoiceFilter(choices=ScorecardOutcome.choices)
    dealer = django_filters.CharFilter(field_name="dealer__code", max_length=32)

    class Meta:
        model = PublishedScorecard
        fields = ["quarter", "tier", "outcome", "dealer"]


@extend_schema_view(
    get=extend_schema(
        operation_id="list_scorecards",
        summary="Published scorecards, newest first",
        description="A dealer sees its own, with its rank among the cards of its tier and nothing of the others.",
        tags=_TAG,
    )
)
class Scorecards(generics.ListAPIView[PublishedScorecard]):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": _READ}
    serializer_class = ScorecardSerializer
    filterset_class = ScorecardFilters
    queryset = PublishedScorecard.objects.none()

    def get_queryset(self) -> QuerySet[PublishedScorecard]:
        return visible_cards(self.request.user)


class RunningScorecard(APIView):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": _READ}
    may_not_find = True

    @extend_schema(
        operation_id="read_running_scorecard",
        summary="A dealer's card of the present quarter, reckoned now",
        description="404 while the dealer has no tier or no policy is in force.",
        tags=_TAG,
        parameters=[OpenApiParameter("dealer", str, description="Whose card; headquarters has to say.")],
        responses={200: RunningScorecardSerializer},
    )
    def get(self, request: Request) -> Response:
        dealer, at = _dealer_asked(request), clock.now()
        found = running_card(dealer.pk, Quarter.containing(at), at=at)
        if found is None:
            raise NotFound(what=gettext_lazy("scorecard"), key=dealer.code)
        return Response(RunningScorecardSerializer(_running(found, dealer) | {"as_of": at}).data)


def _running(found: RunningCard, dealer: Dealer) -> dict[str, Any]:
    return {
        "dealer": dealer.code,
        "quarter": str(found.quarter),
        "tier": found.tier,
        "score": found.card.score,
        "parts": marks_record(found.card.marks),
        "facts": found.facts,
    }


def _dealer_asked(request: Request) -> Dealer:
    own, code = dealer_of(request), str(request.query_params.get("dealer", ""))[:32].replace("\x00", "")
    if own is not None and code in ("", own.code):
        return own
    if not code:
        raise Problem(400, "dealer_required", gettext("Say whose card it is: ?dealer= and the code."))
    dealer = visible_dealers(request.user).filter(code=code).first()
    if dealer is None:
        raise NotFound(what=gettext_lazy("dealer"), key=code)
    return dealer
