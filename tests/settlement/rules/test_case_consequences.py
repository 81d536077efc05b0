"""What follows in full, what a judge may choose of it, and what is out of proportion."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dealers.choices import HoldKind
from pricing.rules.violations import Consequence
from pricing.terms import LadderStep
from settlement.choices import CaseKind
from settlement.rules.case_consequences import (
    HOLD_OF,
    Choice,
    InFull,
    by_breach,
    by_fraud,
    by_ladder,
    choose,
    proportion,
)

PENALTY = LadderStep(action="penalty", multiple=Decimal(2), minimum=Decimal(1000), hold=True)
LADDER = InFull(penalty=Decimal("3599.60"), hold=HoldKind.PRICE, standing=3)
FRAUD = InFull(penalty=Decimal("50000.00"), forfeit_year=2026, may_hold=HoldKind.FRAUD)
D = Decimal


def test_the_ladder() -> None:
    warned = by_ladder(Consequence(1, LadderStep(action="warning"), None))
    assert warned == InFull(warning=True, standing=1)
    assert by_ladder(Consequence(3, PENALTY, D("3599.60"))) == LADDER
    assert by_ladder(None) == InFull(warning=True)


def test_fraud() -> None:
    assert by_fraud(D("50000.555"), D(1), 2026).penalty == D("50000.56")
    assert by_fraud(D("50000"), D("0.5"), 2026) == InFull(
        penalty=D("25000.00"), forfeit_year=2026, may_hold=HoldKind.FRAUD
    )


@pytest.mark.parametrize(("earlier", "warning", "held"), [(0, True, False), (1, False, True), (5, False, True)])
def test_other_breaches_are_warned_about_first_and_held_then(earlier: int, warning: bool, held: bool) -> None:
    found = by_breach(CaseKind.AFTERSALES, earlier, hold_from=2)
    assert (found.warning, found.hold) == (warning, HoldKind.AFTERSALES if held else None)
    assert found.standing == earlier + 1


def test_every_kind_has_its_hold() -> None:
    assert set(HOLD_OF) == set(CaseKind)


CHOICES = [
    ("in full", LADDER, Choice(), (False, "3599.60", None, "price", False)),
    ("a smaller penalty", LADDER, Choice(penalty=D("100")), (False, "100", None, "price", True)),
    ("no hold", LADDER, Choice(hold=False), (False, "3599.60", None, None, True)),
    ("nothing but the word", LADDER, Choice(penalty=D(0), hold=False), (True, "0", None, None, True)),
    ("a larger penalty", LADDER, Choice(penalty=D("3599.61")), None),
    ("a negative penalty", LADDER, Choice(penalty=D("-1")), None),
    ("a year the policy does not forfeit", LADDER, Choice(forfeit=True), None),
    ("a hold the policy does not know", InFull(warning=True), Choice(hold=True), None),
    ("fraud in full", FRAUD, Choice(), (False, "50000.00", 2026, None, False)),
    ("fraud with the hold of severity", FRAUD, Choice(hold=True), (False, "50000.00", 2026, "fraud", False)),
    ("fraud without forfeiture", FRAUD, Choice(forfeit=False), (False, "50000.00", None, None, True)),
    ("a warning in full", InFull(warning=True), Choice(), (True, "0", None, None, False)),
]


@pytest.mark.parametrize(("words", "full", "wish", "expected"), CHOICES, ids=[choice[0] for choice in CHOICES])
def test_a_judge_may_take_less_and_never_more(words: str, full: InFull, wish: Choice, expected: object) -> None:
    found = choose(full, wish)
    if expected is None:
        assert found is None
        return
    assert found is not None
    warning, penalty, year, hold, lessened = expected  # type: ignore[misc]
    assert (found.warning, found.penalty, found.forfeit_year) == (warning, D(penalty), year)
    assert (found.hold, found.lessened) == (hold, lessened)


@pytest.mark.parametrize(
    ("penalty", "forfeited", "loss", "total", "limit", "out"),
    [
        ("50000", "15000", "50000", "65000", "65000.00", False),
        ("50000", "15000.01", "50000", "65000.01", "65000.00", True),
        ("50000", "-300", "38461.54", "50000", "50000.00", False),
        ("1", "0", "0", "1", "0.00", True),
        ("0", "0", "0", "0", "0.00", False),
    ],
)
def test_out_of_proportion(penalty: str, forfeited: str, loss: str, total: str, limit: str, out: bool) -> None:
    found = proportion(penalty=D(penalty), forfeited=D(forfeited), proven_loss=D(loss), factor=D("1.30"))
    assert (found.total, found.limit, found.out) == (D(total), D(limit), out)
