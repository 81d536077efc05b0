"""How far a dealer is in the windows that run now: its base, the bracket it has reached, how much to the next.

Read with the very facts a settlement of the present half-month would take, so that what is shown here is what will
be settled if nothing more happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dealers.foundation.clock import business_day
from dealers.foundation.half_months import HalfMonth
from dealers.selectors.policies import policy_in_force
from dealers.selectors.purchases import Shard
from rebates.rules.distance import Outlook
from rebates.rules.dues import Due, tier_at
from rebates.rules.entitlement import entitlement
from rebates.rules.programs import WindowProgram
from rebates.selectors.facts import RebateFacts, RebateQuestion, rebate_facts
from rebates.selectors.pool_standings import OwnPart, own_parts, pool_standings
from settlement.selectors.reckoning import books_before

_MICRO, _CENT = Decimal("0.000001"), Decimal("0.01")


@dataclass(frozen=True, slots=True)
class OneDealer(Shard):
    """The facts of the dealer with key ``number`` and nobody else."""

    def condition(self, column: str) -> str:
        return f" AND {column} = {int(self.number)}"


@dataclass(frozen=True, slots=True)
class Progress:
    """One program in its running window; amounts in yuan. ``next_at`` None means the highest bracket is reached."""

    program: str
    base_kind: str
    method: str
    window: str
    base: Decimal
    rate: Decimal
    reached_at: Decimal
    next_at: Decimal | None
    next_rate: Decimal | None
    earned: Decimal
    settled: Decimal
    capped: bool
    cap: Decimal | None
    #: With an alliance ``base`` and what follows are the pool's, and what is earned is the dealer's share of it.
    alliance: str = ""
    contribution: Decimal = Decimal(0)
    #: False when the pool's total would be another dealer's figure: ``base`` is then the own contribution, ``rate``
    #: what the pool comes to.
    shows_pool: bool = True

    @property
    def missing(self) -> Decimal | None:
        """How much base is missing to the next bracket."""
        return None if self.next_at is None else self.next_at - self.base

    @property
    def pending(self) -> Decimal:
        """What has been earned and not been settled yet."""
        return self.earned - self.settled


def rebate_progress(dealer_id: int, *, at: datetime) -> list[Progress]:
    """The programs of the dealer's present tier in their running windows, then those its alliance pools; empty
    without policy or tier.

    A fixed number of queries, all narrowed to this dealer.
    """
    period = HalfMonth.containing(at)
    if policy_in_force(period.start) is None:
        return []
    books = books_before(period)
    facts = rebate_facts(RebateQuestion(period, at, books.since, books.first, OneDealer(dealer_id)))
    tier = tier_at(facts.tiers.get(dealer_id, ()), period.ordinal)
    dues = {due.program.key: due for due in facts.dues_of(dealer_id)}
    alone = [
        _progress(reckoned, dues.get(reckoned.key), facts, dealer_id)
        for reckoned in sorted(facts.by_key.values(), key=lambda one: (one.order, one.window))
        if reckoned.current
        and reckoned.offered
        and reckoned.program.tier == tier
        and not (reckoned.program.pooled and facts.members.alliance_at(dealer_id, period.ordinal))
    ]
    pools = pool_standings(facts, today=business_day(at), near=0)
    return alone + [_pooled(part) for part in own_parts(pools, dealer_id)]


def _progress(reckoned: WindowProgram, due: Due | None, facts: RebateFacts, dealer_id: int) -> Progress:
    program = reckoned.program
    base = due.base if due else 0
    earned = due.entitlement if due else entitlement(program, base)
    settled: Sequence[int] = [part.due for part in facts.settled.get(dealer_id, {}).get(reckoned.key, ())]
    reached = max((bracket for bracket in program.brackets if bracket.start <= max(base, 0)), key=lambda b: b.start)
    ahead = next((bracket for bracket in program.brackets if bracket.start > max(base, 0)), None)
    return Progress(
        program=program.code,
        base_kind=program.base,
        method=program.method,
        window=reckoned.window,
        base=base * _MICRO,
        rate=reached.rate * _MICRO,
        reached_at=reached.start * _MICRO,
        next_at=None if ahead is None else ahead.start * _MICRO,
        next_rate=None if ahead is None else ahead.rate * _MICRO,
        earned=earned.amount * _CENT,
        settled=sum(settled) * _CENT,
        capped=earned.capped,
        cap=None if program.cap is None else program.cap * _CENT,
    )


def _pooled(part: OwnPart) -> Progress:
    program, found = part.program.program, part.distance
    ahead = found.next if found else None
    return Progress(
        program=program.code,
        base_kind=program.base,
        method=program.method,
        window=part.program.window,
        base=(found.base if found else part.own.contribution) * _MICRO,
        rate=(found.rate if found else part.rate) * _MICRO,
        reached_at=(found.reached if found else 0) * _MICRO,
        next_at=None if ahead is None else ahead.start * _MICRO,
        next_rate=None if ahead is None else ahead.rate * _MICRO,
        earned=part.own.share * _CENT,
        settled=part.own.settled * _CENT,
        capped=found is not None and found.outlook is Outlook.CAPPED,
        cap=None if program.cap is None else program.cap * _CENT,
        alliance=part.alliance,
        contribution=part.own.contribution * _MICRO,
        shows_pool=found is not None,
    )
