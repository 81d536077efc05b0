"""Everything the rebates of a settlement follow from, read with a fixed number of queries for all dealers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection

from dealers.foundation.periods import HalfMonth, window_of
from dealers.scope import WHOLE_COMPANY, row_scope
from dealers.selectors.purchases import (
    ALL_DEALERS,
    ChosenDealers,
    Shard,
    TallyQuestion,
    dealers_with_late_purchases,
    purchases_by_half_month,
)
from pricing.selectors.tally import dealers_with_late_sales, sales_by_half_month
from rebates.choices import WindowedKind
from rebates.rules.dues import Counting, DealerFacts, Due, Settled, TierSpan, counting, dues, tier_at
from rebates.rules.programs import COMPLIANT_SALES, PURCHASES, WindowProgram
from rebates.selectors.memberships import Memberships, memberships_for
from rebates.selectors.programs import category_classes, policies_by_half_month, window_programs, windows_to_settle

Sum = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class RebateQuestion:
    """Whose rebates are asked for: a half-month, facts known up to ``cutoff``, a shard of the dealers.

    ``since`` is the cutoff of the settlement before and ``books_from`` the first settled half-month; both empty
    when nothing has been settled yet. ``cleared`` tells of dealers that have left in which half-month their account was
    or is cleared: what is settled by longer windows is settled then.
    """

    period: HalfMonth
    cutoff: datetime
    since: datetime | None = None
    books_from: int | None = None
    shard: Shard = ALL_DEALERS
    cleared: Mapping[int, HalfMonth] = field(default_factory=dict)


@dataclass(slots=True)
class RebateFacts:
    """The answer: facts per dealer, and the programs they are reckoned by."""

    question: RebateQuestion
    index: Counting
    by_key: Mapping[tuple[str, str], WindowProgram]
    tiers: Mapping[int, list[TierSpan]]
    sums: dict[int, list[Sum]] = field(default_factory=dict)
    settled: dict[int, dict[tuple[str, str], list[Settled]]] = field(default_factory=dict)
    late: dict[int, set[str]] = field(default_factory=dict)
    #: Sales and purchases of the settled half-month alone, in micros.
    sales: dict[int, int] = field(default_factory=dict)
    purchases: dict[int, int] = field(default_factory=dict)
    members: Memberships = field(default_factory=Memberships)
    #: The facts of every dealer that ever belonged to an alliance, when a program is pooled.
    pool_facts: RebateFacts | None = None

    def dealers(self) -> Collection[int]:
        """Every dealer with anything to settle or to show."""
        return self.sums.keys() | self.settled.keys() | self.sales.keys() | self.purchases.keys()

    def tier_of(self, dealer_id: int) -> str:
        """The tier at the start of the settled half-month, empty when there is none."""
        return tier_at(self.tiers.get(dealer_id, ()), self.question.period.ordinal)

    def dues_of(self, dealer_id: int) -> list[Due]:
        facts = DealerFacts(
            self.tiers.get(dealer_id, ()),
            self.sums.get(dealer_id, ()),
            self.settled.get(dealer_id, {}),
            self.late.get(dealer_id, ()),
            self.members.allied(dealer_id),
        )
        return dues(facts, self.index, self.by_key, self.question.period.ordinal)


def rebate_facts(question: RebateQuestion) -> RebateFacts:
    """Read the facts of every dealer of the shard; the number of queries does not depend on how many they are.

    When a program is pooled, the facts of all members of alliances are read beside them, whatever their shard and
    whoever asks: a share cannot be reckoned without the others. What a member may see of it is the proof's business.
    """
    members = memberships_for(question.period)
    facts = _read(question, members, _late(question))
    if members.spans:
        asked = replace(question, shard=ChosenDealers(ids=tuple(sorted(members.spans))))
        with row_scope(WHOLE_COMPANY):
            late = {(other, at) for dealer_id, at in _late(asked) for other in members.together(dealer_id)}
            facts.pool_facts = _read(asked, members, late)
    return facts


def _read(question: RebateQuestion, members: Memberships, late: set[tuple[int, int]]) -> RebateFacts:
    period = question.period.ordinal
    windows = windows_to_settle(question.period, {at for _, at in late}, question.books_from)
    first = min(window.first.ordinal for window, _ in windows)
    policies = policies_by_half_month(first, period)
    programs = window_programs(windows, policies, question.period)
    classes, naming = category_classes(programs)
    facts = RebateFacts(
        question,
        counting(programs, naming),
        {reckoned.key: reckoned for reckoned in programs},
        _tiers(question, first),
        members=members,
    )
    current = {window.key for window, up_to in windows if up_to == period}
    reopened = [window for window, up_to in windows if window.key not in current]
    for dealer_id, at in late:
        keys = {window.key for window in reopened if HalfMonth.from_ordinal(at) in window}
        if keys:
            facts.late.setdefault(dealer_id, set()).update(keys)
    _read_sums(facts, programs, classes)
    _read_settled(facts, current, {window.key for window in reopened})
    return facts


def _late(question: RebateQuestion) -> set[tuple[int, int]]:
    """(dealer, half-month) pairs before the settled one that received facts since the settlement before."""
    if question.since is None or question.books_from is None:
        return set()
    earliest = window_of("year", HalfMonth.from_ordinal(question.books_from)).first.ordinal
    asked = TallyQuestion(earliest, question.period.ordinal - 1, question.cutoff, shard=question.shard)
    return dealers_with_late_sales(since=question.since, question=asked) | dealers_with_late_purchases(
        since=question.since, question=asked
    )


def _tiers(question: RebateQuestion, first: int) -> dict[int, list[TierSpan]]:
    """The tiers in force at the start of the half-months from ``first`` on, as spans of half-months."""
    starts = (
        "(extract(year FROM {0}) * 24 + (extract(month FROM {0}) - 1) * 2"
        " + CASE WHEN extract(day FROM {0}) = 1 THEN 0 WHEN extract(day FROM {0}) <= 16 THEN 1 ELSE 2 END)::int"
    )
    lower, upper = starts.format("lower(t.valid)"), starts.format("upper(t.valid)")
    sql = (
        f"SELECT t.dealer_id, t.tier, CASE WHEN lower_inf(t.valid) THEN 0 ELSE {lower} END,"
        f" CASE WHEN upper_inf(t.valid) THEN 1000000 ELSE {upper} END"
        f" FROM dealers_dealertier t WHERE t.valid && daterange(%s, %s) {question.shard.condition('t.dealer_id')}"
        " ORDER BY 3"
    )
    found: dict[int, list[TierSpan]] = {}
    spans: dict[tuple[str, int, int], TierSpan] = {}
    for dealer_id, *span in _rows(sql, [HalfMonth.from_ordinal(first).start, question.period.end]):
        key = tuple(span)
        found.setdefault(dealer_id, []).append(spans.setdefault(key, TierSpan(*key)))
    return found


def _read_sums(facts: RebateFacts, programs: Sequence[WindowProgram], classes: Mapping[str, int]) -> None:
    """Read both tallies: the current windows for everyone, reopened ones for the dealers that reopened them."""
    question = facts.question
    period = question.period.ordinal
    for base in (COMPLIANT_SALES, PURCHASES):
        of_base = [reckoned for reckoned in programs if reckoned.program.base == base]
        now = min((reckoned.periods[0] for reckoned in of_base if reckoned.current), default=period)
        _read_tally(facts, base, TallyQuestion(now, period, question.cutoff, classes, question.shard))
        before = min((reckoned.periods[0] for reckoned in of_base if not reckoned.current), default=now)
        if before < now and facts.late:
            asked = TallyQuestion(before, now - 1, question.cutoff, classes, question.shard, facts.late.keys())
            _read_tally(facts, base, asked)


def _read_tally(facts: RebateFacts, base: str, asked: TallyQuestion) -> None:
    period = facts.question.period.ordinal
    sums = facts.sums
    if base == COMPLIANT_SALES:
        for row in sales_by_half_month(asked):
            sums.setdefault(row.dealer_id, []).append(
                (base, row.period, row.category_class, row.earning, row.earning_lines)
            )
            if row.period == period:
                facts.sales[row.dealer_id] = facts.sales.get(row.dealer_id, 0) + row.amount
        return
    for bought in purchases_by_half_month(asked):
        sums.setdefault(bought.dealer_id, []).append(
            (base, bought.period, bought.category_class, bought.amount, bought.lines)
        )
        if bought.period == period:
            facts.purchases[bought.dealer_id] = facts.purchases.get(bought.dealer_id, 0) + bought.amount


def _read_settled(facts: RebateFacts, current: set[str], reopened: set[str]) -> None:
    """What the current windows have settled, and the reopened ones for the dealers that reopened them."""
    sql = (
        'SELECT a.dealer_id, a.program, a."window", a.period, (a.due * 100)::bigint, a.base * 1000000'
        ' FROM rebates_accrual a WHERE a."window" = ANY(%s) AND a.period < %s'
        f" AND a.kind = %s {facts.question.shard.condition('a.dealer_id')} ORDER BY a.period"
    )
    for dealer_id, program, window, period, due, base in _rows(
        sql, [sorted(current | reopened), facts.question.period.ordinal, WindowedKind.REBATE]
    ):
        if window not in current and window not in facts.late.get(dealer_id, ()):
            continue
        of_dealer = facts.settled.setdefault(dealer_id, {})
        of_dealer.setdefault((program, window), []).append(Settled(period, due, int(base)))


def _rows(sql: str, params: list[Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
