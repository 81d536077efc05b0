"""The evidence of a tier proposal as it is stored and read, and its measures in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dealers.rules.tier_score import NextTier, TierScore

MEASURES = {
    "scale": _("Annual revenue"),
    "performance": _("Purchases of four quarters"),
    "kpi": _("KPI score"),
    "coverage": _("Cities actively sold in"),
}


def evidence_record(
    score: TierScore, needed: NextTier | None, thresholds: Mapping[str, Decimal], first: date, end: date
) -> dict[str, Any]:
    """The days measured, every measure with its points, the thresholds, and what is or was needed."""
    return {
        "first": first.isoformat(),
        "end": end.isoformat(),
        "points": f"{score.points:f}",
        "parts": [
            {
                "name": part.name,
                "value": f"{part.value:f}",
                "full_marks": f"{part.full_marks:f}",
                "points": f"{part.points:f}",
                "possible": f"{part.possible:f}",
            }
            for part in score.parts
        ],
        "thresholds": {tier: f"{points:f}" for tier, points in thresholds.items()},
        "needed": None if needed is None else needed_record(needed),
    }


def needed_record(needed: NextTier) -> dict[str, Any]:
    """A tier, its threshold, the points missing, and what each part alone would have to reach."""
    return {
        "tier": needed.tier,
        "threshold": f"{needed.threshold:f}",
        "missing": f"{needed.missing:f}",
        "ways": [
            {"name": way.name, "needed": None if way.needed is None else f"{way.needed:f}"} for way in needed.ways
        ],
    }


def measure_text(name: str, value: Decimal | str) -> str:
    """A measure as people say it: money, cities, or a score."""
    number = Decimal(value)
    if name == "coverage":
        cities = int(number.to_integral_value())
        return ngettext("%(count)d city", "%(count)d cities", cities) % {"count": cities}
    return f"{number:.2f}" if name == "kpi" else f"¥{number:,.2f}"


def ways_text(needed: Mapping[str, Any] | None) -> str:
    """What was missing, and each single way to it: for the notice a dealer gets."""
    if needed is None or not Decimal(needed["missing"]):
        return ""
    said = gettext("%(missing)s points are missing to %(tier)s (%(threshold)s).") % {
        "missing": needed["missing"],
        "tier": needed["tier"],
        "threshold": needed["threshold"],
    }
    return f"{said} {single_ways_text(needed)}"


def single_ways_text(needed: Mapping[str, Any] | None) -> str:
    """What each measure alone would have had to reach; empty when nothing was missing."""
    if needed is None or not Decimal(needed["missing"]):
        return ""
    ways = [
        gettext("%(measure)s of %(value)s")
        % {"measure": MEASURES[way["name"]], "value": measure_text(way["name"], way["needed"])}
        for way in needed["ways"]
        if way["needed"] is not None
    ]
    if not ways:
        return gettext("No single measure would do; raise several.")
    return gettext("One of these would do: %(ways)s.") % {"ways": gettext(", ").join(ways)}
