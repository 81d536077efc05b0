"""Comparing what was settled with what a draft policy would have settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Half-month, dealer, kind of line.
Place = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """One place with both amounts, in cents."""

    period: int
    dealer_id: int
    kind: str
    settled: int
    would_be: int


def compared(settled: Mapping[Place, int], would_be: Mapping[Place, int]) -> list[Compared]:
    """Every place either side knows, in order; an amount a side does not know is nothing."""
    return [
        Compared(*place, settled.get(place, 0), would_be.get(place, 0))
        for place in sorted(settled.keys() | would_be.keys())
        if settled.get(place, 0) or would_be.get(place, 0)
    ]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many dealers would have gained, lost and stayed, and by how much in all (cents)."""

    winners: int
    losers: int
    unchanged: int
    gained: int
    lost: int


def outcome(rows: Iterable[Compared]) -> Outcome:
    """Gains and losses per dealer over all half-months and kinds together."""
    of_dealer: dict[int, int] = {}
    for row in rows:
        of_dealer[row.dealer_id] = of_dealer.get(row.dealer_id, 0) + row.would_be - row.settled
    gains = [amount for amount in of_dealer.values() if amount > 0]
    losses = [amount for amount in of_dealer.values() if amount < 0]
    return Outcome(len(gains), len(losses), len(of_dealer) - len(gains) - len(losses), sum(gains), sum(losses))
