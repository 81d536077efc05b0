"""Which quota a quarter has, where its money lies, and what is released."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dealers.foundation.periods import Quarter
from rebates.choices import SupportState
from rebates.rules.support_life import SUPPORT_LIFE, Pot, SupportAct, step_of
from rebates.rules.support_quota import Pots, QuotaTerms, TierRange, entitled_in, granted, moved

Q4 = Quarter(2026, 4)
QUOTAS = {"T1": Decimal(100000), "T2": Decimal(50000), "T3": Decimal(20000)}
ALL_YEAR = QuotaTerms(1, date(2026, 1, 1), date(2027, 1, 1), QUOTAS)
RAISED = {tier: quota * 2 for tier, quota in QUOTAS.items()}


@pytest.mark.parametrize(
    ("tiers", "terms", "expected"),
    [
        ([TierRange(date(2025, 1, 1), None, "T2")], [ALL_YEAR], (date(2026, 10, 1), "T2", 50000)),
        # A promotion inside the quarter counts from the next one on.
        (
            [TierRange(date(2025, 1, 1), date(2026, 11, 16), "T2"), TierRange(date(2026, 11, 16), None, "T1")],
            [ALL_YEAR],
            (date(2026, 10, 1), "T2", 50000),
        ),
        # So does a demotion.
        (
            [TierRange(date(2025, 1, 1), date(2026, 10, 16), "T1"), TierRange(date(2026, 10, 16), None, "T3")],
            [ALL_YEAR],
            (date(2026, 10, 1), "T1", 100000),
        ),
        # A policy that takes effect inside the quarter does not touch it either.
        (
            [TierRange(date(2025, 1, 1), None, "T3")],
            [
                QuotaTerms(1, date(2026, 1, 1), date(2026, 11, 1), QUOTAS),
                QuotaTerms(2, date(2026, 11, 1), None, RAISED),
            ],
            (date(2026, 10, 1), "T3", 20000),
        ),
        # A dealer that joins has the whole quota of its first tier.
        ([TierRange(date(2026, 11, 20), None, "T3")], [ALL_YEAR], (date(2026, 11, 20), "T3", 20000)),
        # A company whose first policy begins inside the quarter.
        (
            [TierRange(date(2025, 1, 1), None, "T1")],
            [QuotaTerms(2, date(2026, 10, 16), None, QUOTAS)],
            (date(2026, 10, 16), "T1", 100000),
        ),
        ([], [ALL_YEAR], None),
        ([TierRange(date(2027, 1, 1), None, "T1")], [ALL_YEAR], None),
        ([TierRange(date(2025, 1, 1), None, "T1")], [], None),
    ],
)
def test_the_quota_is_decided_by_the_quarters_first_day(
    tiers: list[TierRange], terms: list[QuotaTerms], expected: tuple[date, str, int] | None
) -> None:
    found = entitled_in(Q4, tiers, terms)
    assert (None if found is None else (found.on, found.tier, int(found.amount))) == expected


def test_what_was_promised_ahead_stays_promised_when_the_tier_falls() -> None:
    assert granted(Decimal(20000), used=Decimal(35000)) == 35000
    assert granted(Decimal(50000), used=Decimal(35000)) == 50000


@pytest.mark.parametrize(
    ("out_of", "held", "into", "amount", "changes"),
    [
        (None, 0, Pot.PLANNED, 30, {Pot.PLANNED: 30}),
        (Pot.PLANNED, 30, Pot.RESERVED, 25, {Pot.PLANNED: -30, Pot.RESERVED: 25}),
        (Pot.COMMITTED, 25, Pot.SPENT, 20, {Pot.COMMITTED: -25, Pot.SPENT: 20}),
        (Pot.COMMITTED, 25, None, 0, {Pot.COMMITTED: -25}),
    ],
)
def test_what_does_not_enter_the_next_pot_is_released(
    out_of: Pot | None, held: int, into: Pot | None, amount: int, changes: dict[Pot, int]
) -> None:
    found = moved(Pots(granted=Decimal(100)), out_of, Decimal(held), into, Decimal(amount))
    assert {pot: int(change) for pot, change in found.items() if change} == changes


def test_no_more_enters_than_is_free() -> None:
    pots = Pots(granted=Decimal(100), planned=Decimal(40), spent=Decimal(50))
    moved(pots, None, Decimal(0), Pot.PLANNED, Decimal(10))
    with pytest.raises(ValueError, match="free"):
        moved(pots, None, Decimal(0), Pot.PLANNED, Decimal("10.01"))


def test_every_open_state_holds_money_and_every_final_one_but_accepted_lets_it_go() -> None:
    holding = {state for state in SUPPORT_LIFE.states for act in SupportAct if SUPPORT_LIFE.allows(state, act)}
    assert holding >= {"planned", "reserved", "committed", "proven"}
    assert step_of(SupportState.PROVEN, SupportAct.ACCEPT).pot is Pot.SPENT
    for act in (SupportAct.WITHDRAW, SupportAct.LAPSE):
        assert step_of(SupportState.RESERVED, act).pot is None
