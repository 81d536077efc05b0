"""What may be paid now: open, not disputed, and not kept for another payment plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Sum

from dealers.foundation.half_months import HalfMonth
from dealers.foundation.money import ZERO
from settlement.models import Payable, PlanItem
from settlement.rules.payment_life import RESERVING
from settlement.selectors.disputes import frozen_amounts

#: Contributions of which something is open (positive) or carried (negative); the condition of a partial index.
LEFT = Q(amount__gt=F("paid") + F("set_off")) | Q(amount__lt=-F("set_off"))
OPEN = Q(amount__gt=F("paid") + F("set_off"))


@dataclass(frozen=True, slots=True)
class OpenAmount:
    """How one contribution stands: ``left`` is what is open of it, and why not all of that may be paid."""

    payable: Payable
    frozen: Decimal
    reserved: Decimal

    @property
    def period(self) -> str:
        return str(HalfMonth.from_ordinal(self.payable.ordinal))

    @property
    def left(self) -> Decimal:
        return self.payable.left

    @property
    def undisputed(self) -> Decimal:
        return max(ZERO, self.left - self.frozen)

    @property
    def available(self) -> Decimal:
        """What a new plan may take in."""
        return max(ZERO, self.undisputed - self.reserved)


def reserved_amounts(payables: Any) -> Mapping[int, Decimal]:
    """What plans that are not at their end keep for themselves of each of these contributions."""
    items = PlanItem.objects.filter(payable__in=payables, plan__state__in=RESERVING, amount__gt=F("executed"))
    rows = items.order_by().values("payable").annotate(kept=Sum(F("amount") - F("executed")))
    return dict(rows.values_list("payable", "kept"))


def open_amounts(payables: Collection[Payable]) -> list[OpenAmount]:
    """How these contributions stand, in their order; two queries for any number of them."""
    frozen = frozen_amounts([one.statement_id for one in payables])
    reserved = reserved_amounts([one.pk for one in payables])
    return [
        OpenAmount(one, max(ZERO, frozen.get(one.statement_id, ZERO)), reserved.get(one.pk, ZERO)) for one in payables
    ]
