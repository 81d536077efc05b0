"""The reporting calendar of one dealer: what every day of a month came to, and the facts behind it.

A fixed number of queries, however many reports, exemptions and outages there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from dealers.choices import Feed
from dealers.foundation.clock import now, start_of_day
from dealers.models import Dealer, FeedDay, FeedDelivery, SyncExemption
from dealers.rules.sync_calendar import DayReading, Span, read_inventory_days, read_sales_day
from dealers.selectors.counts_made import counts_made
from dealers.selectors.outages import outages_between
from dealers.selectors.report_duties import Duties, exempted_spans, exempting, with_report

#: How far before the month exemptions and outages may begin that still move a deadline within it.
_REACH = timedelta(days=62)
_NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Report:
    """A report behind a day: when it came, and its receipt when the reader may open it."""

    received_at: datetime
    receipt: str
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedOnDay:
    """One feed on one day: what it came to, the reports behind it, the exemption and the outages that touch it.

    ``interval`` and ``hold_after`` are how old a report may be before it is late, and before supply is held.
    """

    feed: Feed
    interval: timedelta
    hold_after: timedelta
    reading: DayReading
    reports: tuple[Report, ...]
    exemption: SyncExemption | None
    outages: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One business day of the calendar; ``held`` says that supply was stopped on it for missing reports."""

    day: date
    feeds: tuple[FeedOnDay, ...]
    held: bool


def reporting_calendar(
    dealer: Dealer, *, first: date, end: date, at: datetime, opens_all: bool = False
) -> list[CalendarDay]:
    """What every day from ``first`` up to, not including, ``end`` came to, as known at ``at``.

    ``opens_all`` is for readers who may also open the receipts of HQ's own files.
    """
    days = [first + timedelta(days=n) for n in range((end - first).days)]
    start, stop = start_of_day(first), start_of_day(end)
    duties = Duties(first, end)
    exemptions = _exemptions(dealer, start - _REACH, stop)
    outages = outages_between(start - _REACH, stop + _REACH, now=now())
    calendar: dict[date, list[FeedOnDay]] = {day: [] for day in days}
    readings = {
        Feed.SALES: _sales(dealer, days, duties, exemptions, outages, at),
        Feed.INVENTORY: _inventory(dealer, days, duties, exemptions, outages, at),
    }
    for feed, (read, reports) in readings.items():
        for day, on_day, reading in zip(days, duties.terms(), read, strict=True):
            calendar[day].append(
                FeedOnDay(
                    feed,
                    on_day.interval if on_day else _NO_TIME,
                    on_day.interval + on_day.grace if on_day else _NO_TIME,
                    reading,
                    tuple(_openable(report, opens_all) for report in reports.get(day, ())),
                    exempting(exemptions, feed, day),
                    _touching(outages, day),
                )
            )
    held = _held_days(dealer, days, start, stop, at)
    return [CalendarDay(day, tuple(calendar[day]), day in held) for day in days]


_Read = tuple[list[DayReading], dict[date, list[tuple[Report, bool]]]]


def _sales(
    dealer: Dealer,
    days: Sequence[date],
    duties: Duties,
    exemptions: list[SyncExemption],
    outages: Sequence[Span],
    at: datetime,
) -> _Read:
    covered = FeedDay.objects.filter(dealer=dealer, feed=Feed.SALES, day__gte=days[0], day__lte=days[-1])
    known = {row.day: row for row in covered}
    # Not joined: a dealer does not see the deliveries of HQ that cover its days, and would lose the days with them.
    receipts = {
        pk: (str(receipt), owner is not None)
        for pk, receipt, owner in FeedDelivery.objects.filter(
            pk__in={row.delivery_id for row in known.values()}
        ).values_list("pk", "receipt", "dealer_id")
    }
    pauses = exempted_spans(exemptions, Feed.SALES)
    readings = []
    for day, plain in zip(days, duties.facts(dealer, Feed.SALES, exemptions), strict=True):
        facts = with_report(plain, known.get(day))
        readings.append(read_sales_day(facts, exemptions=pauses, outages=outages, at=at))
    reports = {}
    for day, row in known.items():
        receipt, own = receipts.get(row.delivery_id, ("", False))
        reports[day] = [(Report(row.first_received_at, receipt), own)]
    return readings, reports


def _inventory(
    dealer: Dealer,
    days: Sequence[date],
    duties: Duties,
    exemptions: list[SyncExemption],
    outages: Sequence[Span],
    at: datetime,
) -> _Read:
    start, end = start_of_day(days[0]), start_of_day(days[-1])
    rows = counts_made([dealer.pk], start=start - timedelta(days=1), end=end + timedelta(days=2)).get(dealer.pk, [])
    facts = duties.facts(dealer, Feed.INVENTORY, exemptions)
    readings = read_inventory_days(
        facts,
        first_due=duties.first_due(dealer),
        counts=[row.count for row in rows],
        exemptions=exempted_spans(exemptions, Feed.INVENTORY),
        outages=outages,
        at=at,
    )
    reports: dict[date, list[tuple[Report, bool]]] = {}
    bounds = [(fact.start, fact.end, day) for fact, day in zip(facts, days, strict=True)]
    for row in rows:
        received_at, as_of = row.count.received_at, row.count.as_of
        day = next((day for start, end, day in bounds if start <= received_at < end), None)
        if day is not None and received_at <= at:
            reports.setdefault(day, []).append((Report(received_at, row.receipt, as_of), row.own))
    return readings, reports


def _exemptions(dealer: Dealer, start: datetime, stop: datetime) -> list[SyncExemption]:
    found = SyncExemption.objects.filter(
        Q(valid__overlap=(start.date(), stop.date() + timedelta(days=2))), dealer=dealer, revoked_at__isnull=True
    )
    return list(found.order_by("pk"))


def _touching(outages: Sequence[tuple[datetime, datetime]], day: date) -> tuple[tuple[datetime, datetime], ...]:
    start, end = start_of_day(day), start_of_day(day + timedelta(days=1))
    return tuple((first, last) for first, last in outages if first < end and last > start)


def _openable(report: tuple[Report, bool], opens_all: bool) -> Report:
    found, own = report
    return found if own or opens_all else Report(found.received_at, "", found.as_of)


def _held_days(dealer: Dealer, days: Sequence[date], start: datetime, stop: datetime, at: datetime) -> set[date]:
    holds = dealer.holds.filter(kind="sync", opened_at__lt=min(stop, at))
    open_then = holds.filter(Q(lifted_at__isnull=True) | Q(lifted_at__gt=start)).values_list("opened_at", "lifted_at")
    spans = list(open_then)
    return {
        day
        for day in days
        if start_of_day(day) <= at
        and any(
            opened < start_of_day(day + timedelta(days=1)) and (lifted is None or lifted > start_of_day(day))
            for opened, lifted in spans
        )
    }
