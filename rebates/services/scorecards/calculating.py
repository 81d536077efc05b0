"""The cards of a finished quarter: calculated again as long as facts arrive, each difference another edition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from dealers.foundation.barrier import settle_barrier
from dealers.foundation.clock import start_of_day
from dealers.foundation.periods import Quarter
from dealers.services.audit import record_audit
from rebates.errors import QuarterNotOver, QuarterWithoutPolicy
from rebates.models import Scorecard, ScorecardQuarter
from rebates.resources.scorecards import digest_of, facts_record, marks_record
from rebates.rules.scorecard.reckoning import reckoned
from rebates.selectors.scorecard_facts import quarter_policy, scorecard_facts
from rebates.selectors.scorecards import latest_editions
from rebates.terms import rebates_terms

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Calculated:
    """What a calculation found: dealers measured, and editions that are new."""

    quarter: str
    dealers: int
    editions: int


def calculate_scorecards(*, quarter: Quarter, at: datetime) -> Calculated:
    """Calculate every card of a quarter that is over, from facts known at ``at``. Safe to run twice and at once.

    A card whose facts and points are those of its latest edition gets no new one; of a published quarter nothing
    changes. Raises :class:`~rebates.errors.QuarterNotOver` or :class:`~rebates.errors.QuarterWithoutPolicy`.
    """
    if at < start_of_day(quarter.end):
        raise QuarterNotOver(quarter=str(quarter))
    with connection.cursor() as cursor:
        settle_barrier(cursor)
    with transaction.atomic():
        return calculated(claimed_quarter(quarter), at=at)


def claimed_quarter(quarter: Quarter) -> ScorecardQuarter:
    """The quarter's row, made if there is none, locked until the transaction ends."""
    policy = quarter_policy(quarter)
    if policy is None:
        raise QuarterWithoutPolicy(quarter=str(quarter))
    ScorecardQuarter.objects.get_or_create(quarter=str(quarter), defaults={"policy": policy})
    return ScorecardQuarter.objects.select_for_update(of=("self",)).select_related("policy").get(quarter=str(quarter))


def calculated(row: ScorecardQuarter, *, at: datetime) -> Calculated:
    """Calculate the cards of a claimed quarter, unless they are published."""
    quarter = Quarter.parse(row.quarter)
    if row.published_at is not None:
        return Calculated(row.quarter, 0, 0)
    facts = scorecard_facts(quarter, at=at)
    assert facts is not None  # there is a policy, see `claimed_quarter`
    terms = rebates_terms(facts.policy).scorecard
    latest = {
        dealer_id: (edition, digest)
        for dealer_id, edition, digest in latest_editions(quarter).values_list("dealer_id", "edition", "digest")
    }
    new = []
    for card in facts.cards:
        found = reckoned(card, terms, facts.elapsed)
        record, marks = facts_record(card, facts.elapsed), marks_record(found.marks)
        digest = digest_of(record, marks, facts.policy.digest, card.tier)
        edition, known = latest.get(card.dealer_id, (0, ""))
        if digest == known:
            continue
        new.append(
            Scorecard(
                dealer_id=card.dealer_id,
                quarter=row.quarter,
                edition=edition + 1,
                tier=card.tier,
                policy=facts.policy,
                score=found.score,
                facts=record,
                marks=marks,
                digest=digest,
                calculated_at=at,
            )
        )
    Scorecard.objects.bulk_create(new, batch_size=_BATCH)
    row.policy, row.calculated_at = facts.policy, at
    row.save(update_fields=["policy", "calculated_at"])
    if new:
        record_audit(
            actor=None,
            action="scorecards.calculate",
            subject=row,
            at=at,
            after={"quarter": row.quarter, "dealers": len(facts.cards), "new_editions": len(new)},
        )
    return Calculated(row.quarter, len(facts.cards), len(new))
