"""A scorecard as pages show it: its parts in words, where their facts are, and what would raise it most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from aftersales import permissions as aftersales
from dealers import permissions as dealers
from dealers.foundation.periods import Quarter
from dealers.models import Dealer, User
from pricing import permissions as pricing
from rebates.resources.scorecards import PARTS, facts_text, points_text, scale_text, value_text
from rebates.rules.scorecard.card import Mark

#: A part that has lost less than this share of its points is well.
_WELL, _POOR = Decimal("0.15"), Decimal("0.50")


def part_rows(
    marks: Iterable[Mark], facts: Mapping[str, Any], *, dealer: Dealer, quarter: Quarter, user: User
) -> list[dict[str, Any]]:
    """Every part with its numbers, its formula and the way to its facts."""
    return [
        {
            "mark": mark,
            "name": PARTS[mark.name],
            "value": value_text(mark),
            "scale": scale_text(mark),
            "facts": facts_text(mark.name, facts),
            "formula": points_text(mark),
            "url": facts_url(mark.name, dealer=dealer, quarter=quarter, user=user),
            "tone": tone_of(mark),
        }
        for mark in marks
    ]


def tone_of(mark: Mark) -> str:
    """How a part stands by the share of its points that it has lost."""
    if not mark.possible:
        return ""
    lost = mark.lost / mark.possible
    return "ok" if lost <= _WELL else "bad" if lost >= _POOR else "warn"


def most_to_gain(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The parts by what they could still earn, the most first; those that have everything are left out."""
    losing = [row for row in rows if row["mark"].lost > 0]
    return sorted(losing, key=lambda row: row["mark"].lost, reverse=True)


def facts_url(name: str, *, dealer: Dealer, quarter: Quarter, user: User) -> str:
    """Where the facts behind a part are listed; empty when this person may not open them."""
    own = user.dealer_id is not None
    lines = {"from": quarter.start.isoformat(), "to": (quarter.end - timedelta(days=1)).isoformat()}
    match name:
        case "attainment" | "growth" | "price" if pricing.can(user, "sales.view"):
            narrowed = lines | ({} if own else {"dealer": dealer.code}) | ({"breach": "1"} if name == "price" else {})
            return f"{reverse('sale-lines')}?{urlencode(narrowed)}"
        case "sync" if dealers.can(user, "sync.calendar"):
            page = reverse("reporting-calendar") if own else reverse("dealer-reporting-calendar", args=[dealer.code])
            return f"{page}?month={quarter.start:%Y-%m}"
        case "response" | "satisfaction" if aftersales.can(user, "tickets.view"):
            return reverse("tickets")
        case _:
            return ""
