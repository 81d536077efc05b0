"""A channel manager confirms what the review proposes, or decides another tier with a reason; one by one or in bulk.

The system proposes and a person decides, so nobody decides an own proposal. Of two managers who decide at once the
first one's decision stands and the second is told.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dealers.choices import NoticeKind
from dealers.errors import Refused
from dealers.foundation.clock import business_day
from dealers.foundation.half_months import HalfMonth, next_half_month_boundary
from dealers.models import DealerTier, User
from dealers.services.audit import record_audit
from dealers.services.notices import in_every_language, people_of_dealers, tell
from dealers.services.tiers import change_tier
from rebates import permissions
from rebates.choices import ProposalState, TierMove
from rebates.errors import ProposalDecided, ProposalNotFound, ProposalOutdated, TierReasonMissing
from rebates.models import Accrual, TierProposal, TierReview
from rebates.resources.tiers import single_ways_text
from rebates.rules.tier_review import move_of
from rebates.selectors.tier_reviews import visible_proposals
from rebates.services.tiers.proposing import OWN_PAGE

_OPEN = (ProposalState.PROPOSED, ProposalState.STANDS)


@dataclass(frozen=True, slots=True)
class NotDecided:
    """A dealer whose proposal could not be decided, and why."""

    dealer: str
    why: Refused


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision about many proposals came to."""

    decided: list[TierProposal]
    passed_over: list[NotDecided]


@transaction.atomic
def decide_proposal(*, pk: int, tier: str, reason: str, actor: User, at: datetime) -> TierProposal:
    """Decide the tier of one dealer. Another tier than the proposed one needs a reason, which the dealer reads.

    Raises :class:`~rebates.errors.ProposalNotFound`, :class:`~rebates.errors.ProposalDecided`,
    :class:`~rebates.errors.ProposalOutdated` or :class:`~rebates.errors.TierReasonMissing`.
    """
    (proposal,) = _locked([pk], actor)
    return _decide(proposal, tier, reason, _Moment.of(at), actor, at)


@transaction.atomic
def decide_proposals(*, pks: Collection[int], tier: str | None, reason: str, actor: User, at: datetime) -> Decided:
    """Confirm many proposals (``tier`` None), or decide one tier for all of them, with one reason.

    Those that somebody decided meanwhile, or that are outdated, are passed over and named. Raises
    :class:`~rebates.errors.ProposalNotFound` when one is out of sight.
    """
    moment = _Moment.of(at)
    decided, passed_over = [], []
    for proposal in _locked(pks, actor):
        try:
            decided.append(_decide(proposal, tier or proposal.proposed, reason, moment, actor, at))
        except (ProposalDecided, ProposalOutdated) as refusal:
            passed_over.append(NotDecided(proposal.dealer.name, refusal))
    return Decided(decided, passed_over)


@dataclass(frozen=True, slots=True)
class _Moment:
    """What is the same for every decision now: the day a change takes effect, and the review that is the latest."""

    today: date
    effective_on: date
    latest: str

    @classmethod
    def of(cls, at: datetime) -> _Moment:
        """The next half-month boundary; a half-month that is settled already keeps the tiers it was settled by."""
        today = business_day(at)
        boundary = HalfMonth.containing(next_half_month_boundary(today))
        settled = Accrual.objects.order_by("-period").values_list("period", flat=True).first()
        first = boundary if settled is None else max(boundary, HalfMonth.from_ordinal(settled).next())
        latest = TierReview.objects.order_by("-quarter").values_list("quarter", flat=True).first()
        return cls(today, first.start, latest or "")


def _locked(pks: Collection[int], actor: User) -> list[TierProposal]:
    """The proposals in the order of their keys, locked, if all of them are in the person's sight."""
    permissions.require(actor, "tiers.decide")
    wanted = set(pks)
    seen = set(visible_proposals(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted - seen:
        raise ProposalNotFound(key=min(wanted - seen))
    locked = TierProposal.objects.select_for_update(of=("self",)).select_related("dealer", "review")
    return list(locked.filter(pk__in=wanted).order_by("pk"))


def _decide(proposal: TierProposal, tier: str, reason: str, moment: _Moment, actor: User, at: datetime) -> TierProposal:
    if proposal.state not in _OPEN:
        raise ProposalDecided(dealer=proposal.dealer.name)
    in_force = DealerTier.objects.filter(dealer_id=proposal.dealer_id, valid__contains=moment.today).first()
    if proposal.review.quarter != moment.latest or in_force is None or in_force.tier != proposal.tier:
        raise ProposalOutdated(dealer=proposal.dealer.name, quarter=proposal.review.quarter)
    reason = reason.strip()[:500]
    overrides = tier != proposal.proposed
    if overrides and not reason:
        raise TierReasonMissing()
    if tier != proposal.tier:
        why = f"{proposal.review.quarter}: {reason}" if reason else proposal.review.quarter
        change_tier(dealer_id=proposal.dealer_id, tier=tier, on=moment.effective_on, reason=why, actor=actor, at=at)
        proposal.effective_on = moment.effective_on
    proposal.state = ProposalState.OVERRIDDEN if overrides else ProposalState.CONFIRMED
    proposal.decided, proposal.reason, proposal.decided_at, proposal.decided_by = tier, reason, at, actor
    proposal.save(update_fields=["state", "decided", "reason", "decided_at", "decided_by", "effective_on"])
    record_audit(
        actor=actor,
        action="tier_proposal.override" if overrides else "tier_proposal.confirm",
        subject=proposal,
        at=at,
        reason=reason,
        before={"tier": proposal.tier, "proposed": proposal.proposed},
        after={"tier": tier, "from": proposal.effective_on},
        dealer_id=proposal.dealer_id,
    )
    _tell_dealer(proposal, at)
    return proposal


def _tell_dealer(proposal: TierProposal, at: datetime) -> None:
    needed = proposal.evidence["needed"]
    move = move_of(proposal.tier, proposal.decided)
    said = {TierMove.PROMOTION: "tier_promoted", TierMove.DEMOTION: "tier_demoted", TierMove.NONE: "tier_kept"}
    tell(
        recipients=people_of_dealers([proposal.dealer_id]).get(proposal.dealer_id, []),
        kind=NoticeKind.STANDING,
        key=f"tier_decided:{proposal.pk}",
        params={
            "reason": said[TierMove(move)],
            "quarter": proposal.review.quarter,
            "tier": proposal.tier,
            "decided": proposal.decided,
            "points": f"{proposal.points:f}",
            "from": proposal.effective_on.isoformat() if proposal.effective_on else "",
            "needed": needed["tier"] if needed else proposal.decided,
            "threshold": needed["threshold"] if needed else "",
            "missing": needed["missing"] if needed else "0",
            "ways": in_every_language(lambda: single_ways_text(needed)),
            "remark": proposal.reason,
        },
        at=at,
        url=OWN_PAGE,
    )
