"""Where dealers stand in the windows that run now: base, bracket, pace, and what the next bracket brings.

Read with the very facts a settlement of the present half-month would take, so that what is shown is what will be
settled if nothing more happens. The number of queries does not depend on the number of dealers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from dealers.foundation.clock import business_day
from dealers.foundation.periods import HalfMonth, Window
from dealers.models import PolicyVersion
from dealers.selectors.policies import policy_in_force
from dealers.selectors.purchases import ALL_DEALERS, Shard
from rebates.rules.distance import Distance, Pace, distance, pace
from rebates.rules.dues import Due, Input, TierSpan, tier_at
from rebates.rules.programs import WindowProgram
from rebates.rules.quantities import micros
from rebates.selectors.facts import RebateFacts, RebateQuestion, rebate_facts
from rebates.selectors.pool_standings import PoolStanding, pool_standings
from rebates.terms import WatchTerms, rebates_terms


class Standing(NamedTuple):
    """One dealer in one program of its present tier; ``settled`` in cents."""

    dealer_id: int
    tier: str
    program: WindowProgram
    inputs: tuple[Input, ...]
    settled: int
    pace: Pace
    distance: Distance

    @property
    def pending(self) -> int:
        """What has been earned and not been settled yet, in cents; negative after returns."""
        return self.distance.earned - self.settled


@dataclass(frozen=True, slots=True)
class Standings:
    """The answer as of an instant; without a policy in force there is nothing to stand in."""

    at: datetime
    today: date
    terms: WatchTerms
    policy: PolicyVersion | None
    rows: list[Standing]
    #: Programs that an alliance pools are in these instead, whatever the shard.
    pools: list[PoolStanding] = field(default_factory=list)


def standings(*, at: datetime, shard: Shard = ALL_DEALERS, idle: bool = False) -> Standings:
    """Where every dealer of the shard stands; with ``idle`` also those whose base is still zero.

    A half-month counts under the tier at its start: after a change of tier the earlier half-months belong to the old
    tier's program, in which the dealer no longer moves and which is left out here.
    """
    today = business_day(at)
    period = HalfMonth.containing(today)
    policy = policy_in_force(period.start)
    if policy is None:
        return Standings(at, today, WatchTerms(), None, [])
    terms = rebates_terms(policy).watch
    facts = rebate_facts(RebateQuestion(period, at, shard=shard))
    near = micros(terms.near)
    dealers: Collection[int] = facts.tiers.keys() if idle else facts.dealers()
    paces = _Paces(facts, today)
    rows = [row for dealer_id in sorted(dealers) for row in _of_dealer(facts, dealer_id, paces, near, idle)]
    return Standings(at, today, terms, policy, rows, pool_standings(facts, today=today, near=near))


class _Paces:
    """The programs in their order, and how far they are: found once for dealers equally long in a tier."""

    def __init__(self, facts: RebateFacts, today: date) -> None:
        self.programs = sorted(facts.by_key.values(), key=lambda one: (one.order, one.window))
        self._tiers = facts.tiers
        self._today = today
        self._found: dict[tuple[tuple[str, str], str, tuple[TierSpan, ...]], Pace] = {}

    def of(self, dealer_id: int, reckoned: WindowProgram, tier: str) -> Pace:
        tiers = tuple(self._tiers.get(dealer_id, ()))
        key = reckoned.key, tier, tiers
        if key not in self._found:
            halves = (HalfMonth.from_ordinal(one) for one in reckoned.periods if tier_at(tiers, one) == tier)
            spans = [(half.start, half.end) for half in halves]
            self._found[key] = pace(spans, Window.parse(reckoned.window).ends_on, self._today)
        return self._found[key]


def _of_dealer(facts: RebateFacts, dealer_id: int, paces: _Paces, near: int, idle: bool) -> Iterator[Standing]:
    period = facts.question.period.ordinal
    tier = tier_at(facts.tiers.get(dealer_id, ()), period)
    if not tier:
        return
    dues = {due.program.key: due for due in facts.dues_of(dealer_id)}
    allied = bool(facts.members.alliance_at(dealer_id, period))
    for reckoned in paces.programs:
        if not (reckoned.current and reckoned.offered and reckoned.program.tier == tier):
            continue
        if allied and reckoned.program.pooled:
            continue
        due = dues.get(reckoned.key)
        if due is None and not idle:
            continue
        yield _standing(dealer_id, tier, reckoned, due, paces.of(dealer_id, reckoned, tier), near)


def _standing(dealer_id: int, tier: str, reckoned: WindowProgram, due: Due | None, going: Pace, near: int) -> Standing:
    base = due.base if due else 0
    return Standing(
        dealer_id=dealer_id,
        tier=tier,
        program=reckoned,
        inputs=due.inputs if due else (),
        settled=sum(part.due for part in due.settled) if due else 0,
        pace=going,
        distance=distance(reckoned.program, base, going, near),
    )
