"""The tally is always what a plain sum over the lines says, whatever was delivered, revised or judged again."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from dealers.models import FeedDelivery
from pricing.services.rejudge import rejudge

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 20, tzinfo=UTC)

# Written from the rulebook, not from the code: what earns, what is a breach.
_FROM_LINES = """
    SELECT l.dealer_id, p.category,
        extract(year FROM l.sold_on)::int * 24 + (extract(month FROM l.sold_on)::int - 1) * 2
            + CASE WHEN extract(day FROM l.sold_on) >= 16 THEN 1 ELSE 0 END,
        count(*), sum(l.quantity), sum(l.quantity * l.unit_price),
        count(*) FILTER (WHERE earns), coalesce(sum(l.quantity * l.unit_price) FILTER (WHERE earns), 0),
        count(*) FILTER (WHERE breaks), coalesce(sum(l.quantity * l.unit_price) FILTER (WHERE breaks), 0)
    FROM (
        SELECT *, flags & 3 = 0 AND (verdict IN (1, 2, 5, 6) OR flags & 8 = 8) AS earns,
            verdict IN (3, 4) AND flags & 8 = 0 AS breaks
        FROM {lines}
    ) l JOIN dealers_product p ON p.id = l.product_id
    GROUP BY 1, 2, 3
"""
_FROM_TALLY = """
    SELECT dealer_id, category, period, sum(lines), sum(quantity), sum(amount), sum(earning_lines), sum(earning),
        sum(breach_lines), sum(breach)
    FROM pricing_salestally WHERE known_at <= %s GROUP BY 1, 2, 3
"""
_KNOWN_AT = """(
    SELECT dealer_id, product_id, sold_on, quantity, unit_price, verdict, flags FROM pricing_saleline
    WHERE known_from <= %(at)s
    UNION ALL
    SELECT dealer_id, product_id, sold_on, quantity, unit_price, verdict, flags FROM pricing_salelinehistory
    WHERE known_from <= %(at)s AND known_until > %(at)s
) states"""


def sums(sql: str, params: Any) -> dict[tuple[Any, ...], tuple[Decimal, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = {row[:3]: tuple(Decimal(number) for number in row[3:]) for row in cursor.fetchall()}
    return {key: row for key, row in rows.items() if any(row)}


@pytest.mark.parametrize("seed", range(6))
def test_the_tally_equals_the_lines_at_every_instant(
    report: Callable[..., FeedDelivery], company: SimpleNamespace, make_promo: Any, seed: int
) -> None:
    dice = random.Random(seed)
    make_promo(company.phone, "80", datetime(2026, 10, 1, tzinfo=UTC))
    instants = []
    for step in range(12):
        at = START + timedelta(hours=step)
        instants.append(at)
        if step % 4 == 3:
            company.phone_band.floor = dice.choice([85, 95, 105])
            company.phone_band.save()
            rejudge(days=(date(2026, 10, 1), None), reason="test", actor=None, at=at)
            continue
        lines = [
            {
                "dealer": dice.choice(["D1", "D2"]),
                "doc_no": f"S{dice.randrange(4)}",
                "line_no": dice.randrange(1, 4),
                "revision": dice.randrange(1, 4),
                "sold_at": f"2026-{dice.choice(['10-31', '11-01', '11-16'])}T1{dice.randrange(2)}:00:00+08:00",
                "sku": dice.choice(["PHONE", "CASE", "SPARE"]),
                "quantity": dice.choice([-1, 1, 2]),
                "unit_price": dice.choice(["79", "80.000001", "100", "111"]),
                "region": dice.choice(["C3301", "C3302", "P31"]),
                "channel": dice.choice(["retail", "b2b"]),
            }
            for _line in range(dice.randrange(1, 25))
        ]
        report(*lines, dealer=None, at=at)

    assert sums(_FROM_LINES.format(lines="pricing_saleline"), []) == sums(_FROM_TALLY, [instants[-1]])
    for at in instants:
        assert sums(_FROM_LINES.format(lines=_KNOWN_AT), {"at": at}) == sums(_FROM_TALLY, [at])
