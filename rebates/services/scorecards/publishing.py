"""Publication: the latest edition of every card stands from now on, ranked within its tier, and has consequences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction

from dealers.choices import NoticeKind
from dealers.foundation.barrier import settle_barrier
from dealers.foundation.clock import business_day, start_of_day
from dealers.foundation.periods import Quarter
from dealers.models import Notice, User
from dealers.services.audit import record_audit
from dealers.services.notices import people_of_dealers, tell_all
from rebates import permissions
from rebates.choices import PlanState, ScorecardOutcome
from rebates.errors import QuarterNotOver, QuarterPublished
from rebates.models import CorrectivePlan, PublishedScorecard, ScorecardQuarter
from rebates.rules.scorecard.outcome import outcome
from rebates.rules.scorecard.plan_life import due_at_end_of, last_day
from rebates.rules.scorecard.ranking import ranks
from rebates.selectors.scorecards import latest_editions
from rebates.services.scorecards.calculating import calculated, claimed_quarter
from rebates.terms import ScorecardTerms, rebates_terms

PAGE = "/scorecards/"
_BATCH = 1_000


def publish_scorecards(*, quarter: Quarter, actor: User | None, at: datetime) -> ScorecardQuarter:
    """Calculate the cards of a finished quarter once more and let them stand. ``actor`` None is the policy's day.

    Of the quarter that ended last dealers are told score, rank and what follows, and plans are asked for. Raises
    :class:`~rebates.errors.QuarterPublished`, :class:`~rebates.errors.QuarterNotOver` or
    :class:`~rebates.errors.QuarterWithoutPolicy`.
    """
    if actor is not None:
        permissions.require(actor, "scorecards.publish")
    if at < start_of_day(quarter.end):
        raise QuarterNotOver(quarter=str(quarter))
    with connection.cursor() as cursor:
        settle_barrier(cursor)
    with transaction.atomic():
        row = claimed_quarter(quarter)
        if row.published_at is not None:
            raise QuarterPublished(quarter=row.quarter)
        calculated(row, at=at)
        terms = rebates_terms(row.policy).scorecard
        published = _publish(row, terms, at)
        # Cards of long ago, made good when a company is taken over, are for the record alone.
        recent = quarter.next() == Quarter.containing(at)
        plans = _open_plans(published, terms, at) if recent else []
        row.published_at, row.published_by = at, actor
        row.save(update_fields=["published_at", "published_by"])
        record_audit(
            actor=actor,
            action="scorecards.publish",
            subject=row,
            at=at,
            after={"quarter": row.quarter, "cards": len(published), "plans": len(plans)},
        )
        if recent:
            tell_all(_notices(published, {plan.card_id: plan for plan in plans}, at))
    return row


def _publish(row: ScorecardQuarter, terms: ScorecardTerms, at: datetime) -> list[PublishedScorecard]:
    cards = list(latest_editions(Quarter.parse(row.quarter)).order_by("dealer_id"))
    places = ranks((card.dealer_id, card.tier, card.score) for card in cards)
    sizes = {card.tier: places[card.dealer_id].of for card in cards if card.dealer_id in places}
    return PublishedScorecard.objects.bulk_create(
        [
            PublishedScorecard(
                card=card,
                dealer_id=card.dealer_id,
                quarter=row.quarter,
                tier=card.tier,
                score=card.score,
                place=places[card.dealer_id].place if card.dealer_id in places else None,
                ranked=sizes.get(card.tier, 0),
                outcome=outcome(card.score, plan_below=terms.plan_below, commend_from=terms.commend_from).value,
                published_at=at,
            )
            for card in cards
        ],
        batch_size=_BATCH,
    )


def _open_plans(published: Iterable[PublishedScorecard], terms: ScorecardTerms, at: datetime) -> list[CorrectivePlan]:
    """A plan for every card that asks for one, due at the end of its last day."""
    due_at = due_at_end_of(business_day(at) + timedelta(days=terms.plan_days))
    return CorrectivePlan.objects.bulk_create(
        [
            CorrectivePlan(card=card, dealer_id=card.dealer_id, state=PlanState.DUE, due_at=due_at, opened_at=at)
            for card in published
            if card.outcome == ScorecardOutcome.PLAN_DUE
        ],
        batch_size=_BATCH,
    )


def _notices(
    published: Iterable[PublishedScorecard], plans: dict[int, CorrectivePlan], at: datetime
) -> Iterator[Notice]:
    cards = [card for card in published if card.score is not None]
    people = people_of_dealers(card.dealer_id for card in cards)
    for card in cards:
        plan = plans.get(card.pk)
        params = {
            "reason": f"scorecard_{card.outcome}",
            "quarter": card.quarter,
            "score": f"{card.score:f}",
            "tier": card.tier,
            "place": card.place,
            "ranked": card.ranked,
            "due_on": last_day(plan.due_at).isoformat() if plan is not None else "",
        }
        for person in people.get(card.dealer_id, []):
            yield Notice(
                recipient=person,
                kind=NoticeKind.STANDING,
                key=f"scorecard:{card.quarter}:{card.dealer_id}",
                params=params,
                url=f"{PAGE}?quarter={card.quarter}",
                created_at=at,
            )
