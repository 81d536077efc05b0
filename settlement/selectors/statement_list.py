"""The statements as lists show them: searched, filtered, sorted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from settlement.models import Statement, StatementLine
from settlement.selectors.breakdown import NONE
from settlement.selectors.visible import visible_statements

#: What a list may be sorted by.
SORTS = ("dealer__code", "sales", "purchases", "opening", "total", "closing", "payable", "run__ordinal")


@dataclass(frozen=True, slots=True)
class StatementWish:
    """What a list of statements is narrowed to; empty means all. ``dealer`` and ``region`` are codes."""

    period: str = ""
    words: str = ""
    dealer: str = ""
    tier: str = ""
    region: str = ""
    industry: str = ""
    state: str = ""
    kind: str = ""
    sign: str = ""
    sort: str = ""


def listed_statements(user: Any, wish: StatementWish) -> QuerySet[Statement]:
    """The statements in sight that fit, the newest half-month first and within it by the dealers' codes."""
    found = visible_statements(user)
    for field, value in (("run__period", wish.period), ("dealer__code", wish.dealer), ("state", wish.state)):
        if value:
            found = found.filter(**{field: value})
    if wish.industry:
        found = found.filter(dealer__industry=wish.industry)
    if wish.tier:
        found = found.filter(tier="" if wish.tier == NONE else wish.tier)
    if wish.region == NONE:
        found = found.filter(dealer__home_region=None)
    elif wish.region:
        at_home = Q(dealer__home_region__code=wish.region) | Q(dealer__home_region__parent__code=wish.region)
        found = found.filter(at_home)
    if wish.words:
        found = found.filter(Q(dealer__code__icontains=wish.words) | Q(dealer__name__icontains=wish.words))
    if wish.kind:
        found = found.filter(Exists(StatementLine.objects.filter(statement=OuterRef("pk"), kind=wish.kind)))
    if wish.sign == "negative":
        found = found.filter(closing__lt=0)
    elif wish.sign == "payable":
        found = found.filter(payable__gt=0)
    key = wish.sort.lstrip("-")
    order = [wish.sort] if key in SORTS else ["-run__ordinal"]
    return found.select_related("dealer__home_region__parent").order_by(*order, "dealer__code", "pk")
