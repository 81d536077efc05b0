"""Judging again the lines already reported, when bands, promotions, territories or addenda changed for their days.

The same rule over the present facts. A changed verdict is a new state of the line: the old one goes into history,
the difference into the tally. Nothing changes twice, so it may run again after any failure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from dealers.foundation import clock
from dealers.foundation.barrier import enter_intake, settle_barrier
from dealers.models import ApiKey, JobRun, User
from dealers.services.audit import record_audit
from dealers.services.jobs import request_job
from dealers.services.staging import copy_rows, temporary_table
from pricing.choices import Channel, Verdict
from pricing.rules.index import VerdictIndex
from pricing.selectors.standing_facts import instant_number, micros, standing_facts
from pricing.services import judged_again
from pricing.services.tally_book import TallyBook

REJUDGE_TASK = "pricing.rejudge"
_LINES_AT_ONCE = 20_000
_CURSOR = "lines_to_judge"


@dataclass(slots=True)
class Rejudgement:
    """How many lines were looked at, and how many went from one verdict to another (flags may change alone)."""

    examined: int = 0
    changed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def summary(self) -> dict[str, Any]:
        """The same for the audit trail and the job's result."""
        changes = {f"{before} → {after}": count for (before, after), count in sorted(self.changed.items())}
        return {"examined": self.examined, "changed": sum(self.changed.values()), "changes": changes}


def rejudge(
    *,
    products: Sequence[int] | None = None,
    dealers: Sequence[int] | None = None,
    days: tuple[date, date | None],
    reason: str,
    actor: User | ApiKey | None,
    at: datetime | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Rejudgement:
    """Judge the lines of these products and dealers (None: all) sold from the first day up to the second.

    Each sales day is a transaction of its own, so that intakes and settlements wait no longer than for one day.
    ``at`` is when the new verdicts count as known: by default the instant at which each day is judged.
    """
    found = Rejudgement()
    narrowed = judged_again.narrowed(products, dealers)
    sold_days = list(_sold_days(narrowed, *days))
    for place, day in enumerate(sold_days, 1):
        _rejudge_day(narrowed, day, at, found)
        if on_progress:
            on_progress(100 * place // len(sold_days))
    with transaction.atomic():
        record_audit(
            actor=actor,
            action="sales.rejudge",
            subject=("sale lines", f"{days[0]}/{days[1] or ''}"),
            at=at or clock.now(),
            reason=reason,
            after=found.summary() | {"products": _named(products), "dealers": _named(dealers)},
        )
    return found


def request_rejudge(
    *,
    products: Sequence[int] | None = None,
    dealers: Sequence[int] | None = None,
    first_day: date,
    last_day: date | None,
    key: str,
    actor: User | None,
    at: datetime,
) -> JobRun:
    """Have lines judged again in the background after commit. Days are given first and last, None is open."""
    params = {
        "products": None if products is None else sorted(products),
        "dealers": None if dealers is None else sorted(dealers),
        "first_day": first_day.isoformat(),
        "last_day": None if last_day is None else last_day.isoformat(),
        "reason": key,
    }
    return request_job(task=REJUDGE_TASK, key=key, params=params, actor=actor, at=at)


def rejudge_as_asked(
    params: dict[str, Any], *, actor: User | None, on_progress: Callable[[int], None] | None = None
) -> Rejudgement:
    """Do what :func:`request_rejudge` asked for."""
    last_day = params.get("last_day")
    until = date.fromisoformat(last_day) + timedelta(days=1) if last_day else None
    return rejudge(
        products=params.get("products"),
        dealers=params.get("dealers"),
        days=(date.fromisoformat(params["first_day"]), until),
        reason=params.get("reason", ""),
        actor=actor,
        on_progress=on_progress,
    )


def _sold_days(narrowed: judged_again.Narrowed, first: date, until: date | None) -> Iterator[date]:
    """The days of the range on which such lines were sold."""
    with connection.cursor() as cursor:
        cursor.execute(*narrowed.days(first, until))
        yield from (day for (day,) in cursor.fetchall())


def _rejudge_day(narrowed: judged_again.Narrowed, day: date, at: datetime | None, found: Rejudgement) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # Intakes that are under way may still judge by the facts of before: let them end first.
        settle_barrier(cursor)
        enter_intake(cursor)
        known_at = at or clock.now()
        facts = standing_facts()
        tally = TallyBook()
        assert connection.connection is not None
        with connection.connection.cursor(name=_CURSOR) as lines:
            lines.execute(*narrowed.lines(day))
            while rows := lines.fetchmany(_LINES_AT_ONCE):
                found.examined += len(rows)
                changes = [change for row in rows if (change := _change(facts.index, row)) is not None]
                if changes:
                    found.changed += _replace(cursor, changes, known_at, tally, facts.categories)
        tally.write(cursor, known_at=known_at, delivery_id=None)


def _change(index: VerdictIndex, row: Sequence[Any]) -> tuple[Any, ...] | None:
    """The line's key and state with its new findings, or None when nothing changed."""
    dealer_id, doc_no, line_no, revision, known_from, *told = row[:13]
    product_id, region_id, sold_on, sold_at, reported_at, quantity, price, channel = told
    judgement = index.judge(
        dealer_id,
        product_id,
        region_id,
        sold_on,
        instant_number(sold_at),
        instant_number(reported_at),
        quantity,
        micros(price),
        channel == Channel.B2B,
    )
    if tuple(judgement) == tuple(row[13:]):
        return None
    return dealer_id, doc_no, line_no, revision, known_from.isoformat(), *judgement


def _replace(
    cursor: Any, changes: list[tuple[Any, ...]], at: datetime, tally: TallyBook, categories: Any
) -> Counter[tuple[str, str]]:
    """Write the new states of lines that nobody else changed meanwhile; how many went from which verdict to which."""
    temporary_table(cursor, judged_again.CHANGES, judged_again.CHANGES_COLUMNS)
    copy_rows(cursor, judged_again.CHANGES, judged_again.COPIED, changes)
    cursor.execute(judged_again.LOCK)
    cursor.execute(judged_again.OLD_SUMS)
    tally.add(cursor.fetchall(), categories, -1)
    cursor.execute(judged_again.NEW_SUMS)
    tally.add(cursor.fetchall(), categories, 1)
    cursor.execute(judged_again.TURNS)
    turned: Counter[tuple[str, str]] = Counter()
    for before, after, count in cursor.fetchall():
        turned[Verdict(before).code, Verdict(after).code] += count
    cursor.execute(judged_again.KEEP, {"at": at})
    cursor.execute(judged_again.REPLACE, {"at": at})
    return turned


def _named(ids: Sequence[int] | None) -> list[int] | str:
    return "all" if ids is None else sorted(ids)[:100]
