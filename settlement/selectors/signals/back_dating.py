"""Late reports of the last days of a half-month, against those of its other days.

Late is what the intake flagged, less what is not the dealer's doing: the time our own system was down between sale and
report does not count, nor do days in an agreed exemption. Numbers of documents are read of the few dealers with many
late lines at the end: a document's number is its last digits, the rest is the series it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from dealers.choices import Feed
from dealers.foundation.clock import business_day
from dealers.selectors.outages import OUTAGES_SQL, outage_params
from pricing.choices import Flag
from pricing.rules.verdict import LATE_AFTER
from settlement.rules.signals.back_dating import Facts, Limits
from settlement.selectors.signals.asked import Asked, Evidence, Found, amount, days_before, rows_of
from settlement.selectors.signals.lines import lines_seen

#: Documents of so many days before and after the half-month tell whether numbers are in order.
_AROUND_DAYS = 15

_LATE = f"""
CASE WHEN l.flags & {Flag.LATE_REPORT:d} = 0 THEN false ELSE
    l.reported_at - l.sold_at > %(late)s::interval + (
        SELECT coalesce(sum(least(upper(o.span), l.reported_at) - greatest(lower(o.span), l.sold_at)), interval '0')
        FROM outages o WHERE o.span && tstzrange(l.sold_at, l.reported_at))
    AND NOT EXISTS (SELECT FROM dealers_syncexemption e WHERE e.dealer_id = l.dealer_id AND e.valid @> l.sold_on
                    AND e.feed IN ('', '{Feed.SALES}') AND e.agreed_at <= %(at)s
                    AND (e.revoked_at IS NULL OR e.revoked_at > %(at)s))
END
"""
_OUTAGES = f"WITH outages AS MATERIALIZED (SELECT span FROM ({OUTAGES_SQL}) known)"
_SQL = f"""
{_OUTAGES}, told AS (
    SELECT l.dealer_id, l.quantity * l.unit_price AS amount, l.sold_on >= %(edge)s AND l.sold_on < %(end)s AS edge,
           l.sold_on >= %(end)s AS after,
           l.reported_at - l.sold_at AS delay, {_LATE} AS late
    FROM ({{lines}}) l
)
SELECT dealer_id, count(*) FILTER (WHERE edge), sum(amount) FILTER (WHERE edge),
       count(*) FILTER (WHERE edge AND late), sum(amount) FILTER (WHERE edge AND late),
       extract(epoch FROM avg(delay) FILTER (WHERE edge AND late)) / 86400,
       count(*) FILTER (WHERE NOT edge AND NOT after), count(*) FILTER (WHERE NOT edge AND NOT after AND late),
       count(*) FILTER (WHERE after), count(*) FILTER (WHERE after AND late)
FROM told GROUP BY dealer_id HAVING count(*) FILTER (WHERE edge AND late) >= %(least_lines)s
"""
_NUMBERS = f"""
{_OUTAGES}, documents AS (
    SELECT dealer_id, doc_no, min(sold_on) AS day, bool_or({_LATE}) AS late,
           regexp_replace(doc_no, '[0-9]+$', '') AS series,
           substring(doc_no FROM '([0-9]{{{{1,18}}}})$')::bigint AS number
    FROM ({{lines}}) l GROUP BY dealer_id, doc_no
), ordered AS (
    SELECT *, min(number) FILTER (WHERE NOT late) OVER (
        PARTITION BY dealer_id, series ORDER BY day
        RANGE BETWEEN interval '1 day' FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS least_later
    FROM documents WHERE number IS NOT NULL
)
SELECT dealer_id, count(*) FILTER (WHERE late AND day >= %(edge)s AND day < %(end)s),
       count(*) FILTER (WHERE late AND day >= %(edge)s AND day < %(end)s AND number > least_later),
       count(*) FILTER (WHERE NOT late), count(*) FILTER (WHERE NOT late AND number > least_later)
FROM ordered WHERE least_later IS NOT NULL GROUP BY dealer_id
"""
_COLUMNS = "l.dealer_id, l.doc_no, l.sold_on, l.sold_at, l.reported_at, l.quantity, l.unit_price, l.flags"


def read(asked: Asked, limits: Limits) -> Iterator[tuple[Facts, Any]]:
    """The dealers with many late lines at the end of the half-month. Nothing before it is over."""
    window = asked.window
    if window.ends_on > business_day(asked.at):
        return
    params = {
        **asked.params,
        **outage_params(asked.at),
        "edge": days_before(window.ends_on, limits.edge_days),
        "days_after": window.ends_on + timedelta(days=limits.edge_days),
        "late": timedelta(microseconds=LATE_AFTER),
        "least_lines": limits.least_lines,
    }
    found = {}
    lines = asked.lines(_COLUMNS, where="AND l.quantity > 0", end="days_after")
    for dealer_id, count, worth, late, late_worth, days, others, others_late, after, after_late in rows_of(
        _SQL.format(lines=lines), params
    ):
        found[dealer_id] = Facts(
            dealer_id,
            window.key,
            count,
            amount(worth),
            late,
            amount(late_worth),
            round(days),
            others,
            others_late,
            after,
            after_late,
        )
    if not found:
        return
    around = {
        "before": days_before(window.starts_on, _AROUND_DAYS),
        "after": window.ends_on + timedelta(days=_AROUND_DAYS),
        "dealers": list(found),
    }
    lines = asked.lines(
        _COLUMNS, where="AND l.quantity > 0 AND l.dealer_id = ANY(%(dealers)s)", first="before", end="after"
    )
    for dealer_id, late, late_above, documents, above in rows_of(_NUMBERS.format(lines=lines), {**params, **around}):
        found[dealer_id] = replace(
            found[dealer_id], late_documents=late, late_above=late_above, documents=documents, above=above
        )
    for facts in found.values():
        yield facts, (limits.edge_days, facts.late_lines)


def evidence(asked: Asked, found: Sequence[Found]) -> list[Evidence]:
    """The largest of the late lines."""
    keys = [(one.signal.dealer_id, days_before(asked.window.ends_on, one.hint[0]).isoformat()) for one in found]
    condition = f"flags & {Flag.LATE_REPORT:d} <> 0 AND quantity > 0 AND sold_on >= k.subject::date"
    pieces = lines_seen(asked, keys, condition)
    return [Evidence(lines, one.hint[1]) for one, lines in zip(found, pieces, strict=True)]
