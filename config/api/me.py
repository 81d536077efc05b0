"""Where a dealer stands: tier, sync clock, supply, contract, and what is due next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dealers.api.access import ScopeOrCapability, own_dealer
from dealers.api.supply import ReasonSerializer
from dealers.choices import DealerState, Feed, Industry, Tier
from dealers.foundation import clock
from dealers.models import Contract, Dealer
from dealers.permissions import CAPABILITIES, DEALER_SIDE
from dealers.rules.sync_clock import ClockState
from dealers.selectors.supply import eligibility
from dealers.selectors.sync import DealerClock, dealer_clocks, sweep_terms
from rebates.selectors.tier_standing import TierStanding, tier_standing
from settlement.choices import StatementState
from settlement.selectors.visible import visible_statements

#: The parts of the tier score; the KPI score is one as soon as a scorecard stands.
PARTS = ["scale", "performance", "kpi", "coverage"]


class WhoSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    industry = serializers.ChoiceField(choices=Industry.choices)
    state = serializers.ChoiceField(choices=DealerState.choices)
    activated_on = serializers.DateField()
    sandbox = serializers.BooleanField(source="is_sandbox", help_text="True when nothing sent with this key counts.")


class ScorePartSerializer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(choices=PARTS)
    value = serializers.DecimalField(max_digits=24, decimal_places=2)
    full_marks = serializers.DecimalField(max_digits=24, decimal_places=2)
    points = serializers.DecimalField(max_digits=5, decimal_places=2)
    possible = serializers.DecimalField(max_digits=5, decimal_places=2)


class ScoreSerializer(serializers.Serializer[Any]):
    points = serializers.DecimalField(max_digits=5, decimal_places=2)
    tier = serializers.ChoiceField(choices=Tier.choices, help_text="The tier these points reach.")
    measured_from = serializers.DateField()
    measured_to = serializers.DateField(help_text="The first day no longer measured.")
    parts = ScorePartSerializer(many=True)
    note = serializers.CharField()


class WayUpSerializer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(choices=PARTS)
    needed = serializers.DecimalField(
        max_digits=24, decimal_places=2, allow_null=True, help_text="Null when this part alone cannot do it."
    )


class NextTierSerializer(serializers.Serializer[Any]):
    tier = serializers.ChoiceField(choices=Tier.choices)
    threshold = serializers.DecimalField(max_digits=5, decimal_places=2)
    missing = serializers.DecimalField(max_digits=5, decimal_places=2)
    ways = WayUpSerializer(many=True)


class FollowingTierSerializer(serializers.Serializer[Any]):
    tier = serializers.ChoiceField(choices=Tier.choices)
    since = serializers.DateField()


class TierStandingSerializer(serializers.Serializer[Any]):
    tier = serializers.ChoiceField(choices=Tier.choices, allow_null=True)
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    following = FollowingTierSerializer(allow_null=True, help_text="The tier decided already that comes next.")
    score = ScoreSerializer(allow_null=True)
    next = NextTierSerializer(allow_null=True)


class DaySpanSerializer(serializers.Serializer[Any]):
    first = serializers.DateField()
    end = serializers.DateField(help_text="The first day that is not missing.")


class FeedClockSerializer(serializers.Serializer[Any]):
    feed = serializers.ChoiceField(choices=Feed.choices)
    state = serializers.ChoiceField(choices=[state.value for state in ClockState])
    newest = serializers.DateTimeField(allow_null=True, help_text="The newest stock count.")
    due_at = serializers.DateTimeField()
    hold_at = serializers.DateTimeField(help_text="When supply is held if nothing comes.")
    missing = DaySpanSerializer(many=True, help_text="Sales days neither delivered nor declared.")


class SyncSerializer(serializers.Serializer[Any]):
    obliged = serializers.BooleanField(help_text="False in onboarding, when suspended, or without a policy.")
    started_on = serializers.DateField(allow_null=True)
    feeds = FeedClockSerializer(many=True)


class SupplySerializer(serializers.Serializer[Any]):
    eligible = serializers.BooleanField()
    as_of = serializers.DateTimeField()
    reasons = ReasonSerializer(many=True)


class ContractSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True, help_text="The first day no longer covered.")


class DeadlineSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["sync", "statement", "contract"])
    due_at = serializers.DateTimeField()
    provisional = serializers.BooleanField()
    detail = serializers.CharField()


class MeSerializer(serializers.Serializer[Any]):
    """Everything a dealer's system needs to keep it in good standing."""

    dealer = WhoSerializer()
    tier = TierStandingSerializer()
    supply = SupplySerializer()
    sync = SyncSerializer()
    contract = ContractSerializer(allow_null=True)
    deadlines = DeadlineSerializer(many=True)


class Me(APIView):
    permission_classes = [ScopeOrCapability]
    access = {"GET": ("me:read", "me.view")}
    capabilities = {**CAPABILITIES, "me.view": DEALER_SIDE}

    @extend_schema(operation_id="read_me", summary="Where I stand", tags=["my standing"], responses={200: MeSerializer})
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(standing_of(request.user, own_dealer(request), at=clock.now())).data)


def standing_of(user: Any, dealer: Dealer, *, at: datetime) -> dict[str, Any]:
    """All parts of the answer; the number of queries is fixed."""
    terms = sweep_terms(at=at)
    clocks = dealer_clocks(dealer_ids=[dealer.pk], terms=terms, at=at) if terms is not None else {}
    reading = clocks.get(dealer.pk)
    contract = Contract.objects.filter(dealer=dealer, valid__contains=clock.business_day(at)).first()
    supply = eligibility(dealer=dealer.code, at=at)
    return {
        "dealer": dealer,
        "tier": _tier(tier_standing(dealer, at=at)),
        "supply": supply,
        "sync": _sync(reading),
        "contract": None if contract is None else _contract(contract),
        "deadlines": sorted(_deadlines(user, reading, contract), key=lambda deadline: deadline["due_at"]),
    }


def _tier(standing: TierStanding) -> dict[str, Any]:
    score = standing.score
    return {
        "tier": standing.tier,
        "since": standing.since,
        "until": standing.until,
        "following": None
        if standing.following is None
        else dict(zip(("tier", "since"), standing.following, strict=True)),
        "next": standing.above,
        "score": None
        if score is None
        else {
            "points": score.points,
            "tier": score.tier,
            "measured_from": standing.first,
            "measured_to": standing.end,
            "parts": score.parts,
            "note": gettext(
                "Performance counts purchases of these four quarters; the KPI score of published scorecards shares its "
                "weight as soon as there is one."
            ),
        },
    }


def _sync(reading: DealerClock | None) -> dict[str, Any]:
    if reading is None:
        return {"obliged": False, "started_on": None, "feeds": []}
    feeds = [
        {
            "feed": feed.feed,
            "state": feed.reading.state.value,
            "newest": feed.newest,
            "due_at": feed.reading.due_at,
            "hold_at": feed.reading.hold_at,
            "missing": [{"first": first, "end": end} for first, end in feed.missing],
        }
        for feed in reading.feeds
    ]
    return {"obliged": True, "started_on": reading.started_on, "feeds": feeds}


def _contract(contract: Contract) -> dict[str, Any]:
    return {
        "number": contract.number,
        "amount": contract.amount,
        "starts_on": contract.valid.lower,
        "ends_on": contract.valid.upper,
    }


def _deadlines(user: Any, reading: DealerClock | None, contract: Contract | None) -> Iterator[dict[str, Any]]:
    for feed in reading.feeds if reading is not None else ():
        late = feed.reading.state != ClockState.ON_TIME
        sentence = gettext("Report %(feed)s, or supply is held.") if late else gettext("Report %(feed)s.")
        yield {
            "kind": "sync",
            "due_at": feed.reading.hold_at if late else feed.reading.due_at,
            "provisional": False,
            "detail": sentence % {"feed": feed.feed.label},
        }
    awaited = visible_statements(user).filter(state=StatementState.ISSUED, confirm_due_at__isnull=False)
    for statement in awaited:
        yield {
            "kind": "statement",
            "due_at": statement.confirm_due_at,
            "provisional": statement.confirm_due_provisional,
            "detail": gettext("Confirm or dispute the statement of %(period)s; silence confirms it.")
            % {"period": statement.run.period},
        }
    if contract is not None and contract.valid.upper is not None:
        yield {
            "kind": "contract",
            "due_at": clock.start_of_day(contract.valid.upper),
            "provisional": False,
            "detail": gettext("Contract %(number)s ends; without a new one there is no supply.")
            % {"number": contract.number},
        }
