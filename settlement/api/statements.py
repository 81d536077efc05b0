"""Statements: the list, one with the proof of every amount, and the dealer's confirmation."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dealers.api.access import ScopeOrCapability, actor_of, dealer_of, own_dealer
from dealers.api.idempotency import IdempotentPosts
from dealers.api.serializers import QuerySerializer, StrictSerializer
from dealers.choices import Tier
from dealers.foundation import clock
from settlement.choices import LineKind, StatementRole, StatementState
from settlement.errors import StatementNotFound
from settlement.models import Statement, StatementLine
from settlement.permissions import CAPABILITIES
from settlement.selectors.openings import opening_of
from settlement.selectors.visible import statement_of, visible_statements
from settlement.services.confirmation import confirm_statement

VIEW = ("statements:read", "statements.view")


def _amount(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=18, decimal_places=2, **kwargs)


class StatementSerializer(serializers.Serializer[Any]):
    """One dealer's half-month in CNY, positive in the dealer's favour. `closing` is `opening` plus `total`."""

    period = serializers.CharField(source="run.period", help_text="For example 2026-11-H1.")
    dealer = serializers.CharField(source="dealer.code")
    tier = serializers.ChoiceField(choices=[*Tier.choices, ("", "–")])
    role = serializers.ChoiceField(
        choices=[*StatementRole.choices, ("", "–")],
        help_text="Of a dealer that has left: whether it clears the account or supplements that; empty otherwise.",
    )
    state = serializers.ChoiceField(choices=StatementState.choices)
    purchases = _amount()
    sales = _amount()
    opening = _amount()
    total = _amount()
    closing = _amount()
    payable = _amount(help_text="Zero when the closing balance is carried forward.")
    delivered_at = serializers.DateTimeField(allow_null=True)
    confirm_due_at = serializers.DateTimeField(allow_null=True, help_text="After that silence confirms.")
    confirm_due_provisional = serializers.BooleanField(
        help_text="The working-day calendar does not reach that far yet."
    )
    confirmed_at = serializers.DateTimeField(allow_null=True)
    digest = serializers.CharField()


class StatementLineSerializer(serializers.Serializer[Any]):
    line_no = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=LineKind.choices)
    program = serializers.CharField()
    for_period = serializers.CharField()
    base = serializers.DecimalField(max_digits=26, decimal_places=6)
    rate = serializers.DecimalField(max_digits=12, decimal_places=6)
    amount = _amount()
    proof = serializers.SerializerMethodField(
        help_text="Inputs, policy version, rule row, formula with its numbers, cap and rounding."
    )

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_proof(self, line: StatementLine) -> Any:
        return line.proof


class ProvenStatementSerializer(StatementSerializer):
    """A statement with its lines; the parts of every proof sum back to its amount exactly."""

    policy = serializers.SerializerMethodField(help_text="Code and version of the policy the run was settled under.")
    cutoff = serializers.DateTimeField(source="run.cutoff", allow_null=True)
    previous_closing = _amount(source="opened.previous", help_text="The closing balance of the statement before.")
    paid_since = _amount(source="opened.paid", help_text="`previous_closing` less this is `opening`.")
    lines = StatementLineSerializer(many=True, source="in_order")

    def get_policy(self, statement: Statement) -> str:
        return str(statement.run.policy or "")


class StatementQuerySerializer(QuerySerializer):
    dealer = serializers.CharField(
        max_length=32, required=False, help_text="HQ names the dealer; a dealer's statement is its own."
    )


class ConfirmationSerializer(StrictSerializer):
    """Nothing to say: send ``{}``."""


class StatementFilters(django_filters.FilterSet):
    period = django_filters.CharFilter(field_name="run__period", max_length=10)
    dealer = django_filters.CharFilter(field_name="dealer__code", max_length=32)
    state = django_filters.ChoiceFilter(choices=StatementState.choices)

    class Meta:
        model = Statement
        fields = ["period", "dealer", "state"]


@extend_schema_view(
    get=extend_schema(operation_id="list_statements", summary="Statements, newest first", tags=["statements"])
)
class Statements(generics.ListAPIView[Statement]):
    permission_classes = [ScopeOrCapability]
    access = {"GET": VIEW}
    capabilities = CAPABILITIES
    serializer_class = StatementSerializer
    filterset_class = StatementFilters

    def get_queryset(self) -> QuerySet[Statement]:
        if getattr(self, "swagger_fake_view", False):
            return Statement.objects.none()
        return visible_statements(self.request.user)


class StatementDetail(APIView):
    permission_classes = [ScopeOrCapability]
    access = {"GET": VIEW}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="read_statement",
        summary="One statement with its proof",
        tags=["statements"],
        parameters=[StatementQuerySerializer],
        responses={200: ProvenStatementSerializer},
    )
    def get(self, request: Request, period: str) -> Response:
        statement = asked_statement(request, period)
        statement.opened = opening_of(statement)  # type: ignore[attr-defined]
        statement.in_order = statement.lines.order_by("line_no")  # type: ignore[attr-defined]
        return Response(ProvenStatementSerializer(statement).data)


class StatementConfirmation(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": ("statements:confirm", "statements.confirm")}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="confirm_statement",
        summary="Confirm a statement",
        description="Confirming again changes nothing.",
        tags=["statements"],
        request=ConfirmationSerializer,
        responses={200: StatementSerializer},
    )
    def post(self, request: Request, period: str) -> Response:
        ConfirmationSerializer(data=request.data).is_valid(raise_exception=True)
        statement = statement_of(request.user, period, own_dealer(request).code)
        confirm_statement(statement=statement, actor=actor_of(request), at=clock.now())
        return Response(StatementSerializer(statement_of(request.user, period, statement.dealer.code)).data)


def asked_statement(request: Request, period: str) -> Statement:
    """The statement a call is about: the caller's own, or that of the dealer HQ names. Raises StatementNotFound."""
    named = StatementQuerySerializer.read(request).get("dealer")
    own = dealer_of(request)
    code = named if own is None else own.code
    if code is None:
        raise serializers.ValidationError(
            {"dealer": [gettext("Name the dealer whose statement you ask for.")]}, code="required"
        )
    if own is not None and named not in (None, own.code):
        raise StatementNotFound(what="", key=period)
    return statement_of(request.user, period, code)
