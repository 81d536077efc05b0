"""Backtests: settling past half-months once more under a draft policy, with the live rules and on copies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from dealers.foundation.half_months import HalfMonth
from dealers.foundation.money import ZERO
from dealers.models import PolicyVersion, User
from dealers.selectors.policies import policy_in_force, required_policy
from dealers.selectors.purchases import Shard
from dealers.services.audit import record_audit
from dealers.services.staging import copy_rows, temporary_table
from pricing.selectors.ladder import ladder_penalties
from rebates.rules.quantities import cents_text
from settlement.choices import RunState
from settlement.errors import BacktestOfNothing, BacktestTooLong
from settlement.models import Backtest, SettlementRun
from settlement.models.runs import EDITION
from settlement.rules.backtests import Compared, Outcome, Place, compared, outcome
from settlement.rules.statements import DraftStatement
from settlement.selectors.questions import RunQuestion
from settlement.selectors.reckoning import books_before, reckoned_statements
from settlement.selectors.settled_amounts import dealers_of_company, settled_amounts
from settlement.selectors.tier_moves import Moved, tier_moves
from settlement.services.shadow_books import ShadowBooks, shadow_books

#: Four years; a longer one is asked for in parts.
MOST_PERIODS = 96
_DEALERS_AT_ONCE = 5_000

Progress = Callable[[int], None]


@dataclass(slots=True)
class Answer:
    """What a backtest found. ``ladder`` are the penalties the price ladder would ask for: now, and by the draft."""

    rows: list[Compared] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
    ladder: tuple[Decimal, Decimal] = (ZERO, ZERO)

    @property
    def outcome(self) -> Outcome:
        return outcome(self.rows)


@dataclass(slots=True)
class _Steps:
    """How many half-months are settled of those there are; the last percents are for storing the answer."""

    all: int
    on_progress: Progress
    taken: int = 0

    def take(self) -> None:
        self.taken += 1
        self.on_progress(95 * self.taken // self.all)


def backtest(
    draft: PolicyVersion, *, first: HalfMonth, last: HalfMonth, at: datetime, on_progress: Progress = lambda _: None
) -> Answer:
    """Settle the half-months ``first`` to ``last`` under ``draft`` and compare; writes nothing.

    A closed half-month is taken as known at its cutoff and compared with its statements; one that is still open as
    known at ``at``, and compared with what the policy in force gives, which is nothing where none was. The draft
    counts as in force over all of them, whatever days it names, and windows that began earlier span both policies as
    they would live. The draft's review of tiers takes effect at the start of each quarter where it differs from the
    review by the policy in force. What people decided once (support, referrals, penalties, adjustments) stays as
    it was.

    Raises :class:`BacktestOfNothing` for half-months that have not begun, :class:`BacktestTooLong` for more than four
    years of them.
    """
    periods = _periods(first, last, at)
    closed = _closed(periods)
    still_open = [period for period in periods if period not in closed and policy_in_force(period.start)]
    steps = _Steps(len(periods) + len(still_open), on_progress)
    settled = settled_amounts(closed.values())
    ladder_now = ladder_penalties(first.ordinal, last.ordinal)
    if still_open:
        with shadow_books() as books:
            settled |= _settle_again(books, still_open, {}, at, steps)
    with shadow_books() as books:
        books.forget_settled(period.ordinal for period in periods)
        moves = tier_moves(draft, first=first.start, end=last.end, at=at)
        for (since, until), moved in groupby(moves, key=lambda move: (move.since, move.until)):
            books.move_tiers([(move.dealer_id, move.would_be) for move in moved], since, until)
        books.put_in_force(draft, first, last, at)
        ladder_then = ladder_penalties(first.ordinal, last.ordinal)
        would_be = _settle_again(books, periods, closed, at, steps)
    return Answer(compared(settled, would_be), moves, (ladder_now, ladder_then))


def request_backtest(
    *, draft: PolicyVersion, first: HalfMonth, last: HalfMonth, actor: User | None, at: datetime
) -> Backtest:
    """Note the question; a job answers it. Raises as :func:`backtest`, and counts months before anything is stored."""
    _periods(first, last, at)
    with transaction.atomic():
        asked = Backtest.objects.create(
            title=str(draft),
            digest=draft.digest,
            document=draft.document,
            first=first.ordinal,
            last=last.ordinal,
            requested_by=actor,
            requested_at=at,
        )
        record_audit(
            actor=actor,
            action="backtest.request",
            subject=asked,
            at=at,
            after={"policy": asked.title, "from": str(first), "to": str(last), "digest": asked.digest},
        )
    return asked


def answer_backtest(asked: Backtest, *, at: datetime, on_progress: Progress = lambda _: None) -> Backtest:
    """Find and store the answer to a backtest. One that is answered stays as it is."""
    if asked.finished_at is not None:
        return asked
    draft = PolicyVersion(code=asked.title, version=0, document=asked.document, digest=asked.digest)
    first, last = HalfMonth.from_ordinal(asked.first), HalfMonth.from_ordinal(asked.last)
    answer = backtest(draft, first=first, last=last, at=asked.requested_at, on_progress=on_progress)
    with transaction.atomic():
        asked = Backtest.objects.select_for_update().get(pk=asked.pk)
        if asked.finished_at is not None:
            return asked
        _store(asked, answer)
        asked.totals = _totals(answer)
        asked.finished_at = at
        asked.save(update_fields=["totals", "finished_at"])
    return asked


def _periods(first: HalfMonth, last: HalfMonth, at: datetime) -> list[HalfMonth]:
    if last < first or last.starts_at > at:
        raise BacktestOfNothing(first=str(first), last=str(last))
    if last.ordinal - first.ordinal >= MOST_PERIODS:
        raise BacktestTooLong(most=MOST_PERIODS)
    return [HalfMonth.from_ordinal(ordinal) for ordinal in range(first.ordinal, last.ordinal + 1)]


def _closed(periods: Sequence[HalfMonth]) -> dict[HalfMonth, SettlementRun]:
    runs = SettlementRun.objects.filter(state=RunState.CLOSED, ordinal__in=[period.ordinal for period in periods])
    return {HalfMonth.from_ordinal(run.ordinal): run for run in runs}


def _settle_again(
    books: ShadowBooks,
    periods: Sequence[HalfMonth],
    closed: dict[HalfMonth, SettlementRun],
    at: datetime,
    steps: _Steps,
) -> dict[Place, int]:
    """Settle the half-months in order on the copies; what each kind of line comes to, in cents."""
    found: dict[Place, int] = {}
    shards = -(-dealers_of_company() // _DEALERS_AT_ONCE) or 1
    for period in periods:
        run = closed.get(period)
        cutoff = at if run is None or run.cutoff is None else run.cutoff
        for number in range(shards):
            question = RunQuestion(
                period=period,
                cutoff=cutoff,
                policy=required_policy(period.start),
                books=books_before(period),
                openings={},
                shard=Shard(number, shards),
                expected=(),
                settled=run is not None,
                edition=EDITION if run is None else run.edition,
            )
            books.settle(period.ordinal, _counted(reckoned_statements(question), period.ordinal, found), at)
        if run is None:
            books.close(period, cutoff)
        steps.take()
    return found


def _counted(statements: Iterator[DraftStatement], period: int, found: dict[Place, int]) -> Iterator[DraftStatement]:
    for statement in statements:
        for line in statement.lines:
            place = (period, statement.dealer_id, line.kind)
            found[place] = found.get(place, 0) + line.amount
        yield statement


def _store(asked: Backtest, answer: Answer) -> None:
    with connection.cursor() as cursor:
        temporary_table(
            cursor, "staged_backtest", "period int, dealer_id bigint, kind text, settled numeric, would_be numeric"
        )
        rows = (
            (row.period, row.dealer_id, row.kind, cents_text(row.settled), cents_text(row.would_be))
            for row in answer.rows
        )
        columns = ("period", "dealer_id", "kind", "settled", "would_be")
        copy_rows(cursor, "staged_backtest", columns, rows)
        cursor.execute(
            "INSERT INTO settlement_backtestrow (backtest_id, period, dealer_id, kind, settled, would_be)"
            " SELECT %s, period, dealer_id, kind, settled, would_be FROM staged_backtest",
            [asked.pk],
        )
        temporary_table(
            cursor, "staged_moves", "dealer_id bigint, review date, tier text, would_be text, points numeric"
        )
        moves = ((move.dealer_id, move.review, move.tier, move.would_be, move.points) for move in answer.moves)
        copy_rows(cursor, "staged_moves", ("dealer_id", "review", "tier", "would_be", "points"), moves)
        cursor.execute(
            "INSERT INTO settlement_tiermove (backtest_id, dealer_id, review, tier, would_be, points)"
            " SELECT %s, dealer_id, review, tier, would_be, points FROM staged_moves",
            [asked.pk],
        )


def _totals(answer: Answer) -> dict[str, Any]:
    kinds: dict[str, list[int]] = {}
    periods: dict[int, list[int]] = {}
    for row in answer.rows:
        for sums in (kinds.setdefault(row.kind, [0, 0]), periods.setdefault(row.period, [0, 0])):
            sums[0] += row.settled
            sums[1] += row.would_be
    found = asdict(answer.outcome)
    return {
        "settled": cents_text(sum(row.settled for row in answer.rows)),
        "would_be": cents_text(sum(row.would_be for row in answer.rows)),
        "kinds": {kind: [cents_text(amount) for amount in sums] for kind, sums in kinds.items()},
        "periods": {str(at): [cents_text(amount) for amount in sums] for at, sums in sorted(periods.items())},
        **found,
        "gained": cents_text(found["gained"]),
        "lost": cents_text(found["lost"]),
        "moves": len(answer.moves),
        "ladder": [str(amount) for amount in answer.ladder],
    }
