"""Sync clocks as pages show them: per feed a state, what is due, when supply will be held, and the missing days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealers.choices import Feed
from dealers.rules.sync_clock import ClockState
from dealers.selectors.sync import DealerClock, FeedClock, SweepTerms, dealer_clocks
from dealers.selectors.sync_board import ONBOARDING

#: State to its words and tone; the one table the board, a dealer's page and a dealer's own status share.
STATES: dict[str, tuple[str | Promise, str]] = {
    ClockState.ON_TIME: (_("Up to date"), "ok"),
    ClockState.LATE: (_("Late, in grace"), "warn"),
    ClockState.OVERDUE: (_("Beyond the grace"), "bad"),
    ONBOARDING: (_("Not yet due"), "info"),
}
_SEVERITY = (ClockState.ON_TIME, ClockState.LATE, ClockState.OVERDUE)
MOST_DAYS_SHOWN = 62


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One feed of a dealer, ready for a page."""

    feed: Feed
    state: ClockState
    label: str | Promise
    tone: str
    newest: datetime | None
    due_at: datetime
    hold_at: datetime
    missing: tuple[tuple[date, date], ...]
    missing_days: int

    @property
    def every_missing_day(self) -> list[date]:
        """The missing days one by one, the oldest first, at most two months of them."""
        days = (first + timedelta(days=n) for first, end in self.missing for n in range((end - first).days))
        return [day for _number, day in zip(range(MOST_DAYS_SHOWN), days, strict=False)]

    @property
    def more_days(self) -> int:
        """How many missing days are not in the list."""
        return max(0, self.missing_days - MOST_DAYS_SHOWN)


@dataclass(frozen=True, slots=True)
class ClockLine:
    """Both feeds and the worse state of the two; ``feeds`` is empty for a dealer not yet due."""

    state: str
    label: str | Promise
    tone: str
    feeds: tuple[FeedLine, ...] = ()
    started_on: date | None = None


NOT_YET_DUE = ClockLine(ONBOARDING, *STATES[ONBOARDING])


def clock_lines(dealer_ids: Iterable[int], *, terms: SweepTerms | None, at: datetime) -> dict[int, ClockLine]:
    """The clocks of these dealers; without a policy, before the first due day or when not active there is none."""
    ids = list(dealer_ids)
    if terms is None or not ids:
        return {}
    found = dealer_clocks(dealer_ids=ids, terms=terms, at=at)
    return {dealer_id: _line(clock) for dealer_id, clock in found.items()}


def _line(clock: DealerClock) -> ClockLine:
    feeds = tuple(_feed(feed) for feed in clock.feeds)
    worst = max((feed.state for feed in feeds), key=_SEVERITY.index, default=ClockState.ON_TIME)
    return ClockLine(worst, *STATES[worst], feeds, clock.started_on)


def _feed(feed: FeedClock) -> FeedLine:
    reading = feed.reading
    days = sum((end - first).days for first, end in feed.missing)
    label, tone = STATES[reading.state]
    return FeedLine(
        feed.feed, reading.state, label, tone, feed.newest, reading.due_at, reading.hold_at, feed.missing, days
    )
