"""Whether counts can be chance: Pearson's chi-square against expected shares, and how improbable its value is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, lgamma, log, sqrt


@dataclass(frozen=True, slots=True)
class Fit:
    """``deviation`` is the mean distance between seen and expected shares; ``worst`` the cell that adds most."""

    sample: int
    statistic: float
    degrees: int
    chance: float
    deviation: float
    worst: int


def fit(counts: Sequence[int], shares: Sequence[float]) -> Fit:
    """How counts fit expected shares, all above zero, that sum to 1. An empty sample fits."""
    sample = sum(counts)
    if not sample:
        return Fit(0, 0.0, len(counts) - 1, 1.0, 0.0, 0)
    parts = [(seen - sample * share) ** 2 / (sample * share) for seen, share in zip(counts, shares, strict=True)]
    statistic, degrees = sum(parts), len(counts) - 1
    deviation = sum(abs(seen / sample - share) for seen, share in zip(counts, shares, strict=True)) / len(counts)
    return Fit(sample, statistic, degrees, survival(statistic, degrees), deviation, parts.index(max(parts)))


def survival(statistic: float, degrees: int) -> float:
    """The chance of a chi-square value of at least ``statistic``: the exact finite sum for whole degrees of freedom."""
    half = statistic / 2
    if half <= 0:
        return 1.0
    if degrees % 2:
        total, first = erfc(sqrt(half)), 0.5
    else:
        total, first = 0.0, 0.0
    for step in range(degrees // 2):
        power = first + step
        total += exp(power * log(half) - half - lgamma(power + 1))
    return min(total, 1.0)
