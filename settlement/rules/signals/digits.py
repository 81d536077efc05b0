"""Digit patterns too improbable to be chance, on samples of at least 500 documents.

Two series whose honest spread is known: the first digits of document amounts follow Benford's law when the amounts
span several orders of magnitude, and the last digits of the minutes of sale are even when a till takes the time.
Series of which that cannot be said are not tested: amounts of a narrow span, times recorded in steps or in one posting.

The stated level is that of a whole run: it is divided by the number of tests (Bonferroni). With large samples every
trifle is improbable, so the deviation itself has to be large too (Nigrini's limit for first digits).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log10
from typing import Annotated

from dealers.foundation.refusals import msgid as _
from dealers.foundation.term_values import Share, whole
from dealers.foundation.terms import Terms
from settlement.choices import SignalRule
from settlement.rules.signals.chi_square import Fit, fit
from settlement.rules.signals.signal import Count, Signal, sentence

VERSION = 1

AMOUNTS, MINUTES = "amounts", "minutes"
BENFORD = tuple(log10(1 + 1 / digit) for digit in range(1, 10))
EVEN = (0.1,) * 10
#: When so large a part of the times shares a minute or its tens are bare, no till took them.
_POSTED = 0.5


class Limits(Terms):
    """``level`` is the chance of a false alarm in a whole run; ``span`` how many times the smallest amounts (first
    percentile) the largest ones (99th) have to be; deviations are mean distances of shares."""

    least_sample: Annotated[int, whole(500, 1_000_000)] = 500
    level: Share = Decimal("0.01")
    span: Count = 1000
    amount_deviation: Share = Decimal("0.015")
    minute_deviation: Share = Decimal("0.02")


@dataclass(frozen=True, slots=True)
class Facts:
    """The documents of a dealer in a window, counted.

    ``leading`` by the first two digits of their amounts (10 to 99), ``minutes`` by the last digit of the minute;
    ``largest_minute`` is how many share the commonest minute of the hour. ``tests`` is how many tests the run makes.
    """

    dealer_id: int
    window: str
    leading: Sequence[int]
    minutes: Sequence[int]
    largest_minute: int
    low: Decimal
    high: Decimal
    amount: Decimal
    tests: int = 1


_AMOUNTS = _(
    "The first digits of the amounts of %(sample)s documents of %(window)s are not spread as amounts are (Benford): "
    "chi-square %(statistic)s, by chance once in %(odds)s; %(digit)s leads %(seen)s of them instead of %(expected)s. "
    "Stated level %(level)s over %(tests)s tests."
)
_MINUTES = _(
    "The minutes at which %(sample)s documents of %(window)s were sold do not end evenly in 0 to 9: chi-square "
    "%(statistic)s, by chance once in %(odds)s; %(seen)s of them end in %(digit)s instead of %(expected)s. Stated "
    "level %(level)s over %(tests)s tests."
)


def first_digits(leading: Sequence[int]) -> tuple[int, ...]:
    """Counts of the first digits 1 to 9 from those of the first two."""
    return tuple(sum(leading[tens * 10 : tens * 10 + 10]) for tens in range(9))


def spans(facts: Facts, limits: Limits) -> bool:
    """Whether the amounts span so much that Benford's law can be expected of them."""
    return sum(facts.leading) >= limits.least_sample and facts.high >= limits.span * facts.low > 0


def ticks(facts: Facts, limits: Limits) -> bool:
    """Whether the times are those of a till, each by itself, and not posted together or in steps."""
    sample = sum(facts.minutes)
    if sample < limits.least_sample or facts.largest_minute >= _POSTED * sample:
        return False
    return sum(count > 0 for count in facts.minutes) > 2


def series_tested(facts: Facts, limits: Limits) -> int:
    """How many tests this dealer adds to a run."""
    return spans(facts, limits) + ticks(facts, limits)


def find(facts: Facts, limits: Limits) -> Iterator[Signal]:
    """A signal for each series that is improbable beyond the stated level."""
    if spans(facts, limits):
        found = fit(first_digits(facts.leading), BENFORD)
        if stands_out(found, facts, limits.level, limits.amount_deviation):
            shares = BENFORD[found.worst], first_digits(facts.leading)[found.worst]
            yield signal(facts, AMOUNTS, _AMOUNTS, found, found.worst + 1, *shares, limits.level)
    if ticks(facts, limits):
        found = fit(facts.minutes, EVEN)
        if stands_out(found, facts, limits.level, limits.minute_deviation):
            yield signal(
                facts, MINUTES, _MINUTES, found, found.worst, EVEN[0], facts.minutes[found.worst], limits.level
            )


def stands_out(found: Fit, facts: Facts, level: Decimal, deviation: Decimal) -> bool:
    """Whether it is improbable at the level over all tests, and deviates by more than a trifle."""
    return found.chance * max(facts.tests, 1) < level and found.deviation >= deviation


def signal(
    facts: Facts, series: str, message: str, found: Fit, digit: int, expected: float, seen: int, level: Decimal
) -> Signal:
    """The signal about one series."""
    said = sentence(
        SignalRule.DIGITS,
        message,
        sample=found.sample,
        window=facts.window,
        statistic=f"{found.statistic:.0f}",
        odds=odds(found.chance),
        digit=digit,
        seen=f"{100 * seen / found.sample:.1f}%",
        expected=f"{100 * expected:.1f}%",
        level=f"{level.normalize():f}",
        tests=max(facts.tests, 1),
    )
    return Signal(SignalRule.DIGITS, facts.dealer_id, facts.window, said, facts.amount, subject=series)


def odds(chance: float) -> str:
    """Once in how many times: whole below a million, a power of ten above."""
    if chance <= 1e-99:
        return ">1e99"
    times = 1 / chance
    return f"{times:,.0f}" if times < 1e6 else f"{times:.0e}".replace("e+0", "e").replace("e+", "e")
