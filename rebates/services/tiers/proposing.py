"""After a quarter every dealer's tier is scored, and promotions and demotions are proposed with their evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from dealers.choices import DealerState, NoticeKind
from dealers.foundation.barrier import settle_barrier
from dealers.foundation.clock import business_day, start_of_day
from dealers.foundation.periods import Quarter
from dealers.models import DealerTier, Notice, PolicyVersion, User
from dealers.selectors.policies import policy_in_force
from dealers.services.audit import record_audit
from dealers.services.notices import in_every_language, managers_of_dealers, people_of_dealers, tell_all
from dealers.terms import dealers_terms
from rebates.choices import ProposalState
from rebates.errors import QuarterNotOver
from rebates.models import TierProposal, TierReview
from rebates.resources.tiers import evidence_record, single_ways_text
from rebates.rules.tier_review import Move, proposed
from rebates.selectors.tier_facts import four_quarters, tier_facts

REVIEW_PAGE = "/tier-reviews/"
OWN_PAGE = "/my-tier/"
_BATCH = 1_000


def propose_tiers(*, quarter: Quarter, at: datetime) -> TierReview | None:
    """The review after ``quarter``: a proposal for every active dealer with a tier. None without a policy.

    It is made once; asked again, or by two at once, the same review is given back. Channel managers are told how many
    wait for them, dealers whose tier stands how far the next one is. Raises :class:`~rebates.errors.QuarterNotOver`.
    """
    if at < start_of_day(quarter.end):
        raise QuarterNotOver(quarter=str(quarter))
    policy = policy_in_force(quarter.end)
    if policy is None:
        return None
    with connection.cursor() as cursor:
        settle_barrier(cursor)
    with transaction.atomic():
        review, made = TierReview.objects.get_or_create(
            quarter=str(quarter), defaults={"policy": policy, "proposed_at": at}
        )
        if not made:
            return review
        proposals = TierProposal.objects.bulk_create(_proposals(review, quarter, policy, at), batch_size=_BATCH)
        counted = Counter(proposal.move for proposal in proposals)
        record_audit(
            actor=None,
            action="tiers.propose",
            subject=review,
            at=at,
            after={"quarter": review.quarter, "dealers": len(proposals), **{str(move): counted[move] for move in Move}},
        )
        tell_all([*_for_managers(review, proposals, at), *_for_dealers(review, proposals, at)])
    return review


def _proposals(review: TierReview, quarter: Quarter, policy: PolicyVersion, at: datetime) -> Iterator[TierProposal]:
    terms = dealers_terms(policy).tiers
    thresholds = terms.thresholds.points
    first, end = four_quarters(quarter)
    # The tier that a decision would change: one given since the quarter ended counts.
    in_force = DealerTier.objects.filter(valid__contains=business_day(at), dealer__state=DealerState.ACTIVE)
    tiers = dict(in_force.values_list("dealer_id", "tier"))
    for dealer_id, facts in tier_facts(first=first, end=end, at=at).items():
        tier = tiers.get(dealer_id)
        if tier is None:
            continue
        score = facts.score(terms)
        found = proposed(score, tier, thresholds)
        yield TierProposal(
            review=review,
            dealer_id=dealer_id,
            tier=tier,
            proposed=found.tier,
            move=found.move,
            points=score.points,
            evidence=evidence_record(score, found.needed, thresholds, first, end),
            state=ProposalState.STANDS if found.move is Move.NONE else ProposalState.PROPOSED,
        )


def _for_managers(review: TierReview, proposals: Iterable[TierProposal], at: datetime) -> Iterator[Notice]:
    waiting = [proposal.dealer_id for proposal in proposals if proposal.state == ProposalState.PROPOSED]
    people: dict[int, User] = {}
    counts: Counter[int] = Counter()
    for managers in managers_of_dealers(waiting).values():
        for manager in managers:
            people[manager.pk] = manager
            counts[manager.pk] += 1
    for key, manager in people.items():
        params = {"reason": "tiers_proposed", "quarter": review.quarter, "count": counts[key]}
        yield _notice(manager, f"tiers_proposed:{review.quarter}", params, f"{REVIEW_PAGE}{review.quarter}/", at)


def _for_dealers(review: TierReview, proposals: Iterable[TierProposal], at: datetime) -> Iterator[Notice]:
    standing = [proposal for proposal in proposals if proposal.state == ProposalState.STANDS]
    people = people_of_dealers(proposal.dealer_id for proposal in standing)
    for proposal in standing:
        needed = proposal.evidence["needed"]
        params = {
            "reason": "tier_stands" if needed else "tier_stands_highest",
            "quarter": review.quarter,
            "tier": proposal.tier,
            "points": f"{proposal.points:f}",
            "above": needed["tier"] if needed else "",
            "missing": needed["missing"] if needed else "",
            "ways": in_every_language(partial(single_ways_text, needed)),
        }
        for person in people.get(proposal.dealer_id, []):
            yield _notice(person, f"tier_review:{review.quarter}:{proposal.dealer_id}", params, OWN_PAGE, at)


def _notice(person: User, key: str, params: dict[str, object], url: str, at: datetime) -> Notice:
    return Notice(recipient=person, kind=NoticeKind.STANDING, key=key, params=params, url=url, created_at=at)
