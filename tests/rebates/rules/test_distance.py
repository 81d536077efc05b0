"""The way to the next bracket, case by case; the numbers of docs/rebates.md among them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rebates.rules.distance import Outlook, Pace, curve, distance, pace
from rebates.rules.programs import INCREMENTAL, RETROACTIVE, Bracket, Program
from rebates.rules.quantities import cents, cents_text, micros, micros_text

NEAR = micros("0.10")
HALFWAY = Pace(46, 92)


def program(method: str, *brackets: tuple[str, str], cap: str | None = None) -> Program:
    steps = tuple(Bracket(micros(start), micros(rate)) for start, rate in brackets)
    return Program("P", "T1", "compliant_sales", "quarter", method, steps, cap=None if cap is None else cents(cap))


T1 = program(INCREMENTAL, ("0", "0.02"), ("1000000", "0.03"), ("3000000", "0.04"), cap="500000")
T3 = program(RETROACTIVE, ("0", "0.01"), ("500000", "0.02"))

TABLE = [
    # program, base, projected, missing, brings, jump, outlook
    (T3, "400000", "800000.00", "100000.00", "6000.00", "5000.00", Outlook.REACHES),
    (T3, "230000", "460000.00", "270000.00", "7700.00", "5000.00", Outlook.CLOSE),
    (T3, "225000", "450000.00", "275000.00", "7750.00", "5000.00", Outlook.CLOSE),
    (T3, "224999", "449998.00", "275001.00", "7750.01", "5000.00", Outlook.FAR),
    (T3, "499999.99", "999999.98", "0.01", "5000.00", "5000.00", Outlook.REACHES),
    (T3, "500000", "1000000.00", "0.00", "0.00", "0.00", Outlook.TOP),
    (T3, "0", "0.00", "500000.00", "10000.00", "5000.00", Outlook.FAR),
    # more came back than was sold: the way is longer by it, and nothing is projected
    (T3, "-2000", "-2000.00", "502000.00", "10000.00", "5000.00", Outlook.FAR),
    (T1, "950000", "1900000.00", "50000.00", "1000.00", "0.00", Outlook.REACHES),
    (T1, "1200000", "2400000.00", "1800000.00", "54000.00", "0.00", Outlook.FAR),
    (T1, "3000000", "6000000.00", "0.00", "0.00", "0.00", Outlook.TOP),
    (T1, "20000000", "40000000.00", "0.00", "0.00", "0.00", Outlook.CAPPED),
]


@pytest.mark.parametrize(("of", "base", "at_end", "missing", "brings", "jump", "outlook"), TABLE)
def test_the_way_to_the_next_bracket(
    of: Program, base: str, at_end: str, missing: str, brings: str, jump: str, outlook: Outlook
) -> None:
    found = distance(of, micros(base), HALFWAY, NEAR)
    assert (
        micros_text(found.projected),
        micros_text(found.missing),
        cents_text(found.brings),
        cents_text(found.jump),
        found.outlook,
    ) == (at_end, missing, brings, jump, outlook)


def test_a_cap_reached_and_then_a_return_gives_way_to_earn_again() -> None:
    """The cap of 5,000.00 is reached above 250,000; a return of 100,000 takes 3,000.00 of it back."""
    capped = program(RETROACTIVE, ("0", "0.01"), ("250000", "0.02"), ("400000", "0.03"), cap="5000")
    full = distance(capped, micros("300000"), HALFWAY, NEAR)
    assert (full.outlook, cents_text(full.earned), full.brings) == (Outlook.CAPPED, "5000.00", 0)
    after = distance(capped, micros("200000"), HALFWAY, NEAR)
    assert (cents_text(after.earned), micros_text(after.missing), cents_text(after.brings)) == (
        "2000.00",
        "50000.00",
        "3000.00",
    )


def test_days_of_the_tier_alone_make_the_pace() -> None:
    """A dealer in its tier since 16 November: of the fourth quarter 7 days have begun by the 22nd, 39 are left."""
    november = (date(2026, 11, 16), date(2026, 12, 1))
    going = pace([november], date(2027, 1, 1), date(2026, 11, 22))
    assert (going.elapsed, going.left, going.total) == (7, 39, 46)
    whole = pace([(date(2026, 10, 1), date(2026, 11, 16)), november], date(2027, 1, 1), date(2026, 11, 22))
    assert (whole.elapsed, whole.total) == (53, 92)


def test_on_the_last_day_the_projection_is_the_base() -> None:
    going = pace([(date(2026, 10, 1), date(2027, 1, 1))], date(2027, 1, 1), date(2026, 12, 31))
    assert going == Pace(92, 92)
    assert distance(T3, micros("123"), going, NEAR).projected == micros("123")
    assert pace([], date(2027, 1, 1), date(2026, 12, 31) - timedelta(days=1)) == Pace(1, 2)


def test_a_retroactive_bracket_is_a_cliff_and_an_incremental_one_a_bend() -> None:
    assert [(micros_text(base), cents_text(amount)) for base, amount in curve(T3, micros("600000"))] == [
        ("0.00", "0.00"),
        ("500000.00", "5000.00"),
        ("500000.00", "10000.00"),
        ("600000.00", "12000.00"),
    ]
    assert [(micros_text(base), cents_text(amount)) for base, amount in curve(T1, micros("1500000"))] == [
        ("0.00", "0.00"),
        ("1000000.00", "20000.00"),
        ("1500000.00", "35000.00"),
    ]


def test_the_line_turns_flat_where_the_cap_is_reached() -> None:
    corners = list(curve(T1, micros("15000000")))
    assert [cents_text(amount) for _, amount in corners] == ["0.00", "20000.00", "80000.00", "500000.00", "500000.00"]
    assert micros_text(corners[3][0]).startswith("13500000.00")
