"""Judged promotions as a list: searched and narrowed, and added up by kind and channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from pricing.choices import PromoState
from pricing.models import PromoChannelResult, PromoEvaluation, PromoPieces, PromoRequest, PromoSpend
from pricing.rules.promo_return import Marks, PromoReturn, return_of
from pricing.rules.uplift import ratio
from pricing.rules.word_pieces import pieces_of_term, terms_of
from pricing.selectors.promos import visible_promos

_MONEY: DecimalField[Any, Any] = DecimalField(max_digits=26, decimal_places=2)


@dataclass(frozen=True, slots=True)
class ResultsWish:
    """What the list of results is narrowed to; empty means all. ``goals`` is ``met`` or ``missed``."""

    words: str = ""
    kind: str = ""
    channel: int | None = None
    advice: str = ""
    goals: str = ""
    dealer: str = ""
    ended_from: date | None = None
    ended_to: date | None = None


def visible_evaluations(user: Any) -> QuerySet[PromoEvaluation]:
    """The standing judgements of the promotions ``user`` may see."""
    return PromoEvaluation.objects.filter(superseded_at__isnull=True, request__in=visible_promos(user).values("pk"))


def narrowed_evaluations(user: Any, wish: ResultsWish) -> QuerySet[PromoEvaluation]:
    """Those that fit, the latest first. Words are looked for in number, title and lessons."""
    found = visible_evaluations(user).select_related("request__applicant").order_by("-pk")
    for term in terms_of(wish.words):
        holding = PromoPieces.objects.filter(pieces__contains=pieces_of_term(term))
        found = found.filter(pk__in=holding.values("evaluation_id"), words__contains=term)
    if wish.kind:
        found = found.filter(request__kind=wish.kind)
    if wish.channel is not None:
        sold = PromoChannelResult.objects.filter(evaluation=OuterRef("pk"), channel=wish.channel).exclude(
            Q(sales=0) & Q(spend=0)
        )
        found = found.filter(Exists(sold))
    if wish.advice:
        found = found.filter(recommendation=wish.advice)
    if wish.goals:
        found = found.filter(goals_met=wish.goals == "met")
    if wish.dealer:
        found = found.filter(Q(dealer__code__iexact=wish.dealer) | Q(dealer__name__icontains=wish.dealer))
    if wish.ended_from is not None:
        found = found.filter(request__window__endswith__gt=wish.ended_from)
    if wish.ended_to is not None:
        found = found.filter(request__window__endswith__lte=wish.ended_to + timedelta(days=1))
    return found


def waiting_for_evaluation(user: Any) -> QuerySet[PromoRequest]:
    """Ended promotions nobody has judged, the latest first, each with its account if the clock opened one."""
    return visible_promos(user).filter(state=PromoState.ENDED).select_related("applicant", "account").order_by("-pk")


def spends_of(requests: list[PromoRequest]) -> dict[int, Decimal]:
    """What is recorded as spent on each request. One query."""
    rows = PromoSpend.objects.filter(request__in=requests).order_by().values_list("request").annotate(Sum("amount"))
    return dict(rows)


@dataclass(frozen=True, slots=True)
class Brought:
    """What promotions of a kind brought in a channel, or altogether; ``channel`` None is all of them.

    ``returned`` covers the promotions with recorded spend; ``promotions`` counts all.
    """

    kind: str
    channel: int | None
    promotions: int
    sales: Decimal
    expected: Decimal
    returned: PromoReturn

    @property
    def uplift(self) -> Decimal:
        return self.sales - self.expected

    @property
    def uplift_rate(self) -> Decimal | None:
        return ratio(self.uplift, self.expected) if self.expected > 0 else None


def brought_by_kind(found: QuerySet[PromoEvaluation], marks: Marks) -> list[Brought]:
    """One row per kind and channel of the evaluations found, with the recommendation for it. One query."""
    rows = (
        PromoChannelResult.objects.filter(evaluation__in=found.order_by().values("pk"))
        .exclude(sales=0, expected=0, spend=0)
        .order_by("evaluation__request__kind", "channel")
        .values("evaluation__request__kind", "channel")
        .annotate(**_SUMS, promotions=Count("evaluation", distinct=True))
    )
    return [_brought(row["evaluation__request__kind"], row["channel"], row, marks) for row in rows]


def brought_altogether(found: QuerySet[PromoEvaluation], marks: Marks) -> Brought:
    """The evaluations found, added up. One query."""
    sums = {name: Coalesce(total, Decimal(0), output_field=_MONEY) for name, total in _sums("").items()}
    return _brought("", None, found.order_by().aggregate(**sums, promotions=Count("pk")), marks)


def _sums(path: str) -> dict[str, Sum]:
    """Sums over evaluations or their parts; ``path`` leads to the evaluation."""
    paid = Q(**{f"{path}spend__gt": 0})
    return {
        "all_sales": Sum("sales", output_field=_MONEY),
        "all_expected": Sum("expected", output_field=_MONEY),
        "paid_sales": Sum("sales", filter=paid, output_field=_MONEY),
        "all_spend": Sum("spend", output_field=_MONEY),
    }


_SUMS = {name: Coalesce(total, Decimal(0), output_field=_MONEY) for name, total in _sums("evaluation__").items()}


def _brought(kind: str, channel: int | None, row: Mapping[str, Any], marks: Marks) -> Brought:
    returned = return_of(row["paid_sales"], row["all_spend"], marks)
    return Brought(kind, channel, row["promotions"], row["all_sales"], row["all_expected"], returned)
