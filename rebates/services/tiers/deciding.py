"""A channel manager confirms what the review proposes, or decides another tier with a reason; one by one or in bulk.

The system proposes and a person decides, so nobody decides an own proposal. Of two managers who decide at once the
first one's decision stands and the second is told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dealers.choices import NoticeKind
from dealers.errors import Refused
from dealers.foundation.clock import business_day
from dealers.foundation.half_months import HalfMonth, next_half_month_boundary
from dealers.models import DealerTier, Notice, User
from dealers.services.audit import AuditEvent, record_audits
from dealers.services.notices import in_every_language, people_of_dealers, tell_all
from dealers.services.tiers import TierChangesThen, change_tier
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
    event = _decide(proposal, tier, reason, _Moment.of(at, [proposal]), actor, at)
    _record([proposal], [event], at)
    return proposal


@transaction.atomic
def decide_proposals(*, pks: Collection[int], tier: str | None, reason: str, actor: User, at: datetime) -> Decided:
    """Confirm many proposals (``tier`` None), or decide one tier for all of them, with one reason.

    Those that somebody decided meanwhile, that are outdated, or whose tier changes that day already, are passed over
    and named. Raises :class:`~rebates.errors.ProposalNotFound` when one is out of sight.
    """
    proposals = _locked(pks, actor)
    moment = _Moment.of(at, proposals)
    decided, events, passed_over = [], [], []
    for proposal in proposals:
        try:
            events.append(_decide(proposal, tier or proposal.proposed, reason, moment, actor, at))
            decided.append(proposal)
        except (ProposalDecided, ProposalOutdated, TierChangesThen) as refusal:
            passed_over.append(NotDecided(proposal.dealer.name, refusal))
    _record(decided, events, at)
    return Decided(decided, passed_over)


@dataclass(frozen=True, slots=True)
class _Moment:
    """What is read once for all decisions: the day a change takes effect, the latest review, and the tiers in force."""

    effective_on: date
    latest: str
    tiers: Mapping[int, str]

    @classmethod
    def of(cls, at: datetime, proposals: Collection[TierProposal]) -> _Moment:
        """The next half-month boundary; a half-month that is settled already keeps the tiers it was settled by."""
        today = business_day(at)
        boundary = HalfMonth.containing(next_half_month_boundary(today))
        settled = Accrual.objects.order_by("-period").values_list("period", flat=True).first()
        first = boundary if settled is None else max(boundary, HalfMonth.from_ordinal(settled).next())
        latest = TierReview.objects.order_by("-quarter").values_list("quarter", flat=True).first()
        in_force = DealerTier.objects.filter(
            dealer__in={proposal.dealer_id for proposal in proposals}, valid__contains=today
        )
        return cls(first.start, latest or "", dict(in_force.values_list("dealer_id", "tier")))


def _locked(pks: Collection[int], actor: User) -> list[TierProposal]:
    """The proposals in the order of their keys, locked, if all of them are in the person's sight."""
    permissions.require(actor, "tiers.decide")
    wanted = set(pks)
    seen = set(visible_proposals(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted - seen:
        raise ProposalNotFound(key=min(wanted - seen))
    locked = TierProposal.objects.select_for_update(of=("self",)).select_related("dealer", "review")
    return list(locked.filter(pk__in=wanted).order_by("pk"))


def _decide(proposal: TierProposal, tier: str, reason: str, moment: _Moment, actor: User, at: datetime) -> AuditEvent:
    if proposal.state not in _OPEN:
        raise ProposalDecided(dealer=proposal.dealer.name)
    if proposal.review.quarter != moment.latest or moment.tiers.get(proposal.dealer_id) != proposal.tier:
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
    return AuditEvent(
        actor,
        action="tier_proposal.override" if overrides else "tier_proposal.confirm",
        subject=proposal,
        at=at,
        reason=reason,
        before={"tier": proposal.tier, "proposed": proposal.proposed},
        after={"tier": tier, "from": proposal.effective_on},
        dealer_id=proposal.dealer_id,
    )


def _record(proposals: Collection[TierProposal], events: Collection[AuditEvent], at: datetime) -> None:
    """Write down what was decided, and tell the dealers."""
    record_audits(events)
    people = people_of_dealers(proposal.dealer_id for proposal in proposals)
    tell_all(_notice(proposal, person, at) for proposal in proposals for person in people.get(proposal.dealer_id, []))


def _notice(proposal: TierProposal, person: User, at: datetime) -> Notice:
    needed = proposal.evidence["needed"]
    move = move_of(proposal.tier, proposal.decided)
    said = {TierMove.PROMOTION: "tier_promoted", TierMove.DEMOTION: "tier_demoted", TierMove.NONE: "tier_kept"}
    return Notice(
        recipient=person,
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
        url=OWN_PAGE,
        created_at=at,
    )
