"""A whole company at work, written straight into the tables: every list of the product has something to page through.

Only what pages read; the amounts do not add up with each other, and nothing here went through a service.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import connection

from bench.company import build_company
from bench.scratch import settled_tables
from dealers.services.calendar import load_calendar
from tests import factories

#: The day of the benchmark; pages are asked as if it were then.
TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
_DAYS = 60


def fill(*, dealers: int, products: int, lines: int, promos: int) -> None:
    """A company of that size with two months of sales behind it."""
    factories.PolicyVersion()
    load_calendar(actor=None, at=NOW)
    build_company(dealers=dealers, products=products, cities=300, categories=40)
    given = {
        "today": TODAY,
        "now": NOW,
        "first": TODAY - timedelta(days=_DAYS),
        "days": _DAYS,
        "dealers": dealers,
        "lines": lines,
        "promos": promos,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        for sql in _COMPANY:
            cursor.execute(sql, given)
        cursor.execute("RESET synchronous_commit")
    settled_tables()


_COMPANY = (
    "CREATE TEMP TABLE d AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM dealers_dealer",
    "CREATE TEMP TABLE p AS SELECT id, sku, category, row_number() OVER (ORDER BY id) - 1 AS n FROM dealers_product",
    "CREATE TEMP TABLE c AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM dealers_region"
    " WHERE kind = 'city'",
    "CREATE INDEX ON d (n)",
    "CREATE INDEX ON p (n)",
    "CREATE INDEX ON c (n)",
    "UPDATE dealers_dealer SET home_region_id = c.id FROM d, c WHERE d.id = dealers_dealer.id AND c.n = d.n %% 300",
    "INSERT INTO dealers_dealertier (dealer_id, tier, valid, reason)"
    " SELECT id, 'T' || (n %% 3 + 1), daterange('2026-01-01', NULL), '' FROM d",
    "INSERT INTO dealers_contract (dealer_id, number, amount, valid)"
    " SELECT id, 'HT-' || n, 1000000, daterange('2026-01-01', '2027-01-01') FROM d",
    "INSERT INTO dealers_syncclock (dealer_id, inventory_at, sales_received_at, sales_days)"
    " SELECT id, %(now)s::timestamptz - (n %% 10 / 9) * interval '3 days', %(now)s::timestamptz,"
    " datemultirange(daterange('2026-01-01', %(today)s::date - (n %% 10 / 9)::int * 3)) FROM d",
    # deliveries, ten for each dealer
    "INSERT INTO dealers_feeddelivery (receipt, feed, door, received_at, delivered_by, filename, body_digest, lines,"
    " accepted, duplicates, revised, quarantined, remarks, dealer_id)"
    " SELECT gen_random_uuid(), CASE WHEN k %% 2 = 0 THEN 'sales' ELSE 'inventory' END, 'api',"
    " %(now)s::timestamptz - (k * 6 + 1) * interval '1 day' + d.n * interval '1 second', 'ERP', '', '', 100, 98, 0, 0,"
    " 2, '[]', d.id FROM generate_series(0, 9) k, d ORDER BY k DESC, d.n",
    "INSERT INTO dealers_quarantinedline (feed, line, content, field, value, code, params, state, refused_at,"
    " dealer_id, delivery_id, resolved_at, resolved_by_delivery_id) SELECT 'sales', 7,"
    " '{\"sku\": \"X\", \"quantity\": 1}', 'sku', 'X', 'unknown_sku', '{}',"
    " CASE WHEN id %% 3 = 0 THEN 'open' ELSE 'resubmitted' END, received_at, dealer_id, id,"
    " CASE WHEN id %% 3 > 0 THEN received_at END, CASE WHEN id %% 3 > 0 THEN id END FROM dealers_feeddelivery",
    # sale lines: every dealer on every day, by day
    """
    INSERT INTO pricing_saleline (dealer_id, doc_no, line_no, revision, product_id, region_id, sold_at, sold_on,
        quantity, unit_price, channel, customer, verdict, flags, reported_at, known_from, delivery_id)
    SELECT d.id, 'SO' || lpad((k / 4)::text, 9, '0'), k %% 4 + 1, 1, p.id, c.id,
        %(first)s::date + (k * %(days)s / %(lines)s)::int + time '03:00',
        %(first)s::date + (k * %(days)s / %(lines)s)::int,
        CASE WHEN k %% 67 = 0 THEN -1 ELSE k %% 4 + 1 END, 1000 + k %% 500, CASE WHEN k %% 20 = 0 THEN 2 ELSE 1 END, '',
        CASE WHEN k %% 67 = 0 THEN 6 WHEN k %% 25 = 0 THEN 3 WHEN k %% 60 = 0 THEN 4 WHEN k %% 11 = 0 THEN 5 ELSE 1 END,
        CASE WHEN k %% 50 = 0 THEN 1 WHEN k %% 33 = 0 THEN 8 ELSE 0 END, %(now)s, %(now)s, 1
    FROM generate_series(0::bigint, %(lines)s - 1) k
    JOIN d ON d.n = (k / 4 * 7919) %% %(dealers)s
    JOIN p ON p.n = (k * 104729) %% (SELECT count(*) FROM p)
    JOIN c ON c.n = d.n %% 300
    """,
    """
    INSERT INTO pricing_salestally (dealer_id, category, period, known_at, delivery_id, lines, quantity, amount,
        earning_lines, earning, breach_lines, breach)
    SELECT s.dealer_id, p.category, (extract(year FROM sold_on) * 24 + (extract(month FROM sold_on) - 1) * 2
        + (extract(day FROM sold_on) > 15)::int)::int, %(now)s, 1, count(*), sum(quantity), sum(quantity * unit_price),
        count(*), sum(quantity * unit_price), 0, 0
    FROM pricing_saleline s JOIN p ON p.id = s.product_id GROUP BY 1, 2, 3
    """,
    "INSERT INTO dealers_supplyhold (kind, reason, evidence, lift_evidence, note, opened_at, lifted_at, lift_note,"
    " dealer_id) SELECT CASE WHEN k = 0 THEN 'sync' ELSE 'manual' END, 'sync_overdue', '{}', '{}', '',"
    " %(now)s::timestamptz - (k + 1) * interval '5 days', CASE WHEN k = 0 THEN NULL ELSE %(now)s::timestamptz END, '',"
    " id FROM d, generate_series(0, 3) k WHERE n %% 10 = 9",
    "INSERT INTO dealers_listprice (price, valid, recorded_at, product_id) SELECT 1500 + k * 50,"
    " CASE WHEN k = 0 THEN daterange('2026-01-01', '2026-06-01') ELSE daterange('2026-06-01', NULL) END, %(now)s, id"
    " FROM p, generate_series(0, 1) k",
    # promotions in every place of their flow
    """
    INSERT INTO pricing_promorequest (code, title, kind, applicant_id, state, "window", budget, brand_share,
        dealer_share, other_share, other_party, goal, ad_copy, created_by_key, created_at, submitted_at, approved_at,
        taken_over)
    SELECT 'PQ' || lpad(k::text, 6, '0'), '活动 ' || k,
        (ARRAY['discount', 'gift', 'bundle', 'trade_in', 'clearance'])[k %% 5 + 1], d.id,
        CASE WHEN k %% 10 < 1 THEN 'legal_review' WHEN k %% 10 < 3 THEN 'budget_review' WHEN k %% 10 < 4 THEN 'approved'
             WHEN k %% 10 < 5 THEN 'ended' WHEN k %% 10 < 9 THEN 'evaluated' ELSE 'returned' END,
        CASE WHEN k %% 10 BETWEEN 4 AND 8 THEN daterange(%(today)s::date - 30, %(today)s::date - 23)
             ELSE daterange(%(today)s::date + 9, %(today)s::date + 16) END,
        20000 + k, 0.5, 0.5, 0, '', '', '', '', %(now)s::timestamptz - interval '40 days',
        %(now)s::timestamptz - interval '39 days',
        CASE WHEN k %% 10 BETWEEN 3 AND 8 THEN %(now)s::timestamptz - interval '38 days' END, false
    FROM generate_series(1, %(promos)s) k JOIN d ON d.n = (k * 7) %% %(dealers)s
    """,
    "CREATE TEMP TABLE r AS SELECT id, state, applicant_id, row_number() OVER (ORDER BY id) AS n"
    " FROM pricing_promorequest WHERE code LIKE 'PQ%%'",
    "INSERT INTO pricing_promorequest_dealers (promorequest_id, dealer_id) SELECT id, applicant_id FROM r",
    "INSERT INTO pricing_promoitem (request_id, product_id, promo_price)"
    " SELECT r.id, p.id, 900 FROM r JOIN p ON p.n = r.n %% (SELECT count(*) FROM p)",
    "INSERT INTO pricing_promosubmission (request_id, number, content, lead, submitted_at, submitted_by)"
    " SELECT id, 1, '{}', '{}', %(now)s::timestamptz - interval '39 days', 'owner' FROM r",
    """
    INSERT INTO pricing_promostep (submission_id, kind, authority, started_at, due_at, deadline, routing, findings,
        decision, reason, decided_at)
    SELECT s.id, 'legal', 'legal_reviewer', s.submitted_at, %(now)s::timestamptz + r.n %% 50 * interval '1 hour',
        '{"working_days": 1, "counted": [], "skipped": [], "provisional": false, "calendar": "x"}', '{}', '[]',
        CASE r.state WHEN 'legal_review' THEN '' WHEN 'returned' THEN 'return' ELSE 'approve' END, '',
        CASE r.state WHEN 'legal_review' THEN NULL ELSE s.submitted_at END
    FROM r JOIN pricing_promosubmission s ON s.request_id = r.id
    """,
    """
    INSERT INTO pricing_promostep (submission_id, kind, authority, started_at, due_at, deadline, routing, findings,
        decision, reason, decided_at)
    SELECT s.id, 'budget', 'marketing_director', s.submitted_at, %(now)s::timestamptz + r.n %% 50 * interval '1 hour',
        '{"working_days": 1, "counted": [], "skipped": [], "provisional": false, "calendar": "x"}',
        '{"authority": "marketing_director", "amount": "1", "own_budget": "1", "added": [], "routes": [],
          "policy": "x"}',
        '[]', CASE r.state WHEN 'budget_review' THEN '' ELSE 'approve' END, '',
        CASE r.state WHEN 'budget_review' THEN NULL ELSE s.submitted_at END
    FROM r JOIN pricing_promosubmission s ON s.request_id = r.id WHERE r.state NOT IN ('legal_review', 'returned')
    """,
    "INSERT INTO pricing_promoaccount (request_id, opened_at, due_at, deadline, completed_by)"
    " SELECT id, %(now)s, %(now)s::timestamptz + interval '9 days', '{}', '' FROM r WHERE state = 'ended'",
    """
    INSERT INTO pricing_promoevaluation (request_id, version, dealer_id, policy_id, baseline_from, sales, quantity,
        baseline, expected, spend, lines, breach_sales, brand_spend, spend_complete, uplift, uplift_rate, return_rate,
        recommendation, goals, products, days, findings, lessons, words, evaluated_by_id, evaluated_at)
    SELECT r.id, 1, r.applicant_id, (SELECT min(id) FROM dealers_policyversion), %(today)s::date - 58, 50000 + n, 50,
        160000, 40000, 20000, 50, 0, 10000, true, 10000 + n, 0.25, 2.5, (ARRAY['retire', 'keep', 'expand'])[n %% 3 + 1],
        '[]', '[]', '[]', '[{"code": "x", "severity": "info", "message": "", "params": {}, "field": "", "value": "",
        "line": null}]', '第' || n || '次：陈列靠近收银台', '第' || n || '次:陈列靠近收银台',
        (SELECT min(id) FROM dealers_user), %(now)s
    FROM r WHERE state = 'evaluated'
    """,
    "INSERT INTO pricing_promopieces (evaluation_id, pieces) SELECT e.id, (SELECT array_agg(DISTINCT"
    " substr(e.words, k, 2)::varchar(8)) FROM generate_series(1, length(e.words)) k) FROM pricing_promoevaluation e",
    "INSERT INTO pricing_promochannelresult (evaluation_id, channel, sales, quantity, baseline, expected, spend)"
    " SELECT id, k, sales / 2, 25, baseline / 2, expected / 2, spend / 2 FROM pricing_promoevaluation,"
    " generate_series(1, 2) k",
    # a company-wide promotion of headquarters that is over
    'INSERT INTO pricing_promorequest (code, title, kind, state, "window", budget, brand_share, dealer_share,'
    " other_share, other_party, goal, ad_copy, created_by_key, created_at, approved_at, taken_over)"
    " SELECT 'PR-WIDE', '全国', 'discount', 'ended', daterange(%(today)s::date - 20, %(today)s::date - 10), 1000000, 1,"
    " 0, 0, '', '', '', '', %(now)s, %(now)s::timestamptz - interval '40 days', false",
    "INSERT INTO pricing_promoitem (request_id, product_id, promo_price) SELECT r.id, p.id, 900"
    " FROM pricing_promorequest r, p WHERE r.code = 'PR-WIDE' AND p.n < 100",
    # price violations and cases
    """
    INSERT INTO pricing_violation (lines, quantity, amount, shortfall, fingerprint, gathered_at, kind, period, version,
        state, reason, case_number, confirmed_in, dealer_id)
    SELECT 3, 5, 5000, 500, n, %(now)s, 'below_floor', 48620 + k, 1, 'gathered', '', '', '', id
    FROM d, generate_series(0, 3) k WHERE n %% 2 = 0
    """,
    "INSERT INTO dealers_notice (kind, key, params, url, created_at, email, email_attempts, recipient_id)"
    ' SELECT \'promo\', \'bench-\' || k, \'{"reason": "promo_approved", "code": "PQ000001", "remark": ""}\', \'/\','
    " %(now)s, 'never', 0, u.id FROM dealers_user u, generate_series(1, 2000) k",
)
