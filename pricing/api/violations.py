"""Violations: a dealer its own, HQ all. What is held against whom, with the exact lines."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dealers.api.access import ScopeOrCapability
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.refusals import Refused as NotAPeriod
from pricing.choices import ViolationKind, ViolationState
from pricing.models import Violation
from pricing.permissions import CAPABILITIES
from pricing.selectors.ladder import ladder, with_standing
from pricing.selectors.violation_lines import explained, lines_of
from pricing.selectors.violations import violation_of, visible_violations

VIEW = ("violations:read", "violations.view")
_MOST_LINES = 1_000


def _amount(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=26, decimal_places=2, **kwargs)


class ViolationSerializer(serializers.Serializer[Any]):
    """The breaches of one kind of a dealer in a half-month. It is no penalty: nothing follows before a case."""

    id = serializers.IntegerField()
    period = serializers.SerializerMethodField()
    dealer = serializers.CharField(source="dealer.code")
    kind = serializers.ChoiceField(choices=ViolationKind.choices)
    state = serializers.SerializerMethodField()
    lines = serializers.IntegerField()
    quantity = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=26, decimal_places=6)
    shortfall = _amount(help_text="Sum of |band edge - price| x quantity, rounded once; 0 for kinds not about price.")
    standing = serializers.SerializerMethodField(
        help_text="Which half-month of the rolling window it is, for price kinds; null otherwise."
    )
    first_sold_at = serializers.DateTimeField(allow_null=True)
    last_sold_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Counts the sets of lines it has consisted of.")
    gathered_at = serializers.DateTimeField()

    def get_period(self, violation: Violation) -> str:
        return str(HalfMonth.from_ordinal(violation.period))

    def get_state(self, violation: Violation) -> str:
        return violation.state if violation.lines else "cleared"

    def get_standing(self, violation: Violation) -> int | None:
        found = self.context["ladder"].consequence_of(violation)
        return found.standing if found else None


class BreachLineSerializer(serializers.Serializer[Any]):
    doc_no = serializers.CharField(source="line.doc_no")
    line_no = serializers.IntegerField(source="line.line_no")
    revision = serializers.IntegerField(source="line.revision")
    sold_at = serializers.DateTimeField(source="line.sold_at")
    sku = serializers.CharField(source="line.product.sku")
    region = serializers.CharField(source="line.region.code")
    quantity = serializers.IntegerField(source="line.quantity")
    unit_price = serializers.DecimalField(source="line.unit_price", max_digits=18, decimal_places=6)
    edge = serializers.DecimalField(max_digits=18, decimal_places=6, allow_null=True)
    shortfall = serializers.DecimalField(max_digits=26, decimal_places=6)


class ViolationWithLinesSerializer(ViolationSerializer):
    """A violation with its lines, the newest first, at most 1,000; the export of the page has them all."""

    exact_lines = serializers.SerializerMethodField()

    def get_exact_lines(self, violation: Violation) -> list[dict[str, Any]]:
        lines = explained(violation, lines_of(violation)[:_MOST_LINES], for_dealer=True, with_promos=False)
        return [dict(each) for each in BreachLineSerializer(list(lines), many=True).data]


class ViolationFilters(django_filters.FilterSet):
    period = django_filters.CharFilter(method="in_period", max_length=10, help_text="For example 2026-11-H1.")
    dealer = django_filters.CharFilter(field_name="dealer__code", max_length=32)
    kind = django_filters.ChoiceFilter(choices=ViolationKind.choices)
    state = django_filters.ChoiceFilter(choices=ViolationState.choices)

    class Meta:
        model = Violation
        fields = ["period", "dealer", "kind", "state"]

    def in_period(self, found: QuerySet[Violation], _name: str, value: str) -> QuerySet[Violation]:
        try:
            return found.filter(period=HalfMonth.parse(value).ordinal)
        except NotAPeriod:
            return found.none()


@extend_schema_view(
    get=extend_schema(operation_id="list_violations", summary="Violations, the latest gathered first", tags=["prices"])
)
class Violations(generics.ListAPIView[Violation]):
    permission_classes = [ScopeOrCapability]
    access = {"GET": VIEW}
    capabilities = CAPABILITIES
    serializer_class = ViolationSerializer
    filterset_class = ViolationFilters
    queryset = Violation.objects.none()

    def get_queryset(self) -> QuerySet[Violation]:
        return with_standing(visible_violations(self.request.user), self._ladder)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "ladder": self._ladder}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self._ladder = ladder()


class ViolationDetail(APIView):
    permission_classes = [ScopeOrCapability]
    access = {"GET": VIEW}
    capabilities = CAPABILITIES
    may_not_find = True

    @extend_schema(
        operation_id="get_violation",
        summary="One violation with its lines",
        tags=["prices"],
        responses={200: ViolationWithLinesSerializer},
    )
    def get(self, request: Request, id: int) -> Response:
        found = violation_of(request.user, id)
        return Response(ViolationWithLinesSerializer(found, context={"ladder": ladder()}).data)
