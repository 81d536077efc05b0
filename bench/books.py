"""A company whose books are about to be settled: sale lines of one half-month, the tallies intake keeps beside them,
and something of every kind of statement line. Written by SQL, since only the reading is measured.
"""

from __future__ import annotations

from bench.scratch import settled_tables
from dealers.foundation.half_months import HalfMonth

#: The quarter's last half-month, in which remote subsidies are settled too; it has 16 days.
PERIOD = HalfMonth.parse("2026-12-H2")


def fill(*, dealers: int, lines: int, deliveries: int) -> None:
    """The company: every dealer reports ``deliveries`` times in the half-month, ``lines`` sale lines in all.

    Every dealer has one credit of each one-off kind, counts five of ten products whose list price falls and received
    them twice within the month; every tenth has the right to the remote subsidy, every hundredth forfeited the year.
    """
    from django.db import connection

    from dealers.foundation import clock
    from dealers.services.calendar import load_calendar
    from tests import factories

    factories.PolicyVersion()
    load_calendar(actor=None, at=clock.now())
    asked = {
        "dealers": dealers,
        "per_dealer": max(1, lines // dealers),
        "deliveries": deliveries,
        "start": PERIOD.starts_at,
        "period": PERIOD.ordinal,
        "days": PERIOD.days,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        for sql in (*COMPANY, *_OTHER_KINDS):
            cursor.execute(sql, asked)
        cursor.execute("RESET synchronous_commit")
    settled_tables()


def fill_half_months(*, dealers: int, first: HalfMonth, count: int, deliveries: int) -> None:
    """Only the tallies of ``count`` half-months from ``first`` on: what settlements and backtests read of sales."""
    from django.db import connection

    from dealers.foundation import clock
    from dealers.services.calendar import load_calendar
    from tests import factories

    factories.PolicyVersion()
    load_calendar(actor=None, at=clock.now())
    with connection.cursor() as cursor:
        for sql in COMPANY[:3]:
            cursor.execute(sql, {"dealers": dealers})
        for ordinal in range(first.ordinal, first.ordinal + count):
            starts_at = HalfMonth.from_ordinal(ordinal).starts_at
            cursor.execute(_TALLY_ALONE, {"period": ordinal, "start": starts_at, "deliveries": deliveries})
    settled_tables()


COMPANY = (
    """
    INSERT INTO dealers_dealer (code, name, uscc, industry, annual_revenue, activated_on, state, created_at)
    SELECT 'D' || lpad(n::text, 6, '0'), 'Dealer ' || n, lpad(n::text, 18, '0'), 'fmcg', 10000000, '2026-01-01',
           'active', '2026-01-01' FROM generate_series(1, %(dealers)s) n
    """,
    """
    INSERT INTO dealers_dealertier (dealer_id, tier, valid, reason)
    SELECT id, 'T' || (1 + id %% 3), daterange('2026-01-01', NULL), '' FROM dealers_dealer
    """,
    """
    INSERT INTO dealers_product (sku, gtin, name_zh, name_en, category, industry)
    SELECT 'S' || n, '', 'S' || n, 'S' || n, 'category-' || n %% 8, 'fmcg' FROM generate_series(1, 200) n
    """,
    """
    INSERT INTO pricing_saleline (dealer_id, doc_no, line_no, revision, product_id, region_id, sold_at, sold_on,
        quantity, unit_price, channel, customer, verdict, flags, reported_at, known_from, delivery_id)
    SELECT d.id, 'N' || (n / 5), n %% 5, 1, p.first + (d.id * 7 + n * 13) %% 200, 1,
        moment, (moment AT TIME ZONE 'Asia/Shanghai')::date,
        CASE WHEN n %% 50 = 0 THEN -1 ELSE 1 + n %% 3 END, 10 + (d.id * 31 + n * 17) %% 9000 / 7.0, 1, '',
        CASE WHEN n %% 50 = 0 THEN 6 WHEN n %% 29 = 0 THEN 3 ELSE 1 END, CASE WHEN n %% 97 = 0 THEN 1 ELSE 0 END,
        moment, moment, 1
    FROM (SELECT min(id) AS first FROM dealers_product) p,
         generate_series(1, %(per_dealer)s) n,
         dealers_dealer d,
         LATERAL (SELECT %(start)s::timestamptz + make_interval(days => n %% %(days)s, hours => 10) AS moment) m
    ORDER BY moment, d.id
    """,
    """
    INSERT INTO pricing_salestally (dealer_id, category, period, known_at, lines, quantity, amount, earning_lines,
        earning, breach_lines, breach)
    SELECT l.dealer_id, p.category, %(period)s, max(l.known_from), count(*), sum(l.quantity),
        sum(l.quantity * l.unit_price),
        count(*) FILTER (WHERE earns), coalesce(sum(l.quantity * l.unit_price) FILTER (WHERE earns), 0),
        count(*) FILTER (WHERE verdict = 3), coalesce(sum(l.quantity * l.unit_price) FILTER (WHERE verdict = 3), 0)
    FROM (SELECT *, verdict IN (1, 2, 5, 6) AND flags & 3 = 0 AS earns FROM pricing_saleline) l
    JOIN dealers_product p ON p.id = l.product_id
    GROUP BY extract(day FROM l.sold_on)::int * %(deliveries)s / %(days)s, l.dealer_id, p.category ORDER BY 4
    """,
)
_TALLY_ALONE = """
    INSERT INTO pricing_salestally (dealer_id, category, period, known_at, lines, quantity, amount, earning_lines,
        earning, breach_lines, breach)
    SELECT d.id, 'category-' || c, %(period)s, %(start)s::timestamptz + make_interval(hours => n), 10, 10,
        1000 + (d.id * 31 + n * 17 + c) %% 9000 / 7.0, 10, 1000 + (d.id * 31 + n * 17 + c) %% 9000 / 7.0, 0, 0
    FROM dealers_dealer d, generate_series(1, %(deliveries)s) n, generate_series(0, 7) c ORDER BY 4
"""
_OTHER_KINDS = (
    """
    INSERT INTO rebates_credit (dealer_id, kind, program, reference, for_period, base, rate, amount, proof, known_from)
    SELECT d.id, kind, upper(kind), kind || ':' || d.id, %(period)s, 100, 0, 1 + d.id %% 100 / 100.0,
        jsonb_build_object('rule', kind, 'rounding', 'half_up_cent', 'due', (1 + d.id %% 100 / 100.0)::text),
        %(start)s
    FROM dealers_dealer d, unnest(ARRAY['market_support', 'referral', 'penalty', 'adjustment']) kind
    """,
    """
    INSERT INTO dealers_listprice (product_id, price, valid, recorded_at)
    SELECT id, 100, daterange('2026-01-01', '2026-12-20'), '2026-01-01' FROM dealers_product ORDER BY id LIMIT 10
    """,
    """
    INSERT INTO dealers_listprice (product_id, price, valid, recorded_at)
    SELECT id, 90, daterange('2026-12-20', NULL), '2026-12-01' FROM dealers_product ORDER BY id LIMIT 10
    """,
    """
    INSERT INTO dealers_shipment (doc_no, line_no, dealer_id, product_id, quantity, unit_price, shipped_at, shipped_on,
        known_from, delivery_id)
    SELECT 'P' || d.id || '-' || k, s, d.id, p.first + (d.id + k * 2) %% 10, 20, 80,
        '2026-12-01 10:00+08'::timestamptz + make_interval(days => s * 7), '2026-12-01'::date + s * 7,
        '2026-12-01 12:00+08'::timestamptz + make_interval(days => s * 7), 1
    FROM (SELECT min(id) AS first FROM dealers_product) p, dealers_dealer d, generate_series(0, 4) k,
        generate_series(1, 2) s
    """,
    """
    INSERT INTO dealers_shipmenttally (delivery_id, dealer_id, category, period, known_at, lines, quantity, amount,
        remote_amount)
    SELECT 1, d.id, 'category-1', %(period)s - 1, '2026-12-15 12:00+08', 10, 200, 16000,
        CASE WHEN d.id %% 10 = 0 THEN 400000 ELSE 0 END FROM dealers_dealer d
    """,
    """
    INSERT INTO dealers_inventoryline (dealer_id, as_of, product_id, warehouse, on_hand, in_transit, known_from,
        delivery_id)
    SELECT d.id, '2026-12-19 18:00+08', p.first + (d.id + k * 2) %% 10, '', 30, 0, '2026-12-19 18:05+08', 1
    FROM (SELECT min(id) AS first FROM dealers_product) p, dealers_dealer d, generate_series(0, 4) k
    """,
    """
    INSERT INTO rebates_forfeiture (dealer_id, year, act, reference, reason, known_from)
    SELECT id, 2026, 'imposed', 'CASE-' || id, '', %(start)s FROM dealers_dealer WHERE id %% 100 = 0
    """,
)
