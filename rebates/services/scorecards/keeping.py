"""What the schedule does about quarters that are over: cards, their publication, the tier review, late plans."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from dealers.foundation.clock import business_day
from dealers.foundation.periods import Quarter
from rebates.errors import QuarterPublished
from rebates.models import ScorecardQuarter, TierReview
from rebates.selectors.scorecard_facts import quarter_policy
from rebates.services.scorecards.calculating import calculate_scorecards
from rebates.services.scorecards.plans import remind_of_plans
from rebates.services.scorecards.publishing import publish_scorecards
from rebates.services.tiers.proposing import propose_tiers
from rebates.terms import rebates_terms

#: So many quarters back it makes good what it could not do while nothing ran.
_LOOK_BACK = 4


def keep_quarters(*, at: datetime) -> None:
    """Bring finished quarters as far as they can be at ``at``. Safe to run twice and at once.

    Cards are calculated again until they are published, by a person or on the policy's day; the review of the quarter
    that ended last follows.
    """
    quarter = Quarter.containing(at)
    quarters = []
    for _ in range(_LOOK_BACK):
        quarter = quarter.previous()
        quarters.append(quarter)
    for quarter in reversed(quarters):
        _keep(quarter, at)
    remind_of_plans(at=at)


def _keep(quarter: Quarter, at: datetime) -> None:
    policy = quarter_policy(quarter)
    if policy is None:
        return
    published = ScorecardQuarter.objects.filter(quarter=str(quarter), published_at__isnull=False)
    if not published.exists():
        day = quarter.end + timedelta(days=rebates_terms(policy).scorecard.publish_days)
        if business_day(at) < day:
            calculate_scorecards(quarter=quarter, at=at)
            return
        with suppress(QuarterPublished):  # somebody was quicker, which is as good
            publish_scorecards(quarter=quarter, actor=None, at=at)
    if quarter.next() == Quarter.containing(at) and not TierReview.objects.filter(quarter=str(quarter)).exists():
        propose_tiers(quarter=quarter, at=at)
