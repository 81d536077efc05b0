"""How what a dealer owed its customers or headquarters, and missed, reaches the case path (rulebook section 8).

An overdue satisfaction report is taken up by the clock: it is a violation as soon as it is on record. A first response
that was missed counts in the dealer's figures, and a person says whether it is also to be judged. Either way the
dealer is heard before anything follows.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from aftersales.choices import BreachKind
from aftersales.errors import BreachNotFound, BreachWaived, ReasonMissing
from aftersales.models import ServiceBreach
from aftersales.selectors.breaches import breach_facts, breaches_to_take_up, visible_breaches
from aftersales.services.breaches import locked_breach, record_taken_up
from dealers.foundation.clock import business_day
from dealers.foundation.half_months import HalfMonth
from dealers.models import User
from dealers.selectors.policies import policy_in_force
from pricing.rules.violations import PERIODS_PER_MONTH
from settlement import permissions
from settlement.choices import CaseKind, CasePriority, EvidenceKind
from settlement.models import Case
from settlement.models.cases import OVERDUE_REPORT
from settlement.services.cases import Evidence, open_case
from settlement.terms import CaseTerms, settlement_terms


def take_up_overdue_reports(*, at: datetime) -> int:
    """Open a case about each overdue satisfaction report that stands; how many were taken up.

    Those older than the window in which breaches are counted are left alone. Each in a transaction of its own; safe
    to run twice and at once.
    """
    policy = policy_in_force(business_day(at))
    terms = settlement_terms(policy).cases if policy else CaseTerms()
    first = HalfMonth.containing(at).ordinal - terms.breach_window_months * PERIODS_PER_MONTH
    keys = breaches_to_take_up(BreachKind.SATISFACTION_REPORT, since=HalfMonth.from_ordinal(first).starts_at)
    return sum(_take_up(key, OVERDUE_REPORT, None, at) is not None for key in keys)


def hand_over_breach(*, breach_id: int, reason: str, actor: User, at: datetime) -> Case:
    """Hand a missed response or an overdue report over to the case path; the case it is in now.

    What one dealer missed in a half-month is one case. Handing the same over again changes nothing. Raises
    :class:`BreachNotFound`, also for headquarters' own, and :class:`BreachWaived`.
    """
    permissions.require(actor, "cases.open")
    if not reason.strip():
        raise ReasonMissing
    if not visible_breaches(actor).filter(pk=breach_id, dealer__isnull=False).exists():
        raise BreachNotFound(key=breach_id)
    case = _take_up(breach_id, reason.strip(), actor, at)
    if case is None:
        raise BreachWaived
    return case


@transaction.atomic
def _take_up(key: int, reason: str, actor: User | None, at: datetime) -> Case | None:
    """The case a breach is in, opened if there was none; None for one that was waived."""
    breach = locked_breach(key)
    if breach.case_number:
        return Case.objects.get(number=breach.case_number)
    if breach.waived_at is not None or breach.dealer is None:
        return None
    period = str(HalfMonth.containing(breach.breached_at))
    case = open_case(
        kind=CaseKind.AFTERSALES,
        dealer=breach.dealer,
        facts=_facts(breach, period),
        period=period,
        priority=CasePriority.NORMAL,
        evidence=_evidence(breach),
        reason=reason,
        actor=actor,
        at=at,
    )
    record_taken_up(breach=breach, case_number=case.number, actor=actor, at=at)
    return case


def _facts(breach: ServiceBreach, period: str) -> str:
    return f"{breach.kind}:{breach.report.quarter if breach.report is not None else period}"


def _evidence(breach: ServiceBreach) -> Evidence:
    """The breach as it is on record. Recorded anew at another instant it takes the place of its earlier copy."""
    assert breach.dealer is not None
    found = breach_facts(breach)
    summary = {"breach": breach.pk, "kind": str(found.kind), **found.snapshot}
    return Evidence(
        EvidenceKind.BREACH, f"{found.reference}@{breach.pk}", summary, {**summary, "dealer": breach.dealer.code}
    )
