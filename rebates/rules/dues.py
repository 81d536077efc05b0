"""What is due to a dealer now: what its windows have earned, less what they have settled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rebates.rules.entitlement import Entitlement, entitlement
from rebates.rules.programs import WindowProgram

#: Which programs a fact counts for: (base, half-month, tier, class of categories).
Counting = Mapping[tuple[str, int, str, int], Sequence[WindowProgram]]


@dataclass(frozen=True, slots=True)
class TierSpan:
    """A tier, and the half-months [first, end) at whose start it is in force."""

    tier: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What a half-month settled for a program and window: the due amount (cents) and the base then (micros)."""

    period: int
    due: int
    base: int


class Input(NamedTuple):
    """What one half-month adds to a base (micros), under which tier, from how many lines."""

    period: int
    tier: str
    amount: int
    lines: int


class DealerFacts(NamedTuple):
    """Everything the dues of one dealer follow from.

    ``sums`` are (base, half-month, class of categories, amount in micros, lines). ``late`` names the earlier
    windows that received facts since the last settlement.
    """

    tiers: Sequence[TierSpan]
    sums: Iterable[tuple[str, int, int, int, int]]
    settled: Mapping[tuple[str, str], Sequence[Settled]]
    late: Collection[str] = ()
    #: The half-months in which the dealer belongs to an alliance: pooled programs reckon them in the pool.
    allied: Collection[int] = ()


class Due(NamedTuple):
    """One line of a statement before it is written; ``amount`` in cents."""

    program: WindowProgram
    inputs: tuple[Input, ...]
    base: int
    entitlement: Entitlement
    settled: tuple[Settled, ...]
    amount: int


def counting(programs: Iterable[WindowProgram], classes: Mapping[int, Collection[tuple[str, str]]]) -> Counting:
    """Index ``programs`` by the facts they count. ``classes`` holds for each class the keys of those that name it."""
    index: dict[tuple[str, int, str, int], list[WindowProgram]] = {}
    for reckoned in programs:
        program = reckoned.program
        for number, members in classes.items():
            if program.categories is None or reckoned.key in members:
                for period in reckoned.periods:
                    index.setdefault((program.base, period, program.tier, number), []).append(reckoned)
    return index


def tier_at(tiers: Sequence[TierSpan], period: int) -> str:
    """The tier in force at the start of the half-month, empty when there is none."""
    for span in tiers:
        if span.first <= period < span.end:
            return span.tier
    return ""


def dues(
    facts: DealerFacts,
    index: Counting,
    by_key: Mapping[tuple[str, str], WindowProgram],
    period: int,
) -> list[Due]:
    """The dues of one dealer when half-month ``period`` is settled, in the order of a statement.

    The program of the dealer's tier is shown when its base or what it has settled is not zero, also with nothing
    due; a tier the dealer has left, a program no longer offered and an earlier window only when they change
    something. A half-month counts under the tier at its start.
    """
    gathered = _gather(facts, index)
    candidates = set(gathered)
    for key in facts.settled:
        reckoned = by_key.get(key)
        if reckoned is not None and (reckoned.current or key[1] in facts.late):
            candidates.add(key)
    tier_now = tier_at(facts.tiers, period)
    found = []
    for key in candidates:
        reckoned = by_key[key]
        parts = gathered.get(key, {})
        inputs = tuple(Input(at, *parts[at]) for at in sorted(parts))
        base = sum(part.amount for part in inputs)
        before = tuple(facts.settled.get(key, ()))
        earned = entitlement(reckoned.program, base)
        amount = earned.amount - sum(part.due for part in before)
        own = reckoned.current and reckoned.offered and reckoned.program.tier == tier_now
        if amount or (own and (base or any(part.due for part in before))) or _base_moved(reckoned, base, before):
            found.append(Due(reckoned, inputs, base, earned, before, amount))
    found.sort(
        key=lambda due: (not due.program.current, due.program.up_to, due.program.order, due.program.program.code)
    )
    return found


def _gather(facts: DealerFacts, index: Counting) -> dict[tuple[str, str], dict[int, tuple[str, int, int]]]:
    """Per program and window what each half-month adds: tier, amount, lines."""
    gathered: dict[tuple[str, str], dict[int, tuple[str, int, int]]] = {}
    for base, at, category_class, amount, lines in facts.sums:
        tier = tier_at(facts.tiers, at)
        for reckoned in index.get((base, at, tier, category_class), ()):
            if not reckoned.current and reckoned.window not in facts.late:
                continue
            if reckoned.program.pooled and at in facts.allied:
                continue
            parts = gathered.setdefault(reckoned.key, {})
            if at in parts:
                _, amount_so_far, lines_so_far = parts[at]
                parts[at] = (tier, amount_so_far + amount, lines_so_far + lines)
            else:
                parts[at] = (tier, amount, lines)
    return gathered


def _base_moved(reckoned: WindowProgram, base: int, before: Sequence[Settled]) -> bool:
    """Whether late facts changed an earlier window's base although nothing is due, for example at its cap."""
    return not reckoned.current and bool(before) and before[-1].base != base
