"""The reporting calendar of one dealer: what every day of a month came to, and the facts behind it.

A fixed number of queries, however many reports, exemptions and outages there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from dealers.choices import Coverage, DealerState, Feed
from dealers.foundation.clock import now, start_of_day
from dealers.models import Dealer, FeedDay, FeedDelivery, SyncExemption
from dealers.rules.sync_calendar import (
    Count,
    DayFacts,
    DayReading,
    Obligation,
    Span,
    read_inventory_days,
    read_sales_day,
)
from dealers.selectors.outages import outages_between
from dealers.selectors.policies import policies_between
from dealers.selectors.sync import SweepTerms, first_policy_day, sweep_terms_of

#: How far before the month exemptions and outages may begin that still move a deadline within it.
_REACH = timedelta(days=62)
_NO_TIME = timedelta(0)

#: The instants at which the dealer counted, found by leaping from one to the next in the key of the count lines.
_COUNTS_SQL = """
WITH RECURSIVE counted AS (
    (SELECT as_of FROM dealers_inventoryline WHERE dealer_id = %(dealer)s AND as_of < %(start)s
     ORDER BY as_of DESC LIMIT 1)
    UNION ALL
    (SELECT as_of FROM dealers_inventoryline WHERE dealer_id = %(dealer)s AND as_of >= %(start)s
     ORDER BY as_of LIMIT 1)
), leaps AS (
    SELECT max(as_of) AS as_of FROM counted
    UNION ALL
    SELECT (SELECT min(i.as_of) FROM dealers_inventoryline i
            WHERE i.dealer_id = %(dealer)s AND i.as_of > leaps.as_of AND i.as_of < %(end)s)
    FROM leaps WHERE leaps.as_of IS NOT NULL
), instants AS (
    SELECT as_of FROM counted UNION SELECT as_of FROM leaps
)
SELECT n.as_of, least(first.known_from, before.known_from), d.receipt::text, d.dealer_id
FROM instants n
CROSS JOIN LATERAL (SELECT known_from, delivery_id FROM dealers_inventoryline i
                    WHERE i.dealer_id = %(dealer)s AND i.as_of = n.as_of
                    ORDER BY product_id, warehouse LIMIT 1) first
LEFT JOIN LATERAL (SELECT min(h.known_from) AS known_from FROM dealers_inventorylinehistory h
                   WHERE h.dealer_id = %(dealer)s AND h.as_of = n.as_of) before ON true
LEFT JOIN dealers_feeddelivery d ON d.id = first.delivery_id
WHERE n.as_of < %(end)s
ORDER BY 2, 1
"""


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
    terms = _Terms(first, end)
    exemptions = _exemptions(dealer, start - _REACH, stop)
    outages = outages_between(start - _REACH, stop + _REACH, now=now())
    calendar: dict[date, list[FeedOnDay]] = {day: [] for day in days}
    readings = {
        Feed.SALES: _sales(dealer, days, terms, exemptions, outages, at),
        Feed.INVENTORY: _inventory(dealer, days, terms, exemptions, outages, at),
    }
    for feed, (read, reports) in readings.items():
        for day, reading in zip(days, read, strict=True):
            on_day = terms.on(day)
            calendar[day].append(
                FeedOnDay(
                    feed,
                    on_day.interval if on_day else _NO_TIME,
                    on_day.interval + on_day.grace if on_day else _NO_TIME,
                    reading,
                    tuple(_openable(report, opens_all) for report in reports.get(day, ())),
                    _exempting(exemptions, feed, day),
                    _touching(outages, day),
                )
            )
    held = _held_days(dealer, days, start, stop, at)
    return [CalendarDay(day, tuple(calendar[day]), day in held) for day in days]


class _Terms:
    """The terms of the policy in force on each day; two queries."""

    def __init__(self, first: date, end: date) -> None:
        self._first_policy_day = first_policy_day()
        self._versions = [
            (version.valid, sweep_terms_of(version, first_policy_day=self._first_policy_day))
            for version in policies_between(first, end)
        ]

    def on(self, day: date) -> SweepTerms | None:
        return next((terms for valid, terms in self._versions if day in valid), None)


def _obligation(dealer: Dealer, feed: Feed, day: date, terms: SweepTerms | None, exempt: bool) -> Obligation:
    if terms is None or feed not in terms.feeds or day < dealer.activated_on or dealer.state != DealerState.ACTIVE:
        return Obligation.NONE
    if day < dealer.activated_on + timedelta(days=terms.onboarding_days):
        return Obligation.ONBOARDING
    return Obligation.EXEMPT if exempt else Obligation.DUE


def _facts(
    dealer: Dealer, feed: Feed, days: Sequence[date], terms: _Terms, exemptions: list[SyncExemption]
) -> list[DayFacts]:
    facts = []
    for day in days:
        on_day = terms.on(day)
        obligation = _obligation(dealer, feed, day, on_day, _exempting(exemptions, feed, day) is not None)
        facts.append(
            DayFacts(
                start_of_day(day),
                start_of_day(day + timedelta(days=1)),
                obligation,
                on_day.interval if on_day else _NO_TIME,
                on_day.grace if on_day else _NO_TIME,
            )
        )
    return facts


_Read = tuple[list[DayReading], dict[date, list[tuple[Report, bool]]]]


def _sales(
    dealer: Dealer,
    days: Sequence[date],
    terms: _Terms,
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
    pauses = _spans(exemptions, Feed.SALES)
    readings = []
    for day, facts in zip(days, _facts(dealer, Feed.SALES, days, terms, exemptions), strict=True):
        row = known.get(day)
        if row is not None:
            facts = DayFacts(
                facts.start,
                facts.end,
                facts.obligation,
                facts.interval,
                facts.grace,
                row.first_received_at,
                row.coverage == Coverage.DECLARED_ZERO,
            )
        readings.append(read_sales_day(facts, exemptions=pauses, outages=outages, at=at))
    reports = {}
    for day, row in known.items():
        receipt, own = receipts.get(row.delivery_id, ("", False))
        reports[day] = [(Report(row.first_received_at, receipt), own)]
    return readings, reports


def _inventory(
    dealer: Dealer,
    days: Sequence[date],
    terms: _Terms,
    exemptions: list[SyncExemption],
    outages: Sequence[Span],
    at: datetime,
) -> _Read:
    start, end = start_of_day(days[0]), start_of_day(days[-1])
    window: dict[str, Any] = {"dealer": dealer.pk, "start": start - timedelta(days=1), "end": end + timedelta(days=2)}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS_SQL, window)
        rows: list[tuple[Any, ...]] = list(cursor.fetchall())
    facts = _facts(dealer, Feed.INVENTORY, days, terms, exemptions)
    readings = read_inventory_days(
        facts,
        first_due=start_of_day(_first_due(dealer, days, terms)),
        counts=[Count(as_of, received_at) for as_of, received_at, _receipt, _owner in rows],
        exemptions=_spans(exemptions, Feed.INVENTORY),
        outages=outages,
        at=at,
    )
    reports: dict[date, list[tuple[Report, bool]]] = {}
    bounds = [(fact.start, fact.end, day) for fact, day in zip(facts, days, strict=True)]
    for as_of, received_at, receipt, owner in rows:
        day = next((day for start, end, day in bounds if start <= received_at < end), None)
        if day is not None and received_at <= at:
            reports.setdefault(day, []).append((Report(received_at, receipt or "", as_of), owner is not None))
    return readings, reports


def _first_due(dealer: Dealer, days: Sequence[date], terms: _Terms) -> date:
    """The first day for which the dealer has to report, by the terms of the latest policy in sight."""
    known = next((found for day in reversed(days) if (found := terms.on(day))), None)
    if known is None:
        return days[0]
    begins = dealer.activated_on + timedelta(days=known.onboarding_days)
    return max(begins, known.first_policy_day or begins)


def _exemptions(dealer: Dealer, start: datetime, stop: datetime) -> list[SyncExemption]:
    found = SyncExemption.objects.filter(
        Q(valid__overlap=(start.date(), stop.date() + timedelta(days=2))), dealer=dealer, revoked_at__isnull=True
    )
    return list(found.order_by("pk"))


def _exempting(exemptions: Iterable[SyncExemption], feed: Feed, day: date) -> SyncExemption | None:
    return next((one for one in exemptions if one.feed in ("", feed) and day in one.valid), None)


def _spans(exemptions: Iterable[SyncExemption], feed: Feed) -> list[Span]:
    return [
        (start_of_day(one.valid.lower), start_of_day(one.valid.upper) if one.valid.upper else None)
        for one in exemptions
        if one.feed in ("", feed) and one.valid.lower is not None
    ]


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
