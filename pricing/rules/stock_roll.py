"""Rolling stock forward from one count to the next (rulebook section 4, Plausibility).

    opening + shipped to it − sold (returns are negative sales) ± declared adjustments = next count

Shipments that went back are negative. A shipment counts from the instant it left headquarters, the shelf has it some
days later: what is under way at either end of a window is allowed for, and beyond that a small tolerance. A window in
which something is not known (a sales day nobody reported, an outage of ours, other warehouses counted than before) is
*unknown*, never a break. Findings are sentences with numbers; they accuse nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _


class WindowState(StrEnum):
    """What can be said of a window."""

    AGREES = "agrees"
    BREAK = "break"
    UNKNOWN = "unknown"
    #: The count is so new that the reports before it are not due yet.
    AWAITED = "awaited"
    #: No later count yet: the movements so far give what should be on the shelf now.
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a count may lie off: some units, or a share of what was there and came, whichever is more."""

    units: int = 0
    rate: Decimal = Decimal(0)

    def of(self, handled: int) -> int:
        return max(self.units, int(self.rate * max(handled, 0)))


@dataclass(frozen=True, slots=True)
class StockWindow:
    """The movements of a product from an opening up to the next count, ``[opened_at, closed_at)``.

    ``sold`` is net of customer returns, ``shipped`` net of goods sent back. ``came`` and ``went`` are declared
    adjustments, both positive. While there is no later count, ``closing`` is None and ``closed_at`` the instant asked
    for. ``lowest`` is the deepest the reckoned balance went. ``under_way_*`` are units shipped
    that may not be on the shelf yet. ``stated`` says that the closing figure is a declared opening stock, no count.
    """

    dealer_id: int
    product_id: int
    opened_at: datetime
    opening: int
    closed_at: datetime
    closing: int | None = None
    under_way_at_opening: int = 0
    under_way_at_closing: int = 0
    stated: bool = False
    shipped: int = 0
    sold: int = 0
    came: int = 0
    went: int = 0
    lowest: int = 0
    missing_day: date | None = None
    outage: bool = False
    other_warehouses: bool = False
    awaited: bool = False

    @property
    def expected(self) -> int:
        """What should be on the shelf at the end."""
        return self.opening + self.shipped - self.sold + self.came - self.went

    @property
    def difference(self) -> int:
        """Counted less expected; 0 while there is no later count."""
        return 0 if self.closing is None else self.closing - self.expected

    @property
    def is_unknown(self) -> bool:
        return self.missing_day is not None or self.outage or self.other_warehouses


@dataclass(frozen=True, slots=True)
class StockTotals:
    """All movements of a product since its first count or declared opening stock."""

    dealer_id: int
    product_id: int
    opened_at: datetime
    opening: int
    under_way_at_opening: int
    shipped: int
    sold: int
    came: int
    last_at: datetime
    other_warehouses: bool = False


@dataclass(frozen=True, slots=True)
class StockFinding:
    """Something that does not add up: of which product, between which instants, and the sentence with its numbers.

    The documents between ``opened_at`` and ``closed_at`` are the evidence.
    """

    dealer_id: int
    product_id: int
    opened_at: datetime
    closed_at: datetime
    units: int
    said: Finding


def state_of(window: StockWindow, tolerance: Tolerance) -> WindowState:
    """What can be said of the window; unknown comes before any comparison."""
    if window.closing is None:
        return WindowState.RUNNING
    if window.is_unknown:
        return WindowState.UNKNOWN
    if window.awaited:
        return WindowState.AWAITED
    return WindowState.BREAK if excess(window, tolerance) else WindowState.AGREES


def excess(window: StockWindow, tolerance: Tolerance) -> int:
    """The units of the difference that neither goods under way nor the tolerance explain; with its sign."""
    allowed = tolerance.of(window.opening + max(window.shipped, 0) + window.came)
    fewest, most = -window.under_way_at_closing - allowed, window.under_way_at_opening + allowed
    if window.difference < fewest:
        return window.difference - fewest
    return max(window.difference - most, 0)


def findings_of(window: StockWindow, tolerance: Tolerance) -> Iterator[StockFinding]:
    """What does not add up in one window."""
    state = state_of(window, tolerance)
    if window.is_unknown or window.awaited:
        return
    if state == WindowState.BREAK:
        yield _off(window, tolerance)
    short = -(window.lowest + window.under_way_at_opening)
    if short > 0:
        yield _below_zero(window, short)


def oversold(totals: StockTotals) -> Iterator[StockFinding]:
    """More sold than ever came: the opening, what was under way to it, shipments and declared gains together."""
    received = totals.opening + totals.under_way_at_opening + totals.shipped + totals.came
    over = totals.sold - received
    if over <= 0 or totals.other_warehouses:
        return
    numbers = {
        "opened": _moment(totals.opened_at),
        "sold": totals.sold,
        "received": received,
        "opening": totals.opening,
        "under_way": totals.under_way_at_opening,
        "shipped": totals.shipped,
        "came": totals.came,
        "over": over,
    }
    said = Finding("stock_oversold", Severity.WARNING, _OVERSOLD, numbers)
    yield StockFinding(totals.dealer_id, totals.product_id, totals.opened_at, totals.last_at, over, said)


_OVERSOLD = _(
    "Since %(opened)s %(sold)s units are reported as sold; %(received)s are known to have been there: "
    "%(opening)s at the beginning, %(under_way)s under way then, %(shipped)s shipped since and %(came)s declared "
    "as gained. That is %(over)s more than came."
)
_COUNT_OFF = _(
    "The count of %(closed)s shows %(closing)s units. From %(opening)s on %(opened)s, with %(shipped)s shipped, "
    "%(sold)s sold, %(came)s declared as gained and %(went)s as gone, %(expected)s were to be expected: a difference "
    "of %(difference)s, of which %(unexplained)s are beyond goods under way (%(under_way)s) and tolerance "
    "(%(tolerance)s)."
)
_OPENING_OFF = _(
    "The opening stock declared for %(closed)s is %(closing)s units. The stock carried forward from %(opening)s on "
    "%(opened)s, with %(shipped)s shipped, %(sold)s sold, %(came)s declared as gained and %(went)s as gone, is "
    "%(expected)s: a difference of %(difference)s, of which %(unexplained)s are beyond goods under way (%(under_way)s) "
    "and tolerance (%(tolerance)s)."
)
_BELOW_ZERO = _(
    "Between %(opened)s and %(closed)s the reported sales and declared losses went %(short)s units below what was "
    "there: %(opening)s at the beginning, %(under_way)s under way then, and what was shipped or gained before them."
)

#: The sentence of each code, for findings that were stored.
SENTENCES = {
    "stock_break": _COUNT_OFF,
    "stock_continuity": _OPENING_OFF,
    "stock_negative": _BELOW_ZERO,
    "stock_oversold": _OVERSOLD,
}


def _off(window: StockWindow, tolerance: Tolerance) -> StockFinding:
    units = excess(window, tolerance)
    numbers = {
        **_figures(window),
        "expected": window.expected,
        "difference": _signed(window.difference),
        "unexplained": abs(units),
        "under_way": window.under_way_at_closing if units < 0 else window.under_way_at_opening,
        "tolerance": tolerance.of(window.opening + max(window.shipped, 0) + window.came),
    }
    code = "stock_continuity" if window.stated else "stock_break"
    return _found(window, units, Finding(code, Severity.WARNING, SENTENCES[code], numbers))


def _below_zero(window: StockWindow, short: int) -> StockFinding:
    numbers = {**_figures(window), "short": short, "under_way": window.under_way_at_opening}
    return _found(window, -short, Finding("stock_negative", Severity.WARNING, _BELOW_ZERO, numbers))


def _figures(window: StockWindow) -> dict[str, object]:
    return {
        "opened": _moment(window.opened_at),
        "closed": _moment(window.closed_at),
        "opening": window.opening,
        "closing": "–" if window.closing is None else window.closing,
        "shipped": window.shipped,
        "sold": window.sold,
        "came": window.came,
        "went": window.went,
    }


def _found(window: StockWindow, units: int, said: Finding) -> StockFinding:
    return StockFinding(window.dealer_id, window.product_id, window.opened_at, window.closed_at, units, said)


def _signed(units: int) -> str:
    return f"+{units}" if units > 0 else str(units)


def _moment(at: datetime) -> str:
    return at.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M")
