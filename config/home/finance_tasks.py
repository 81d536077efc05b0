"""What waits for finance: half-months to settle, disputes, adjustments, what is to be paid and what came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from config.home.tasks import Task, list_url, queue
from dealers.foundation.half_months import HalfMonth
from rebates.choices import PayoutState
from rebates.models import ReferralPayout
from rebates.permissions import can as rebates_can
from settlement.choices import AdjustmentState, BankAccountState, PaymentState, PlanState, RunState
from settlement.models import SettlementRun
from settlement.permissions import can
from settlement.selectors.adjustments import visible_adjustments
from settlement.selectors.disputes import DisputeWish, listed_disputes
from settlement.selectors.payments import visible_bank_accounts, visible_payments, visible_plans


def finance_tasks(user: Any, at: datetime) -> Iterator[Task]:
    """Everything of this part that waits for ``user``; a fixed number of queries."""
    for source in (_runs, _disputes, _payments, _rewards):
        yield from source(user, at)


def _runs(user: Any, at: datetime) -> Iterator[Task]:
    if not can(user, "runs.calculate"):
        return
    latest = SettlementRun.objects.order_by("-ordinal").first()
    over = HalfMonth.containing(at).previous()
    if latest is not None and latest.ordinal < over.ordinal:
        title = _("Calculate the settlement of %(period)s") % {"period": HalfMonth.from_ordinal(latest.ordinal + 1)}
        yield Task(title, _("The half-month is over."), reverse("settlement-runs"), icon="moon")
    for run in SettlementRun.objects.filter(state__in=[RunState.CALCULATED, RunState.UNDER_REVIEW]):
        url = reverse("run-detail", args=[run.period])
        if run.state == RunState.CALCULATED:
            note = _("Check the draft, then put it up for review.")
            yield Task(_("Review the settlement of %(period)s") % {"period": run.period}, note, url, icon="moon")
        elif can(user, "runs.approve") and run.calculated_by_id != user.pk:
            note = _("Put up for review; you may approve it.")
            title = _("Approve the settlement of %(period)s") % {"period": run.period}
            yield Task(title, note, url, tone="warn", icon="moon")


def _disputes(user: Any, at: datetime) -> Iterator[Task]:
    if can(user, "disputes.prepare"):
        rows = listed_disputes(user, DisputeWish(group="hq"))
        yield from queue(
            rows, _("Disputes to decide"), list_url("disputes", show="hq"), at=at, due="due_at", icon="flag"
        )
    if can(user, "adjustments.approve"):
        proposed = visible_adjustments(user).filter(state=AdjustmentState.PROPOSED).exclude(proposed_by=user)
        url = list_url("settlement-adjustments", state=AdjustmentState.PROPOSED, mine="1")
        yield from queue(proposed, _("Adjustments to approve"), url, at=at, icon="coins")


def _payments(user: Any, at: datetime) -> Iterator[Task]:
    if can(user, "payments.release"):
        rows, url = (
            visible_plans(user).filter(state=PlanState.DRAFTED),
            list_url("payment-plans", state=PlanState.DRAFTED),
        )
        yield from queue(rows, _("Payment plans to release"), url, at=at, icon="coins")
    if can(user, "bank_accounts.confirm"):
        accounts = visible_bank_accounts(user).filter(state=BankAccountState.PROPOSED)
        url = list_url("bank-accounts", state=BankAccountState.PROPOSED)
        yield from queue(accounts, _("Bank accounts to confirm"), url, at=at, icon="coins")
    if can(user, "payments.track"):
        unpaid = visible_payments(user).filter(state=PaymentState.OVERDUE)
        title, url = _("Bills unpaid at maturity"), list_url("payments-list", state=PaymentState.OVERDUE)
        yield from queue(unpaid, title, url, at=at, due="bill__due_on", icon="alert")


def _rewards(user: Any, at: datetime) -> Iterator[Task]:
    if rebates_can(user, "referrals.pay_approve"):
        for payout in ReferralPayout.objects.filter(state=PayoutState.PREPARED).exclude(made_by=user)[:4]:
            title = _("Approve the rewards of list %(number)s") % {"number": payout.number}
            yield Task(title, f"¥{payout.total:,.2f}", reverse("referral-payouts"), icon="coins")
