"""What a dealer has coming: distance to the next bracket, and what is earned and not settled, with its proof."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dealers.api.access import ScopeOrCapability, own_dealer
from dealers.foundation import clock
from rebates.choices import Base, Method
from rebates.resources import explain
from rebates.resources.watching import bracket_words, projection_words
from rebates.rules.distance import Distance, Outlook
from rebates.rules.quantities import cents_text, micros_text
from rebates.selectors.pool_standings import OwnPart, own_parts
from rebates.selectors.standings import Standing, standings
from settlement.choices import LineKind
from settlement.permissions import CAPABILITIES
from settlement.rules.statements import DraftLine
from settlement.selectors.accrued import accruing
from settlement.selectors.progress import OneDealer


def _amount(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=18, decimal_places=2, **kwargs)


def _base(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=26, decimal_places=6, **kwargs)


class BracketSerializer(serializers.Serializer[Any]):
    start = _base()
    rate = serializers.DecimalField(max_digits=12, decimal_places=6)
    missing = _base(help_text="How much base is missing to it.")
    brings = _amount(help_text="What reaching it adds to what is earned now.")
    jump = _amount(help_text="The part of it that comes at once: retroactive programs raise the whole base.")


class BracketDistanceSerializer(serializers.Serializer[Any]):
    program = serializers.CharField()
    window = serializers.CharField(help_text="For example 2026-Q4.")
    base_kind = serializers.ChoiceField(choices=Base.choices)
    method = serializers.ChoiceField(choices=Method.choices)
    base = _base()
    rate = serializers.DecimalField(max_digits=12, decimal_places=6)
    earned = _amount()
    settled = _amount()
    days_elapsed = serializers.IntegerField()
    days_total = serializers.IntegerField()
    projected_base = _base(help_text="At the window's end, at the pace of the days so far.")
    projected_earned = _amount()
    outlook = serializers.ChoiceField(choices=[outlook.value for outlook in Outlook])
    next = BracketSerializer(allow_null=True)
    explanation = serializers.CharField()


class AccruingLineSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=LineKind.choices)
    program = serializers.CharField()
    for_period = serializers.CharField()
    amount = _amount()
    explanation = serializers.CharField()
    proof = serializers.SerializerMethodField(help_text="As on a statement, with the facts known now.")

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_proof(self, line: dict[str, Any]) -> Any:
        return line["proof"]


class PoolPartSerializer(serializers.Serializer[Any]):
    """The dealer's part in a program its alliance pools. The pool's figures are null while showing them would show a
    single other member's."""

    alliance = serializers.CharField()
    program = serializers.CharField()
    window = serializers.CharField(help_text="For example 2026-Q4.")
    base_kind = serializers.ChoiceField(choices=Base.choices)
    method = serializers.ChoiceField(choices=Method.choices)
    contribution = _base(help_text="What the dealer itself brought.")
    share = _amount(help_text="Its share of the pool's rebate, by contribution.")
    settled = _amount()
    pool_rate = serializers.DecimalField(
        max_digits=12, decimal_places=6, help_text="What the pool's rebate is of the contributions."
    )
    pool_base = _base(allow_null=True)
    pool_earned = _amount(allow_null=True)
    next = BracketSerializer(allow_null=True, help_text="The pool's next bracket.")


class EarningsSerializer(serializers.Serializer[Any]):
    """What the next statement would say if the half-month ended now. Nothing of it is promised."""

    as_of = serializers.DateTimeField()
    total = _amount(help_text="Earned and not settled yet.")
    brackets = BracketDistanceSerializer(many=True)
    pools = PoolPartSerializer(many=True)
    lines = AccruingLineSerializer(many=True)


class Earnings(APIView):
    permission_classes = [ScopeOrCapability]
    access = {"GET": ("statements:read", "earnings.own")}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="read_earnings", summary="Money coming", tags=["my standing"], responses={200: EarningsSerializer}
    )
    def get(self, request: Request) -> Response:
        dealer, at = own_dealer(request), clock.now()
        draft = accruing(dealer.pk, at=at)
        known = standings(at=at, shard=OneDealer(dealer.pk), idle=True)
        answer = {
            "as_of": at,
            "total": Decimal(cents_text(0 if draft is None else draft.total)),
            "brackets": [_bracket(row) for row in known.rows],
            "pools": [_part(part) for part in own_parts(known.pools, dealer.pk)],
            "lines": [] if draft is None else [_line(line) for line in draft.lines],
        }
        return Response(EarningsSerializer(answer).data)


def _bracket(row: Standing) -> dict[str, Any]:
    found, program = row.distance, row.program.program
    return {
        "program": program.code,
        "window": row.program.window,
        "base_kind": program.base,
        "method": program.method,
        "base": micros_text(found.base),
        "rate": micros_text(found.rate),
        "earned": cents_text(found.earned),
        "settled": cents_text(row.settled),
        "days_elapsed": row.pace.elapsed,
        "days_total": row.pace.total,
        "projected_base": micros_text(found.projected),
        "projected_earned": cents_text(found.projected_earned),
        "outlook": found.outlook.value,
        "next": _next(found),
        "explanation": f"{bracket_words(row)} {projection_words(row)}",
    }


def _next(found: Distance | None) -> dict[str, Any] | None:
    if found is None or found.next is None:
        return None
    return {
        "start": micros_text(found.next.start),
        "rate": micros_text(found.next.rate),
        "missing": micros_text(found.missing),
        "brings": cents_text(found.brings),
        "jump": cents_text(found.jump),
    }


def _part(part: OwnPart) -> dict[str, Any]:
    program = part.program.program
    return {
        "alliance": part.alliance,
        "program": program.code,
        "window": part.program.window,
        "base_kind": program.base,
        "method": program.method,
        "contribution": micros_text(part.own.contribution),
        "share": cents_text(part.own.share),
        "settled": cents_text(part.own.settled),
        "pool_rate": micros_text(part.rate),
        "pool_base": None if part.distance is None else micros_text(part.distance.base),
        "pool_earned": None if part.distance is None else cents_text(part.distance.earned),
        "next": _next(part.distance),
    }


def _line(line: DraftLine) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "program": line.program,
        "for_period": line.for_period,
        "amount": cents_text(line.amount),
        "explanation": explain(line.proof, line.kind),
        "proof": line.proof,
    }
