"""The score behind an authorization tier, and what is missing to the next one (rulebook section 2).

Of 100 points each part can earn its weight: scale by annual revenue, performance by purchases of four quarters and by
the KPI score, coverage by the cities actively sold in. A part grows in a straight line from nothing to full marks and
no further.
Points are rounded half up to hundredths part by part, so that the shown parts sum to the shown total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from dealers.terms import TierTerms

HUNDREDTH = Decimal("0.01")
_FULL_KPI = Decimal(100)
#: From the highest tier down.
TIERS = ("T1", "T2", "T3")


@dataclass(frozen=True, slots=True)
class Measure:
    """One part: what was reached, what earns full marks, and its share of the 100 points."""

    name: str
    value: Decimal
    full_marks: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True)
class ScorePart:
    """A measure with the points it earned of those it could."""

    name: str
    value: Decimal
    full_marks: Decimal
    points: Decimal
    possible: Decimal


@dataclass(frozen=True, slots=True)
class TierScore:
    """The points, part by part, and the tier they reach."""

    points: Decimal
    parts: tuple[ScorePart, ...]
    tier: str


@dataclass(frozen=True, slots=True)
class WayUp:
    """The value one part alone would have to reach; None when that part alone cannot do it."""

    name: str
    needed: Decimal | None


@dataclass(frozen=True, slots=True)
class NextTier:
    """The tier above, the points it asks for, and how far that is; no points are missing once it is reached."""

    tier: str
    threshold: Decimal
    missing: Decimal
    ways: tuple[WayUp, ...]


def measures(
    annual_revenue: Decimal, purchases: Decimal, cities: int, terms: TierTerms, *, kpi: Decimal | None = None
) -> tuple[Measure, ...]:
    """The parts of the score as the policy weighs them.

    The KPI score earns its share of the performance weight as a part of its own; without one purchases earn all of it.
    """
    full, weights = terms.full_marks, terms.weights
    by_kpi = Decimal(0) if kpi is None else weights.performance * terms.kpi_share
    parts = [
        Measure("scale", annual_revenue, full.annual_revenue, weights.scale),
        Measure("performance", purchases, full.purchases_4q, weights.performance - by_kpi),
    ]
    if kpi is not None:
        parts.append(Measure("kpi", kpi, _FULL_KPI, by_kpi))
    parts.append(Measure("coverage", Decimal(cities), Decimal(full.cities), weights.coverage))
    return tuple(parts)


def tier_score(measures: tuple[Measure, ...], thresholds: Mapping[str, Decimal]) -> TierScore:
    """Score the measures. ``thresholds`` gives the points each tier begins at; the lowest begins at 0."""
    parts = tuple(_part(measure) for measure in measures)
    points = sum((part.points for part in parts), Decimal(0))
    tier = next(tier for tier in TIERS if points >= thresholds[tier])
    return TierScore(points, parts, tier)


def next_tier(score: TierScore, current: str, thresholds: Mapping[str, Decimal]) -> NextTier | None:
    """What lies between ``current`` and the tier above it; None for the highest."""
    above = TIERS.index(current) - 1
    if above < 0:
        return None
    return distance_to(score, TIERS[above], thresholds)


def distance_to(score: TierScore, tier: str, thresholds: Mapping[str, Decimal]) -> NextTier:
    """How far ``tier`` is from the score, and the ways there; no points are missing once it is reached."""
    missing = max(thresholds[tier] - score.points, Decimal(0))
    ways = tuple(WayUp(part.name, _needed(part, missing)) for part in score.parts) if missing else ()
    return NextTier(tier, thresholds[tier], missing, ways)


def _part(measure: Measure) -> ScorePart:
    possible = 100 * measure.weight
    reached = min(max(measure.value, Decimal(0)), measure.full_marks)
    points = (possible * reached / measure.full_marks).quantize(HUNDREDTH, ROUND_HALF_UP)
    return ScorePart(measure.name, measure.value, measure.full_marks, points, possible)


def _needed(part: ScorePart, missing: Decimal) -> Decimal | None:
    if part.points + missing > part.possible:
        return None
    return (part.full_marks * (part.points + missing) / part.possible).quantize(HUNDREDTH, ROUND_UP)
