"""A synthetic company of honest dealers (:mod:`bench.honest_sales`) with planted frauds (:mod:`bench.planted_frauds`).

What is planted is told with the company.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from bench.honest_sales import AT, ONE_DAY, OUTAGE, goods, sellers_of
from bench.planted_frauds import PlantedFrauds
from dealers.models import SystemOutage
from dealers.services.staging import copy_lines, temporary_table
from settlement.choices import SignalRule

_COLUMNS = (
    "dealer_id",
    "doc_no",
    "line_no",
    "product_id",
    "sold_at",
    "sold_on",
    "quantity",
    "unit_price",
    "channel",
    "customer",
    "verdict",
    "flags",
    "reported_at",
)


@dataclass(slots=True)
class Company:
    """Who is honest and who is not: the dealers planted by the rule that is to find them."""

    dealers: int
    lines: int = 0
    planted: dict[SignalRule, set[int]] = field(default_factory=lambda: defaultdict(set))

    @property
    def dishonest(self) -> set[int]:
        return set().union(*self.planted.values()) if self.planted else set()


def build(*, dealers: int, lines: int, plants: int, seed: int = 1) -> Company:
    """Make the company in an empty database: ``plants`` dealers for every kind of fraud, all others honest."""
    dice = random.Random(seed)
    company = Company(dealers)
    with transaction.atomic():
        prices, products, region = goods(dice)
        sellers = sellers_of(dealers, lines, len(products), dice)
        maker = PlantedFrauds(sellers, prices, products, plants, dice)
        with connection.cursor() as cursor:
            temporary_table(
                cursor,
                "fraud_lines",
                "dealer_id bigint, doc_no text, line_no int, product_id bigint, sold_at timestamptz, sold_on date,"
                " quantity int, unit_price numeric, channel int, customer text, verdict int, flags int,"
                " reported_at timestamptz",
            )
            company.lines = copy_lines(cursor, "fraud_lines", _COLUMNS, maker.lines())
            _store(cursor, region)
        company.planted = maker.planted
        maker.plant_findings()
        SystemOutage.objects.create(span=OUTAGE, reason="the data centre was flooded", recorded_at=OUTAGE[1])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return company


def _store(cursor: Any, region: int) -> None:
    cursor.execute(
        "INSERT INTO pricing_saleline (dealer_id, doc_no, line_no, revision, product_id, region_id, sold_at, sold_on,"
        " quantity, unit_price, channel, customer, verdict, flags, reported_at, known_from, delivery_id)"
        " SELECT dealer_id, doc_no, line_no, 1, product_id, %s, sold_at, sold_on, quantity, unit_price, channel,"
        " customer, verdict, flags, reported_at, reported_at, 1 FROM fraud_lines",
        [region],
    )
    cursor.execute(
        "INSERT INTO pricing_salestally (dealer_id, category, period, known_at, delivery_id, lines, quantity, amount,"
        " earning_lines, earning, breach_lines, breach)"
        " SELECT dealer_id, 'all', extract(year FROM sold_on)::int * 24 + (extract(month FROM sold_on)::int - 1) * 2"
        " + CASE WHEN extract(day FROM sold_on) < 16 THEN 0 ELSE 1 END, %s, 1, count(*), sum(quantity),"
        " sum(quantity * unit_price), count(*), sum(quantity * unit_price), 0, 0 FROM fraud_lines GROUP BY 1, 3",
        [AT - ONE_DAY],
    )


def multiply(company: Company, copies: int) -> None:
    """Add ``copies`` further honest dealers for each honest one, in the database and so in seconds.

    A twin has its own customers, prices a little off and no trades with dealers; nobody twins a planted fraud.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE honest AS SELECT id, row_number() OVER (ORDER BY id) AS place FROM dealers_dealer"
            " WHERE NOT id = ANY(%s)",
            [sorted(company.dishonest)],
        )
        cursor.execute("SELECT count(*), (SELECT max(id) FROM dealers_dealer) FROM honest")
        honest, highest = cursor.fetchone()
        for copy in range(1, copies + 1):
            params = {"copy": copy, "first": highest + (copy - 1) * honest}
            for sql in _TWINS:
                cursor.execute(sql, params)
        cursor.execute("SELECT setval(pg_get_serial_sequence('dealers_dealer', 'id'), max(id)) FROM dealers_dealer")
        cursor.execute("SELECT count(*) FROM pricing_saleline")
        company.lines = cursor.fetchone()[0]
        company.dealers += honest * copies
        cursor.execute("DROP TABLE honest")
        cursor.execute("ANALYZE")


_TWINS = (
    """
    INSERT INTO dealers_dealer (id, code, name, uscc, industry, annual_revenue, activated_on, state, created_at)
    SELECT %(first)s + h.place, d.code || '-' || %(copy)s, d.name || %(copy)s,
        '9' || lpad((%(first)s + h.place)::text, 17, '0'), d.industry, d.annual_revenue, d.activated_on, 'active',
        d.created_at
    FROM honest h JOIN dealers_dealer d USING (id)
    """,
    """
    INSERT INTO dealers_dealertier (dealer_id, tier, valid, reason)
    SELECT %(first)s + h.place, t.tier, t.valid, '' FROM honest h JOIN dealers_dealertier t ON t.dealer_id = h.id
    """,
    """
    INSERT INTO pricing_saleline (dealer_id, doc_no, line_no, revision, product_id, region_id, sold_at, sold_on,
        quantity, unit_price, channel, customer, verdict, flags, reported_at, known_from, delivery_id)
    SELECT %(first)s + h.place, l.doc_no, line_no, 1, product_id, region_id, sold_at, sold_on, quantity,
        round(unit_price * (1 + 0.013 * %(copy)s), 2), channel,
        CASE customer WHEN '' THEN '' ELSE md5(customer || %(copy)s) END, verdict, flags, reported_at, known_from, 1
    FROM honest h JOIN pricing_saleline l ON l.dealer_id = h.id
    """,
    """
    INSERT INTO pricing_salestally (dealer_id, category, period, known_at, delivery_id, lines, quantity, amount,
        earning_lines, earning, breach_lines, breach)
    SELECT %(first)s + h.place, category, period, known_at, 1, lines, quantity, amount * (1 + 0.013 * %(copy)s),
        earning_lines, earning * (1 + 0.013 * %(copy)s), 0, 0
    FROM honest h JOIN pricing_salestally t ON t.dealer_id = h.id
    """,
    """
    INSERT INTO pricing_stockfinding (dealer_id, product_id, code, opened_at, closed_at, units, params, found_at)
    SELECT %(first)s + h.place, product_id, code, opened_at, closed_at, units, params, found_at
    FROM honest h JOIN pricing_stockfinding f ON f.dealer_id = h.id
    """,
    """
    INSERT INTO dealers_stockadjustment (dealer_id, doc_no, line_no, revision, product_id, warehouse, kind, change,
        occurred_at, counterparty, reason, known_from, delivery_id)
    SELECT %(first)s + h.place, doc_no, line_no, 1, product_id, warehouse, kind, change, occurred_at, '', reason,
        known_from, 1
    FROM honest h JOIN dealers_stockadjustment a ON a.dealer_id = h.id
    """,
)
