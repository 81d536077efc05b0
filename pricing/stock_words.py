"""Stock in words: hints to the dealer, states of windows, findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.foundation.findings import Finding, Severity
from pricing.models import StockFinding
from pricing.rules import stock_roll
from pricing.rules.stock_cover import Cover, Hint
from pricing.rules.stock_roll import StockWindow, WindowState
from pricing.terms import StockTerms

#: Which hints come first, and how loud they are.
HINT_TONES: Mapping[Hint, str] = {
    Hint.SOLD_OUT: "bad",
    Hint.ORDER: "warn",
    Hint.OVERSTOCK: "info",
    Hint.NOT_SELLING: "info",
    Hint.TOO_LITTLE_KNOWN: "",
    Hint.ENOUGH: "ok",
}
HINT_ORDER = {hint: place for place, hint in enumerate(HINT_TONES)}

STATES: Mapping[WindowState, tuple[str | Promise, str]] = {
    WindowState.AGREES: (gettext_lazy("Agrees"), "ok"),
    WindowState.BREAK: (gettext_lazy("Differs"), "warn"),
    WindowState.UNKNOWN: (gettext_lazy("Cannot be told"), ""),
    WindowState.AWAITED: (gettext_lazy("Reports awaited"), "info"),
    WindowState.RUNNING: (gettext_lazy("Since the last count"), "info"),
}


def hint_sentence(cover: Cover, terms: StockTerms) -> str:
    """What the figures suggest; a hint, never an order."""
    facts: dict[str, Any] = {
        "daily": cover.daily,
        "days": cover.days_left,
        "units": cover.units,
        "known": cover.known_days,
        "needed": terms.least_days,
        "lead": terms.lead_days,
        "target": terms.target_days,
        "limit": terms.overstock_days,
        "in_transit": cover.in_transit,
    }
    match cover.hint:
        case Hint.TOO_LITTLE_KNOWN:
            said = _("Sales are known for %(known)s days; at least %(needed)s are needed for an average.")
        case Hint.NOT_SELLING:
            said = _("None was sold on the %(known)s days looked at.")
        case Hint.SOLD_OUT:
            said = _(
                "About %(daily)s sell a day. %(units)s more, beside %(in_transit)s under way, would last "
                "%(target)s days."
            )
        case Hint.ORDER:
            said = _(
                "About %(daily)s sell a day. Days this lasts: %(days)s; days a delivery takes: about %(lead)s. "
                "%(units)s more, beside %(in_transit)s under way, would last %(target)s days."
            )
        case Hint.OVERSTOCK:
            said = _("About %(daily)s sell a day: %(units)s units are more than %(limit)s days need.")
        case _enough:
            said = _("About %(daily)s sell a day.") if cover.daily else _("None on hand and none sold.")
    return said % facts


def state_words(window: StockWindow, state: WindowState) -> str:
    """Why a window is in its state, as far as there is something to say."""
    if window.missing_day is not None and state == WindowState.UNKNOWN:
        return _("Sales of %(day)s are not reported.") % {"day": window.missing_day.isoformat()}
    if window.outage and state == WindowState.UNKNOWN:
        return _("Our system was down in this time.")
    if window.other_warehouses and state == WindowState.UNKNOWN:
        return _("The two counts name different warehouses.")
    if state == WindowState.AGREES and window.difference:
        return _("The difference is within goods under way and tolerance.")
    if state == WindowState.AWAITED:
        return _("The reports before this count are not due yet.")
    return ""


def said_by(window: StockWindow, tolerance: stock_roll.Tolerance) -> list[str]:
    """The findings of a window as sentences."""
    return [found.said.render() for found in stock_roll.findings_of(window, tolerance)]


def finding_sentence(finding: StockFinding) -> str:
    """A stored finding in the reader's language."""
    message = stock_roll.SENTENCES[finding.code]
    return Finding(finding.code, Severity.WARNING, message, finding.params).render()
