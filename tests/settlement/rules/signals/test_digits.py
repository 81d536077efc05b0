"""Which digit patterns are improbable, and when nothing can be said."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from math import sqrt

import pytest

from settlement.rules.signals import digits, digits_2
from settlement.rules.signals.chi_square import fit, survival
from settlement.rules.signals.digits import BENFORD, Facts, Limits, find, first_digits, odds, series_tested
from settlement.rules.signals.digits_2 import BENFORD_PAIRS


def leading(first: tuple[float, ...] = BENFORD, *, sample: int = 2000) -> tuple[int, ...]:
    """Counts of pairs whose first digits have these shares and which are spread as Benford has it within them."""
    counts = []
    for pair, share in enumerate(BENFORD_PAIRS, start=10):
        digit = pair // 10
        counts.append(round(sample * first[digit - 1] * share / BENFORD[digit - 1]))
    return tuple(counts)


EVEN = (200,) * 10
HONEST = Facts(1, "2026-Q4", leading(), EVEN, 60, Decimal(1), Decimal(5000), Decimal(100_000), tests=1000)
INVENTED = leading((0.15, 0.12, 0.11, 0.11, 0.11, 0.1, 0.1, 0.1, 0.1))
BY_FIVES = (600, 50, 50, 50, 50, 600, 50, 50, 50, 50)


@pytest.mark.parametrize(
    ("facts", "subjects"),
    [
        (HONEST, []),
        (replace(HONEST, leading=INVENTED), ["amounts"]),
        (replace(HONEST, minutes=BY_FIVES), ["minutes"]),
        (replace(HONEST, leading=INVENTED, minutes=BY_FIVES), ["amounts", "minutes"]),
        # Too small a sample, too narrow a span: nothing can be said.
        (replace(HONEST, leading=tuple(count // 5 for count in INVENTED)), []),
        (replace(HONEST, leading=INVENTED, high=Decimal(999)), []),
        (replace(HONEST, leading=INVENTED, low=Decimal(0)), []),
        # Times posted in one go, or recorded in steps, are no sample.
        (replace(HONEST, minutes=(2000, *(0,) * 9), largest_minute=2000), []),
        (replace(HONEST, minutes=(1000, 0, 0, 0, 0, 1000, 0, 0, 0, 0)), []),
        # A trifle, however improbable with so many.
        (replace(HONEST, minutes=(52_000, 48_000) * 5, largest_minute=2000), []),
    ],
)
def test_digits(facts: Facts, subjects: list[str]) -> None:
    assert [one.subject for one in find(facts, Limits())] == subjects


def test_the_more_is_tested_the_more_improbable_it_has_to_be() -> None:
    facts = replace(HONEST, minutes=(70, 30, 60, 40, 60, 40, 60, 40, 60, 40), leading=(0,) * 90)
    assert fit(facts.minutes, (0.1,) * 10).chance == pytest.approx(2.0e-4, rel=0.02)
    assert len(list(find(replace(facts, tests=40), Limits()))) == 1
    assert not list(find(replace(facts, tests=60), Limits()))


def test_tests_are_counted_where_something_can_be_said() -> None:
    assert series_tested(HONEST, Limits()) == 2
    assert series_tested(replace(HONEST, high=Decimal(10)), Limits()) == 1
    assert series_tested(replace(HONEST, leading=(0,) * 90, minutes=(0,) * 10), Limits()) == 0


def test_the_version_on_trial_sees_invented_pairs_whose_first_digits_are_right() -> None:
    pairs = list(leading())
    for tens in range(9):  # the same first digits, but no pair ends in 0 or 5
        block = pairs[tens * 10 : tens * 10 + 10]
        moved = block[0] + block[5]
        for place in (0, 5):
            block[place] = 0
        block[3] += moved // 2
        block[7] += moved - moved // 2
        pairs[tens * 10 : tens * 10 + 10] = block
    facts = replace(HONEST, leading=tuple(pairs), minutes=BY_FIVES)
    assert [one.subject for one in digits.find(facts, Limits())] == ["minutes"]
    assert [one.subject for one in digits_2.find(facts, Limits())] == ["amounts", "minutes"]
    assert not list(digits_2.find(HONEST, Limits()))


def test_honest_amounts_of_a_wide_span_follow_benford() -> None:
    dice = random.Random(1)
    counts = [0] * 90
    for _number in range(20_000):
        counts[int(f"{dice.lognormvariate(5, 1.8):e}"[:3].replace(".", "")) - 10] += 1
    assert fit(first_digits(counts), BENFORD).deviation < 0.006


@pytest.mark.parametrize(
    ("statistic", "degrees", "chance"),
    # From printed tables of the chi-square distribution.
    [
        (16.919, 9, 0.05),
        (21.666, 9, 0.01),
        (15.507, 8, 0.05),
        (20.090, 8, 0.01),
        (3.841, 1, 0.05),
        (0, 5, 1),
        (112.022, 89, 0.05),
    ],
)
def test_the_chance_of_a_chi_square(statistic: float, degrees: int, chance: float) -> None:
    assert survival(statistic, degrees) == pytest.approx(chance, rel=0.002)


def test_a_chance_is_stated_as_once_in_so_many() -> None:
    assert [odds(0.25), odds(1e-4), odds(1e-15), odds(0.0), odds(sqrt(1e-250))] == [
        "4",
        "10,000",
        "1e15",
        ">1e99",
        ">1e99",
    ]
    (found,) = find(replace(HONEST, minutes=BY_FIVES), Limits())
    assert "37.5% of them end in 0 instead of 10.0%" in str(found.said) and "Stated level 0.01 over 1000 tests" in str(
        found.said
    )
