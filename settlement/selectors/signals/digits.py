"""Digits of document amounts and of minutes of sale, counted per dealer in the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from settlement.rules.signals.digits import (
    AMOUNTS,
    BENFORD,
    EVEN,
    Facts,
    Limits,
    first_digits,
    series_tested,
)
from settlement.selectors.signals.asked import Asked, Evidence, Found, amount, rows_of

_SQL = """
WITH documents AS MATERIALIZED (
    SELECT dealer_id, sum(quantity * unit_price) AS amount,
           extract(minute FROM min(sold_at))::int AS minute
    FROM ({lines}) l GROUP BY dealer_id, doc_no HAVING sum(quantity * unit_price) > 0
), large AS (
    SELECT dealer_id, percentile_disc(0.01) WITHIN GROUP (ORDER BY amount) AS low,
           percentile_disc(0.99) WITHIN GROUP (ORDER BY amount) AS high, sum(amount) AS amount
    FROM documents GROUP BY dealer_id HAVING count(*) >= %(least_sample)s
), digits AS (
    SELECT d.dealer_id, d.minute,
           least(99, greatest(10, trunc(d.amount / 10 ^ (floor(log(d.amount::float8)) - 1)::int)))::int AS pair
    FROM documents d JOIN large USING (dealer_id)
)
SELECT l.dealer_id, l.low, l.high, l.amount, p.counts, m.counts
FROM large l
JOIN (SELECT dealer_id, json_object_agg(pair, n) AS counts
      FROM (SELECT dealer_id, pair, count(*) AS n FROM digits GROUP BY 1, 2) s GROUP BY 1) p USING (dealer_id)
JOIN (SELECT dealer_id, json_object_agg(minute, n) AS counts
      FROM (SELECT dealer_id, minute, count(*) AS n FROM digits GROUP BY 1, 2) s GROUP BY 1) m USING (dealer_id)
"""


def read(asked: Asked, limits: Limits) -> Iterator[tuple[Facts, Any]]:
    """Every dealer with a large enough sample, told how many tests the whole company makes; the hint are the facts."""
    lines = asked.lines("dealer_id, doc_no, sold_at, quantity, unit_price", where="AND l.quantity > 0")
    found = [
        _facts(asked, row)
        for row in rows_of(_SQL.format(lines=lines), {**asked.params, "least_sample": limits.least_sample})
    ]
    tests = sum(series_tested(facts, limits) for facts in found)
    for facts in found:
        told = replace(facts, tests=tests)
        yield told, told


def evidence(asked: Asked, found: Sequence[Found]) -> list[Evidence]:
    """How often each digit was seen and how often it was to be expected."""
    return [_table(one) for one in found]


def _facts(asked: Asked, row: Sequence[Any]) -> Facts:
    dealer_id, low, high, worth, pairs, by_minute = row
    minutes = {int(minute): int(count) for minute, count in by_minute.items()}
    return Facts(
        dealer_id,
        asked.window.key,
        _in_order(pairs, range(10, 100)),
        tuple(sum(count for minute, count in minutes.items() if minute % 10 == digit) for digit in range(10)),
        max(minutes.values()),
        amount(low),
        amount(high),
        amount(worth),
    )


def _in_order(counts: Mapping[str, Any], keys: range) -> tuple[int, ...]:
    return tuple(int(counts.get(str(key), 0)) for key in keys)


def _table(one: Found) -> Evidence:
    facts: Facts = one.hint
    if one.signal.subject == AMOUNTS:
        counts, shares, first = first_digits(facts.leading), BENFORD, 1
    else:
        counts, shares, first = tuple(facts.minutes), EVEN, 0
    sample = sum(counts)
    rows = [
        {"kind": "digit", "series": one.signal.subject, "digit": digit, "seen": seen, "expected": round(sample * share)}
        for digit, (seen, share) in enumerate(zip(counts, shares, strict=True), start=first)
    ]
    return Evidence(rows, len(rows))
