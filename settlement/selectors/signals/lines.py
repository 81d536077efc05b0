"""Sale lines as pieces of evidence: what they said when they were looked at, and what became of them since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pricing.models import SaleLine
from settlement.selectors.signals.asked import Asked, keyed, rows_of

PIECES = 30

_SQL = """
SELECT k.number, d.code, f.doc_no, f.line_no, f.revision, f.sold_at, p.sku, f.quantity, f.unit_price, r.code,
       f.reported_at, f.customer
FROM unnest(%(numbers)s::int[], %(dealers)s::bigint[], %(subjects)s::text[]) AS k(number, dealer_id, subject)
CROSS JOIN LATERAL (
    SELECT * FROM ({lines}) l WHERE {condition}
    ORDER BY {order}, doc_no, line_no LIMIT %(pieces)s
) f
JOIN dealers_dealer d ON d.id = k.dealer_id
LEFT JOIN dealers_product p ON p.id = f.product_id
LEFT JOIN dealers_region r ON r.id = f.region_id
ORDER BY k.number, {outer}, f.doc_no, f.line_no
"""
_COLUMNS = (
    "l.doc_no, l.line_no, l.revision, l.sold_at, l.sold_on, l.product_id, l.quantity, l.unit_price, l.region_id,"
    " l.reported_at, l.customer, l.flags, l.verdict"
)


def lines_seen(
    asked: Asked,
    keys: Sequence[tuple[int, str]],
    condition: str,
    params: Mapping[str, Any] | None = None,
    *,
    order: str = "abs({row}quantity * {row}unit_price) DESC",
    first: str = "first",
    end: str = "end",
    pieces: int = PIECES,
) -> list[list[dict[str, Any]]]:
    """The most telling lines of each key (dealer and subject), in one statement.

    ``condition`` is SQL over a line and ``k.subject``. States that were replaced while a run went on are found too.
    """
    if not keys:
        return []
    lines = asked.lines(_COLUMNS, where="AND l.dealer_id = k.dealer_id", first=first, end=end, past=True)
    sql = _SQL.format(
        lines=lines, condition=condition, order=order.format(row=""), outer=order.format(row="f."), pieces=pieces
    )
    found: list[list[dict[str, Any]]] = [[] for _key in keys]
    for number, *row in rows_of(sql, {**asked.params, **(params or {}), **keyed(keys), "pieces": pieces}):
        found[number].append(_piece(row))
    return found


def _piece(row: Sequence[Any]) -> dict[str, Any]:
    dealer, doc_no, line_no, revision, sold_at, sku, quantity, unit_price, region, reported_at, customer = row
    return {
        "kind": "sale_line",
        "dealer": dealer,
        "doc_no": doc_no,
        "line_no": line_no,
        "revision": revision,
        "sold_at": sold_at.isoformat(),
        "sku": sku or "",
        "quantity": quantity,
        "unit_price": str(unit_price),
        "region": region or "",
        "reported_at": reported_at.isoformat(),
        "customer": customer[:8],
    }


def revised_since(
    pieces: Iterable[Mapping[str, Any]], dealers: Mapping[str, int]
) -> dict[tuple[str, str, int], SaleLine]:
    """The lines among the pieces that say something else today, by dealer's code, document and line; one query."""
    seen = {
        (str(piece["dealer"]), str(piece["doc_no"]), int(piece["line_no"])): int(piece["revision"])
        for piece in pieces
        if piece["kind"] == "sale_line" and piece["dealer"] in dealers
    }
    if not seen:
        return {}
    codes = {dealer_id: code for code, dealer_id in dealers.items()}
    lines = SaleLine.objects.filter(
        dealer_id__in={dealers[code] for code, _doc, _line in seen}, doc_no__in={doc for _code, doc, _line in seen}
    )
    found = {}
    for line in lines:
        key = codes[line.dealer_id], line.doc_no, line.line_no
        if key in seen and line.revision != seen[key]:
            found[key] = line
    return found
