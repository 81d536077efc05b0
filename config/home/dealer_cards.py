"""The short forms on a dealer's start page: how far the next tier is, the latest messages, how holds are lifted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dealers.foundation import clock
from dealers.models import Dealer, Notice, User
from dealers.selectors.policies import policy_in_force
from dealers.services.notices import render as words_of_notice
from dealers.terms import dealers_terms
from rebates.permissions import can as rebates_can
from rebates.resources.tiers import needed_record, ways_text
from rebates.selectors.tier_standing import TierStanding, tier_standing

MESSAGES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class TierCard:
    """The tier, the points, and what is missing to the next tier in words; empty when nothing is."""

    standing: TierStanding
    ways: str

    @property
    def points(self) -> Decimal | None:
        return None if self.standing.score is None else self.standing.score.points


def tier_card(user: User, dealer: Dealer, *, at: datetime) -> TierCard | None:
    """The dealer's distance to the next tier; None for whoever may not see it. A fixed number of queries."""
    if not rebates_can(user, "tiers.own"):
        return None
    standing = tier_standing(dealer, at=at)
    return TierCard(standing, "" if standing.above is None else ways_text(needed_record(standing.above)))


@dataclass(frozen=True, slots=True)
class Message:
    notice: Notice
    title: str
    body: str


def latest_messages(user: User) -> list[Message]:
    """The person's unread notices, the newest first; one query."""
    unread = Notice.objects.filter(recipient=user, read_at=None).order_by("-pk")[:MESSAGES_SHOWN]
    return [Message(notice, *words_of_notice(notice)) for notice in unread]


def sync_holds_lift_by_themselves(at: datetime) -> bool:
    """Whether the policy in force lifts the holds of late reports without a person."""
    policy = policy_in_force(clock.business_day(at))
    return policy is not None and dealers_terms(policy).sync.lifts_automatically
