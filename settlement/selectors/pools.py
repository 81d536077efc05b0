"""The pools of alliances in the windows of a half-month, for HQ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dealers.foundation.clock import business_day
from dealers.foundation.half_months import HalfMonth
from dealers.selectors.policies import policy_in_force
from dealers.selectors.purchases import ChosenDealers
from rebates.rules.quantities import micros
from rebates.selectors.facts import RebateQuestion, rebate_facts
from rebates.selectors.pool_standings import PoolStanding, pool_standings
from rebates.terms import rebates_terms
from settlement.choices import RunState
from settlement.models import SettlementRun
from settlement.selectors.reckoning import books_before


@dataclass(frozen=True, slots=True)
class PoolsOf:
    """The pools of a half-month, with the facts known up to ``as_of``; ``settled`` when that half-month is closed."""

    period: HalfMonth
    as_of: datetime
    settled: bool
    pools: list[PoolStanding]


def pools_of_period(period: HalfMonth, *, at: datetime) -> PoolsOf:
    """As the half-month's settlement reckoned them, or would with the facts known at ``at`` while it is not closed.

    A fixed number of queries, narrowed to dealers that ever belonged to an alliance; few when no program is pooled.
    """
    run = SettlementRun.objects.filter(ordinal=period.ordinal, state=RunState.CLOSED).first()
    as_of = run.cutoff if run is not None and run.cutoff is not None else at
    policy = policy_in_force(period.start)
    if policy is None:
        return PoolsOf(period, as_of, run is not None, [])
    books = books_before(period)
    facts = rebate_facts(RebateQuestion(period, as_of, books.since, books.first, ChosenDealers()))
    today = min(business_day(at), period.end - timedelta(days=1))
    pools = pool_standings(facts, today=today, near=micros(rebates_terms(policy).watch.near))
    return PoolsOf(period, as_of, run is not None, pools)
