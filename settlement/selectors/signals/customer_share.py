"""What single customers took of each dealer: the sums of everybody first, the runner-up only where it matters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pricing.choices import Channel
from settlement.rules.signals.customer_share import Facts, Limits
from settlement.selectors.signals.asked import Asked, Evidence, Found, amount, rows_of
from settlement.selectors.signals.lines import lines_seen

_COLUMNS = "dealer_id, customer, channel, sold_on, quantity, unit_price"
_BOUGHT = f"""
    SELECT dealer_id, customer, count(*) AS lines, count(DISTINCT sold_on) AS days,
           coalesce(sum(quantity * unit_price), 0) AS amount,
           coalesce(sum(quantity * unit_price) FILTER (WHERE channel = {Channel.RETAIL:d}), 0) AS retail
    FROM ({{lines}}) l GROUP BY 1, 2
"""
_SQL = f"""
SELECT dealer_id, customer, lines, days, amount, retail, dealer_lines, dealer_amount, dealer_retail FROM (
    SELECT *, sum(lines) OVER d AS dealer_lines, sum(amount) OVER d AS dealer_amount,
           sum(retail) OVER d AS dealer_retail
    FROM ({_BOUGHT}) bought WINDOW d AS (PARTITION BY dealer_id)
) shares
WHERE customer <> '' AND days >= %(least_days)s
  AND dealer_lines >= %(least_lines)s AND dealer_amount >= %(least_amount)s
  AND (retail >= %(retail_share)s * dealer_retail AND retail > 0 OR amount >= %(all_share)s * dealer_amount)
"""
_OTHERS = f"""
SELECT dealer_id, array_agg(amount ORDER BY amount DESC), array_agg(retail ORDER BY retail DESC)
FROM ({_BOUGHT}) bought WHERE customer <> '' GROUP BY 1
"""


def read(asked: Asked, limits: Limits) -> Iterator[tuple[Facts, Any]]:
    """The customers with large shares; the hint is the hash of the customer."""
    params = {**asked.params, **limits.model_dump()}
    large = list(rows_of(_SQL.format(lines=asked.lines(_COLUMNS)), params))
    if not large:
        return
    lines = asked.lines(_COLUMNS, where="AND l.dealer_id = ANY(%(dealers)s)")
    params["dealers"] = sorted({row[0] for row in large})
    others = {row[0]: row[1:] for row in rows_of(_OTHERS.format(lines=lines), params)}
    for dealer_id, customer, count, days, worth, retail, dealer_lines, dealer_amount, dealer_retail in large:
        amounts, retails = others[dealer_id]
        facts = Facts(
            dealer_id,
            asked.window.key,
            customer,
            count,
            days,
            amount(retail),
            amount(worth),
            _next_to(retail, retails),
            _next_to(worth, amounts),
            int(dealer_lines),
            amount(dealer_retail),
            amount(dealer_amount),
        )
        yield facts, (customer, count)


def evidence(asked: Asked, found: Sequence[Found]) -> list[Evidence]:
    """The largest lines of the customer."""
    keys = [(one.signal.dealer_id, one.hint[0]) for one in found]
    pieces = lines_seen(asked, keys, "customer = k.subject")
    return [Evidence(lines, one.hint[1]) for one, lines in zip(found, pieces, strict=True)]


def _next_to(own: Any, all_of_them: Sequence[Any]) -> Any:
    rest = list(all_of_them)
    rest.remove(own)
    return amount(max(rest, default=None))
