"""The numbers beside the entries of the side bar: what waits, one counting query each."""

from __future__ import annotations

from typing import Any

from aftersales.selectors import reports, tickets
from dealers.foundation import clock
from dealers.models import Notice
from dealers.permissions import can as dealers_can
from dealers.selectors.admission import waiting_applications
from dealers.selectors.bulletins import owed_by
from dealers.selectors.certificates import waiting_certificates
from dealers.selectors.contracts import decidable_renewals, unsigned_renewals
from dealers.selectors.supply import visible_holds
from dealers.selectors.territory import waiting_changes
from pricing.permissions import can as pricing_can
from pricing.selectors.promos import promos_waiting_for
from rebates.choices import SupportState
from rebates.selectors import leads, support
from settlement.choices import RunState, StatementState
from settlement.models import SettlementRun
from settlement.permissions import can as settlement_can
from settlement.selectors.case_queue import count_to_do
from settlement.selectors.disputes import waiting_disputes as disputes_in_sight
from settlement.selectors.signals.findings import open_signals as signals_to_look_at
from settlement.selectors.visible import visible_statements


def waiting_promos(user: Any) -> int:
    """Promotion requests this person can decide on now."""
    return promos_waiting_for(user) if user.dealer_id is None and pricing_can(user, "promos.view") else 0


def open_holds(user: Any) -> int:
    """Open holds on the dealers in sight."""
    return visible_holds(user).filter(lifted_at__isnull=True).count()


def waiting_territory(user: Any) -> int:
    """Changes of territory this person can decide."""
    return waiting_changes(user).count()


def waiting_contracts(user: Any) -> int:
    """Proposals for contracts this person can decide, and agreed renewals whose signed paper it brings."""
    unsigned = unsigned_renewals(user).count() if dealers_can(user, "contracts.propose") else 0
    return decidable_renewals(user).count() + unsigned


def waiting_papers(user: Any) -> int:
    """Certificates this person can confirm."""
    return waiting_certificates(user).count()


def waiting_newcomers(user: Any) -> int:
    """Applications on which this person can take the next step."""
    return waiting_applications(user).count()


def open_signals(user: Any) -> int:
    """Fraud signals somebody has to look at."""
    return signals_to_look_at(user, at=clock.now())


def waiting_cases(user: Any) -> int:
    """Cases in which this person has the next move."""
    return count_to_do(user)


def waiting_runs(user: Any) -> int:
    """Half-months this person can put up or approve."""
    if not settlement_can(user, "runs.put_up"):
        return 0
    waiting = SettlementRun.objects.filter(state=RunState.CALCULATED)
    if settlement_can(user, "runs.approve"):
        reviewed = SettlementRun.objects.filter(state=RunState.UNDER_REVIEW).exclude(calculated_by=user)
        waiting = waiting | reviewed
    return waiting.count()


def waiting_support(user: Any) -> int:
    """Activities headquarters decides about, or for which the dealer owes a contract or proof."""
    if user.dealer_id is None:
        return support.waiting_support(user).count()
    owed = (SupportState.RESERVED, SupportState.COMMITTED)
    return support.visible_support(user).filter(state__in=owed).count()


def waiting_leads(user: Any) -> int:
    """Referred customers to call, to assign or to call back, and deals to check."""
    return leads.waiting_leads(user).count()


def waiting_tickets(user: Any) -> int:
    """Customers a dealer has to serve; at headquarters the unplaced, complaints and what was not answered."""
    return tickets.waiting_tickets(user).count()


def waiting_reports(user: Any) -> int:
    """Satisfaction reports to write, or to read."""
    return reports.waiting_reports(user).count()


def waiting_statements(user: Any) -> int:
    """A dealer's statements that await its answer."""
    return visible_statements(user).filter(state=StatementState.ISSUED).count() if user.dealer_id is not None else 0


def waiting_disputes(user: Any) -> int:
    """Disputes in which this person's side is to move."""
    waiting = disputes_in_sight(user, at=clock.now())
    if user.dealer_id is not None:
        return waiting.at_dealers
    return waiting.at_headquarters if settlement_can(user, "disputes.prepare") else 0


def owed_bulletins(user: Any) -> int:
    """Bulletins the dealer has yet to acknowledge."""
    return 0 if user.dealer is None else owed_by(user.dealer, on=clock.business_day(clock.now())).count()


def unread_notices(user: Any) -> int:
    return Notice.objects.filter(recipient=user, read_at=None).count()
