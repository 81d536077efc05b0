"""One-off amounts as a settlement takes them up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from dealers.selectors.purchases import ALL_DEALERS, Shard


class CreditFact(NamedTuple):
    """A credit in whole numbers: ``amount`` in cents, ``base`` in micros, ``rate`` in millionths."""

    kind: str
    program: str
    reference: str
    for_period: int
    base: int
    rate: int
    amount: int
    proof: Mapping[str, Any]


def credits_to_settle(
    *, cutoff: datetime, shard: Shard = ALL_DEALERS, settled_in: int | None = None
) -> Mapping[int, list[CreditFact]]:
    """By dealer, the credits known at ``cutoff`` that no half-month has settled, or those that ``settled_in`` did.

    What a half-month has settled is on record and not inferred from instants: a credit is settled once, whenever its
    transaction was committed. One query.
    """
    taken = "s.credit_id IS NULL" if settled_in is None else "s.period = %s"
    sql = (
        "SELECT c.dealer_id, c.kind, c.program, c.reference, c.for_period, (c.base * 1000000)::numeric(40, 0),"
        " (c.rate * 1000000)::bigint, (c.amount * 100)::bigint, c.proof::text"
        " FROM rebates_credit c LEFT JOIN rebates_creditsettlement s ON s.credit_id = c.id"
        f" WHERE c.known_from <= %s AND {taken} {shard.condition('c.dealer_id')}"
        " ORDER BY c.dealer_id, c.for_period, c.known_from, c.reference"
    )
    found: dict[int, list[CreditFact]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [cutoff, *([] if settled_in is None else [settled_in])])
        for dealer_id, kind, program, reference, for_period, base, rate, amount, proof in cursor.fetchall():
            fact = CreditFact(kind, program, reference, for_period, int(base), rate, amount, msgspec.json.decode(proof))
            found.setdefault(dealer_id, []).append(fact)
    return found
