"""Trades between dealers: sale lines whose end customer is a dealer by the keyed hash of its references.

One pass over the lines that name a customer, joined with a few hashes of every dealer. Two rules look at them: what
each sold to dealers, and whether it comes round in a circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import connection

from dealers.models import Dealer
from dealers.services.staging import copy_rows, temporary_table
from pricing.rules.customer_references import customer_hash, hash_key, references_of_dealer
from settlement.rules.signals import circles, dealer_trades
from settlement.rules.signals.dealer_trades import Trade
from settlement.selectors.signals.asked import Asked, Evidence, Found, amount, rows_of
from settlement.selectors.signals.lines import lines_seen

_SQL = """
SELECT s.dealer_id, r.dealer_id, d.code, s.amount, s.lines FROM (
    SELECT dealer_id, customer, sum(quantity * unit_price) AS amount, count(*) FILTER (WHERE quantity > 0) AS lines
    FROM ({lines}) l GROUP BY 1, 2
) s
JOIN signal_dealer_references r ON r.customer = s.customer JOIN dealers_dealer d ON d.id = r.dealer_id
"""
_TOTALS = """
SELECT dealer_id, sum(amount) FROM pricing_salestally
WHERE dealer_id = ANY(%(dealers)s) AND period BETWEEN %(from)s AND %(to)s AND known_at <= %(at)s GROUP BY 1
"""
_TO_DEALERS = "customer IN (SELECT customer FROM signal_dealer_references)"


def read_dealer_trades(asked: Asked, limits: dealer_trades.Limits) -> Iterator[tuple[dealer_trades.Facts, Any]]:
    """Every dealer that named dealers as customers, with all it sold."""
    by_seller: dict[int, list[Trade]] = defaultdict(list)
    for trade in _trades(asked):
        by_seller[trade.seller_id].append(trade)
    totals = dict(
        rows_of(
            _TOTALS,
            {
                "dealers": list(by_seller),
                "from": asked.window.first.ordinal,
                "to": asked.window.last.ordinal,
                "at": asked.at,
            },
        )
    )
    for seller_id, trades in by_seller.items():
        yield (
            dealer_trades.Facts(seller_id, asked.window.key, amount(totals.get(seller_id)), tuple(trades)),
            sum(trade.lines for trade in trades),
        )


def read_circles(asked: Asked, limits: circles.Limits) -> Iterator[tuple[circles.Facts, Any]]:
    """All trades of the window at once: a circle is nobody's alone."""
    trades = tuple(_trades(asked))
    ends = {end for trade in trades for end in (trade.seller_id, trade.buyer_id)}
    codes = dict(Dealer.objects.filter(pk__in=ends).values_list("pk", "code"))
    lines: dict[int, int] = defaultdict(int)
    for trade in trades:
        lines[trade.seller_id] += trade.lines
    yield circles.Facts(asked.window.key, trades, codes), dict(lines)


def evidence_of_trades(asked: Asked, found: Sequence[Found]) -> list[Evidence]:
    """The largest lines sold to dealers."""
    keys = [(one.signal.dealer_id, "") for one in found]
    pieces = lines_seen(asked, keys, _TO_DEALERS)
    return [
        Evidence(lines, one.hint if isinstance(one.hint, int) else one.hint[one.signal.dealer_id])
        for one, lines in zip(found, pieces, strict=True)
    ]


def _trades(asked: Asked) -> Iterator[Trade]:
    _refer_to_dealers()
    edges: dict[tuple[int, int], Trade] = {}
    sql = _SQL.format(lines=asked.lines("dealer_id, customer, quantity, unit_price", where="AND l.customer <> ''"))
    for seller_id, buyer_id, buyer, worth, lines in rows_of(sql, asked.params):
        known = edges.get((seller_id, buyer_id))  # the same dealer by its code and by its name
        if known is not None:
            worth, lines = worth + known.amount, lines + known.lines
        edges[seller_id, buyer_id] = Trade(seller_id, buyer_id, buyer, amount(worth), lines)
    yield from edges.values()


def _refer_to_dealers() -> None:
    """The hashes of every dealer's references, for the rest of this transaction."""
    key = hash_key(settings.CUSTOMER_HASH_KEY)
    dealers = Dealer.objects.filter(pk__gt=0).values_list("pk", "code", "name", "uscc")
    with connection.cursor() as cursor:
        temporary_table(cursor, "signal_dealer_references", "customer text, dealer_id bigint")
        copy_rows(
            cursor,
            "signal_dealer_references",
            ("customer", "dealer_id"),
            (
                (customer_hash(reference, key), pk)
                for pk, code, name, uscc in dealers.iterator(5_000)
                for reference in references_of_dealer(code=code, name=name, uscc=uscc)
            ),
        )
        cursor.execute("ANALYZE signal_dealer_references")
