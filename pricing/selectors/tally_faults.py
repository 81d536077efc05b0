"""Whether the sales tally is what the sale lines add up to, reckoned independently of intake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from dealers.foundation.half_months import HalfMonth
from pricing.selectors.earning import EARNS

HALF_MONTH = (
    "(extract(year FROM {day}) * 24 + (extract(month FROM {day}) - 1) * 2"
    " + CASE WHEN extract(day FROM {day}) < 16 THEN 0 ELSE 1 END)::int"
)


@dataclass(frozen=True, slots=True)
class TallyFault:
    """The first dealer, category and half-month where a tally and its lines differ."""

    tally: str
    dealer: str
    category: str
    period: str
    tallied: str
    from_lines: str

    def __str__(self) -> str:
        return (
            f"{self.tally} of {self.dealer}, {self.category}, {self.period}: "
            f"tallied {self.tallied}, lines add up to {self.from_lines}"
        )


def sales_tally_fault(*, cutoff: datetime, first: int, last: int) -> TallyFault | None:
    """Compare the tally with the lines, both as known at ``cutoff``, for half-months ``first`` to ``last``."""
    columns = "dealer_id, product_id, sold_on, quantity, unit_price, verdict, flags"
    lines = f"""
        SELECT x.dealer_id, p.category, {HALF_MONTH.format(day="x.sold_on")} AS period, count(*) AS lines,
               sum(x.quantity * x.unit_price) AS amount, count(*) FILTER (WHERE {EARNS}) AS earning_lines,
               coalesce(sum(x.quantity * x.unit_price) FILTER (WHERE {EARNS}), 0) AS earning
        FROM (
            SELECT {columns} FROM pricing_saleline WHERE known_from <= %(cutoff)s
            UNION ALL
            SELECT {columns} FROM pricing_salelinehistory WHERE known_from <= %(cutoff)s AND known_until > %(cutoff)s
        ) x JOIN dealers_product p ON p.id = x.product_id
        WHERE x.sold_on >= %(start)s AND x.sold_on < %(end)s GROUP BY 1, 2, 3
    """
    return tally_fault(
        "sales",
        "pricing_salestally",
        ("lines", "amount", "earning_lines", "earning"),
        lines,
        cutoff=cutoff,
        first=first,
        last=last,
    )


def purchases_tally_fault(*, cutoff: datetime, first: int, last: int) -> TallyFault | None:
    """Compare the purchase tally with the shipments, both as known at ``cutoff``."""
    lines = f"""
        SELECT x.dealer_id, p.category, {HALF_MONTH.format(day="x.shipped_on")} AS period, count(*) AS lines,
               sum(x.quantity * x.unit_price) AS amount
        FROM dealers_shipment x JOIN dealers_product p ON p.id = x.product_id
        WHERE x.known_from <= %(cutoff)s AND x.shipped_on >= %(start)s AND x.shipped_on < %(end)s GROUP BY 1, 2, 3
    """
    return tally_fault(
        "purchases", "dealers_shipmenttally", ("lines", "amount"), lines, cutoff=cutoff, first=first, last=last
    )


def tally_fault(
    name: str, table: str, figures: tuple[str, ...], lines: str, *, cutoff: datetime, first: int, last: int
) -> TallyFault | None:
    """The first place by dealer's code, half-month and category where ``table`` is not what ``lines`` add up to."""
    sums = ", ".join(f"sum({figure}) AS {figure}" for figure in figures)
    tallied = ", ".join(f"coalesce(t.{figure}, 0)::numeric(30, 6)" for figure in figures)
    counted = ", ".join(f"coalesce(l.{figure}, 0)::numeric(30, 6)" for figure in figures)
    sql = f"""
        SELECT d.code, category, period, ROW({tallied})::text, ROW({counted})::text
        FROM (SELECT dealer_id, category, period, {sums} FROM {table}
              WHERE known_at <= %(cutoff)s AND period BETWEEN %(first)s AND %(last)s GROUP BY 1, 2, 3) t
        FULL JOIN ({lines}) l USING (dealer_id, category, period)
        JOIN dealers_dealer d ON d.id = dealer_id
        WHERE ROW({tallied}) <> ROW({counted}) ORDER BY d.code COLLATE "C", period, category LIMIT 1
    """
    params: dict[str, Any] = {
        "cutoff": cutoff,
        "first": first,
        "last": last,
        "start": HalfMonth.from_ordinal(first).start,
        "end": HalfMonth.from_ordinal(last).end,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
    if row is None:
        return None
    dealer, category, period, tallied_text, lines_text = row
    return TallyFault(name, dealer, category, str(HalfMonth.from_ordinal(period)), tallied_text, lines_text)
