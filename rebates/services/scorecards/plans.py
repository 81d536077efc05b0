"""Corrective plans: the dealer writes and reports, its channel manager sends back, accepts and closes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from dealers.choices import NoticeKind
from dealers.foundation.clock import business_day
from dealers.models import User
from dealers.services.audit import record_audit
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell
from rebates.choices import PlanState
from rebates.errors import PlanIncomplete, PlanNotFound, PlanStateRefused, PlanWordMissing
from rebates.models import CorrectivePlan, CorrectivePlanStep
from rebates.permissions import require
from rebates.rules.scorecard.plan_life import PLAN_LIFE, Act, due_at_end_of, last_day
from rebates.selectors.plans import visible_plans
from rebates.terms import rebates_terms

PAGE = "/corrective-plans/"


@dataclass(frozen=True, slots=True)
class PlanGiven:
    """What a dealer says: why it came to this, what will be done, and by when."""

    cause: str
    measures: str
    finish_on: date


@transaction.atomic
def submit_plan(*, pk: int, given: PlanGiven, actor: User, at: datetime) -> CorrectivePlan:
    """Hand the plan in. Raises :class:`~rebates.errors.PlanIncomplete`."""
    plan = _theirs(pk, "plans.write", Act.SUBMIT, actor)
    if not given.cause.strip() or not given.measures.strip() or given.finish_on < business_day(at):
        raise PlanIncomplete()
    plan.cause, plan.measures, plan.finish_on = given.cause.strip(), given.measures.strip(), given.finish_on
    _act(plan, Act.SUBMIT, given.measures.strip(), actor, at)
    _tell(managers_of_dealers([plan.dealer_id]).get(plan.dealer_id, []), plan, Act.SUBMIT, at)
    return plan


@transaction.atomic
def send_plan_back(*, pk: int, why: str, actor: User, at: datetime) -> CorrectivePlan:
    """Ask for a better plan; the days to write it begin anew."""
    plan = _theirs(pk, "plans.judge", Act.SEND_BACK, actor)
    days = rebates_terms(plan.card.card.policy).scorecard.plan_days
    plan.due_at, plan.reminded_at = due_at_end_of(business_day(at) + timedelta(days=days)), None
    _act(plan, Act.SEND_BACK, _word(why), actor, at)
    _tell_dealer(plan, Act.SEND_BACK, at, why)
    return plan


@transaction.atomic
def accept_plan(*, pk: int, remark: str, actor: User, at: datetime) -> CorrectivePlan:
    """Take the plan as it is; the dealer carries it out and reports."""
    plan = _theirs(pk, "plans.judge", Act.ACCEPT, actor)
    _act(plan, Act.ACCEPT, remark.strip(), actor, at)
    _tell_dealer(plan, Act.ACCEPT, at, remark)
    return plan


@transaction.atomic
def report_progress(*, pk: int, text: str, actor: User, at: datetime) -> CorrectivePlan:
    """Say how far an accepted plan is."""
    plan = _theirs(pk, "plans.write", Act.PROGRESS, actor)
    _act(plan, Act.PROGRESS, _word(text), actor, at)
    return plan


@transaction.atomic
def complete_plan(*, pk: int, remark: str, actor: User, at: datetime) -> CorrectivePlan:
    """Find the plan carried out."""
    plan = _theirs(pk, "plans.judge", Act.COMPLETE, actor)
    _act(plan, Act.COMPLETE, _word(remark), actor, at)
    _tell_dealer(plan, Act.COMPLETE, at, remark)
    return plan


def remind_of_plans(*, at: datetime) -> int:
    """Tell dealers and channel managers, once each, of plans that were not handed in in time; returns how many."""
    with transaction.atomic():
        late = CorrectivePlan.objects.select_for_update(of=("self",), skip_locked=True).select_related("card", "dealer")
        late = late.filter(state__in=[PlanState.DUE, PlanState.RETURNED], due_at__lte=at, reminded_at__isnull=True)
        plans = list(late)
        ids = [plan.dealer_id for plan in plans]
        people, managers = people_of_dealers(ids), managers_of_dealers(ids)
        for plan in plans:
            plan.reminded_at = at
            told = [*people.get(plan.dealer_id, []), *managers.get(plan.dealer_id, [])]
            _notice(told, plan, "plan_late", f"plan_late:{plan.pk}:{plan.due_at:%Y%m%d}", at)
        CorrectivePlan.objects.bulk_update(plans, ["reminded_at"], batch_size=1_000)
    return len(plans)


def _theirs(pk: int, capability: str, act: Act, actor: User) -> CorrectivePlan:
    """The plan, locked, if this person may do ``act`` on it now."""
    require(actor, capability)
    if not visible_plans(actor).filter(pk=pk).exists():
        raise PlanNotFound(key=pk)
    locked = CorrectivePlan.objects.select_for_update(of=("self",))
    plan = locked.select_related("dealer", "card__card__policy").get(pk=pk)
    if not PLAN_LIFE.allows(plan.state, act):
        raise PlanStateRefused(state=PlanState(plan.state).label)
    return plan


def _act(plan: CorrectivePlan, act: Act, text: str, actor: User, at: datetime) -> None:
    before = plan.state
    plan.state = PLAN_LIFE.next(plan.state, act)
    plan.save()
    CorrectivePlanStep.objects.create(
        plan=plan,
        dealer_id=plan.dealer_id,
        act=act.value,
        text=text,
        at=at,
        by=str(actor),
        by_hq=actor.dealer_id is None,
    )
    record_audit(
        actor=actor,
        action=f"corrective_plan.{act}",
        subject=plan,
        at=at,
        reason=text,
        before={"state": before},
        after={"state": plan.state, "finish_on": plan.finish_on},
        dealer_id=plan.dealer_id,
    )


def _word(text: str) -> str:
    if not text.strip():
        raise PlanWordMissing()
    return text.strip()


def _tell_dealer(plan: CorrectivePlan, act: Act, at: datetime, remark: str) -> None:
    _tell(people_of_dealers([plan.dealer_id]).get(plan.dealer_id, []), plan, act, at, remark)


def _tell(people: Iterable[User], plan: CorrectivePlan, act: Act, at: datetime, remark: str = "") -> None:
    step = plan.steps.count()
    _notice(people, plan, f"plan_{act}", f"plan:{plan.pk}:{step}", at, remark)


def _notice(
    people: Iterable[User], plan: CorrectivePlan, reason: str, key: str, at: datetime, remark: str = ""
) -> None:
    tell(
        recipients=people,
        kind=NoticeKind.STANDING,
        key=key,
        params={
            "reason": reason,
            "dealer": plan.dealer.name,
            "quarter": plan.card.quarter,
            "score": f"{plan.card.score:f}",
            "due_on": last_day(plan.due_at).isoformat(),
            "remark": remark.strip()[:500],
        },
        at=at,
        url=f"{PAGE}{plan.pk}/",
    )
