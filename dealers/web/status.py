"""How a dealer stands today: tier, supply and why, reports due with their missing days, and what waits for it.

`my_status` feeds ``dealers/_my_supply.html`` and ``dealers/_my_reports.html``; any page of a dealer can show them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dealers.choices import DealerState, Feed
from dealers.foundation import clock
from dealers.models import Contract, Dealer, DealerTier, User
from dealers.permissions import can
from dealers.selectors.quarantine import open_lines_by_feed
from dealers.selectors.supply import Eligibility, eligibility, visible_holds
from dealers.selectors.sync import sweep_terms
from dealers.web.clocks import NOT_YET_DUE, ClockLine, clock_lines
from dealers.web.holds import hold_rows


@dataclass(frozen=True, slots=True)
class MyStatus:
    """Everything those pieces show; reading it asks nothing of the database."""

    dealer: Dealer
    tier: DealerTier | None
    contract: Contract | None
    answer: Eligibility | None
    clock: ClockLine | None
    holds: list[dict[str, Any]]
    refused_lines: int
    may_submit: bool

    @property
    def declarable_days(self) -> list[Any]:
        """The missing sales days, the oldest first."""
        feeds = self.clock.feeds if self.clock else ()
        return [day for feed in feeds if feed.feed == Feed.SALES for day in feed.every_missing_day]

    @property
    def feeds_behind(self) -> list[Any]:
        """The feeds that are late or overdue."""
        return [feed for feed in (self.clock.feeds if self.clock else ()) if feed.tone != "ok"]


def my_status(user: User, *, at: datetime) -> MyStatus | None:
    """The status of the dealer whose person asks, with a fixed number of queries; None for people of HQ."""
    dealer = user.dealer
    if dealer is None:
        return None
    today = clock.business_day(at)
    clocks = clock_lines([dealer.pk], terms=sweep_terms(at=at), at=at)
    active = dealer.state == DealerState.ACTIVE
    return MyStatus(
        dealer=dealer,
        tier=dealer.tiers.filter(valid__contains=today).first(),
        contract=dealer.contracts.filter(valid__contains=today).first(),
        answer=eligibility(dealer=dealer.code, at=at),
        clock=clocks.get(dealer.pk, NOT_YET_DUE) if active else None,
        holds=hold_rows(visible_holds(user).filter(lifted_at__isnull=True)),
        refused_lines=sum(open_lines_by_feed(user).values()),
        may_submit=can(user, "reports.submit"),
    )
