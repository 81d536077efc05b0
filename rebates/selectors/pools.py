"""The pools of alliances, reckoned from every member's facts whatever shard is settled."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rebates.rules.dues import Input, tier_at
from rebates.rules.pools import Pool, PooledDue, pool_of, pooled_code
from rebates.rules.programs import WindowProgram
from rebates.selectors.facts import RebateFacts

Parts = dict[int, tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class AlliancePool:
    """One alliance in one program and window. ``contributed`` tells by dealer what each half-month brought."""

    program: WindowProgram
    alliance: str
    pool: Pool
    contributed: Mapping[int, Parts]


class Pools:
    """The pools of a settlement, each reckoned once for all its members.

    ``facts`` are those of every dealer that ever belonged to an alliance.
    """

    def __init__(self, facts: RebateFacts) -> None:
        self.facts = facts
        self.members = facts.members
        self.found: list[AlliancePool] = []
        self._dues: dict[int, list[PooledDue]] = {}
        for reckoned in facts.by_key.values():
            if reckoned.program.pooled:
                self._reckon(reckoned)
        for found in self._dues.values():
            found.sort(key=lambda due: (not due.program.current, due.program.up_to, due.program.order, due.code))

    def dealers(self) -> Collection[int]:
        return self._dues.keys()

    def dues_of(self, dealer_id: int) -> list[PooledDue]:
        return self._dues.get(dealer_id, [])

    def _reckon(self, reckoned: WindowProgram) -> None:
        gathered: dict[str, dict[int, Parts]] = {}
        for dealer_id in self.members.spans:
            for alliance, parts in self._contributed(reckoned, dealer_id).items():
                gathered.setdefault(alliance, {})[dealer_id] = parts
        alliances = {alliance for spans in self.members.spans.values() for _, alliance in spans if alliance}
        for alliance in sorted(alliances):
            of_alliance = gathered.get(alliance, {})
            codes = self.members.codes
            pool = pool_of(
                reckoned.program,
                {codes[dealer_id]: sum(part[1] for part in parts.values()) for dealer_id, parts in of_alliance.items()},
            )
            self.found.append(AlliancePool(reckoned, alliance, pool, of_alliance))
            for dealer_id in self.members.spans:
                if any(alliance == own for _, own in self.members.spans[dealer_id]):
                    self._settle(reckoned, alliance, pool, dealer_id, of_alliance.get(dealer_id, {}))

    def _contributed(self, reckoned: WindowProgram, dealer_id: int) -> dict[str, Parts]:
        """By alliance, what each half-month adds to its pool: tier, amount, lines."""
        found: dict[str, Parts] = {}
        if not reckoned.current and reckoned.window not in self.facts.late.get(dealer_id, ()):
            return found
        program = reckoned.program
        for base, at, category_class, amount, lines in self.facts.sums.get(dealer_id, ()):
            alliance = self.members.alliance_at(dealer_id, at)
            tier = tier_at(self.facts.tiers.get(dealer_id, ()), at)
            if not alliance or reckoned not in self.facts.index.get((base, at, tier, category_class), ()):
                continue
            parts = found.setdefault(alliance, {})
            _, so_far, lines_so_far = parts.get(at, (tier, 0, 0))
            parts[at] = (tier, so_far + amount, lines_so_far + lines)
        assert all(tier == program.tier for parts in found.values() for tier, _, _ in parts.values())
        return found

    def _settle(self, reckoned: WindowProgram, alliance: str, pool: Pool, dealer_id: int, parts: Parts) -> None:
        key = pooled_code(reckoned.program.code, alliance), reckoned.window
        before = tuple(self.facts.settled.get(dealer_id, {}).get(key, ()))
        inputs = tuple(Input(at, *parts[at]) for at in sorted(parts))
        due = PooledDue(reckoned, alliance, self.members.codes[dealer_id], pool, inputs, before)
        shown = reckoned.current and (due.base or any(part.due for part in before))
        if due.amount or shown:
            self._dues.setdefault(dealer_id, []).append(due)


def pools_of(facts: RebateFacts) -> Pools | None:
    """The pools in which dealers of these facts have a part; None when no program is pooled. No query."""
    return None if facts.pool_facts is None else Pools(facts.pool_facts)
