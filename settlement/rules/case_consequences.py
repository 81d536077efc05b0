"""What follows from a confirmed case in full, what a judge chose of it, and whether that is out of proportion.

The ladder of price violations is a rule of its own (:mod:`pricing.rules.violations`); here it is read beside the
others: fraud forfeits the rebates of the year and costs a penalty on the contract, other breaches lead to a warning
and, when they happen again, to a supply hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dealers.choices import HoldKind
from dealers.foundation.money import ZERO, round_money
from pricing.rules.violations import Consequence
from settlement.choices import CaseKind

#: The kind of hold a breach leads to.
HOLD_OF: Mapping[str, HoldKind] = {
    CaseKind.PRICE: HoldKind.PRICE,
    CaseKind.TERRITORY: HoldKind.CONTRACT,
    CaseKind.FRAUD: HoldKind.FRAUD,
    CaseKind.AFTERSALES: HoldKind.AFTERSALES,
    CaseKind.DOCUMENT: HoldKind.DOCUMENT,
}


@dataclass(frozen=True, slots=True)
class InFull:
    """What the policy says follows. ``may_hold`` is a hold that severity may add, ``standing`` counts from 1."""

    warning: bool = False
    penalty: Decimal = ZERO
    forfeit_year: int | None = None
    hold: HoldKind | None = None
    may_hold: HoldKind | None = None
    standing: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a judge wants; None leaves a consequence as it is in full."""

    penalty: Decimal | None = None
    forfeit: bool | None = None
    hold: bool | None = None


IN_FULL = Choice()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to follow. ``lessened`` tells that it is less than in full, which takes a reason."""

    warning: bool
    penalty: Decimal
    forfeit_year: int | None
    hold: HoldKind | None
    lessened: bool


def by_ladder(found: Consequence | None) -> InFull:
    """A price violation: the step of the ladder, reckoned on the lines that stand. None: nothing but a warning."""
    if found is None or found.penalty is None:
        return InFull(warning=True, standing=found.standing if found else None)
    return InFull(penalty=found.penalty, hold=HoldKind.PRICE if found.step.hold else None, standing=found.standing)


def by_fraud(contract_amount: Decimal, rate: Decimal, year: int) -> InFull:
    """Confirmed fake transactions: the year's rebates, and the contract amount times the rate of the policy."""
    return InFull(penalty=round_money(contract_amount * rate), forfeit_year=year, may_hold=HoldKind.FRAUD)


def by_breach(kind: str, earlier: int, *, hold_from: int) -> InFull:
    """A breach that is not about price: a warning, and from half-month no. ``hold_from`` in the window on a hold."""
    standing = earlier + 1
    held = standing >= hold_from
    return InFull(warning=not held, hold=HOLD_OF[kind] if held else None, standing=standing)


def choose(full: InFull, wish: Choice) -> Chosen | None:
    """What follows by the judge's choice; None when it asks for more than the policy allows.

    A judge may take less, never more; only the hold that severity may add is the judge's own.
    """
    penalty = full.penalty if wish.penalty is None else wish.penalty
    if not ZERO <= penalty <= full.penalty or (wish.forfeit and full.forfeit_year is None):
        return None
    if wish.hold and full.hold is None and full.may_hold is None:
        return None
    forfeit = full.forfeit_year if wish.forfeit in (None, True) else None
    hold = (full.hold or full.may_hold) if wish.hold else full.hold if wish.hold is None else None
    lessened = penalty < full.penalty or forfeit != full.forfeit_year or (full.hold is not None and hold is None)
    nothing = penalty == ZERO and forfeit is None and hold is None
    return Chosen(full.warning or nothing, penalty, forfeit, hold, lessened)


@dataclass(frozen=True, slots=True)
class Proportion:
    """What is taken in all beside the proven loss, and from where on that is out of proportion."""

    total: Decimal
    limit: Decimal
    out: bool


def proportion(*, penalty: Decimal, forfeited: Decimal, proven_loss: Decimal, factor: Decimal) -> Proportion:
    """Out of proportion when penalty and forfeiture together exceed ``factor`` times the proven loss."""
    total, limit = penalty + max(forfeited, ZERO), round_money(proven_loss * factor)
    return Proportion(total, limit, total > limit)
