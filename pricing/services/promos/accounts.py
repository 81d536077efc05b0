"""The account of an ended promotion: opened by the clock with a deadline, and called for when it is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from dealers.foundation.working_days import deadline
from dealers.models import PolicyVersion
from dealers.selectors.calendar import current_calendar
from dealers.selectors.policies import published_policies
from dealers.services.audit import AuditEvent, record_audits
from pricing.choices import PromoState
from pricing.models import PromoAccount, PromoRequest
from pricing.services.promos.aftermath import tell_spend_due, tell_spend_late
from pricing.services.promos.spend import spend_of
from pricing.services.promos.steps import deadline_record
from pricing.terms import pricing_terms

_BATCH = 200


@dataclass(frozen=True)
class Kept:
    """How many accounts were opened, counted again and called for."""

    opened: int
    reckoned: int
    overdue: int


def keep_accounts(*, at: datetime) -> Kept:
    """Open the account of every ended promotion and call for what is overdue. Safe to run twice and at once."""
    opened = overdue = 0
    while batch := _open_batch(at):
        opened += batch
    reckoned = _reckon_provisional(at)
    while batch := _call_batch(at):
        overdue += batch
    return Kept(opened, reckoned, overdue)


@transaction.atomic
def _open_batch(at: datetime) -> int:
    """The days to record count from the day the applicant is told, so that an outage of ours costs nobody a day."""
    account = PromoAccount.objects.filter(request=OuterRef("pk"))
    ended = PromoRequest.objects.filter(~Exists(account), state=PromoState.ENDED, taken_over=False)
    requests = list(
        ended.select_for_update(skip_locked=True, of=("self",)).select_related("applicant").order_by("pk")[:_BATCH]
    )
    policies, calendar = list(published_policies()), current_calendar()
    accounts = []
    for request in requests:
        due = deadline(at, _working_days(policies, request), calendar)
        accounts.append(
            PromoAccount(request=request, opened_at=at, due_at=due.expires_at, deadline=deadline_record(due))
        )
    PromoAccount.objects.bulk_create(accounts)
    for account_ in accounts:
        tell_spend_due(account_.request, account_, at=at)
    return len(accounts)


@transaction.atomic
def _reckon_provisional(at: datetime) -> int:
    """Count again what was counted past the calendar's coverage, once another calendar has come."""
    calendar = current_calendar()
    waiting = PromoAccount.objects.select_for_update(skip_locked=True).filter(
        completed_at__isnull=True, deadline__provisional=True
    )
    changed = []
    for account in waiting.exclude(deadline__calendar=calendar.version).order_by("pk"):
        due = deadline(account.opened_at, account.deadline["working_days"], calendar)
        account.due_at, account.deadline = due.expires_at, deadline_record(due)
        changed.append(account)
    PromoAccount.objects.bulk_update(changed, ["due_at", "deadline"])
    record_audits(
        AuditEvent(
            actor=None,
            action="promo.deadline_reckoned",
            subject=account,
            at=at,
            after={"due_at": account.due_at.isoformat(), "calendar": calendar.version},
        )
        for account in changed
    )
    return len(changed)


@transaction.atomic
def _call_batch(at: datetime) -> int:
    late = PromoAccount.objects.filter(completed_at__isnull=True, reminded_at__isnull=True, due_at__lte=at)
    accounts = list(
        late.select_for_update(skip_locked=True, of=("self",))
        .select_related("request__applicant", "request__created_by", "request__submitted_by")
        .order_by("pk")[:_BATCH]
    )
    for account in accounts:
        account.reminded_at = at
        tell_spend_late(account.request, account, spend_of(account.request), at=at)
    PromoAccount.objects.bulk_update(accounts, ["reminded_at"])
    return len(accounts)


def _working_days(policies: list[PolicyVersion], request: PromoRequest) -> int:
    """What the policy of the last day allows; of the latest one, should none cover that day."""
    last_day = request.ends_on - timedelta(days=1)
    covering = [version for version in policies if last_day in version.valid]
    return pricing_terms((covering or policies)[-1]).promo.evaluation.spend_working_days
