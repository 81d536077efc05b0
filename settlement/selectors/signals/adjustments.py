"""Declared losses and surpluses of every dealer beside what it handled, and the medians of the industries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dealers.choices import AdjustmentKind
from settlement.rules.signals.adjustments import GAINS, Facts, Limits
from settlement.selectors.signals.asked import Asked, Evidence, Found, amount, keyed, rows_of

_PIECES = 30
_LOSSES = ", ".join(f"'{kind}'" for kind in AdjustmentKind if not kind.is_incoming and not kind.is_transfer)
_GAINS = f"'{AdjustmentKind.FOUND}'"

_SQL = f"""
WITH declared AS (
    SELECT a.dealer_id, -sum(change) FILTER (WHERE kind IN ({_LOSSES})) AS lost,
           sum(change) FILTER (WHERE kind = {_GAINS}) AS gained,
           -sum(change * c.cost) FILTER (WHERE kind IN ({_LOSSES})) AS lost_amount,
           sum(change * c.cost) FILTER (WHERE kind = {_GAINS}) AS gained_amount
    FROM dealers_stockadjustment a
    LEFT JOIN LATERAL (SELECT s.unit_price AS cost FROM dealers_shipment s
                       WHERE s.dealer_id = a.dealer_id AND s.product_id = a.product_id AND s.quantity > 0
                       ORDER BY s.shipped_on DESC LIMIT 1) c ON true
    WHERE occurred_at >= %(starts)s AND occurred_at < %(ends)s AND a.known_from <= %(at)s AND a.dealer_id > 0
    GROUP BY 1
), sold AS (
    SELECT dealer_id, sum(quantity) AS units FROM pricing_salestally
    WHERE period BETWEEN %(from)s AND %(to)s AND known_at <= %(at)s AND dealer_id > 0 GROUP BY 1
), shipped AS (
    SELECT dealer_id, sum(quantity) AS units FROM dealers_shipmenttally
    WHERE period BETWEEN %(from)s AND %(to)s AND known_at <= %(at)s AND dealer_id > 0 GROUP BY 1
), shares AS (
    SELECT d.id AS dealer_id, d.industry, coalesce(a.lost, 0) AS lost, coalesce(a.gained, 0) AS gained,
           a.lost_amount, a.gained_amount, greatest(coalesce(o.units, 0), coalesce(i.units, 0), 0) AS handled
    FROM dealers_dealer d LEFT JOIN declared a ON a.dealer_id = d.id LEFT JOIN sold o ON o.dealer_id = d.id
    LEFT JOIN shipped i ON i.dealer_id = d.id
    WHERE d.id > 0 AND (a.dealer_id IS NOT NULL OR o.dealer_id IS NOT NULL OR i.dealer_id IS NOT NULL)
), medians AS (
    SELECT industry, percentile_cont(0.5) WITHIN GROUP (ORDER BY lost::float8 / handled) AS lost,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY gained::float8 / handled) AS gained
    FROM shares WHERE handled > 0 GROUP BY industry
)
SELECT s.dealer_id, s.lost, s.gained, s.handled, s.lost_amount, s.gained_amount, m.lost, m.gained
FROM shares s LEFT JOIN medians m USING (industry) WHERE s.lost > 0 OR s.gained > 0
"""
_DECLARED = f"""
SELECT k.number, d.code, a.doc_no, a.line_no, a.revision, a.kind, a.change, a.occurred_at, p.sku, a.reason, k.total
FROM (
    SELECT k.number, k.dealer_id, k.subject, count(*) OVER (PARTITION BY k.number) AS total, a.doc_no, a.line_no,
           row_number() OVER (PARTITION BY k.number ORDER BY abs(a.change) DESC, a.doc_no, a.line_no) AS place
    FROM unnest(%(numbers)s::int[], %(dealers)s::bigint[], %(subjects)s::text[]) AS k(number, dealer_id, subject)
    JOIN dealers_stockadjustment a ON a.dealer_id = k.dealer_id AND a.change <> 0 AND a.known_from <= %(at)s
         AND a.occurred_at >= %(starts)s AND a.occurred_at < %(ends)s
         AND CASE k.subject WHEN '{GAINS}' THEN a.kind = {_GAINS} ELSE a.kind IN ({_LOSSES}) END
) k
JOIN dealers_stockadjustment a ON (a.dealer_id, a.doc_no, a.line_no) = (k.dealer_id, k.doc_no, k.line_no)
JOIN dealers_dealer d ON d.id = a.dealer_id LEFT JOIN dealers_product p ON p.id = a.product_id
WHERE k.place <= {_PIECES} ORDER BY k.number, k.place
"""


def read(asked: Asked, limits: Limits) -> Iterator[tuple[Facts, Any]]:
    """Every dealer that declared losses or surpluses."""
    for dealer_id, lost, gained, handled, lost_worth, gained_worth, median_lost, median_gained in rows_of(
        _SQL, _params(asked)
    ):
        yield (
            Facts(
                dealer_id,
                asked.window.key,
                int(lost),
                int(gained),
                int(handled),
                amount(lost_worth),
                amount(gained_worth),
                amount(median_lost),
                amount(median_gained),
            ),
            None,
        )


def evidence(asked: Asked, found: Sequence[Found]) -> list[Evidence]:
    """The largest of the declared lines."""
    keys = [(one.signal.dealer_id, one.signal.subject) for one in found]
    pieces: list[Evidence] = [Evidence() for _key in keys]
    for number, dealer, doc_no, line_no, revision, kind, change, occurred_at, sku, reason, total in rows_of(
        _DECLARED, {**_params(asked), **keyed(keys)}
    ):
        piece = {
            "kind": "adjustment",
            "dealer": dealer,
            "doc_no": doc_no,
            "line_no": line_no,
            "revision": revision,
            "adjustment": kind,
            "change": change,
            "occurred_at": occurred_at.isoformat(),
            "sku": sku or "",
            "reason": reason,
        }
        pieces[number] = Evidence([*pieces[number].pieces, piece], total)
    return pieces


def _params(asked: Asked) -> dict[str, Any]:
    return {
        "starts": asked.window.starts_at,
        "ends": asked.window.ends_at,
        "from": asked.window.first.ordinal,
        "to": asked.window.last.ordinal,
        "at": asked.at,
    }
