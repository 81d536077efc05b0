"""When the demo company was not reachable, or one of its dealers was excused from reporting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from config.demo.people import Staff
from dealers.choices import Feed
from dealers.foundation.clock import start_of_day
from dealers.services.exemptions import agree_exemption, request_exemption
from dealers.services.outages import record_outage

Event = tuple[datetime, Callable[[datetime], None]]


def absences(staff: Staff, today: date) -> Iterator[Event]:
    """A line that was broken for an evening, a dealer excused for its move, which asks once more."""
    owner = next(iter(staff.owners()))
    assert owner.dealer is not None
    dealer, manager = owner.dealer, staff["policy"]

    def line_broken(at: datetime) -> None:
        start, end = at - timedelta(hours=11), at - timedelta(hours=9)
        record_outage(start=start, end=end, reason="机房出口线路中断", actor=manager, at=at)

    def excused(at: datetime) -> None:
        agree_exemption(
            dealer=dealer,
            starts_on=today - timedelta(days=12),
            ends_on=today - timedelta(days=11),
            reason="搬迁仓库，停止盘点一天",
            actor=manager,
            at=at,
            feed=Feed.INVENTORY,
        )

    def asks(at: datetime) -> None:
        request_exemption(
            dealer=dealer,
            starts_on=today + timedelta(days=3),
            ends_on=today + timedelta(days=5),
            reason="年度盘点，暂停营业",
            actor=owner,
            at=at,
        )

    nine = timedelta(hours=9)
    yield start_of_day(today - timedelta(days=8)) + nine, line_broken
    yield start_of_day(today - timedelta(days=14)) + nine, excused
    yield start_of_day(today) - nine, asks
