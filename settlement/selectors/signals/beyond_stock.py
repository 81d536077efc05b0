"""What the stock check found of a window, gathered per dealer: of each product the finding with most units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dealers.foundation.clock import BUSINESS_ZONE
from pricing.choices import StockCode
from pricing.models import StockFinding
from settlement.rules.signals.beyond_stock import Facts, Limits
from settlement.selectors.signals.asked import Asked, Evidence, Found, amount, days_before, rows_of

_PIECES = 20
#: Prices are those reported in the window, or so many days before it.
_PRICE_DAYS = 92

_SQL = f"""
WITH found AS (
    SELECT DISTINCT ON (dealer_id, product_id) id, dealer_id, product_id, abs(units) AS units
    FROM pricing_stockfinding
    WHERE (code IN ('{StockCode.STOCK_OVERSOLD}', '{StockCode.STOCK_NEGATIVE}')
           OR (code = '{StockCode.STOCK_BREAK}' AND units > 0))
      AND found_at >= %(starts)s AND found_at < %(ends)s AND found_at <= %(at)s
      AND (cleared_at IS NULL OR cleared_at > %(at)s) AND dealer_id > 0
    ORDER BY dealer_id, product_id, abs(units) DESC
), priced AS (
    SELECT f.*, p.sku, (
        SELECT sum(quantity * unit_price) / sum(quantity) FROM pricing_saleline l
        WHERE l.dealer_id = f.dealer_id AND l.product_id = f.product_id AND l.quantity > 0
          AND l.sold_on >= %(prices)s AND l.sold_on < %(end)s AND l.known_from <= %(at)s
    ) AS price
    FROM found f JOIN dealers_product p ON p.id = f.product_id
)
SELECT dealer_id, count(*), sum(units), sum(units * coalesce(price, 0)),
       (array_agg(sku ORDER BY units DESC, sku))[1], max(units), array_agg(id ORDER BY units DESC, sku),
       coalesce((SELECT sum(quantity) FROM pricing_salestally t
                 WHERE t.dealer_id = f.dealer_id AND period BETWEEN %(from)s AND %(to)s AND known_at <= %(at)s), 0)
FROM priced f GROUP BY dealer_id
"""


def read(asked: Asked, limits: Limits) -> Iterator[tuple[Facts, Any]]:
    """The dealers whose stock does not bear their sales; the hint are the findings of the stock check."""
    params = {
        **asked.params,
        "starts": asked.window.starts_at,
        "ends": asked.window.ends_at,
        "prices": days_before(asked.window.starts_on, _PRICE_DAYS),
        "from": asked.window.first.ordinal,
        "to": asked.window.last.ordinal,
    }
    for dealer_id, products, units, worth, sku, worst, findings, sold in rows_of(_SQL, params):
        facts = Facts(
            dealer_id, asked.window.key, products, int(units), amount(worth), max(int(sold), 0), sku, int(worst)
        )
        yield facts, findings


def evidence(asked: Asked, found: Sequence[Found]) -> list[Evidence]:
    """The findings of the stock check with their own sentences; one query."""
    wanted = {pk for one in found for pk in one.hint[:_PIECES]}
    rows = StockFinding.objects.filter(pk__in=wanted).select_related("dealer", "product")
    known = {row.pk: _piece(row) for row in rows}
    return [Evidence([known[pk] for pk in one.hint[:_PIECES]], len(one.hint)) for one in found]


def _piece(row: StockFinding) -> dict[str, Any]:
    return {
        "kind": "stock_finding",
        "finding": row.pk,
        "dealer": row.dealer.code,
        "sku": row.product.sku,
        "code": row.code,
        "units": row.units,
        "opened_at": row.opened_at.astimezone(BUSINESS_ZONE).isoformat(),
        "closed_at": row.closed_at.astimezone(BUSINESS_ZONE).isoformat(),
        "params": row.params,
    }
