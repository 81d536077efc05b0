"""What a violation adds up to, and which step of the ladder a period stands on."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dealers.foundation.half_months import HalfMonth
from dealers.foundation.transitions import TransitionRefused
from pricing.choices import ViolationKind, ViolationState
from pricing.rules.verdict import (
    ABOVE_CEILING,
    B2B_WITHOUT_ADDENDUM,
    BELOW_FLOOR,
    IN_BAND,
    LATE_REPORT,
    NO_BAND,
    NOT_ENFORCED,
    OUT_OF_TERRITORY,
    PROMO,
    RETURN,
)
from pricing.rules.violations import (
    VIOLATION_LIFE,
    JudgedLine,
    ViolationAct,
    breaches_of,
    consequence,
    gathered,
    window_of,
)
from pricing.terms import ViolationTerms

BELOW, ABOVE = ViolationKind.BELOW_FLOOR, ViolationKind.ABOVE_CEILING
OUT, B2B = ViolationKind.OUT_OF_TERRITORY, ViolationKind.B2B_WITHOUT_ADDENDUM
NOON = datetime(2026, 11, 5, 4, tzinfo=UTC)
TERMS = ViolationTerms.model_validate(
    {
        "window_months": 12,
        "ladder": [
            {"action": "warning"},
            {"action": "penalty", "multiple": "1", "minimum": "1000"},
            {"action": "penalty", "multiple": "2", "minimum": "1000", "hold": True},
        ],
        "reply_working_days": 3,
    }
)


def line(price: str, quantity: int = 1, *, verdict: int = BELOW_FLOOR, flags: int = 0) -> JudgedLine:
    """A line of the worked example in docs/hq.md: the band is 2,599 to 3,299."""
    floor, ceiling = 2_599_000_000, 3_299_000_000
    return JudgedLine(verdict, flags, quantity, int(Decimal(price).scaleb(6)), floor, ceiling, NOON)


@pytest.mark.parametrize(
    ("verdict", "flags", "quantity", "kinds"),
    [
        (BELOW_FLOOR, 0, 1, (BELOW,)),
        (ABOVE_CEILING, 0, 1, (ABOVE,)),
        (BELOW_FLOOR, LATE_REPORT, 1, (BELOW,)),
        (BELOW_FLOOR, NOT_ENFORCED, 1, ()),
        (ABOVE_CEILING, NOT_ENFORCED, 1, ()),
        (BELOW_FLOOR, OUT_OF_TERRITORY, 1, (BELOW, OUT)),
        (BELOW_FLOOR, NOT_ENFORCED | OUT_OF_TERRITORY, 1, (OUT,)),
        (IN_BAND, OUT_OF_TERRITORY | B2B_WITHOUT_ADDENDUM, 1, (OUT, B2B)),
        (NO_BAND, B2B_WITHOUT_ADDENDUM, 1, (B2B,)),
        (IN_BAND, 0, 1, ()),
        (PROMO, 0, 1, ()),
        (NO_BAND, 0, 1, ()),
        (RETURN, OUT_OF_TERRITORY, -1, ()),
    ],
)
def test_what_a_line_is_held_against_the_dealer_for(
    verdict: int, flags: int, quantity: int, kinds: tuple[ViolationKind, ...]
) -> None:
    assert breaches_of(verdict, flags, quantity) == kinds


def test_the_worked_example_of_the_handbook() -> None:
    found = gathered([line("2499.00", 3), line("2590.005"), line("2580", verdict=BELOW_FLOOR, flags=NOT_ENFORCED)])
    assert found.keys() == {BELOW}
    figures = found[BELOW]
    assert (figures.lines, figures.quantity) == (2, 4)
    assert figures.shortfall == Decimal("309.00")  # 100.00 × 3 + 8.995 = 308.995
    assert figures.amount == Decimal("10087.005000")


def test_the_shortfall_is_rounded_once_and_not_line_by_line() -> None:
    assert gathered([line("2598.996")] * 3)[BELOW].shortfall == Decimal("0.01")
    assert gathered([line("2598.995")])[BELOW].shortfall == Decimal("0.01")
    assert gathered([line("2598.996")])[BELOW].shortfall == Decimal("0.00")


def test_an_excess_is_measured_from_the_ceiling_and_other_kinds_have_none() -> None:
    found = gathered([line("3300.50", 2, verdict=ABOVE_CEILING, flags=OUT_OF_TERRITORY)])
    assert found[ABOVE].shortfall == Decimal("3.00")
    assert (found[OUT].shortfall, found[OUT].amount) == (Decimal("0.00"), Decimal("6601.000000"))


def test_the_rolling_window_is_the_period_and_the_half_months_of_a_year_before_it() -> None:
    window = window_of(HalfMonth.parse("2026-11-H1").ordinal, 12)
    assert len(window) == 24
    assert (str(HalfMonth.from_ordinal(window[0])), str(HalfMonth.from_ordinal(window[-1]))) == (
        "2025-11-H2",
        "2026-11-H1",
    )


@pytest.mark.parametrize(
    ("shortfall", "earlier", "standing", "penalty", "hold"),
    [
        ("309.00", 0, 1, None, False),
        ("309.00", 1, 2, "1000.00", False),
        ("1000.01", 1, 2, "1000.01", False),
        ("309.00", 2, 3, "2000.00", True),
        ("1500.25", 2, 3, "3000.50", True),
        ("1500.25", 9, 10, "3000.50", True),
    ],
)
def test_the_ladder(shortfall: str, earlier: int, standing: int, penalty: str | None, hold: bool) -> None:
    found = consequence(BELOW, Decimal(shortfall), earlier, TERMS)
    assert found is not None
    expected = None if penalty is None else Decimal(penalty)
    assert (found.standing, found.penalty, found.step.hold) == (standing, expected, hold)


def test_the_ladder_is_about_prices_only() -> None:
    assert consequence(OUT, Decimal(0), 5, TERMS) is None


@pytest.mark.parametrize(
    ("state", "act", "leads_to"),
    [
        (ViolationState.GATHERED, ViolationAct.HAND_OVER, ViolationState.HANDED_OVER),
        (ViolationState.GATHERED, ViolationAct.SET_ASIDE, ViolationState.SET_ASIDE),
        (ViolationState.HANDED_OVER, ViolationAct.HAND_OVER, ViolationState.HANDED_OVER),
        (ViolationState.HANDED_OVER, ViolationAct.SET_ASIDE, None),
        (ViolationState.SET_ASIDE, ViolationAct.HAND_OVER, None),
        (ViolationState.SET_ASIDE, ViolationAct.TAKE_UP, ViolationState.GATHERED),
        (ViolationState.SET_ASIDE, ViolationAct.LINES_CHANGED, ViolationState.GATHERED),
    ],
)
def test_what_may_be_done_about_it(state: str, act: str, leads_to: str | None) -> None:
    if leads_to is None:
        with pytest.raises(TransitionRefused):
            VIOLATION_LIFE.next(state, act)
    else:
        assert VIOLATION_LIFE.next(state, act) == leads_to
