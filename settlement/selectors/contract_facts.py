"""What every app knows of a dealer whose contract ends, for people to judge by; counts are of the twelve months before.

The record is JSON and is kept with the proposal that was made on it. Only what the dealer itself knows goes in: a case
counts from the moment the dealer was asked to reply.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from aftersales.models import SatisfactionReport, ServiceBreach
from aftersales.selectors.service_figures import service_figures
from dealers.foundation.clock import business_day
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.periods import Quarter
from dealers.models import Dealer
from pricing.choices import ViolationState
from pricing.models import Violation
from rebates.choices import PlanState
from rebates.models import CorrectivePlan, PublishedScorecard
from rebates.selectors.forfeitures import forfeitures_of
from settlement.choices import CaseOutcome, CaseState, DisputeState
from settlement.models import Case, Dispute
from settlement.selectors.debts import owes_since
from settlement.selectors.ledger import payable_to

_QUARTERS = 4
_A_YEAR = timedelta(days=365)
_OPEN_PLANS = (PlanState.DUE, PlanState.SUBMITTED, PlanState.RETURNED, PlanState.ACCEPTED)
_OPEN_DISPUTES = (DisputeState.OPEN, DisputeState.PREPARED, DisputeState.NEEDS_ACTION)
_OPEN_CASES = (CaseState.DEALER_REPLY, CaseState.DECIDED, CaseState.APPEALED)


def contract_facts(dealer: Dealer, *, at: datetime) -> dict[str, Any]:
    """Scorecards with sales against targets, violations, cases, money, and after-sales; a fixed number of queries."""
    return {
        "scorecards": _scorecards(dealer),
        "plans_open": CorrectivePlan.objects.filter(dealer=dealer, state__in=_OPEN_PLANS).count(),
        "violations": _violations(dealer, at),
        "cases": _cases(dealer, at),
        "money": _money(dealer, at),
        "service": _service(dealer, at),
    }


def _scorecards(dealer: Dealer) -> list[dict[str, Any]]:
    """The last four cards that stand, each with the sales of its quarter and the target they were measured by."""
    cards = PublishedScorecard.objects.filter(dealer=dealer).select_related("card").order_by("-quarter")[:_QUARTERS]
    return [
        {
            "quarter": card.quarter,
            "score": None if card.score is None else str(card.score),
            "place": card.place,
            "ranked": card.ranked,
            "outcome": card.outcome,
            "sold": card.card.facts["sales"]["sold"],
            "target": card.card.facts["sales"]["target"],
        }
        for card in cards
    ]


def _violations(dealer: Dealer, at: datetime) -> dict[str, Any]:
    """By kind the half-months with lines in breach; ``confirmed`` those a case confirmed."""
    first = HalfMonth.containing(at - _A_YEAR).ordinal
    dropped = (ViolationState.SET_ASIDE, ViolationState.NOT_CONFIRMED)
    stands = Violation.objects.filter(dealer=dealer, period__gte=first, lines__gt=0).exclude(state__in=dropped)
    kinds = stands.order_by().values("kind").annotate(half_months=Count("pk"), short=Sum("shortfall")).order_by("kind")
    return {
        "kinds": [
            {"kind": row["kind"], "half_months": row["half_months"], "shortfall": str(row["short"])} for row in kinds
        ],
        "confirmed": stands.exclude(confirmed_in="").count(),
    }


def _cases(dealer: Dealer, at: datetime) -> dict[str, int]:
    heard = Case.objects.filter(dealer=dealer, heard_at__isnull=False)
    confirmed = Q(
        outcome__in=[CaseOutcome.CONFIRMED, CaseOutcome.PARTLY],
        decided_at__gte=at - _A_YEAR,
        state__in=[CaseState.APPLIED, CaseState.UPHELD],
    )
    counted = heard.aggregate(
        open=Count("pk", filter=Q(state__in=_OPEN_CASES)), confirmed=Count("pk", filter=confirmed)
    )
    return dict(counted)


def _money(dealer: Dealer, at: datetime) -> dict[str, Any]:
    """``balance`` is what we owe the dealer, below zero what it owes, since the half-month ``owing_since``."""
    balance, since = payable_to(dealer.pk), owes_since([dealer.pk]).get(dealer.pk)
    disputes = Dispute.objects.filter(dealer=dealer, state__in=_OPEN_DISPUTES)
    forfeited = {one.year for one in forfeitures_of([dealer.pk]) if not one.is_lifted}  # type: ignore[attr-defined]
    return {
        "balance": str(balance),
        "owing_since": None if since is None else str(since),
        "disputes_open": disputes.count(),
        "forfeited_years": sorted(forfeited),
    }


def _service(dealer: Dealer, at: datetime) -> dict[str, Any]:
    today = business_day(at)
    found = service_figures(first=today - _A_YEAR, end=today, as_of=at, dealer_ids=[dealer.pk]).get(dealer.pk)
    overdue = SatisfactionReport.objects.filter(dealer=dealer, submitted_at=None, due_at__lte=at)
    breaches = ServiceBreach.objects.filter(dealer=dealer, waived_at=None, breached_at__gte=at - _A_YEAR)
    return {
        "figures": None if found is None else found.as_kept(),
        "breaches": breaches.count(),
        "reports_overdue": overdue.count(),
        "quarter": str(Quarter.containing(at)),
    }
