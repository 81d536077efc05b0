"""Gathering violations per dealer, kind and half-month from the lines as they stand (rulebook section 3).

Set by set and only where lines changed: whoever changes lines leaves word of it (``GatheringDue``) in the same
transaction, and a run takes such words and reckons those half-months anew. What comes out is a function of the
present lines alone, however often and in whatever portions it ran; every state before stays as a version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from dealers.foundation.half_months import HalfMonth
from dealers.models import User
from dealers.services.audit import AuditEvent, record_audit, record_audits
from dealers.services.staging import copy_rows, temporary_table
from pricing.choices import Flag, Verdict, ViolationKind, ViolationState
from pricing.models import Violation
from pricing.rules.violations import VIOLATION_LIFE, ViolationAct

#: One gathering at a time; the next waits and finds less to do.
_TURN = 0x48414C46_0051
_HALF_MONTHS_AT_ONCE = 50_000
_FIGURES = ("lines", "quantity", "amount", "shortfall", "first_sold_at", "last_sold_at", "fingerprint")

_TAKE_DUE = """
    WITH taken AS (
        DELETE FROM pricing_gatheringdue
        WHERE id IN (SELECT id FROM pricing_gatheringdue ORDER BY id LIMIT %s)
        RETURNING dealer_id, period
    )
    SELECT DISTINCT dealer_id, period FROM taken
"""

_BREACHES = f"""
    ('{ViolationKind.BELOW_FLOOR}', b.floor,
        l.verdict = {Verdict.BELOW_FLOOR:d} AND l.flags & {Flag.NOT_ENFORCED:d} = 0),
    ('{ViolationKind.ABOVE_CEILING}', b.ceiling,
        l.verdict = {Verdict.ABOVE_CEILING:d} AND l.flags & {Flag.NOT_ENFORCED:d} = 0),
    ('{ViolationKind.OUT_OF_TERRITORY}', NULL, l.flags & {Flag.OUT_OF_TERRITORY:d} <> 0),
    ('{ViolationKind.B2B_WITHOUT_ADDENDUM}', NULL, l.flags & {Flag.B2B_WITHOUT_ADDENDUM:d} <> 0)
"""
#: The lines that may be in breach; the rule of every kind is in ``_BREACHES``.
_SUSPECT = (
    f"l.quantity > 0 AND (l.verdict IN ({Verdict.BELOW_FLOOR:d}, {Verdict.ABOVE_CEILING:d})"
    f" OR l.flags & {Flag.OUT_OF_TERRITORY | Flag.B2B_WITHOUT_ADDENDUM:d} <> 0)"
)
_FIND = f"""
    CREATE TEMP TABLE violations_found ON COMMIT DROP AS
    SELECT l.dealer_id, t.period, k.kind, count(*)::int AS lines, sum(l.quantity) AS quantity,
        sum(l.quantity * l.unit_price) AS amount,
        round(coalesce(sum(abs(k.edge - l.unit_price) * l.quantity), 0), 2) AS shortfall,
        min(l.sold_at) AS first_sold_at, max(l.sold_at) AS last_sold_at,
        sum(hashtextextended(concat_ws(' ', l.doc_no, l.line_no, l.revision, l.sold_at, l.product_id, l.region_id,
            l.quantity, l.unit_price, k.edge), 0)::numeric) AS fingerprint
    FROM half_months_touched t
    JOIN pricing_saleline l ON l.dealer_id = t.dealer_id AND l.sold_on >= t.first_day AND l.sold_on < t.end_day
    LEFT JOIN pricing_priceband b ON b.id = l.band_id
    CROSS JOIN LATERAL (VALUES {_BREACHES}) k(kind, edge, holds)
    WHERE {_SUSPECT} AND k.holds
    GROUP BY 1, 2, 3
"""
_REOPENED = f"""
    UPDATE pricing_violation v SET state = '{VIOLATION_LIFE.next(ViolationState.SET_ASIDE, ViolationAct.LINES_CHANGED)}'
    FROM violations_found f, pricing_violation o
    WHERE v.dealer_id = f.dealer_id AND v.period = f.period AND v.kind = f.kind AND o.id = v.id
        AND v.state IN ('{ViolationState.SET_ASIDE}', '{ViolationState.NOT_CONFIRMED}')
        AND v.fingerprint <> f.fingerprint
    RETURNING v.id, v.dealer_id, v.version, o.state
"""
_TOLD_APART = "(v.lines, v.quantity, v.amount, v.shortfall, v.fingerprint)"
_PUT = f"""
    INSERT INTO pricing_violation AS v
        (dealer_id, period, kind, {", ".join(_FIGURES)}, gathered_at, version, state, reason, case_number,
        confirmed_in)
    SELECT dealer_id, period, kind, {", ".join(_FIGURES)}, %(at)s, 1, '{ViolationState.GATHERED}', '', '', ''
    FROM violations_found ORDER BY dealer_id, period, kind
    ON CONFLICT (dealer_id, kind, period) DO UPDATE SET
        {", ".join(f"{name} = excluded.{name}" for name in _FIGURES)}, gathered_at = %(at)s, version = v.version + 1
    WHERE {_TOLD_APART} IS DISTINCT FROM {_TOLD_APART.replace("v.", "excluded.")}
    RETURNING id, version
"""
_EMPTY = """
    UPDATE pricing_violation v SET lines = 0, quantity = 0, amount = 0, shortfall = 0, first_sold_at = NULL,
        last_sold_at = NULL, fingerprint = 0, gathered_at = %(at)s, version = v.version + 1
    FROM half_months_touched t
    WHERE v.dealer_id = t.dealer_id AND v.period = t.period AND v.lines > 0 AND NOT EXISTS (
        SELECT FROM violations_found f WHERE (f.dealer_id, f.period, f.kind) = (v.dealer_id, v.period, v.kind))
    RETURNING v.id, v.version
"""
_KEEP_VERSIONS = f"""
    INSERT INTO pricing_violationversion (violation_id, version, dealer_id, {", ".join(_FIGURES)}, gathered_at)
    SELECT id, version, dealer_id, {", ".join(_FIGURES)}, gathered_at
    FROM pricing_violation WHERE id = ANY(%s) ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Gathered:
    """How many half-months of dealers were looked at, and how many violations are other than before."""

    half_months: int = 0
    changed: int = 0

    def __add__(self, other: Gathered) -> Gathered:
        return Gathered(self.half_months + other.half_months, self.changed + other.changed)


def gather_violations(*, at: datetime) -> Gathered:
    """Gather wherever lines changed since the last time; each portion is a transaction of its own."""
    found = Gathered()
    while (portion := _gather_portion(at)) is not None:
        found += portion
    return found


def gather_anew(*, period: HalfMonth, actor: User | None, at: datetime) -> Gathered:
    """Gather a half-month of every dealer that reported sales for it, whether lines changed or not."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pricing_gatheringdue (dealer_id, period)"
            " SELECT dealer_id, period FROM pricing_salestally WHERE period = %(period)s"
            " UNION SELECT dealer_id, period FROM pricing_violation WHERE period = %(period)s",
            {"period": period.ordinal},
        )
        record_audit(
            actor=actor, action="violation.gather", subject=("half-month", str(period)), at=at, after={"all": True}
        )
    return gather_violations(at=at)


def _gather_portion(at: datetime) -> Gathered | None:
    """Take some words of changed half-months and reckon those anew; None when there were none."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
        cursor.execute(_TAKE_DUE, [_HALF_MONTHS_AT_ONCE])
        touched: list[tuple[int, int]] = cursor.fetchall()
        if not touched:
            return None
        # The words were read first: a line committed after this moment comes with a word of its own.
        _name_half_months(cursor, touched)
        cursor.execute(_FIND)
        cursor.execute("ANALYZE violations_found")
        cursor.execute(_REOPENED)
        _record_reopened(cursor.fetchall(), at)
        cursor.execute(_PUT, {"at": at})
        changed = [id for id, _version in cursor.fetchall()]
        cursor.execute(_EMPTY, {"at": at})
        changed += [id for id, _version in cursor.fetchall()]
        cursor.execute(_KEEP_VERSIONS, [changed])
        return Gathered(len(touched), len(changed))


def _name_half_months(cursor: Any, touched: Sequence[tuple[int, int]]) -> None:
    temporary_table(cursor, "half_months_touched", "dealer_id bigint, period int, first_day date, end_day date")
    days = {ordinal: HalfMonth.from_ordinal(ordinal) for _dealer, ordinal in touched}
    copy_rows(
        cursor,
        "half_months_touched",
        ("dealer_id", "period", "first_day", "end_day"),
        ((dealer, ordinal, days[ordinal].start, days[ordinal].end) for dealer, ordinal in touched),
    )
    cursor.execute("ANALYZE half_months_touched; DROP TABLE IF EXISTS pg_temp.violations_found")


def _record_reopened(reopened: Sequence[tuple[int, int, int, str]], at: datetime) -> None:
    """What was decided was about other lines: say in the trail that it no longer stands."""
    record_audits(
        AuditEvent(
            actor=None,
            action="violation.reopen",
            subject=(Violation._meta.label_lower, str(id)),
            at=at,
            before={"state": state, "version": version},
            after={"state": ViolationState.GATHERED},
            dealer_id=dealer_id,
        )
        for id, dealer_id, version, state in reopened
    )
