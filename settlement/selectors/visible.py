"""Which runs and statements a person may see: the only way to them for pages and calls."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet

from dealers.choices import Role
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.refusals import Refused as NotAPeriod
from dealers.principals import MachineClient
from dealers.selectors.visibility import visible_dealers
from settlement.choices import RunState, StatementState
from settlement.errors import RunNotFound, StatementNotFound
from settlement.models import SettlementRun, Statement
from settlement.permissions import can


def visible_runs(user: Any) -> QuerySet[SettlementRun]:
    """The half-months a person may open, the newest first; only closed ones for whoever sees no drafts."""
    if not can(user, "runs.view"):
        return SettlementRun.objects.none()
    runs = SettlementRun.objects.select_related("policy", "calculated_by", "reviewed_by", "approved_by")
    return runs if can(user, "statements.view_drafts") else runs.filter(state=RunState.CLOSED)


def visible_statements(user: Any) -> QuerySet[Statement]:
    """The statements a person may see, of the present draft of each run.

    A dealer sees its own once they are issued, a channel manager those of its regions, HQ's drafts are for those
    who check them. Amounts are the whole company's only for roles without regions.
    """
    statements = Statement.objects.select_related("run", "dealer").filter(draft=F("run__draft"))
    if getattr(user, "dealer_id", None) is not None:
        own = statements.filter(dealer=user.dealer_id).exclude(state=StatementState.DRAFT)
        return own if isinstance(user, MachineClient) or can(user, "statements.view") else statements.none()
    if isinstance(user, MachineClient):
        return statements.exclude(state=StatementState.DRAFT)
    if not can(user, "statements.view"):
        return statements.none()
    if not can(user, "statements.view_drafts"):
        statements = statements.exclude(state=StatementState.DRAFT)
    if user.role == Role.CHANNEL_MANAGER:
        statements = statements.filter(dealer__in=visible_dealers(user))
    return statements


def sees_company(user: Any) -> bool:
    """Whether the totals of all dealers are this person's to see."""
    return can(user, "reports.view")


def run_of(user: Any, period: str) -> SettlementRun:
    """The run of a half-month. Raises :class:`RunNotFound` also for one not to be seen."""
    run = visible_runs(user).filter(period=half_month_of(period)).first()
    if run is None:
        raise RunNotFound(what="", key=period)
    return run


def statement_of(user: Any, period: str, dealer: str) -> Statement:
    """The statement of a dealer (by code). Raises :class:`StatementNotFound` also for one not to be seen."""
    found = visible_statements(user).select_related("run__policy", "confirmed_by", "dealer__home_region__parent")
    statement = found.filter(run__period=half_month_of(period), dealer__code=dealer).first()
    if statement is None:
        raise StatementNotFound(what="", key=period)
    return statement


def half_month_of(text: str) -> HalfMonth:
    """The half-month an address names. Raises :class:`RunNotFound` when it names none."""
    try:
        return HalfMonth.parse(text)
    except NotAPeriod as error:
        raise RunNotFound(what="", key=text[:20]) from error
