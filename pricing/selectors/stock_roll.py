"""Stock rolled forward between counts, for one product of a dealer or for the whole company, in one statement.

Every count (all warehouses at one instant), declared opening stock, shipment, sale and adjustment is one event; sorted
by dealer, product and time, one pass of window functions numbers the stretches between counts and runs the balance.
The rules in :mod:`pricing.rules.stock_roll` say what a window means. Rows are streamed.

A product that a count does not name was not counted: unknown, not zero. Its window reaches to the next count that
names it. Opening stock declared without a warehouse is that of all. A restated count is compared as it stands now.
Movements at the very instant of a count come after it; at one instant goods come before they go.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from dealers.foundation.clock import business_day
from dealers.selectors.policies import policy_in_force
from dealers.selectors.purchases import ALL_DEALERS, Shard
from dealers.selectors.sync import sweep_terms
from pricing.rules.stock_roll import StockFinding, StockTotals, StockWindow, Tolerance, findings_of, oversold
from pricing.terms import StockTerms, pricing_terms

_ROWS_AT_ONCE = 5_000
#: For so long a warehouse that was counted once is missed in later counts; then it counts as given up.
_WAREHOUSE_DAYS = 31

_WINDOWS_SQL = """
WITH counts AS (
    SELECT dealer_id, product_id, as_of AS at, false AS stated, sum(on_hand) AS units, sum(in_transit) AS in_transit,
           count(*) AS warehouses, sum(hashtext(warehouse)::bigint) AS signature
    FROM dealers_inventoryline i WHERE as_of < %(at)s {narrowed} GROUP BY dealer_id, product_id, as_of
    UNION ALL
    SELECT dealer_id, product_id, occurred_at, true, sum(change), 0,
           CASE WHEN max(warehouse) <> '' THEN count(*) END,
           CASE WHEN max(warehouse) <> '' THEN sum(hashtext(warehouse)::bigint) END
    FROM dealers_stockadjustment i WHERE kind = 'opening_balance' AND change <> 0 AND occurred_at < %(at)s {narrowed}
    GROUP BY dealer_id, product_id, occurred_at
), events AS (
    SELECT dealer_id, product_id, at, CASE WHEN stated THEN 0 ELSE 1 END AS turn, stated, units, in_transit, warehouses,
           signature, 0 AS shipped, 0 AS sold, 0 AS came, 0 AS went
    FROM counts
    UNION ALL
    SELECT dealer_id, product_id, shipped_at, CASE WHEN quantity > 0 THEN 2 ELSE 3 END, NULL, NULL, NULL, NULL, NULL,
           quantity, 0, 0, 0
    FROM dealers_shipment i WHERE shipped_at < %(at)s {narrowed}
    UNION ALL
    SELECT dealer_id, product_id, sold_at, CASE WHEN quantity < 0 THEN 2 ELSE 3 END, NULL, NULL, NULL, NULL, NULL,
           0, quantity, 0, 0
    FROM pricing_saleline i WHERE sold_at < %(at)s {narrowed}
    UNION ALL
    SELECT dealer_id, product_id, occurred_at, CASE WHEN change > 0 THEN 2 ELSE 3 END, NULL, NULL, NULL, NULL, NULL,
           0, 0, greatest(change, 0), greatest(-change, 0)
    FROM dealers_stockadjustment i
    WHERE kind <> 'opening_balance' AND change <> 0 AND occurred_at < %(at)s {narrowed}
), numbered AS (
    SELECT *, count(units) OVER run AS stretch, sum(shipped - sold + came - went) OVER run AS balance,
           sum(greatest(shipped, 0)) OVER (
               PARTITION BY dealer_id, product_id ORDER BY at
               RANGE BETWEEN %(arrival)s::interval PRECEDING AND interval '1 microsecond' PRECEDING
           ) AS recent
    FROM events
    WINDOW run AS (PARTITION BY dealer_id, product_id ORDER BY at, turn ROWS UNBOUNDED PRECEDING)
), stretches AS (
    SELECT dealer_id, product_id, stretch, max(at) FILTER (WHERE units IS NOT NULL) AS opened_at,
           bool_or(stated) AS stated, max(units) AS opening, max(in_transit) AS in_transit,
           max(greatest(in_transit, coalesce(recent, 0))) FILTER (WHERE units IS NOT NULL) AS under_way,
           max(warehouses) AS warehouses, max(signature) AS signature,
           sum(shipped) AS shipped, sum(sold) AS sold, sum(came) AS came, sum(went) AS went,
           max(units) + min(balance) - max(balance) FILTER (WHERE units IS NOT NULL) AS lowest
    FROM numbered WHERE stretch > 0 GROUP BY dealer_id, product_id, stretch
), chained AS (
    SELECT *, coalesce(lead(opened_at) OVER chain, %(at)s) AS closed_at, lead(opening) OVER chain AS closing,
           lead(under_way) OVER chain AS under_way_later, lead(stated) OVER chain AS stated_later,
           lead(signature) OVER chain <> signature AS others_later,
           warehouses < max(warehouses) OVER (
               PARTITION BY dealer_id, product_id ORDER BY opened_at
               RANGE BETWEEN interval '{warehouse_days} days' PRECEDING AND CURRENT ROW
           ) AS partial,
           first_value(opened_at) OVER chain AS first_at, first_value(opening) OVER chain AS first_units,
           first_value(under_way) OVER chain AS first_under_way, sum(shipped) OVER chain AS all_shipped,
           sum(sold) OVER chain AS all_sold, sum(came) OVER chain AS all_came,
           min(signature) OVER chain <> max(signature) OVER chain AS others_ever
    FROM stretches
    WINDOW chain AS (PARTITION BY dealer_id, product_id ORDER BY stretch ROWS UNBOUNDED PRECEDING)
), told AS (
    SELECT *, coalesce(partial OR lead(partial) OVER chain OR others_later, false) AS other_warehouses
    FROM chained WINDOW chain AS (PARTITION BY dealer_id, product_id ORDER BY stretch)
), outages AS (
    SELECT coalesce(range_agg(span), '{{}}'::tstzmultirange) AS spans FROM dealers_systemoutage
    WHERE upper(span) - lower(span) >= %(outage)s::interval
)
SELECT t.dealer_id, t.product_id, opened_at, opening, closed_at, closing, under_way, coalesce(under_way_later, 0),
       coalesce(stated_later, false), shipped, sold, came, went, lowest,
       lower(datemultirange(daterange(
           (opened_at AT TIME ZONE 'Asia/Shanghai')::date,
           CASE WHEN closing IS NULL THEN greatest((closed_at AT TIME ZONE 'Asia/Shanghai')::date,
                                                   (opened_at AT TIME ZONE 'Asia/Shanghai')::date)
                ELSE ((closed_at - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date + 1 END
       )) - coalesce(c.sales_days, '{{}}'::datemultirange)),
       o.spans && tstzrange(opened_at, closed_at), other_warehouses,
       closing IS NOT NULL AND closed_at > %(settled)s,
       closing IS NULL, first_at, first_units, first_under_way, all_shipped, all_sold, all_came, others_ever
FROM told t CROSS JOIN outages o LEFT JOIN dealers_syncclock c ON c.dealer_id = t.dealer_id
WHERE closed_at >= %(since)s {only}
"""
_IN_ORDER = "ORDER BY t.dealer_id, t.product_id, stretch"
#: What can be a finding at all; the rules decide. Most windows agree to the unit and never leave the database.
_SUSPECT = """AND (opening + shipped - sold + came - went <> closing OR lowest + under_way < 0
    OR (closing IS NULL AND all_sold > first_units + first_under_way + all_shipped + all_came))"""
_FIRST_INSTANT = datetime.fromisoformat("1900-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison goes by: the terms of the policy in force, and until when reports are due."""

    at: datetime
    terms: StockTerms
    settled: datetime

    @property
    def tolerance(self) -> Tolerance:
        return Tolerance(self.terms.tolerance_units, self.terms.tolerance_rate)


def comparison(at: datetime) -> Comparison:
    """The comparison at ``at``. Without a policy in force the defaults of its terms hold."""
    policy = policy_in_force(business_day(at))
    terms = StockTerms() if policy is None else pricing_terms(policy).stock
    sync = sweep_terms(at=at)
    return Comparison(at, terms, at - (sync.interval if sync else timedelta(hours=24)))


def stock_windows(
    by: Comparison, *, dealers: Collection[int], products: Collection[int] | None = None, since: datetime | None = None
) -> Iterator[StockWindow]:
    """Every window of these dealers that closes at or after ``since``, by dealer, product and time; the last runs."""
    for window, _totals in _rows(by, dealers=dealers, products=products, since=since, only=_IN_ORDER):
        yield window


def suspect_windows(
    by: Comparison, *, shard: Shard = ALL_DEALERS, dealers: Collection[int] | None = None
) -> Iterator[tuple[StockWindow, StockTotals | None]]:
    """The windows and totals in which anything can be found, of all dealers, in no order.

    Totals come with the running window of their product; they are given when more was sold than came.
    """
    return _rows(by, dealers=dealers, shard=shard, only=_SUSPECT)


def stock_does_not_add_up(
    by: Comparison, *, shard: Shard = ALL_DEALERS, dealers: Collection[int] | None = None
) -> Iterator[StockFinding]:
    """Everything that does not add up, of all dealers or of these, in no order: for the stored list and for signals."""
    for window, totals in suspect_windows(by, shard=shard, dealers=dealers):
        yield from findings_of(window, by.tolerance)
        if totals is not None:
            yield from oversold(totals)


def _rows(
    by: Comparison,
    *,
    only: str,
    dealers: Collection[int] | None = None,
    products: Collection[int] | None = None,
    shard: Shard = ALL_DEALERS,
    since: datetime | None = None,
) -> Iterator[tuple[StockWindow, StockTotals | None]]:
    narrowed = shard.condition("i.dealer_id")
    params: dict[str, Any] = {
        "at": by.at,
        "since": since or _FIRST_INSTANT,
        "settled": by.settled,
        "arrival": timedelta(days=by.terms.arrival_days),
        "outage": timedelta(minutes=by.terms.outage_minutes),
    }
    if dealers is not None:
        params["dealers"] = list(dealers)
        narrowed += " AND i.dealer_id = ANY(%(dealers)s)"
    if products is not None:
        params["products"] = list(products)
        narrowed += " AND i.product_id = ANY(%(products)s)"
    sql = _WINDOWS_SQL.format(narrowed=narrowed, only=only, warehouse_days=_WAREHOUSE_DAYS)
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            for row in rows:
                yield _told(row)


def _told(row: tuple[Any, ...]) -> tuple[StockWindow, StockTotals | None]:
    dealer_id, product_id, opened_at, opening, closed_at, closing, under_way, under_way_later, stated = row[:9]
    shipped, sold, came, went, lowest = (int(units) for units in row[9:14])
    missing, outage, others, awaited, running, first_at, *sums, others_ever = row[14:]
    missing_day: date | None = missing
    window = StockWindow(
        dealer_id=dealer_id,
        product_id=product_id,
        opened_at=opened_at,
        opening=int(opening),
        closed_at=closed_at,
        closing=None if closing is None else int(closing),
        under_way_at_opening=int(under_way),
        under_way_at_closing=int(under_way_later),
        stated=stated,
        shipped=shipped,
        sold=sold,
        came=came,
        went=went,
        lowest=lowest,
        missing_day=missing_day,
        outage=outage,
        other_warehouses=others,
        awaited=awaited,
    )
    if not running:
        return window, None
    opening_sum, under_way_sum, all_shipped, all_sold, all_came = (int(units) for units in sums)
    totals = StockTotals(
        dealer_id=dealer_id,
        product_id=product_id,
        opened_at=first_at,
        opening=opening_sum,
        under_way_at_opening=under_way_sum,
        shipped=all_shipped,
        sold=all_sold,
        came=all_came,
        last_at=closed_at,
        other_warehouses=others_ever,
    )
    return window, totals
