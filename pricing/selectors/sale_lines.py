"""Sale lines with their verdicts for people: those in sight, narrowed, and read on from any row without counting.

The table holds millions of rows. Lists run along the index (dealer, day): by dealer, the newest day first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, DecimalField, F, Field, Q, QuerySet, Subquery, Sum, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.db.models.functions import Coalesce

from dealers.choices import Role
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer, Product
from dealers.selectors.visibility import visible_dealers
from pricing.choices import Flag, Verdict
from pricing.models import SaleLine, SalesTally
from pricing.permissions import can

_ORDER = ("-dealer_id", "-sold_on", "-doc_no", "-line_no")


class LinePlace(NamedTuple):
    """Where a row stands in the list."""

    dealer_id: int
    sold_on: date
    doc_no: str
    line_no: int


@dataclass(frozen=True, slots=True)
class LineWish:
    """What a list of lines is narrowed to: sold from ``first`` up to ``end`` (exclusive); empty means all.

    ``home`` is the province (by code) the dealers are at home in, ``judged`` only lines whose price was judged,
    ``breach`` only those held against the dealers.
    """

    first: date
    end: date
    dealer: str = ""
    verdict: int | None = None
    flag: int | None = None
    sku: str = ""
    doc_no: str = ""
    home: str = ""
    judged: bool = False
    breach: bool = False


JUDGED = (Verdict.IN_BAND, Verdict.PROMO, Verdict.BELOW_FLOOR, Verdict.ABOVE_CEILING)
BREACHES = (Verdict.BELOW_FLOOR, Verdict.ABOVE_CEILING)
_WHOLE, _AMOUNT = BigIntegerField(), DecimalField(max_digits=32, decimal_places=6)
_SUMS: dict[str, Field[Any, Any]] = {
    "lines": _WHOLE,
    "quantity": _WHOLE,
    "amount": _AMOUNT,
    "earning_lines": _WHOLE,
    "earning": _AMOUNT,
    "breach_lines": _WHOLE,
    "breach": _AMOUNT,
}


@dataclass(frozen=True, slots=True)
class SalesSum:
    """Sales of some half-months added up; ``breach`` is what is held against the dealers."""

    lines: int
    quantity: int
    amount: Decimal
    earning_lines: int
    earning: Decimal
    breach_lines: int
    breach: Decimal


def visible_sale_lines(user: Any) -> QuerySet[SaleLine]:
    """The lines of the dealers in sight, by dealer and with the newest day first."""
    lines = SaleLine.objects.order_by(*_ORDER)
    keys = _keys_in_sight(user)
    return lines if keys is None else lines.filter(dealer_id__in=keys)


def narrowed_lines(user: Any, wish: LineWish) -> QuerySet[SaleLine]:
    """The lines in sight that fit, with dealer, product and region."""
    lines = visible_sale_lines(user).filter(sold_on__gte=wish.first, sold_on__lt=wish.end)
    if wish.dealer:
        lines = lines.filter(dealer_id=Subquery(Dealer.objects.filter(code=wish.dealer).values("pk")))
    if wish.verdict is not None:
        lines = lines.filter(verdict=wish.verdict)
    if wish.flag is not None:
        lines = lines.annotate(flagged=F("flags").bitand(wish.flag)).filter(flagged__gt=0)
    if wish.sku:
        lines = lines.filter(product_id=Subquery(Product.objects.filter(sku=wish.sku).values("pk")))
    if wish.doc_no:
        lines = lines.filter(doc_no=wish.doc_no)
    if wish.home:
        at_home = Q(home_region__code=wish.home) | Q(home_region__parent__code=wish.home)
        lines = lines.filter(dealer_id__in=Dealer.objects.filter(at_home).values("pk"))
    if wish.judged:
        lines = lines.filter(verdict__in=JUDGED)
    if wish.breach:
        forgiven = F("flags").bitand(int(Flag.NOT_ENFORCED))
        lines = lines.annotate(forgiven=forgiven).filter(forgiven=0, verdict__in=BREACHES)
    # Looked up for the rows shown; joined, they would be found for every row before the first page is cut off.
    return lines.prefetch_related("dealer", "product", "region")


def lines_after(lines: QuerySet[SaleLine], place: LinePlace) -> QuerySet[SaleLine]:
    """The lines that follow ``place`` in the list."""
    return lines.filter(TupleLessThan(Tuple("dealer_id", "sold_on", "doc_no", "line_no"), tuple(place)))


def sales_between(user: Any, first: HalfMonth, last: HalfMonth, *, dealer: str = "") -> SalesSum:
    """Everything sold in these half-months by the dealers in sight, from the tally; the lines are not read."""
    tally = SalesTally.objects.filter(period__gte=first.ordinal, period__lte=last.ordinal)
    keys = _keys_in_sight(user)
    if keys is not None:
        tally = tally.filter(dealer_id__in=keys)
    if dealer:
        tally = tally.filter(dealer__code=dealer)
    sums: dict[str, Any] = tally.aggregate(
        **{name: Coalesce(Sum(name), Value(0), output_field=kind) for name, kind in _SUMS.items()}
    )
    return SalesSum(**sums)


def verdict_choices() -> list[tuple[int, str]]:
    """Verdicts as options of a filter."""
    return [(verdict.value, str(verdict.label)) for verdict in Verdict]


def flags_of(value: int) -> list[str]:
    """The names of the flags of a line."""
    return Flag.codes(value)


def _keys_in_sight(user: Any) -> list[int] | None:
    """The dealers in sight as keys, None for all of them. A list keeps the database on the index."""
    if not can(user, "sales.view"):
        return []
    if user.dealer_id is not None:
        return [user.dealer_id]
    if user.role == Role.CHANNEL_MANAGER:
        return list(visible_dealers(user).order_by().values_list("pk", flat=True))
    return None
