"""The start page: what waits for the person who signed in, and the figures of their work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from config.home.dealer_cards import latest_messages, sync_holds_lift_by_themselves, tier_card
from config.home.dealer_tasks import dealer_tasks
from config.home.figures import compliance, funnel_rows, holds_by_kind, money, settlement_trend
from config.home.lifting import ways_to_lift
from config.home.outliers import outliers
from config.home.system import system_health
from config.home.waiting import tasks_of
from dealers.choices import ExitState, Role
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.models import AuditRecord, Dealer, DealerExit, ExitPlan, User
from dealers.permissions import can as dealers_can
from dealers.web.access import person
from dealers.web.audit_words import told
from dealers.web.status import my_status
from pricing.permissions import can as pricing_can
from settlement.permissions import can as settlement_can
from settlement.selectors.progress import rebate_progress
from settlement.selectors.visible import sees_company, visible_statements

_EVENTS = 12
_STATEMENTS = 3


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Each role its own page; an administrator sees the installation and no figure of the business."""
    user = person(request)
    at = clock.now()
    if user.dealer is not None:
        return render(request, "home/dealer.html", _dealer(user, user.dealer, at))
    if user.role == Role.ADMINISTRATOR:
        return render(request, "home/administrator.html", {"system": system_health(at=at), "tasks": tasks_of(user)})
    return render(request, "home/headquarters.html", _headquarters(user, at))


def _headquarters(user: User, at: datetime) -> dict[str, Any]:
    present = HalfMonth.containing(at)
    events = AuditRecord.objects.order_by("-id")[:_EVENTS] if user.role == Role.AUDITOR else []
    return {
        "present": present,
        "tasks": tasks_of(user),
        "heat": compliance(user, present),
        "outliers": outliers(user, present),
        "funnel": funnel_rows(user) if pricing_can(user, "promos.view") else [],
        "trend": settlement_trend() if sees_company(user) else None,
        "holds": holds_by_kind(user) if dealers_can(user, "supply.view") else [],
        "shows_holds": dealers_can(user, "supply.view"),
        "money": money() if settlement_can(user, "ledger.view") else None,
        "events": told(events),
        "may_verify": settlement_can(user, "ledger.verify") and user.role == Role.AUDITOR,
    }


def _dealer(user: User, dealer: Dealer, at: datetime) -> dict[str, Any]:
    statements = visible_statements(user).order_by("-run__ordinal")
    status = my_status(user, at=at)
    held = [row["hold"].kind for row in status.holds] if status is not None else []
    return {
        "status": status,
        "ways": ways_to_lift(held, lifts_by_itself=sync_holds_lift_by_themselves(at)) if held else [],
        "tier": tier_card(user, dealer, at=at),
        "unread": latest_messages(user),
        "statements": list(statements[:_STATEMENTS]),
        "progress": rebate_progress(dealer.pk, at=at),
        "tasks": dealer_tasks(user, dealer, at=at),
        "ended": DealerExit.objects.filter(dealer=dealer).first(),
        "ending": ExitPlan.objects.filter(dealer=dealer, state=ExitState.AGREED).first(),
    }
