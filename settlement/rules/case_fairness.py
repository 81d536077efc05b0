"""What of the evidence may still be held against a dealer when it is decided, and when the decision is applied.

Evidence is what was seen then; between then and the decision reports are revised, bands judged anew, legal bases
found wanting. Nothing is punished that rests on a report since withdrawn, on a band that only recommends, on a floor
without a legal basis in force on the day of the sale, or on an outage of ours; nor is anything punished twice. What
still stands counts with the smaller of the two figures: the one the dealer was heard about, and the one of now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from dealers.foundation.digest import canonical_json, sha256_hex
from pricing.choices import ViolationKind

Key = tuple[str, str]
Span = tuple[datetime, datetime]


class LeftOutFor(StrEnum):
    """Why something in the evidence no longer counts."""

    ALREADY_DECIDED = "already_decided"
    WITHDRAWN = "withdrawn"
    OUR_OUTAGE = "our_outage"
    RECOMMENDED_BAND = "recommended_band"
    NO_LEGAL_BASIS = "no_legal_basis"
    NOT_IN_BREACH = "not_in_breach"
    REVISED = "revised"


class Edge(StrEnum):
    """What the band of a line is worth against the dealer."""

    ENFORCED = "enforced"
    RECOMMENDED = "recommended"
    NO_BASIS = "no_basis"


@dataclass(frozen=True, slots=True)
class SeenFact:
    """One thing the evidence holds against the dealer, as it was seen.

    ``key`` is the kind of breach and the line (``S1/2``); the breach is empty where the report itself is held against
    the dealer, whatever its price. ``basis_until`` is the first day on which the floor's legal basis no longer holds.
    ``spans`` are the times in which the dealer had to do something it is said not to have done.
    """

    key: Key
    revision: int | None = None
    sold_on: date | None = None
    shortfall: Decimal = Decimal(0)
    has_basis: bool = True
    basis_until: date | None = None
    spans: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class FactNow:
    """The same thing as it is now. ``holds`` tells whether the same breach is still found in it."""

    revision: int
    holds: bool = True
    edge: Edge = Edge.ENFORCED
    shortfall: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts, with its amount; ``seen`` is the amount the evidence says, where that was another one."""

    key: Key
    amount: Decimal
    seen: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    key: Key
    why: LeftOutFor
    seen: Decimal


@dataclass(frozen=True, slots=True)
class Examination:
    """The evidence of a case held against the facts of now. ``by_itself`` counts pieces without facts to compare."""

    standing: Sequence[Standing] = ()
    left_out: Sequence[LeftOut] = ()
    by_itself: int = 0

    @property
    def shortfall(self) -> Decimal:
        """What the standing lines add up to, not rounded yet."""
        return sum((each.amount for each in self.standing), Decimal(0))

    @property
    def differences(self) -> int:
        """How many things are other than the evidence says."""
        return len(self.left_out) + sum(each.seen is not None for each in self.standing)

    @property
    def changed(self) -> bool:
        return self.differences > 0

    @property
    def nothing_stands(self) -> bool:
        return not self.standing and not self.by_itself

    def record(self) -> dict[str, Any]:
        """The examination as it is kept with a decision."""
        return {
            "standing": [
                {"breach": each.key[0], "line": each.key[1], "amount": f"{each.amount:f}"}
                | ({} if each.seen is None else {"seen": f"{each.seen:f}"})
                for each in self.standing
            ],
            "left_out": [
                {"breach": each.key[0], "line": each.key[1], "why": str(each.why), "seen": f"{each.seen:f}"}
                for each in self.left_out
            ],
            "by_itself": self.by_itself,
        }

    def digest(self) -> str:
        """The same for the same differences: by it a judge says which of them it has seen."""
        return sha256_hex(canonical_json(self.record()))


def examine(
    facts: Iterable[SeenFact],
    now: Mapping[Key, FactNow],
    *,
    outages: Iterable[Span] = (),
    decided: Collection[Key] = (),
    by_itself: int = 0,
) -> Examination:
    """What stands and what is left out, in the order of the evidence.

    ``decided`` are the facts that another case has decided against the dealer already.
    """
    standing: list[Standing] = []
    left_out: list[LeftOut] = []
    down = list(outages)
    for fact in facts:
        present = now.get(fact.key)
        why = _why_not(fact, present, down, decided)
        if why is not None:
            left_out.append(LeftOut(fact.key, why, fact.shortfall))
            continue
        amount = fact.shortfall if present is None else min(fact.shortfall, present.shortfall)
        standing.append(Standing(fact.key, amount, None if amount == fact.shortfall else fact.shortfall))
    return Examination(standing, left_out, by_itself)


def _why_not(
    fact: SeenFact, now: FactNow | None, outages: Sequence[Span], decided: Collection[Key]
) -> LeftOutFor | None:
    """The first reason for which a fact does not count; None when it does."""
    breach, _line = fact.key
    if fact.key in decided:
        return LeftOutFor.ALREADY_DECIDED
    if any(start < down_to and down_from < end for start, end in fact.spans for down_from, down_to in outages):
        return LeftOutFor.OUR_OUTAGE
    if breach == ViolationKind.BELOW_FLOOR and not _had_basis(fact):
        return LeftOutFor.NO_LEGAL_BASIS
    if now is None:
        return LeftOutFor.WITHDRAWN if fact.revision is not None else None
    if now.edge == Edge.RECOMMENDED:
        return LeftOutFor.RECOMMENDED_BAND
    if now.edge == Edge.NO_BASIS:
        return LeftOutFor.NO_LEGAL_BASIS
    if breach:
        return None if now.holds else LeftOutFor.NOT_IN_BREACH
    return LeftOutFor.REVISED if now.revision != fact.revision else None


def _had_basis(fact: SeenFact) -> bool:
    """Whether by the evidence itself the floor had a legal basis in force on the day of the sale."""
    in_force = fact.basis_until is None or fact.sold_on is None or fact.sold_on < fact.basis_until
    return fact.has_basis and in_force
