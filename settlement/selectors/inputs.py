"""The sale lines and shipments behind a statement line: exactly what its base was summed from.

Facts are read as they were known at the run's cutoff: the present state of a line when it was known by then, else the
earlier state that was. What is listed here therefore sums to the proof's input of the half-month, to the last digit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum

from dealers.foundation.half_months import HalfMonth
from dealers.models import Product, Shipment
from pricing.choices import EXCLUDING_FLAGS, Flag, Verdict
from pricing.models import SaleLine, SaleLineHistory
from rebates.rules.programs import COMPLIANT_SALES
from settlement.models import StatementLine
from settlement.proof_words.reading import REBATE, REMOTE_PURCHASES, share_key

_AMOUNT = ExpressionWrapper(F("quantity") * F("unit_price"), output_field=DecimalField(max_digits=26, decimal_places=6))
_BREACHES = (Verdict.BELOW_FLOOR, Verdict.ABOVE_CEILING)
COLUMNS = ("doc_no", "line_no", "at", "product_id", "quantity", "unit_price", "amount", "verdict", "flags")


@dataclass(frozen=True, slots=True)
class Share:
    """What a proof takes from one half-month: ``of`` names the lines (see :data:`LEADING`), ``key`` the share.

    ``lines`` None means that the proof does not say how many there were.
    """

    key: str
    of: str
    period: str
    amount: Decimal
    lines: int | None
    categories: str | list[str] = "all"


@dataclass(frozen=True, slots=True)
class InputSum:
    """What the lines behind one input add up to, and whether that is what the proof says."""

    lines: int
    amount: Decimal
    stated: Decimal
    stated_lines: int | None

    @property
    def agrees(self) -> bool:
        return self.amount == self.stated and self.stated_lines in (None, self.lines)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The lines behind one half-month's share of a base: ``rows`` as dictionaries of COLUMNS, and their sum."""

    sales: bool
    rows: QuerySet[Any, dict[str, Any]]
    total: InputSum


def shares_of(proof: Mapping[str, Any]) -> list[Share]:
    """The half-months' shares of a proof behind which lines can be opened, in the order of the proof."""
    if proof.get("rule") == REBATE:
        program = proof["program"]
        return [
            Share(part["period"], program["base"], part["period"], *_stated(part), program["categories"])
            for part in proof.get("inputs", ())
        ]
    return [
        Share(share_key(fact), fact["of"], fact["period"], *_stated(fact))
        for fact in proof.get("inputs", ())
        if share_key(fact)
    ]


def inputs_of(line: StatementLine, key: str, *, cutoff: datetime) -> Inputs | None:
    """The lines behind the share ``key`` of a line's proof; None when the proof has no such share."""
    share = next((share for share in shares_of(line.proof) if share.key == key), None)
    if share is None:
        return None
    half = HalfMonth.parse(share.period)
    sales = share.of == COMPLIANT_SALES
    goods = _goods(share.categories)
    if share.of == REMOTE_PURCHASES:
        goods &= Q(remote=True)
    parts = _sales(line.dealer_id, half, cutoff, goods) if sales else [_shipments(line.dealer_id, half, cutoff, goods)]
    count, amount = 0, Decimal(0)
    for part in parts:
        sums = part.aggregate(lines=Count("doc_no"), amount=Sum(_AMOUNT))
        count += sums["lines"]
        amount += sums["amount"] or 0
    rows = [_shown(part, sales) for part in parts]
    joined: QuerySet[Any, dict[str, Any]] = rows[0].union(*rows[1:], all=True) if len(rows) > 1 else rows[0]
    total = InputSum(count, amount, share.amount, share.lines)
    return Inputs(sales, joined.order_by("at", "doc_no", "line_no"), total)


def _stated(part: Mapping[str, Any]) -> tuple[Decimal, int | None]:
    return Decimal(part["amount"]), part.get("lines")


def _goods(categories: str | list[str]) -> Q:
    if categories == "all":
        return Q()
    return Q(product__in=Product.objects.filter(category__in=categories))


def _sales(dealer_id: int, half: HalfMonth, cutoff: datetime, goods: Q) -> list[QuerySet[Any]]:
    """Lines that earn, in the state known at ``cutoff``: from the present table and from the earlier states."""
    sold = Q(dealer=dealer_id, sold_on__gte=half.start, sold_on__lt=half.end, known_from__lte=cutoff)
    forgiven: Any = F("flags").bitand(int(Flag.NOT_ENFORCED))
    excluded: Any = F("flags").bitand(int(EXCLUDING_FLAGS))
    earning = Q(excluded=0) & (~Q(verdict__in=_BREACHES) | ~Q(forgiven=0))

    def of(lines: QuerySet[Any]) -> QuerySet[Any]:
        earns: QuerySet[Any] = lines.filter(sold, goods).annotate(excluded=excluded, forgiven=forgiven)
        return earns.filter(earning)

    return [of(SaleLine.objects.all()), of(SaleLineHistory.objects.filter(known_until__gt=cutoff))]


def _shipments(dealer_id: int, half: HalfMonth, cutoff: datetime, goods: Q) -> QuerySet[Any]:
    shipped = Q(dealer=dealer_id, shipped_on__gte=half.start, shipped_on__lt=half.end, known_from__lte=cutoff)
    return Shipment.objects.filter(shipped, goods)


def _shown(lines: QuerySet[Any], sales: bool) -> QuerySet[Any, dict[str, Any]]:
    named = {"at": F("sold_at" if sales else "shipped_at"), "amount": _AMOUNT}
    columns = ("doc_no", "line_no", "product_id", "quantity", "unit_price")
    shown: QuerySet[Any, dict[str, Any]] = lines.values(*columns, *(("verdict", "flags") if sales else ()), **named)
    return shown
