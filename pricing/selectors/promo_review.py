"""What a reviewer is shown about requests: prices against bands, rivals and automatic checks.

One function for a page of requests and for a single one; the number of queries does not depend on how many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count

from dealers.choices import Feed, HoldKind
from dealers.foundation.clock import business_day
from dealers.foundation.working_days import latest_submission
from dealers.models import PolicyVersion, SupplyHold
from dealers.rules.sync_clock import ClockState
from dealers.selectors.calendar import current_calendar
from dealers.selectors.policies import published_policies
from dealers.selectors.sync import dealer_clocks, sweep_terms_of
from pricing.choices import STANDING_PROMO_STATES, PromoState, StepKind
from pricing.models import PromoRequest, PromoStep
from pricing.rules.promo_bands import BandComparison
from pricing.rules.promo_checks import Check, Outcome, PastPromos, PromoFacts, Rival, Supplier, check_promo, worst
from pricing.selectors.promo_bands import comparisons_of
from pricing.selectors.promo_claims import rivals_of
from pricing.selectors.promo_places import RegionTree, load_region_tree
from pricing.terms import pricing_terms

_PAST = timedelta(days=365)


@dataclass(frozen=True)
class Review:
    """A request with what its reviewer needs beside it."""

    request: PromoRequest
    comparisons: tuple[BandComparison, ...]
    rivals: tuple[Rival, ...]
    checks: tuple[Check, ...]

    @property
    def outcome(self) -> Outcome:
        """The gravest outcome of the checks."""
        return worst(self.checks)


def review_promos(
    requests: Sequence[PromoRequest], *, at: datetime, tree: RegionTree | None = None, for_dealer: bool = False
) -> list[Review]:
    """The review of each request, loaded by :func:`pricing.selectors.promos.with_parts`, in the same order.

    ``for_dealer`` leaves out what a dealer is not told.
    """
    if not requests:
        return []
    tree = tree or load_region_tree()
    comparisons = comparisons_of(requests, tree)
    rivals = rivals_of(requests, tree, for_dealer=for_dealer)
    policies = list(published_policies())
    applicants = {request.applicant_id for request in requests if request.applicant_id is not None}
    suppliers = _suppliers(applicants, policies, at)
    past = _past(requests, at)
    calendar = current_calendar()
    reviews = []
    for request in requests:
        submitted_on = business_day(request.submitted_at) if request.submitted_at else None
        lead = lead_days_on(policies, submitted_on or business_day(at))
        hits = findings_of(request)
        facts = PromoFacts(
            day=business_day(at),
            starts_on=request.starts_on,
            submitted_on=None if request.state in (PromoState.DRAFT, PromoState.RETURNED) else submitted_on,
            latest_submission=None if lead is None else latest_submission(request.starts_on, lead, calendar),
            lead_working_days=lead or 0,
            comparisons=comparisons[request.pk],
            rivals=rivals[request.pk],
            hits=len(hits),
            uncleared_hits=sum(1 for hit in hits if hit["cleared"] is None),
            has_ad_copy=bool(request.ad_copy),
            supplier=suppliers.get(request.applicant_id) if request.applicant_id is not None else None,
            past=past[request.pk],
        )
        checks = () if request.taken_over else check_promo(facts)
        reviews.append(Review(request, comparisons[request.pk], tuple(rivals[request.pk]), checks))
    return reviews


def last_step(request: PromoRequest, kind: StepKind | None = None) -> PromoStep | None:
    """The latest step of the latest submission, of that kind if one is named."""
    submissions = list(request.submissions.all())
    if not submissions:
        return None
    steps = [step for step in submissions[-1].steps.all() if kind is None or step.kind == kind]
    return steps[-1] if steps else None


def findings_of(request: PromoRequest) -> list[dict[str, object]]:
    """What the scan found in the ad copy last submitted."""
    step = last_step(request, StepKind.LEGAL)
    return [] if step is None else list(step.findings)


def lead_days_on(policies: Iterable[PolicyVersion], day: date) -> int | None:
    """The working days between submission and start, under the policy of ``day``; None without one."""
    policy = _policy_on(policies, day)
    return None if policy is None else pricing_terms(policy).promo.lead_working_days


def _policy_on(policies: Iterable[PolicyVersion], day: date) -> PolicyVersion | None:
    return next((version for version in policies if _covers(version, day)), None)


def _covers(version: PolicyVersion, day: date) -> bool:
    first, end = version.valid.lower, version.valid.upper
    return first is not None and first <= day and (end is None or day < end)


def _suppliers(dealer_ids: set[int], policies: Sequence[PolicyVersion], at: datetime) -> dict[int | None, Supplier]:
    """Holds and late feeds of the applicants, in a few queries for any number."""
    holds: dict[int, list[str]] = {}
    for dealer_id, kind in SupplyHold.objects.filter(
        dealer__in=dealer_ids, opened_at__lte=at, lifted_at__isnull=True
    ).values_list("dealer_id", "kind"):
        holds.setdefault(dealer_id, []).append(str(HoldKind(kind).label))
    late = _late_feeds(dealer_ids, policies, at)
    return {
        dealer_id: Supplier(late_feeds=late.get(dealer_id, ()), holds=tuple(holds.get(dealer_id, ())))
        for dealer_id in dealer_ids
    }


def _late_feeds(dealer_ids: set[int], policies: Sequence[PolicyVersion], at: datetime) -> dict[int, tuple[str, ...]]:
    policy = _policy_on(policies, business_day(at))
    if policy is None or not dealer_ids:
        return {}
    terms = sweep_terms_of(
        policy, first_policy_day=min(filter(None, (one.valid.lower for one in policies)), default=None)
    )
    clocks = dealer_clocks(dealer_ids=sorted(dealer_ids), terms=terms, at=at)
    return {
        dealer_id: tuple(str(Feed(feed.feed).label) for feed in clock.feeds if feed.reading.state != ClockState.ON_TIME)
        for dealer_id, clock in clocks.items()
    }


def _past(requests: Sequence[PromoRequest], at: datetime) -> dict[int, PastPromos]:
    """What became of each applicant's other requests within a year. One query."""
    rows = (
        PromoRequest.objects.filter(
            applicant__in={request.applicant_id for request in requests if request.applicant_id},
            created_at__gte=at - _PAST,
        )
        .order_by()
        .values_list("applicant_id", "state")
        .annotate(Count("pk"))
    )
    counts: dict[int | None, Counter[str]] = {}
    for applicant_id, state, count in rows:
        counts.setdefault(applicant_id, Counter())[state] = count
    past = {}
    for request in requests:
        others = Counter(counts.get(request.applicant_id, Counter()))
        others[request.state] -= 1
        past[request.pk] = PastPromos(
            approved=sum(max(others[state], 0) for state in STANDING_PROMO_STATES),
            rejected=max(others[PromoState.REJECTED], 0),
            withdrawn=max(others[PromoState.WITHDRAWN], 0),
        )
    return past
