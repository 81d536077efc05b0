"""Ending a contract in two steps, today or ahead of time: a channel manager proposes, a general manager decides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import DealerState, ExitState, NoticeKind, Role
from dealers.errors import NotFound, Refused
from dealers.foundation.clock import business_day
from dealers.models import PENDING_EXITS, Dealer, ExitPlan, User
from dealers.permissions import require
from dealers.selectors.visibility import visible_dealers
from dealers.services.audit import record_audit
from dealers.services.exits import AlreadyTerminated, LastDayBeforeFirst, terminate_dealer
from dealers.services.holds import ReasonMissing
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell

PLANS_URL = "/dealer-exits/"


class ExitPending(Refused):
    code = "exit_pending"
    sentence = _("The end of the contract of %(dealer)s with %(last_day)s is planned already; withdraw that first.")


class ExitSettled(Refused):
    code = "exit_settled"
    sentence = _("This plan is %(state)s already; nothing can be changed about it.")


class OwnExitProposal(Refused):
    code = "own_exit_proposal"
    sentence = _("You proposed this yourself; somebody else decides.")
    status = 403


@transaction.atomic
def propose_exit(*, dealer: Dealer, last_day: date, reason: str, actor: User, at: datetime) -> ExitPlan:
    """Propose that a contract ends with ``last_day``, in future or past; the general managers are told.

    Raises :class:`ExitPending`, :class:`~dealers.services.exits.AlreadyTerminated`,
    :class:`~dealers.services.exits.LastDayBeforeFirst` and :class:`~dealers.services.holds.ReasonMissing`.
    """
    require(actor, "exits.propose")
    if not visible_dealers(actor).filter(pk=dealer.pk).exists():
        raise NotFound(what=_("dealer"), key=dealer.code)
    dealer = Dealer.objects.select_for_update(no_key=True).get(pk=dealer.pk)
    if dealer.state == DealerState.TERMINATED:
        raise AlreadyTerminated(dealer=dealer.name, last_day=dealer.exit.last_day.isoformat())
    pending = ExitPlan.objects.filter(dealer=dealer, state__in=PENDING_EXITS).first()
    if pending is not None:
        raise ExitPending(dealer=dealer.name, last_day=pending.last_day.isoformat())
    if not reason.strip():
        raise ReasonMissing()
    if last_day < dealer.activated_on:
        raise LastDayBeforeFirst(last_day=last_day.isoformat(), first_day=dealer.activated_on.isoformat())
    plan = ExitPlan.objects.create(
        dealer=dealer, last_day=last_day, reason=reason.strip(), proposed_by=actor, proposed_at=at
    )
    _note(plan, "exit.propose", actor, at, reason=plan.reason, after={"last_day": last_day})
    managers = User.objects.filter(role=Role.GENERAL_MANAGER, is_active=True)
    _tell(plan, "exit_proposed", managers, plan.reason, at, who=str(actor), url=PLANS_URL)
    return plan


@transaction.atomic
def decide_exit(*, plan: ExitPlan, agree: bool, note: str, actor: User, at: datetime) -> ExitPlan:
    """Agree to the end of a contract, or decline it with a reason. One whose last day is over ends at once.

    Raises :class:`ExitSettled`, :class:`OwnExitProposal` and, declining without one, ``ReasonMissing``.
    """
    require(actor, "exits.decide")
    plan = _locked(plan, actor)
    if plan.state != ExitState.PROPOSED:
        raise ExitSettled(state=plan.get_state_display())
    if plan.proposed_by_id == actor.pk:
        raise OwnExitProposal()
    if not agree and not note.strip():
        raise ReasonMissing()
    plan.state = ExitState.AGREED if agree else ExitState.DECLINED
    plan.decided_by, plan.decided_at, plan.decision_note = actor, at, note.strip()[:1000]
    plan.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    _note(
        plan,
        "exit.agree" if agree else "exit.decline",
        actor,
        at,
        reason=plan.decision_note,
        before={"state": ExitState.PROPOSED},
        after={"state": plan.state, "last_day": plan.last_day},
    )
    if not agree:
        _tell(plan, "exit_declined", [plan.proposed_by], plan.decision_note, at, url=PLANS_URL)
    elif plan.last_day < business_day(at):
        _carry_out(plan, at)
    else:
        _tell(plan, "exit_agreed", _concerned(plan), plan.reason, at)
    return plan


@transaction.atomic
def withdraw_exit(*, plan: ExitPlan, reason: str, actor: User, at: datetime) -> ExitPlan:
    """Take a plan back before it is carried out; whoever had been told of it is told.

    Raises :class:`ExitSettled` and :class:`~dealers.services.holds.ReasonMissing`.
    """
    require(actor, "exits.withdraw")
    plan = _locked(plan, actor)
    if plan.state not in PENDING_EXITS:
        raise ExitSettled(state=plan.get_state_display())
    if not reason.strip():
        raise ReasonMissing()
    before, plan.state = plan.state, ExitState.WITHDRAWN
    plan.withdrawn_by, plan.withdrawn_at, plan.withdrawal_note = actor, at, reason.strip()[:1000]
    plan.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawal_note"])
    _note(plan, "exit.withdraw", actor, at, reason=reason, before={"state": before}, after={"state": plan.state})
    told = _concerned(plan) if before == ExitState.AGREED else [plan.proposed_by]
    _tell(plan, "exit_withdrawn", told, plan.withdrawal_note, at)
    return plan


def carry_out_exits(*, at: datetime) -> int:
    """End every contract whose agreed last day is over by ``at``; returns how many. May run twice, or at once."""
    due = ExitPlan.objects.filter(state=ExitState.AGREED, last_day__lt=business_day(at)).order_by("pk")
    done = 0
    for key in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            plan = due.select_for_update(skip_locked=True, of=("self",)).filter(pk=key).first()
            if plan is not None:
                _carry_out(plan, at)
                done += 1
    return done


def _carry_out(plan: ExitPlan, at: datetime) -> None:
    plan.exit = terminate_dealer(
        dealer=plan.dealer, last_day=plan.last_day, reason=plan.reason, actor=plan.decided_by, at=at
    )
    plan.state = ExitState.CARRIED_OUT
    plan.save(update_fields=["state", "exit"])


def _locked(plan: ExitPlan, actor: User) -> ExitPlan:
    found = ExitPlan.objects.select_for_update(of=("self",)).select_related("dealer", "proposed_by").get(pk=plan.pk)
    if not visible_dealers(actor).filter(pk=found.dealer_id).exists():
        raise NotFound(what=_("planned end of a contract"), key=plan.pk)
    return found


def _note(plan: ExitPlan, action: str, actor: User, at: datetime, **said: Any) -> None:
    record_audit(actor=actor, action=action, subject=plan, at=at, dealer_id=plan.dealer_id, **said)


def _concerned(plan: ExitPlan) -> list[User]:
    """The people of the dealer and its channel managers."""
    dealer = plan.dealer_id
    return [*people_of_dealers([dealer]).get(dealer, []), *managers_of_dealers([dealer]).get(dealer, [])]


def _tell(plan: ExitPlan, reason: str, people: Any, detail: str, at: datetime, *, url: str = "", **more: str) -> None:
    said = {
        "reason": reason,
        "dealer": plan.dealer.name,
        "last_day": plan.last_day.isoformat(),
        "detail": detail,
        **more,
    }
    tell(recipients=people, kind=NoticeKind.EXIT, key=f"{reason}:{plan.pk}", params=said, at=at, url=url)
