"""Rank within a tier: the best score is first, equal scores share a place, cards without a score have none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Rank:
    """The ``place``-th of ``of`` in its tier."""

    place: int
    of: int


def ranks(scores: Iterable[tuple[int, str, Decimal | None]]) -> dict[int, Rank]:
    """By dealer, from (dealer, tier, score)."""
    tiers: dict[str, list[tuple[Decimal, int]]] = {}
    for dealer_id, tier, score in scores:
        if score is not None:
            tiers.setdefault(tier, []).append((score, dealer_id))
    found: dict[int, Rank] = {}
    for members in tiers.values():
        members.sort(reverse=True)
        place = 0
        before: Decimal | None = None
        for at, (score, dealer_id) in enumerate(members, start=1):
            place = place if score == before else at
            before = score
            found[dealer_id] = Rank(place, len(members))
    return found
