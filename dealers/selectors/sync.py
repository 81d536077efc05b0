"""What every dealer's feeds cover at an instant: one statement for one dealer or for a hundred thousand.

The SQL reckons anchors and paused time with ranges; the states follow the rule in
:mod:`dealers.rules.sync_clock`, which the tests hold against it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from dealers.choices import Feed, PolicyState
from dealers.foundation import clock
from dealers.models import PolicyVersion
from dealers.rules.sync_clock import ClockReading, read_clock
from dealers.selectors.outages import OUTAGES_SQL, outage_params
from dealers.selectors.policies import policy_in_force
from dealers.terms import dealers_terms

#: How far ahead of our clock a dealer's may run; a count from further in the future does not count yet.
CLOCK_TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True)
class SweepTerms:
    """The terms a sweep works with; durations of the policy in force, and where duties begin at the earliest."""

    interval: timedelta
    grace: timedelta
    onboarding_days: int
    feeds: frozenset[str]
    lift_automatically: bool
    first_policy_day: date | None


def sweep_terms(*, at: datetime) -> SweepTerms | None:
    """The terms of the policy in force at ``at``; None when none is, and then nobody has to report."""
    policy = policy_in_force(clock.business_day(at))
    return None if policy is None else sweep_terms_of(policy, first_policy_day=first_policy_day())


def first_policy_day() -> date | None:
    """The day on which the first policy took effect; nobody has to report for earlier ones."""
    starts = PolicyVersion.objects.filter(state=PolicyState.PUBLISHED).values_list("valid", flat=True)
    return min((valid.lower for valid in starts if valid.lower), default=None)


def sweep_terms_of(policy: PolicyVersion, *, first_policy_day: date | None) -> SweepTerms:
    """What one policy version says about the clock."""
    sync = dealers_terms(policy).sync
    return SweepTerms(
        interval=timedelta(hours=sync.interval_hours),
        grace=timedelta(hours=sync.grace_hours),
        onboarding_days=sync.onboarding_days,
        feeds=frozenset(sync.feeds),
        lift_automatically=sync.lifts_automatically,
        first_policy_day=first_policy_day,
    )


#: Anchors and running time of both feeds for every active dealer past onboarding. The one place that knows. What stops
#: the clock is taken off only where a report would be due without it: taking off hundreds of outages costs more than
#: everything else, and most dealers are on time.
READINGS_SQL = (
    """
WITH moment AS (
    SELECT %(at)s::timestamptz AS at, (%(at)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date AS today
), outages AS (
    SELECT coalesce(range_agg(span), '{}'::tstzmultirange) AS span FROM ("""
    + OUTAGES_SQL
    + """) AS down
), exemptions AS (
    SELECT dealer_id,
           coalesce(range_agg(valid) FILTER (WHERE feed IN ('', 'sales')), '{}'::datemultirange) AS sales_days,
           coalesce(range_agg(tstzrange(lower(valid)::timestamp AT TIME ZONE 'Asia/Shanghai',
                                        upper(valid)::timestamp AT TIME ZONE 'Asia/Shanghai'))
                    FILTER (WHERE feed IN ('', 'sales')), '{}'::tstzmultirange) AS sales_time,
           coalesce(range_agg(tstzrange(lower(valid)::timestamp AT TIME ZONE 'Asia/Shanghai',
                                        upper(valid)::timestamp AT TIME ZONE 'Asia/Shanghai'))
                    FILTER (WHERE feed IN ('', 'inventory')), '{}'::tstzmultirange) AS inventory_time
    FROM dealers_syncexemption WHERE revoked_at IS NULL GROUP BY dealer_id
), obliged AS (
    SELECT d.id AS dealer_id, m.at, m.today,
           greatest(d.activated_on + %(onboarding)s::int, %(first_policy_day)s::date) AS first_day,
           coalesce(c.sales_days, '{}'::datemultirange) AS sales_days,
           CASE WHEN c.inventory_at <= m.at + %(tolerance)s::interval THEN c.inventory_at
                WHEN c.inventory_at IS NOT NULL THEN (
                    SELECT max(i.as_of) FROM dealers_inventoryline i
                    WHERE i.dealer_id = d.id AND i.as_of <= m.at + %(tolerance)s::interval)
           END AS inventory_at,
           coalesce(e.sales_days, '{}'::datemultirange) AS exempt_days,
           CASE WHEN e.dealer_id IS NULL THEN o.span ELSE e.sales_time + o.span END AS sales_pauses,
           CASE WHEN e.dealer_id IS NULL THEN o.span ELSE e.inventory_time + o.span END AS inventory_pauses
    FROM dealers_dealer d
    CROSS JOIN moment m CROSS JOIN outages o
    LEFT JOIN dealers_syncclock c ON c.dealer_id = d.id
    LEFT JOIN exemptions e ON e.dealer_id = d.id
    WHERE d.state = 'active' {only}
), anchors AS (
    SELECT dealer_id, at, first_day, inventory_at, sales_pauses, inventory_pauses,
           greatest(inventory_at, first_day::timestamp AT TIME ZONE 'Asia/Shanghai') AS inventory_anchor,
           lower(datemultirange(daterange(first_day, today + 1)) - sales_days - exempt_days) AS first_missing,
           datemultirange(daterange(first_day, today)) - sales_days - exempt_days AS missing_days,
           today
    FROM obliged WHERE first_day <= today
), readings AS (
    SELECT *, coalesce(first_missing, today + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS sales_anchor
    FROM anchors
), clocks AS (
    SELECT dealer_id, at, first_day, inventory_at, inventory_anchor, sales_anchor, missing_days,
           inventory_pauses, sales_pauses,
           CASE WHEN NOT %(inventory)s OR inventory_anchor >= at THEN interval '0'
                WHEN at - inventory_anchor < %(interval)s::interval THEN at - inventory_anchor
                ELSE at - inventory_anchor - coalesce((
                    SELECT sum(upper(p) - lower(p))
                    FROM unnest(tstzmultirange(tstzrange(inventory_anchor, at)) * inventory_pauses) p), interval '0')
           END AS inventory_elapsed,
           CASE WHEN NOT %(sales)s OR sales_anchor >= at THEN interval '0'
                WHEN at - sales_anchor < %(interval)s::interval THEN at - sales_anchor
                ELSE at - sales_anchor - coalesce((
                    SELECT sum(upper(p) - lower(p))
                    FROM unnest(tstzmultirange(tstzrange(sales_anchor, at)) * sales_pauses) p), interval '0')
           END AS sales_elapsed
    FROM readings
)
"""
)


@dataclass(frozen=True)
class FeedClock:
    """One feed of one dealer: the reading, the newest report, and for sales the missing days as half-open spans."""

    feed: Feed
    reading: ClockReading
    newest: datetime | None
    missing: tuple[tuple[date, date], ...]


@dataclass(frozen=True)
class DealerClock:
    """Both feeds of a dealer. ``started_on`` is the first day it has to report for."""

    dealer_id: int
    started_on: date
    feeds: tuple[FeedClock, ...]


def clock_params(terms: SweepTerms, at: datetime) -> dict[str, Any]:
    """What :data:`READINGS_SQL` is filled with."""
    return {
        **outage_params(clock.now()),
        "at": at,
        "onboarding": terms.onboarding_days,
        "first_policy_day": terms.first_policy_day,
        "tolerance": CLOCK_TOLERANCE,
        "inventory": Feed.INVENTORY in terms.feeds,
        "sales": Feed.SALES in terms.feeds,
        "interval": terms.interval,
        "hold_after": terms.interval + terms.grace,
    }


def dealer_clocks(*, dealer_ids: list[int], terms: SweepTerms, at: datetime) -> dict[int, DealerClock]:
    """The clocks of these dealers at ``at``; those not active, or still in onboarding, are left out."""
    sql = READINGS_SQL.replace("{only}", "AND d.id = ANY(%(dealer_ids)s)") + (
        "SELECT dealer_id, first_day, inventory_at, inventory_anchor, sales_anchor, missing_days::text,"
        " inventory_pauses::text, sales_pauses::text FROM clocks"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {**clock_params(terms, at), "dealer_ids": dealer_ids})
        rows = cursor.fetchall()
    return {row[0]: _dealer_clock(row, terms, at) for row in rows}


def _dealer_clock(row: tuple[Any, ...], terms: SweepTerms, at: datetime) -> DealerClock:
    dealer_id, first_day, inventory_at, inventory_anchor, sales_anchor, missing, inventory_pauses, sales_pauses = row
    feeds = []
    for feed, anchor, newest, pauses in (
        (Feed.INVENTORY, inventory_anchor, inventory_at, inventory_pauses),
        (Feed.SALES, sales_anchor, None, sales_pauses),
    ):
        if feed not in terms.feeds:
            continue
        reading = read_clock(
            anchor=anchor, at=at, interval=terms.interval, grace=terms.grace, pauses=list(_instants(pauses))
        )
        spans = tuple(_days(missing)) if feed == Feed.SALES else ()
        feeds.append(FeedClock(feed=feed, reading=reading, newest=newest, missing=spans))
    return DealerClock(dealer_id=dealer_id, started_on=first_day, feeds=tuple(feeds))


def _spans(multirange: str) -> Iterator[tuple[str, str]]:
    """The bounds of a multirange as PostgreSQL prints it: ``{[a,b),[c,)}``."""
    for part in multirange.strip("{}").replace("),[", ")|[").split("|"):
        if part:
            lower, upper = part.strip("[()").split(",")
            yield lower.strip('"'), upper.strip('"')


def _days(multirange: str) -> Iterator[tuple[date, date]]:
    for lower, upper in _spans(multirange):
        yield date.fromisoformat(lower), date.fromisoformat(upper)


def _instants(multirange: str) -> Iterator[tuple[datetime, datetime | None]]:
    for lower, upper in _spans(multirange):
        yield _instant(lower), _instant(upper) if upper else None


def _instant(text: str) -> datetime:
    # PostgreSQL prints "2026-05-01 00:00:00+08" or "…+00"; fromisoformat wants minutes in the offset.
    return datetime.fromisoformat(text if text[-3] == ":" else f"{text}:00").astimezone(clock.BUSINESS_ZONE)
