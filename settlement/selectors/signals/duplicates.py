"""Documents with the same goods, quantities, prices and customer, in one pass over the lines.

A document's fingerprint is a sum over its lines, so the order of lines does not matter; prices and quantities enter
without their sign, so that a document taken back in full shows beside its original. The first reported is the original.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from settlement.rules.signals.duplicates import Facts, Limits
from settlement.selectors.signals.asked import Asked, Evidence, Found, amount, days_before, rows_of
from settlement.selectors.signals.lines import lines_seen

#: Originals are looked for so many days before the window too.
LOOK_BACK_DAYS = 31
_EXAMPLES = 15

_SQL = """
WITH documents AS (
    SELECT dealer_id, doc_no, min(sold_on) AS day, min(reported_at) AS reported_at, count(*) AS lines,
           sum(quantity * unit_price) AS amount, max(customer) AS customer,
           min(sign(quantity)) AS least, max(sign(quantity)) AS most,
           sum(hash_numeric_extended(unit_price * abs(quantity), product_id * 65536 + abs(quantity))) AS print
    FROM ({lines}) l GROUP BY dealer_id, doc_no
), telling AS (
    SELECT *, most < 0 AS returned FROM documents
    WHERE least = most AND abs(amount) >= %(least_amount)s
      AND CASE WHEN customer = '' THEN lines >= %(least_lines_unnamed)s
               ELSE lines >= %(least_lines)s OR abs(amount) >= %(large_amount)s END
), placed AS (
    SELECT *, count(*) FILTER (WHERE returned) OVER alike AS returns,
           row_number() OVER (PARTITION BY print, lines, customer, returned
                              ORDER BY reported_at, day, dealer_id, doc_no) AS place,
           first_value(dealer_id) OVER first AS first_dealer_id, first_value(doc_no) OVER first AS first_doc_no
    FROM telling
    WINDOW alike AS (PARTITION BY print, lines, customer),
           first AS (PARTITION BY print, lines, customer ORDER BY returned, reported_at, day, dealer_id, doc_no)
), copies AS (
    SELECT p.*, o.code AS first_dealer, p.first_dealer_id = p.dealer_id AS own,
           row_number() OVER (PARTITION BY p.dealer_id ORDER BY amount DESC, doc_no) AS size
    FROM placed p JOIN dealers_dealer o ON o.id = p.first_dealer_id
    WHERE NOT returned AND place > 1 + returns AND day >= %(first)s
)
SELECT c.dealer_id, t.documents, count(*) FILTER (WHERE own), count(DISTINCT print) FILTER (WHERE own),
       sum(amount) FILTER (WHERE own), count(*) FILTER (WHERE NOT own), sum(amount) FILTER (WHERE NOT own),
       array_agg(DISTINCT first_dealer ORDER BY first_dealer) FILTER (WHERE NOT own),
       json_agg(json_build_array(doc_no, first_dealer, first_doc_no) ORDER BY size)
           FILTER (WHERE size <= %(examples)s),
       sum(lines)
FROM copies c
JOIN (SELECT dealer_id, count(*) AS documents FROM documents WHERE day >= %(first)s GROUP BY 1) t USING (dealer_id)
GROUP BY c.dealer_id, t.documents
"""


def read(asked: Asked, limits: Limits) -> Iterator[tuple[Facts, Any]]:
    """The dealers that repeat documents; the hint are some of the copies with their originals."""
    params = {
        **asked.params,
        **limits.model_dump(),
        "before": days_before(asked.window.starts_on, LOOK_BACK_DAYS),
        "examples": _EXAMPLES,
    }
    columns = "dealer_id, doc_no, sold_on, reported_at, quantity, unit_price, customer, product_id"
    for dealer_id, documents, own, originals, worth, across, across_worth, others, examples, lines in rows_of(
        _SQL.format(lines=asked.lines(columns, first="before")), params
    ):
        facts = Facts(
            dealer_id,
            asked.window.key,
            documents,
            own,
            originals,
            amount(worth),
            across,
            amount(across_worth),
            tuple(others or ()),
        )
        yield facts, (examples, int(lines))


def evidence(asked: Asked, found: Sequence[Found]) -> list[Evidence]:
    """The lines of some copies, each with the document it repeats."""
    keys = []
    for one in found:
        copies, _lines = one.hint
        keys.append((one.signal.dealer_id, "\n".join(doc_no for doc_no, _dealer, _original in copies)))
    condition = "doc_no = ANY(string_to_array(k.subject, E'\\n'))"
    lines = lines_seen(asked, keys, condition, order="{row}doc_no")
    return [_with_originals(one, pieces) for one, pieces in zip(found, lines, strict=True)]


def _with_originals(one: Found, pieces: list[dict[str, Any]]) -> Evidence:
    copies, lines = one.hint
    originals = {doc_no: {"dealer": dealer, "doc_no": original} for doc_no, dealer, original in copies}
    return Evidence([{**piece, "repeats": originals[piece["doc_no"]]} for piece in pieces], lines)
