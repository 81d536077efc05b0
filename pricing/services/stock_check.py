"""The stock check of every dealer: rolls forward, asks the rules, and brings the list of findings up to date.

Set-based and safe to run twice or at once: checks of one shard wait for each other, and a second one changes nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from dealers.models import Dealer
from dealers.selectors.purchases import ALL_DEALERS, Shard
from dealers.services.staging import copy_rows, temporary_table
from pricing.rules.stock_roll import StockFinding as Found
from pricing.selectors.stock_roll import Comparison, comparison, stock_does_not_add_up

_STOCK_LOCK = 0x53544F43
_COLUMNS = ("dealer_id", "product_id", "code", "opened_at", "closed_at", "units", "params")


@dataclass(frozen=True, slots=True)
class StockCheck:
    """How many findings stand, were new, and were cleared."""

    standing: int
    new: int
    cleared: int

    def __add__(self, other: StockCheck) -> StockCheck:
        return StockCheck(self.standing + other.standing, self.new + other.new, self.cleared + other.cleared)


def check_stock(*, at: datetime, shards: int = 1) -> StockCheck:
    """Check every dealer as of ``at``, a shard at a time, each in its own transaction."""
    by = comparison(at)
    total = StockCheck(0, 0, 0)
    for number in range(shards):
        total += _check(by, Shard(number, shards), at)
    return total


def check_dealer_stock(dealer: Dealer, *, at: datetime) -> StockCheck:
    """Check one dealer, for somebody who does not want to wait for the night."""
    return _check(comparison(at), ALL_DEALERS, at, dealer_id=dealer.pk)


@transaction.atomic
def _check(by: Comparison, shard: Shard, at: datetime, dealer_id: int | None = None) -> StockCheck:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_STOCK_LOCK])
        cursor.execute("SET LOCAL work_mem = '64MB'")
        temporary_table(
            cursor,
            "stock_found_now",
            "dealer_id bigint, product_id bigint, code text, opened_at timestamptz, closed_at timestamptz,"
            " units bigint, params jsonb",
        )
        found = stock_does_not_add_up(by, shard=shard, dealers=None if dealer_id is None else [dealer_id])
        standing = copy_rows(cursor, "stock_found_now", _COLUMNS, (_row(one) for one in found))
        cursor.execute("ANALYZE stock_found_now")
        return StockCheck(standing, *_merge(cursor, shard, at, dealer_id))


def _row(found: Found) -> tuple[object, ...]:
    said = found.said.as_record()
    return (
        found.dealer_id,
        found.product_id,
        said["code"],
        found.opened_at.isoformat(),
        found.closed_at.isoformat(),
        found.units,
        json.dumps(said["params"], ensure_ascii=False),
    )


def _merge(cursor: Any, shard: Shard, at: datetime, dealer_id: int | None) -> tuple[int, int]:
    """Clear what is no longer found, bring what still is up to date, add what is new; how many new and cleared."""
    same = "(n.dealer_id, n.product_id, n.code, n.opened_at) = (f.dealer_id, f.product_id, f.code, f.opened_at)"
    concerned = shard.condition("f.dealer_id")
    params: dict[str, Any] = {"at": at}
    if dealer_id is not None:
        concerned += " AND f.dealer_id = %(dealer)s"
        params["dealer"] = dealer_id
    cursor.execute(
        f"UPDATE pricing_stockfinding f SET cleared_at = %(at)s WHERE f.cleared_at IS NULL {concerned}"
        f" AND NOT EXISTS (SELECT FROM stock_found_now n WHERE {same})",
        params,
    )
    cleared = cursor.rowcount
    cursor.execute(
        f"UPDATE pricing_stockfinding f SET closed_at = n.closed_at, units = n.units, params = n.params"
        f" FROM stock_found_now n WHERE {same} AND f.cleared_at IS NULL"
        " AND (f.closed_at, f.units, f.params) IS DISTINCT FROM (n.closed_at, n.units, n.params)"
    )
    names = ", ".join(_COLUMNS)
    cursor.execute(
        f"INSERT INTO pricing_stockfinding ({names}, found_at)"
        f" SELECT {names}, %(at)s FROM stock_found_now ORDER BY dealer_id, product_id, opened_at"
        " ON CONFLICT DO NOTHING",
        params,
    )
    return cursor.rowcount, cleared
