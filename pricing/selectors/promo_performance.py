"""How earlier promotions of an applicant and of a kind went: what a reviewer weighs a new request by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, Sum, Value, When

from pricing.models import PromoEvaluation, PromoRequest
from pricing.rules.uplift import ratio

_LESSONS = 3


@dataclass(frozen=True, slots=True)
class Record:
    """Judged promotions taken together: mean uplift over all they were expected to sell, sales per yuan spent."""

    promotions: int = 0
    uplift_rate: Decimal | None = None
    return_rate: Decimal | None = None
    overspent: int = 0
    goals_met: int = 0
    with_goals: int = 0


@dataclass(frozen=True, slots=True)
class Performance:
    """The applicant's promotions of this kind, all of the applicant's, and everybody's of this kind."""

    own_kind: Record
    own: Record
    kind: Record
    lessons: tuple[PromoEvaluation, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.own.promotions or self.kind.promotions)


def performance_of(requests: Sequence[PromoRequest]) -> dict[int, Performance]:
    """What is on record for each request's applicant and kind. Two queries for any number of requests."""
    if not requests:
        return {}
    applicants = {request.applicant_id for request in requests}
    kinds = {request.kind for request in requests}
    judged = PromoEvaluation.objects.filter(superseded_at__isnull=True).order_by()
    asked = Q(dealer__in=[pk for pk in applicants if pk is not None])
    if None in applicants:
        asked |= Q(dealer__isnull=True)
    rows = _rows(judged.filter(asked | Q(request__kind__in=kinds)), asked)
    lessons = _lessons(judged.filter(asked, request__kind__in=kinds))
    found = {}
    for request in requests:
        mine = [row for row in rows if row["asked"] and row["applicant"] == request.applicant_id]
        found[request.pk] = Performance(
            own_kind=_record(row for row in mine if row["request__kind"] == request.kind),
            own=_record(mine),
            kind=_record(row for row in rows if row["request__kind"] == request.kind),
            lessons=tuple(lessons.get((request.applicant_id, request.kind), ())),
        )
    return found


def _rows(judged: Any, asked: Q) -> list[dict[str, Any]]:
    """Sums by kind, those of the applicants asked about apart from everybody else's."""
    compared, paid = Q(uplift_rate__isnull=False), Q(spend__gt=0)
    return list(
        judged.annotate(
            asked=Case(When(asked, then=Value(True)), default=Value(False)),
            applicant=Case(When(asked, then=F("dealer_id")), default=None),
        )
        .values("asked", "applicant", "request__kind")
        .annotate(
            promotions=Count("pk"),
            gained=Sum("uplift", filter=compared),
            expected_all=Sum("expected", filter=compared),
            paid_sales=Sum("sales", filter=paid),
            paid_spend=Sum("spend", filter=paid),
            overspent=Count("pk", filter=Q(spend__gt=F("request__budget"))),
            met=Count("pk", filter=Q(goals_met=True)),
            with_goals=Count("pk", filter=Q(goals_met__isnull=False)),
        )
    )


def _record(rows: Iterable[dict[str, Any]]) -> Record:
    rows = list(rows)

    def total(name: str) -> Any:
        return sum((row[name] or 0 for row in rows), Decimal(0))

    expected, spend = total("expected_all"), total("paid_spend")
    return Record(
        promotions=int(total("promotions")),
        uplift_rate=ratio(total("gained"), expected) if expected > 0 else None,
        return_rate=ratio(total("paid_sales"), spend) if spend > 0 else None,
        overspent=int(total("overspent")),
        goals_met=int(total("met")),
        with_goals=int(total("with_goals")),
    )


def _lessons(judged: Any) -> dict[tuple[int | None, str], list[PromoEvaluation]]:
    """The latest lessons by applicant and kind."""
    found: dict[tuple[int | None, str], list[PromoEvaluation]] = {}
    latest = judged.select_related("request").defer("words", "days", "products").order_by("-pk")
    for evaluation in latest[: _LESSONS * 20]:
        kept = found.setdefault((evaluation.dealer_id, evaluation.request.kind), [])
        if len(kept) < _LESSONS:
            kept.append(evaluation)
    return found
