"""Where alliances stand together in the windows that run: base, bracket, and what each member has part in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from dealers.foundation.half_months import HalfMonth
from dealers.foundation.periods import Window
from rebates.rules.distance import Distance, Pace, distance, pace
from rebates.rules.dues import tier_at
from rebates.rules.pools import Pool, pool_rate, pooled_code, shows_totals
from rebates.rules.programs import WindowProgram
from rebates.selectors.facts import RebateFacts
from rebates.selectors.pools import AlliancePool, pools_of


@dataclass(frozen=True, slots=True)
class PoolMember:
    """A member's part in a pool: the contribution in micros; its share and what of it is settled in cents.

    ``present`` tells whether it belongs to the alliance now; one that left keeps its part in the window.
    """

    dealer_id: int
    code: str
    contribution: int
    share: int
    settled: int
    present: bool

    @property
    def pending(self) -> int:
        return self.share - self.settled


@dataclass(frozen=True, slots=True)
class PoolStanding:
    """One alliance in one program and window; members in the order of their codes."""

    alliance: str
    program: WindowProgram
    pool: Pool
    pace: Pace
    distance: Distance
    members: tuple[PoolMember, ...]


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What one member may know of a pool: its own part and the rate the pool comes to, in millionths.

    ``distance`` is the pool's; None when the total would be another dealer's figure, see
    :func:`~rebates.rules.pools.shows_totals`.
    """

    alliance: str
    program: WindowProgram
    own: PoolMember
    rate: int
    pace: Pace
    distance: Distance | None


def pool_standings(facts: RebateFacts, *, today: date, near: int) -> list[PoolStanding]:
    """Every pool of the running windows with a present member or a contribution, by alliance and program. No query.

    A member stands in the pool of its tier's program; what it brought under an earlier tier stays in that one's.
    """
    pools = pools_of(facts)
    if pools is None:
        return []
    found = [
        _standing(pools.facts, one, members, today, near)
        for one in pools.found
        if one.program.current and one.program.offered and (members := _members(pools.facts, one))
    ]
    return sorted(found, key=lambda one: (one.alliance, one.program.order, one.program.window))


def _standing(facts: RebateFacts, one: AlliancePool, members: list[PoolMember], today: date, near: int) -> PoolStanding:
    halves = (HalfMonth.from_ordinal(period) for period in one.program.periods)
    going = pace([(half.start, half.end) for half in halves], Window.parse(one.program.window).ends_on, today)
    return PoolStanding(
        one.alliance,
        one.program,
        one.pool,
        going,
        distance(one.program.program, one.pool.base, going, near),
        tuple(sorted(members, key=attrgetter("code"))),
    )


def _members(facts: RebateFacts, one: AlliancePool) -> list[PoolMember]:
    key = pooled_code(one.program.program.code, one.alliance), one.program.window
    period = facts.question.period.ordinal
    found = []
    for dealer_id in facts.members.spans:
        code = facts.members.codes[dealer_id]
        settled = sum(part.due for part in facts.settled.get(dealer_id, {}).get(key, ()))
        allied = facts.members.alliance_at(dealer_id, period) == one.alliance
        present = allied and tier_at(facts.tiers.get(dealer_id, ()), period) == one.program.program.tier
        if present or dealer_id in one.contributed or settled:
            contribution = one.pool.contributions.get(code, 0)
            found.append(PoolMember(dealer_id, code, contribution, one.pool.shares.get(code, 0), settled, present))
    return found


def own_parts(pools: Iterable[PoolStanding], dealer_id: int) -> list[OwnPart]:
    """What of ``pools`` this dealer may know."""
    return [
        OwnPart(
            one.alliance,
            one.program,
            own,
            pool_rate(one.pool),
            one.pace,
            one.distance if shows_totals(one.pool, own.code) else None,
        )
        for one in pools
        for own in one.members
        if own.dealer_id == dealer_id
    ]
