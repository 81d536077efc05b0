"""The staging table of sale lines, and the set-based words for what happens to its rows.

A line is new, a duplicate (the same content is known under its revision), a revision (a higher number than what
we have), or refused: other content needs a higher revision. Within one delivery earlier lines count as known.
"""

from __future__ import annotations

from dealers.services.staging import GivenRows

STAGED = "sale_lines_staged"
KEY = ("dealer_id", "doc_no", "line_no")
CONTENT = ("product_id", "region_id", "sold_at", "quantity", "unit_price", "channel", "customer")
FOUND = ("verdict", "flags", "band_id", "promo_item_id", "territory_id")
#: What a delivery says and the rule finds, in the order of the text that is copied.
COPIED = {
    "line": "bigint",
    "dealer_id": "bigint",
    "doc_no": "text",
    "sold_at": "timestamptz",
    "sold_on": "date",
    "region_id": "bigint",
    "territory_id": "bigint",
    "line_no": "int",
    "revision": "int",
    "product_id": "bigint",
    "quantity": "int",
    "unit_price": "numeric(18, 6)",
    "channel": "smallint",
    "customer": "text",
    "verdict": "smallint",
    "flags": "smallint",
    "band_id": "bigint",
    "promo_item_id": "bigint",
}
#: Every column of a state of a line but what only one of the two tables has.
STATE = (
    *KEY,
    "revision",
    "product_id",
    "region_id",
    "sold_at",
    "sold_on",
    "quantity",
    "unit_price",
    "channel",
    "customer",
    *FOUND,
    "reported_at",
    "known_from",
    "delivery_id",
)
_SAME_KEY = "({0}.dealer_id, {0}.doc_no, {0}.line_no) = ({1}.dealer_id, {1}.doc_no, {1}.line_no)"


def _columns(table: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)


def _same_content(left: str, right: str) -> str:
    return f"({_columns(left, CONTENT)}) = ({_columns(right, CONTENT)})"


CREATE = f"""
    CREATE TEMP TABLE IF NOT EXISTS {STAGED} (
        {", ".join(f"{column} {kind}" for column, kind in COPIED.items())}, fate "char", stored int
    ) ON COMMIT DELETE ROWS;
    DELETE FROM {STAGED}
"""
EMPTY = f"TRUNCATE {STAGED}"

_FROM_STAGED = _columns(
    "s", tuple(column for column in STATE if column not in {"reported_at", "known_from", "delivery_id"})
)
_INTO = ", ".join(STATE)


def insert_all(rows: GivenRows) -> str:
    """Insert rows as far as nothing is known of them.

    Sorted by the key, so that neighbours in the index are neighbours in time; the first of equals wins.
    """
    return f"""
        INSERT INTO pricing_saleline ({_INTO})
        SELECT {_FROM_STAGED}, %(reported)s, %(at)s, %(delivery)s FROM {rows.sql} s
        ORDER BY s.dealer_id, s.doc_no, s.line_no, s.line
        ON CONFLICT DO NOTHING
    """


INSERT_NEW = f"""
    INSERT INTO pricing_saleline ({_INTO})
    SELECT {_FROM_STAGED}, %(reported)s, %(at)s, %(delivery)s FROM {STAGED} s WHERE s.fate = 'n'
    ORDER BY s.dealer_id, s.doc_no, s.line_no
    ON CONFLICT DO NOTHING
"""

#: Fates: n(ew), r(evision), d(uplicate), o(ld revision), c(ontent differs under the same revision).
CLASSIFY = f"""
    UPDATE {STAGED} s SET stored = f.stored, fate = f.fate FROM (
        SELECT line, stored, CASE
            WHEN greatest(stored, before) IS NULL THEN 'n'
            WHEN revision > greatest(stored, before) THEN 'r'
            WHEN same THEN 'd'
            WHEN revision < greatest(stored, before) THEN 'o'
            ELSE 'c'
        END AS fate FROM (
            SELECT s.line, s.revision, t.revision AS stored,
                t.revision = s.revision AND {_same_content("t", "s")} AS same,
                max(s.revision) OVER (
                    PARTITION BY s.dealer_id, s.doc_no, s.line_no ORDER BY s.line
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ) AS before
            FROM {STAGED} s LEFT JOIN pricing_saleline t ON {_SAME_KEY.format("t", "s")}
        ) seen
    ) f WHERE f.line = s.line
"""
#: What repeats an earlier line of the delivery, or a revision that was replaced since, is a duplicate as well.
CLASSIFY_REPEATED = f"""
    UPDATE {STAGED} s SET fate = 'd' WHERE s.fate IN ('o', 'c') AND (
        EXISTS (
            SELECT FROM {STAGED} e WHERE {_SAME_KEY.format("e", "s")} AND e.line < s.line
            AND e.fate IN ('n', 'r') AND e.revision = s.revision AND {_same_content("e", "s")}
        ) OR EXISTS (
            SELECT FROM pricing_salelinehistory h WHERE {_SAME_KEY.format("h", "s")}
            AND h.revision = s.revision AND {_same_content("h", "s")}
        )
    )
"""
COUNT = f"SELECT fate, count(*) FROM {STAGED} GROUP BY fate"

#: Refused lines with the revision they met: the stored one or the highest before them in the delivery.
REFUSED = f"""
    SELECT s.line, s.fate, s.revision, greatest(s.stored, (
        SELECT max(e.revision) FROM {STAGED} e
        WHERE {_SAME_KEY.format("e", "s")} AND e.line < s.line AND e.fate IN ('n', 'r')
    )), s.dealer_id
    FROM {STAGED} s WHERE s.fate IN ('o', 'c') ORDER BY s.line
"""

#: Revisions whose line was first reported earlier; late is judged by the first report.
REVISED = f"""
    SELECT s.line, s.dealer_id, s.product_id, s.region_id, s.sold_on, s.sold_at, s.quantity, s.unit_price, s.channel,
        s.verdict, s.flags, s.band_id, s.promo_item_id, s.territory_id, t.reported_at
    FROM {STAGED} s JOIN pricing_saleline t ON {_SAME_KEY.format("t", "s")}
    WHERE s.fate = 'r'
"""
REJUDGED = (
    f"UPDATE {STAGED} s SET flags = f.flags FROM unnest(%s::bigint[], %s::int[]) f (line, flags) WHERE f.line = s.line"
)

_LAST_REVISION = f"""
    SELECT DISTINCT ON (s.dealer_id, s.doc_no, s.line_no) s.* FROM {STAGED} s WHERE s.fate = 'r'
    ORDER BY s.dealer_id, s.doc_no, s.line_no, s.line DESC
"""
#: The states that revisions replace: what is stored, and what stood only within the delivery.
KEEP_STORED = f"""
    INSERT INTO pricing_salelinehistory ({_INTO}, known_until)
    SELECT {_columns("t", STATE)}, greatest(t.known_from, %(at)s)
    FROM ({_LAST_REVISION}) s JOIN pricing_saleline t ON {_SAME_KEY.format("t", "s")}
"""
KEEP_PASSED = f"""
    INSERT INTO pricing_salelinehistory ({_INTO}, known_until)
    SELECT {_FROM_STAGED}, t.reported_at, %(at)s, %(delivery)s, %(at)s
    FROM {STAGED} s JOIN pricing_saleline t ON {_SAME_KEY.format("t", "s")}
    WHERE s.fate = 'r' AND s.line <> (
        SELECT max(e.line) FROM {STAGED} e WHERE {_SAME_KEY.format("e", "s")} AND e.fate = 'r'
    )
"""
_CHANGED = tuple(column for column in STATE if column not in {*KEY, "reported_at", "known_from", "delivery_id"})
REVISE = f"""
    UPDATE pricing_saleline t SET
        {", ".join(f"{column} = s.{column}" for column in _CHANGED)},
        known_from = greatest(t.known_from, %(at)s), delivery_id = %(delivery)s
    FROM ({_LAST_REVISION}) s
    WHERE {_SAME_KEY.format("t", "s")} AND t.revision IS NOT DISTINCT FROM coalesce(s.stored, t.revision)
"""
#: Nobody else changes or judges these lines until we are done; how many there are.
LOCK_REVISED = f"""
    SELECT FROM ({_LAST_REVISION}) s JOIN pricing_saleline t ON {_SAME_KEY.format("t", "s")}
    ORDER BY t.dealer_id, t.doc_no, t.line_no FOR UPDATE OF t
"""

#: Sums that do not count after all: lines not taken, revisions that passed, and the states replaced.
_SUMS = "count(*), sum({0}.quantity), sum({0}.quantity * {0}.unit_price)"
_GROUP = "{0}.dealer_id, {0}.product_id, {0}.sold_on, {0}.verdict, {0}.flags"
NOT_TAKEN = f"""
    SELECT {_GROUP.format("s")}, {_SUMS.format("s")} FROM {STAGED} s
    WHERE s.fate IN ('d', 'o', 'c') OR s.fate = 'r' AND s.line <> (
        SELECT max(e.line) FROM {STAGED} e WHERE {_SAME_KEY.format("e", "s")} AND e.fate = 'r'
    )
    GROUP BY {_GROUP.format("s")}
"""
REPLACED = f"""
    SELECT {_GROUP.format("t")}, {_SUMS.format("t")}
    FROM ({_LAST_REVISION}) s JOIN pricing_saleline t ON {_SAME_KEY.format("t", "s")}
    GROUP BY {_GROUP.format("t")}
"""
