"""What a promotion sold beyond what the weeks before let expect (rulebook section 3, after the promotion).

expected = baseline sales x days of the promotion / days of the baseline, rounded half up to fen once;
uplift = sales - expected; rate = uplift / expected. Amounts in yuan, rates as fractions with six places.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.money import CENT, RATE_STEP, round_money
from dealers.foundation.refusals import msgid as _

K = TypeVar("K", bound=Hashable)
_DAYS_OF_A_WEEK = 7
_FEN = 100
#: Of how many parts :func:`micros` makes a yuan.
MICROS = 10**6


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from ``first`` up to ``end`` (exclusive)."""

    first: date
    end: date

    @property
    def days(self) -> int:
        return max(0, (self.end - self.first).days)


@dataclass(frozen=True, slots=True)
class Uplift:
    """Sales against what was expected. ``rate`` is None when nothing was expected; ``finding`` then says why."""

    sales: Decimal
    baseline: Decimal
    expected: Decimal
    uplift: Decimal
    rate: Decimal | None
    finding: Finding | None = None


def baseline_before(starts_on: date, weeks: int) -> Stretch:
    """The whole weeks that end where the promotion begins."""
    return Stretch(starts_on - timedelta(days=_DAYS_OF_A_WEEK * weeks), starts_on)


def elapsed(window: Stretch, today: date) -> Stretch:
    """The days of the window that are over: all of them once it has ended, none before its second day."""
    return Stretch(window.first, max(window.first, min(window.end, today)))


def uplift_of(sales: Decimal, baseline_sales: Decimal, window: Stretch, baseline: Stretch) -> Uplift:
    """The uplift of ``sales`` in ``window`` over the mean of ``baseline``, scaled by days.

    A baseline without sales (or of more returns than sales) is no yardstick: the rate is not computed.
    """
    exact = Fraction(baseline_sales) * window.days / baseline.days
    sales, baseline_sales, expected = round_money(sales), round_money(baseline_sales), to_cents(exact)
    uplift = sales - expected
    if window.days == 0:
        return Uplift(sales, baseline_sales, expected, uplift, None, _not_begun())
    if expected <= 0:
        return Uplift(sales, baseline_sales, expected, uplift, None, _no_baseline(baseline_sales, baseline))
    return Uplift(sales, baseline_sales, expected, uplift, ratio(uplift, expected))


def ratio(part: Decimal, whole: Decimal) -> Decimal:
    """``part`` / ``whole`` with six places, half up."""
    return _half_up(Fraction(part) / Fraction(whole), RATE_STEP)


def to_cents(exact: Fraction) -> Decimal:
    """An exact amount rounded half up (away from zero when exactly between) to fen."""
    return _half_up(exact, CENT)


def parts_to_cents(parts: Mapping[K, int], denominator: int) -> dict[K, Decimal]:
    """Each part (so many of a ``denominator``-th yuan) in fen, so that the parts add up to the rounded total.

    Largest remainder, ties by key order; parts may be negative. Whole numbers, because there may be a part for every
    dealer of the company.
    """
    total = to_cents(Fraction(sum(parts.values()), denominator))
    whole, rest = {}, {}
    for key, part in parts.items():
        whole[key], rest[key] = divmod(part * _FEN, denominator)
    left_over = int(total / CENT) - sum(whole.values())
    for key in sorted(sorted(rest), key=lambda key: -rest[key])[:left_over]:  # type: ignore[type-var]
        whole[key] += 1
    return {key: Decimal(fen).scaleb(-2) for key, fen in whole.items()}


def micros(amount: Decimal) -> int:
    """An amount as whole millionths of a yuan; nothing is finer."""
    return int(amount.scaleb(6))


def _half_up(exact: Fraction, step: Decimal) -> Decimal:
    steps = abs(exact) / Fraction(step)
    rounded = (2 * steps.numerator + steps.denominator) // (2 * steps.denominator)
    return Decimal(-rounded if exact < 0 else rounded) * step


def _no_baseline(baseline_sales: Decimal, baseline: Stretch) -> Finding:
    return Finding(
        "no_baseline",
        Severity.INFO,
        _(
            "From %(first)s to %(last)s these dealers sold %(amount)s of these products; "
            "there is nothing to compare with, so no uplift rate is given."
        ),
        {
            "first": baseline.first.isoformat(),
            "last": (baseline.end - timedelta(days=1)).isoformat(),
            "amount": format(baseline_sales, "f"),
        },
    )


def _not_begun() -> Finding:
    return Finding("not_begun", Severity.INFO, _("No day of the promotion is over yet."))
