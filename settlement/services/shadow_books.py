"""Trying something out on copies: the tables a settlement reads its past and its policy from, for one session.

A temporary table hides the table of the same name from the session that made it and from nobody else. So the very
code that settles live, its selectors and rules unchanged, can settle under another policy: what it reads of policies,
tiers, settled windows and closed runs comes from the copies, and nothing it could do would reach the live rows.
Facts (lines, shipments, counts, tallies) are read where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from dealers.choices import PolicyState
from dealers.foundation.bulk_plans import plan_as_usual, plan_for_bulk
from dealers.foundation.half_months import HalfMonth
from dealers.models import PolicyVersion
from dealers.services.staging import copy_rows
from rebates.choices import CreditKind, WindowedKind
from rebates.rules.quantities import cents_text, micros_text
from settlement.choices import RunState
from settlement.models.runs import EDITION
from settlement.rules.statements import DraftStatement

_SHADOWED = (
    "dealers_policyversion",
    "dealers_dealertier",
    "rebates_accrual",
    "rebates_creditsettlement",
    "settlement_settlementrun",
)
_ACCRUAL = "id, dealer_id, kind, program, window, period, for_period, policy_id, base, entitlement, due, posted_at"
#: No version of the live table has such a key.
_DRAFT_KEY = 1 << 52


@contextmanager
def shadow_books() -> Iterator[ShadowBooks]:
    """Copies of the books for the body; they are gone when it ends, however it ends."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table in _SHADOWED:
                cursor.execute(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS TABLE {table}")
            cursor.execute('CREATE INDEX ON pg_temp.rebates_accrual ("window"); ANALYZE pg_temp.rebates_accrual')
            plan_for_bulk(cursor)
        yield ShadowBooks()
        with connection.cursor() as cursor:
            for table in _SHADOWED:
                cursor.execute(f"DROP TABLE pg_temp.{table}")
            plan_as_usual(cursor)


class ShadowBooks:
    """What may be changed in the copies."""

    def forget_settled(self, periods: Iterable[int]) -> None:
        """As if these half-months had not settled any window yet."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM pg_temp.rebates_accrual WHERE period = ANY(%s)", [sorted(periods)])

    def put_in_force(self, draft: PolicyVersion, first: HalfMonth, last: HalfMonth, at: datetime) -> None:
        """The draft instead of whatever was in force from the first half-month to the last."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE pg_temp.dealers_policyversion SET valid = valid * daterange(NULL, %s)"
                " WHERE state = %s AND valid && daterange(%s, %s)",
                [first.start, PolicyState.PUBLISHED, first.start, last.end],
            )
            cursor.execute("DELETE FROM pg_temp.dealers_policyversion WHERE isempty(valid)")
        PolicyVersion(
            pk=_DRAFT_KEY,
            code=draft.code,
            version=draft.version,
            title_zh=draft.title_zh,
            title_en=draft.title_en,
            state=PolicyState.PUBLISHED,
            valid=(first.start, last.end),
            source=draft.source,
            document=draft.document,
            digest=draft.digest,
            drafted_at=at,
            published_at=at,
        ).save(force_insert=True)

    def move_tiers(self, tiers: Sequence[tuple[int, str]], first: date, end: date) -> None:
        """Dealers (key, tier) have another tier from ``first`` up to ``end``."""
        if not tiers:
            return
        dealers = [dealer_id for dealer_id, _ in tiers]
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE moved_tiers ON COMMIT DROP AS"
                " SELECT * FROM pg_temp.dealers_dealertier"
                " WHERE dealer_id = ANY(%(dealers)s) AND valid && daterange(%(first)s, %(end)s);"
                " DELETE FROM pg_temp.dealers_dealertier"
                " WHERE dealer_id = ANY(%(dealers)s) AND valid && daterange(%(first)s, %(end)s);"
                " INSERT INTO pg_temp.dealers_dealertier (id, dealer_id, tier, valid, reason)"
                " SELECT id, dealer_id, tier, valid * part, reason"
                " FROM moved_tiers, (VALUES (daterange(NULL, %(first)s)), (daterange(%(end)s, NULL))) AS p(part)"
                " WHERE NOT isempty(valid * part);"
                " INSERT INTO pg_temp.dealers_dealertier (id, dealer_id, tier, valid, reason)"
                " SELECT 0, d, t, daterange(%(first)s, %(end)s), ''"
                " FROM unnest(%(dealers)s::bigint[], %(tiers)s::text[]) AS m(d, t);"
                " DROP TABLE moved_tiers",
                {"dealers": dealers, "tiers": [tier for _, tier in tiers], "first": first, "end": end},
            )

    def settle(self, period: int, statements: Iterable[DraftStatement], at: datetime) -> None:
        """Record what these statements settle, as the approval of the half-month would."""
        accruals: list[tuple[object, ...]] = []
        credited: list[str] = []
        for statement in statements:
            for line in statement.lines:
                if line.kind in WindowedKind:
                    accruals.append(_accrual(statement.dealer_id, period, line, at))
                elif line.kind in CreditKind:
                    credited.append(str(line.proof["credit"]))
        with connection.cursor() as cursor:
            columns = [f'"{name}"' for name in _ACCRUAL.split(", ")]
            copy_rows(cursor, "pg_temp.rebates_accrual", columns, accruals)
            cursor.execute(
                "INSERT INTO pg_temp.rebates_creditsettlement (credit_id, period)"
                " SELECT c.id, %s FROM rebates_credit c WHERE c.reference = ANY(%s) AND NOT EXISTS"
                " (SELECT 1 FROM pg_temp.rebates_creditsettlement s WHERE s.credit_id = c.id)",
                [period, credited],
            )

    def close(self, period: HalfMonth, cutoff: datetime) -> None:
        """As if the half-month had been approved with that cutoff."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM pg_temp.settlement_settlementrun WHERE ordinal = %s", [period.ordinal])
            cursor.execute(
                "INSERT INTO pg_temp.settlement_settlementrun (id, period, ordinal, state, draft, cutoff, edition)"
                " VALUES (%s, %s, %s, %s, 1, %s, %s)",
                [-period.ordinal, str(period), period.ordinal, RunState.CLOSED, cutoff, EDITION],
            )


def _accrual(dealer_id: int, period: int, line: Any, at: datetime) -> tuple[object, ...]:
    return (
        0,
        dealer_id,
        line.kind,
        line.program,
        line.proof["window"],
        period,
        HalfMonth.parse(line.for_period).ordinal,
        0,
        micros_text(line.base),
        line.proof["entitlement"],
        cents_text(line.amount),
        at.isoformat(),
    )
