"""A scorecard as pages show it: its parts in words, where their facts are, and what would raise it most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales import permissions as aftersales
from aftersales.selectors.tickets_given import Served
from aftersales.web.ticket_words import SERVED
from dealers import permissions as dealers
from dealers.foundation.periods import Quarter
from dealers.models import Dealer, User
from pricing import permissions as pricing
from rebates.permissions import can
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
            "links": facts_links(mark.name, dealer=dealer, quarter=quarter, user=user),
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


def facts_links(name: str, *, dealer: Dealer, quarter: Quarter, user: User) -> list[tuple[str, str]]:
    """Where the facts behind a part are listed, each figure with its own list; none that this person may not open."""
    own = user.dealer_id is not None
    match name:
        case "attainment" if pricing.can(user, "sales.view"):
            links = [(_("Lines sold"), _lines_url(dealer, quarter, own))]
            if can(user, "scorecards.target"):
                asked = {"quarter": str(quarter), "q": dealer.code}
                links.append((_("Sales target"), f"{reverse('sales-targets')}?{urlencode(asked)}"))
            return links
        case "growth" if pricing.can(user, "sales.view"):
            before = Quarter(quarter.year - 1, quarter.number)
            return [
                (_("Lines sold"), _lines_url(dealer, quarter, own)),
                (_("Lines sold a year before"), _lines_url(dealer, before, own)),
            ]
        case "price" if pricing.can(user, "sales.view"):
            return [
                (_("Lines judged on price"), _lines_url(dealer, quarter, own, judged="1")),
                (_("Lines held against the dealer"), _lines_url(dealer, quarter, own, breach="1")),
            ]
        case "sync" if dealers.can(user, "sync.calendar"):
            page = reverse("reporting-calendar") if own else reverse("dealer-reporting-calendar", args=[dealer.code])
            months = [quarter.start.replace(month=quarter.start.month + n) for n in range(3)]
            return [(f"{month:%Y-%m}", f"{page}?month={month:%Y-%m}") for month in months]
        case "response" if aftersales.can(user, "tickets.view"):
            return [_tickets(served, dealer, quarter, own) for served in (Served.IN_TIME, Served.MISSED)]
        case "satisfaction" if aftersales.can(user, "tickets.view"):
            return [_tickets(Served.RATED, dealer, quarter, own)]
        case _:
            return []


def _lines_url(dealer: Dealer, quarter: Quarter, own: bool, **more: str) -> str:
    days = {"from": quarter.start.isoformat(), "to": (quarter.end - timedelta(days=1)).isoformat()}
    return f"{reverse('sale-lines')}?{urlencode(days | ({} if own else {'dealer': dealer.code}) | more)}"


def _tickets(served: Served, dealer: Dealer, quarter: Quarter, own: bool) -> tuple[str, str]:
    asked = {"quarter": str(quarter), "served": served.value} | ({} if own else {"dealer": dealer.code})
    return str(SERVED[served]), f"{reverse('tickets')}?{urlencode(asked)}"
