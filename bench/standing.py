"""A company with a year behind it that scorecards and tier reviews are reckoned from, written by SQL.

Every dealer reported and counted on every day of the quarter, some late; sold, bought, was judged, was asked for
service and has a target and a person who is told.
"""

from __future__ import annotations

from dealers.foundation.half_months import HalfMonth
from dealers.foundation.periods import Quarter

QUARTER = Quarter.parse("2026-Q3")
_FIRST, _LAST = HalfMonth.parse("2025-07-H1"), HalfMonth.parse("2026-09-H2")


def fill(*, dealers: int, lines: int) -> None:
    """The company; ``lines`` sale lines of the quarter, and 15 months of tallies for every dealer."""
    from django.db import connection

    from bench.scratch import settled_tables
    from dealers.foundation import clock
    from dealers.services.calendar import load_calendar
    from tests import factories

    factories.PolicyVersion()
    load_calendar(actor=None, at=clock.now())
    asked = {
        "dealers": dealers,
        "per_dealer": max(1, lines // dealers),
        "start": QUARTER.start,
        "days": (QUARTER.end - QUARTER.start).days,
        "quarter": str(QUARTER),
        "first": _FIRST.ordinal,
        "last": _LAST.ordinal,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        for sql in _COMPANY:
            cursor.execute(sql, asked)
        cursor.execute("RESET synchronous_commit")
    settled_tables()


def floor() -> None:
    """One aggregate by dealer over each table that cards and tier scores are reckoned from."""
    from django.db import connection

    with connection.cursor() as cursor:
        for sql in _FLOOR:
            cursor.execute(sql, {"start": QUARTER.start, "end": QUARTER.end})
            cursor.fetchall()


_FLOOR = (
    "SELECT dealer_id, sum(amount) FROM pricing_salestally GROUP BY 1",
    "SELECT dealer_id, sum(amount) FROM dealers_shipmenttally GROUP BY 1",
    "SELECT dealer_id, count(*), count(*) FILTER (WHERE verdict = 3), count(DISTINCT region_id)"
    " FROM pricing_saleline WHERE sold_on >= %(start)s AND sold_on < %(end)s GROUP BY 1",
    "SELECT dealer_id, count(*), max(first_received_at) FROM dealers_feedday"
    " WHERE day >= %(start)s AND day < %(end)s GROUP BY 1",
    "SELECT dealer_id, count(DISTINCT as_of), max(known_from) FROM dealers_inventoryline GROUP BY 1",
    "SELECT k.dealer_id, count(*), sum(t.rating) FROM aftersales_responseclock k"
    " JOIN aftersales_ticket t ON t.id = k.ticket_id GROUP BY 1",
)

_COMPANY = (
    "INSERT INTO dealers_region (code, name_zh, name_en, kind, remote)"
    " SELECT 'P' || n, '省' || n, 'Province ' || n, 'province', false FROM generate_series(0, 29) n",
    "INSERT INTO dealers_region (code, name_zh, name_en, kind, remote, city_tier, parent_id)"
    " SELECT 'C' || n, '市' || n, 'City ' || n, 'city', false, 1 + n %% 3, p.id FROM generate_series(0, 299) n"
    " JOIN dealers_region p ON p.code = 'P' || n %% 30",
    """
    INSERT INTO dealers_dealer (code, name, uscc, industry, annual_revenue, activated_on, state, created_at,
        home_region_id)
    SELECT 'D' || lpad(n::text, 6, '0'), 'Dealer ' || n, lpad(n::text, 18, '0'), 'fmcg', 1000000 + n %% 50 * 1000000,
           '2025-01-01', 'active', '2025-01-01', c.id
    FROM generate_series(1, %(dealers)s) n JOIN dealers_region c ON c.code = 'C' || n %% 300
    """,
    "INSERT INTO dealers_dealertier (dealer_id, tier, valid, reason)"
    " SELECT id, 'T' || (1 + id %% 3), daterange('2026-01-01', NULL), '' FROM dealers_dealer",
    "INSERT INTO dealers_territory (dealer_id, region_id, exclusive, valid)"
    " SELECT id, home_region_id, false, daterange('2026-01-01', NULL) FROM dealers_dealer",
    """
    INSERT INTO dealers_user (password, is_superuser, username, first_name, last_name, email, is_staff, is_active,
        date_joined, role, dealer_id, language)
    SELECT '!', false, 'owner' || id, 'Owner', '', 'owner' || id || '@example.com', false, true, now(),
        'dealer_owner', id, 'zh-hans' FROM dealers_dealer
    """,
    "INSERT INTO dealers_product (sku, gtin, name_zh, name_en, category, industry)"
    " SELECT 'S' || n, '', 'S' || n, 'S' || n, 'category-' || n %% 8, 'fmcg' FROM generate_series(1, 200) n",
    """
    INSERT INTO pricing_saleline (dealer_id, doc_no, line_no, revision, product_id, region_id, territory_id, sold_at,
        sold_on, quantity, unit_price, channel, customer, verdict, flags, reported_at, known_from, delivery_id)
    SELECT d.id, 'N' || (n / 5), n %% 5, 1, p.first + (d.id * 7 + n * 13) %% 200,
        c.first + (d.id + n %% (1 + d.id %% 15)) %% 300, t.id, moment, (moment AT TIME ZONE 'Asia/Shanghai')::date,
        CASE WHEN n %% 50 = 0 THEN -1 ELSE 1 + n %% 3 END, 10 + (d.id * 31 + n * 17) %% 9000 / 7.0, 1, '',
        CASE WHEN n %% 50 = 0 THEN 6 WHEN (n + d.id) %% 29 = 0 THEN 3 ELSE 1 END,
        CASE WHEN n %% 97 = 0 THEN 1 ELSE 0 END, moment, moment, 1
    FROM (SELECT min(id) AS first FROM dealers_product) p,
         (SELECT min(id) AS first FROM dealers_region WHERE kind = 'city') c,
         generate_series(1, %(per_dealer)s) n,
         dealers_dealer d JOIN dealers_territory t ON t.dealer_id = d.id,
         LATERAL (SELECT %(start)s::date::timestamp AT TIME ZONE 'Asia/Shanghai'
                         + make_interval(days => n %% %(days)s, hours => 10) AS moment) m
    ORDER BY moment, d.id
    """,
    """
    INSERT INTO pricing_salestally (dealer_id, category, period, known_at, lines, quantity, amount, earning_lines,
        earning, breach_lines, breach)
    SELECT d.id, 'category-' || c, h, '2025-07-01'::timestamptz + (h - %(first)s) * interval '15 days', 10, 10,
        1000 + (d.id * 31 + h * 17 + c) %% 9000 / 7.0, 10, 1000 + (d.id * 31 + h * 17 + c) %% 9000 / 7.0, 0, 0
    FROM generate_series(%(first)s, %(last)s) h, generate_series(1, 2) again, generate_series(0, 3) c, dealers_dealer d
    ORDER BY 4
    """,
    """
    INSERT INTO dealers_shipmenttally (delivery_id, dealer_id, category, period, known_at, lines, quantity, amount,
        remote_amount)
    SELECT 1, d.id, 'category-' || c, h, '2025-07-01'::timestamptz + (h - %(first)s) * interval '15 days', 10, 200,
        1000 + d.id %% 400 * 1000, 0
    FROM generate_series(%(first)s, %(last)s) h, generate_series(0, 1) c, dealers_dealer d ORDER BY 5
    """,
    # Every 40th day comes a day late; every fiftieth dealer leaves days out.
    """
    INSERT INTO dealers_feedday (dealer_id, feed, day, coverage, first_received_at, delivery_id)
    SELECT d.id, 'sales', %(start)s::date + n, 'lines', (%(start)s::date + n)::timestamp AT TIME ZONE 'Asia/Shanghai'
        + make_interval(hours => CASE WHEN (d.id + n) %% 40 = 0 THEN 50 ELSE 20 END), 1
    FROM generate_series(0, %(days)s - 1) n, dealers_dealer d WHERE d.id %% 50 > 0 OR n %% 10 > 0
    """,
    """
    INSERT INTO dealers_inventoryline (dealer_id, as_of, product_id, warehouse, on_hand, in_transit, known_from,
        delivery_id)
    SELECT d.id, m.moment, p.first + (d.id + k) %% 200, '', 30, 0, m.moment + interval '5 minutes', 1
    FROM (SELECT min(id) AS first FROM dealers_product) p, generate_series(0, %(days)s - 1) n, dealers_dealer d,
        generate_series(0, 1) k, LATERAL (SELECT (%(start)s::date + n)::timestamp AT TIME ZONE 'Asia/Shanghai'
        + make_interval(hours => 18) AS moment) m
    WHERE (d.id + n) %% 30 > 0
    """,
    """
    INSERT INTO aftersales_ticket (number, token_key, source, dealer_id, serial, purchase_doc, topic, description,
        contact, phone, phone_key, phone_hint, consent_at, device_key, address_key, received_at, received_on,
        entered_by, external_id, policy_id, state, first_responded_at, resolved_at, closed_at, reopened, complaint_by,
        rating, rated_at)
    SELECT 'TK' || d.id || '-' || n, d.id || '-' || n, 'public', d.id, '', '', 'fault', 'x', '', '', '', '', moment,
        '', '', moment, moment::date, '', '', p.id, 'closed', moment + interval '20 hours', moment + interval '2 days',
        moment + interval '3 days', 0, '', 1 + (d.id + n) %% 5, moment + interval '3 days'
    FROM dealers_policyversion p, dealers_dealer d, generate_series(1, 10) n,
        LATERAL (SELECT %(start)s::date::timestamptz + make_interval(days => n * 8, hours => 9) AS moment) m
    """,
    """
    INSERT INTO aftersales_responseclock (ticket_id, dealer_id, started_at, hours, due_at, assigned_by, reason,
        escalated, responded_at)
    SELECT id, dealer_id, received_at, 24, received_at + interval '24 hours', '', '', 0,
        received_at + make_interval(hours => CASE WHEN id %% 9 = 0 THEN 30 ELSE 5 END) FROM aftersales_ticket
    """,
    "INSERT INTO rebates_salestarget (dealer_id, quarter, amount, reason, set_at, set_by)"
    " SELECT id, %(quarter)s, 30000 + id %% 7 * 1000, '', '2026-06-28', 'policy' FROM dealers_dealer WHERE id %% 6 > 0",
)
