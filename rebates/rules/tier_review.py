"""What a quarterly review proposes: the tier the score reaches, and how far away the tier is that a dealer would want.

Who rises is shown the tier above the new one, who falls the tier that is lost, everybody else the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dealers.rules.tier_score import TIERS, NextTier, TierScore, distance_to, next_tier


class Move(StrEnum):
    PROMOTION = "promotion"
    DEMOTION = "demotion"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Proposed:
    """The tier the score reaches, the move from the one in force, and the distance to the tier worth reaching."""

    tier: str
    move: Move
    needed: NextTier | None


def move_of(current: str, tier: str) -> Move:
    """Whether ``tier`` is above ``current``, below, or the same."""
    if tier == current:
        return Move.NONE
    return Move.PROMOTION if TIERS.index(tier) < TIERS.index(current) else Move.DEMOTION


def proposed(score: TierScore, current: str, thresholds: Mapping[str, Decimal]) -> Proposed:
    """What the score proposes for a dealer whose tier is ``current``."""
    move = move_of(current, score.tier)
    needed = (
        distance_to(score, current, thresholds) if move is Move.DEMOTION else next_tier(score, score.tier, thresholds)
    )
    return Proposed(score.tier, move, needed)
