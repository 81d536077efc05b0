"""What rebate programs were reckoned on in a window, and what came back when it was over.

One pass over the lines of the window and the weeks after it sums them by dealer, half-month and category; every
program takes its part of those sums. The days are read of the few dealers for whom base and returns leave a burst
possible at all. Programs in which an alliance reaches brackets together are left out: nobody crosses them alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from dealers.foundation.bulk_plans import plan_as_usual, plan_for_bulk
from dealers.foundation.clock import business_day
from dealers.foundation.half_months import HalfMonth
from dealers.services.staging import temporary_table
from pricing.selectors.earning import EARNS
from rebates.rules.programs import PURCHASES, WindowProgram
from rebates.selectors.programs import policies_by_half_month, window_programs
from settlement.rules.signals.bracket_burst import Facts, Limits, may_be_one
from settlement.selectors.signals.asked import Asked, Evidence, Found, amount, rows_of
from settlement.selectors.signals.lines import PIECES, lines_seen

_MICROS = Decimal(1_000_000)
_HALF = (
    "(extract(year FROM {day})::int * 24 + (extract(month FROM {day})::int - 1) * 2"
    " + CASE WHEN extract(day FROM {day}) < 16 THEN 0 ELSE 1 END)"
)
_SALES_COLUMNS = "dealer_id, product_id, sold_on AS day, quantity, unit_price, verdict, flags"
_SHIPMENTS = """
    SELECT dealer_id, product_id, shipped_on AS day, quantity, unit_price FROM dealers_shipment l
    WHERE dealer_id > 0 AND shipped_on >= %(first)s AND shipped_on < %(returns_until)s AND known_from <= %(at)s {where}
"""
_SUMS = """
INSERT INTO signal_bases
SELECT l.dealer_id, {half}, p.category, sum(quantity * unit_price) FILTER (WHERE day < %(end)s),
       -sum(quantity * unit_price) FILTER (WHERE quantity < 0 AND day >= %(end)s)
FROM ({lines}) l JOIN dealers_product p ON p.id = l.product_id WHERE {counts} GROUP BY 1, 2, 3
"""
#: Which dealers were in the program's tier in which of its half-months; settled first, a join over ranges is slow.
_TIERS = """
WITH tiers AS MATERIALIZED (
    SELECT t.dealer_id, h.half FROM unnest(%(halves)s::int[], %(starts)s::date[]) h(half, starts_on)
    JOIN dealers_dealertier t ON t.tier = %(tier)s AND t.valid @> h.starts_on
)
"""
#: What came back afterwards counts whatever the tier is by then.
_BASES = f"""
{_TIERS}
SELECT b.dealer_id, sum(b.base) FILTER (WHERE t.half IS NOT NULL), sum(b.returned)
FROM signal_bases b LEFT JOIN tiers t USING (dealer_id, half)
WHERE %(categories)s::text[] IS NULL OR b.category = ANY(%(categories)s::text[])
GROUP BY 1 HAVING sum(b.base) FILTER (WHERE t.half IS NOT NULL) > 0 AND sum(b.returned) > 0
"""
_DAYS = f"""
{_TIERS}, days AS MATERIALIZED (
    SELECT l.dealer_id, l.day, sum(quantity * unit_price) AS amount, count(*) AS lines
    FROM ({{lines}}) l JOIN dealers_product p ON p.id = l.product_id
    WHERE {{counts}} AND day < %(end)s AND (%(categories)s::text[] IS NULL OR p.category = ANY(%(categories)s::text[]))
    GROUP BY 1, 2
)
SELECT d.dealer_id, d.day, d.amount, d.lines
FROM days d JOIN tiers t ON t.dealer_id = d.dealer_id AND t.half = {_HALF.format(day="d.day")} ORDER BY 1, 2
"""


def read(asked: Asked, limits: Limits) -> Iterator[tuple[Facts, Any]]:
    """The dealers for whom a burst is possible, program by program; the hint is what the evidence is looked up by.

    Nothing before the window is over.
    """
    window = asked.window
    if window.ends_on > business_day(asked.at):
        return
    policies = policies_by_half_month(window.first.ordinal, window.last.ordinal)
    offered = window_programs([(window, window.last.ordinal)], policies, window.last)
    for purchases in (False, True):
        programs = [one for one in offered if (one.program.base == PURCHASES) is purchases and not one.program.pooled]
        if programs:
            _sum_up(asked, limits, purchases=purchases)
            for program in programs:
                yield from _suspects(asked, limits, program, purchases=purchases)


def evidence(asked: Asked, found: Sequence[Found]) -> list[Evidence]:
    """The largest lines of the burst and of what came back."""
    sales = [one for one in found if not one.hint[0]]
    keys = [(one.signal.dealer_id, one.hint[1]) for one in sales]
    condition = (
        "(sold_on >= k.subject::date AND sold_on < %(end)s AND quantity > 0 OR sold_on >= %(end)s AND quantity < 0)"
    )
    returns = {"returns_until": asked.window.ends_on + timedelta(days=max((one.hint[3] for one in found), default=0))}
    pieces = iter(lines_seen(asked, keys, condition, returns, end="returns_until"))
    return [
        Evidence(next(pieces) if not one.hint[0] else _shipments(asked, one, returns), one.hint[2]) for one in found
    ]


def _sum_up(asked: Asked, limits: Limits, *, purchases: bool) -> None:
    lines, counts = _source(asked, purchases=purchases)
    with connection.cursor() as cursor:
        temporary_table(
            cursor, "signal_bases", "dealer_id bigint, half int, category text, base numeric, returned numeric"
        )
        # The conditions are taken for far more selective than they are; a nested loop would compare every line with
        # every product.
        plan_for_bulk(cursor)
        cursor.execute(
            _SUMS.format(lines=lines, counts=counts, half=_HALF.format(day="day")),
            {**asked.params, "returns_until": asked.window.ends_on + timedelta(days=limits.return_days)},
        )
        plan_as_usual(cursor)
        cursor.execute("ANALYZE signal_bases")


def _suspects(asked: Asked, limits: Limits, program: WindowProgram, *, purchases: bool) -> Iterator[tuple[Facts, Any]]:
    edges = tuple(bracket.start / _MICROS for bracket in program.program.brackets)
    params = {
        **asked.params,
        "returns_until": asked.window.ends_on + timedelta(days=limits.return_days),
        "halves": list(program.periods),
        "starts": [HalfMonth.from_ordinal(ordinal).start for ordinal in program.periods],
        "tier": program.program.tier,
        "categories": None if program.program.categories is None else sorted(program.program.categories),
    }
    returned = {
        dealer_id: amount(back)
        for dealer_id, base, back in rows_of(_BASES, params)
        if may_be_one(amount(base), amount(back), edges, limits)
    }
    if not returned:
        return
    lines, counts = _source(asked, purchases=purchases, where="AND l.dealer_id = ANY(%(dealers)s)")
    sql = _DAYS.format(lines=lines, counts=counts)
    days: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    counted: dict[int, int] = defaultdict(int)
    for dealer_id, day, worth, number in rows_of(sql, {**params, "dealers": list(returned)}):
        days[dealer_id].append((day, amount(worth)))
        counted[dealer_id] += number
    for dealer_id, course in days.items():
        facts = Facts(
            dealer_id,
            asked.window.key,
            program.program.code,
            asked.window.starts_on,
            edges,
            tuple(course),
            returned[dealer_id],
        )
        late = asked.window.ends_on - timedelta(days=2 * limits.burst_days)
        yield facts, (purchases, late.isoformat(), counted[dealer_id], limits.return_days)


def _source(asked: Asked, *, purchases: bool, where: str = "") -> tuple[str, str]:
    """The lines of a base, and SQL that says which of them count."""
    if purchases:
        return _SHIPMENTS.format(where=where), "true"
    return asked.lines(_SALES_COLUMNS, where=where, end="returns_until"), EARNS


def _shipments(asked: Asked, one: Found, returns: Mapping[str, Any]) -> list[dict[str, Any]]:
    sql = f"""
        SELECT d.code, l.doc_no, l.line_no, l.shipped_at, p.sku, l.quantity, l.unit_price
        FROM dealers_shipment l
        JOIN dealers_dealer d ON d.id = l.dealer_id JOIN dealers_product p ON p.id = l.product_id
        WHERE l.dealer_id = %(dealer)s AND l.known_from <= %(at)s AND l.shipped_on < %(returns_until)s
          AND (l.shipped_on >= %(since)s AND l.quantity > 0 OR l.shipped_on >= %(end)s AND l.quantity < 0)
        ORDER BY abs(l.quantity * l.unit_price) DESC, l.doc_no, l.line_no LIMIT {PIECES}
    """
    params = {**asked.params, **returns, "dealer": one.signal.dealer_id, "since": one.hint[1]}
    return [
        {
            "kind": "shipment",
            "dealer": dealer,
            "doc_no": doc_no,
            "line_no": line_no,
            "shipped_at": shipped_at.isoformat(),
            "sku": sku,
            "quantity": quantity,
            "unit_price": str(unit_price),
        }
        for dealer, doc_no, line_no, shipped_at, sku, quantity, unit_price in rows_of(sql, params)
    ]
