"""The dealer appeals once, and a third person hears it; an overturned decision is undone to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dealers.choices import Role
from dealers.errors import OwnWork
from dealers.models import Dealer, User
from dealers.services.audit import name_of
from settlement import permissions
from settlement.case_errors import AppealTimeOver
from settlement.choices import AppealOutcome, CasePaper, CaseState
from settlement.models import Case, CaseAppeal
from settlement.rules.case_life import CaseAct, CaseStep, may_hear_appeal
from settlement.selectors.case_reckoning import deadlines_of
from settlement.services.case_path.acting import (
    Actor,
    GivenFile,
    attach,
    clear_deadline,
    deliver,
    handled_by,
    judged_by,
    locked_case,
    move,
    own_locked_case,
    set_deadline,
    spread,
    tell_investigator,
    tell_judges,
    words_given,
    write_down,
)
from settlement.services.case_path.deciding import write_back
from settlement.services.case_path.reversing import ladder_fell, reverse_consequences


@transaction.atomic
def appeal(*, number: str, grounds: str, actor: Actor, at: datetime, files: Sequence[GivenFile] = ()) -> Case:
    """The dealer appeals against a decision, once, within its working days; sent again it is the same appeal.

    What has not been applied yet waits for the decision on the appeal. Raises :class:`AppealTimeOver`.
    """
    why = words_given(grounds)
    case = own_locked_case(number, actor)
    known = CaseAppeal.objects.filter(case=case).first()
    if known is not None and known.grounds == why:
        return case
    in_time = case.state in (CaseState.DECIDED, CaseState.APPLIED) and case.due_at is not None and at < case.due_at
    if known is not None or not in_time:
        raise AppealTimeOver(number=number)
    move(case, CaseAct.APPEAL)
    CaseAppeal.objects.create(case=case, dealer_id=case.dealer_id, grounds=why, filed_at=at, filed_by=name_of(actor))
    set_deadline(case, deadlines_of(case.kind, at=at).decide_appeal, at)
    case.save()
    entry = write_down(case, CaseAct.APPEAL, why, actor=actor, at=at)
    attach(entry, files, actor=actor, at=at)
    tell_judges(case, "case_appealed", at=at, besides=[Role.GENERAL_MANAGER])
    tell_investigator(case, "case_appealed", at=at)
    spread(case, at=at)
    return case


@transaction.atomic
def decide_appeal(*, number: str, outcome: AppealOutcome, reasons: str, actor: User, at: datetime) -> Case:
    """A third person upholds or overturns; repeated by the same person it changes nothing.

    Overturned, every consequence is reversed at once by new entries, and later cases lose the place on the ladder
    that counted this one. Raises :class:`~dealers.errors.OwnWork` for investigators and the judge.
    """
    permissions.require(actor, "cases.hear_appeal")
    why = words_given(reasons)
    case = locked_case(number)
    filed = CaseAppeal.objects.filter(case=case).first()
    if filed is not None and filed.decided_by_id == actor.pk and filed.outcome == outcome:
        return case
    if not may_hear_appeal(actor.pk, handled_by=handled_by(case), judged_by=judged_by(case)):
        raise OwnWork
    overturned = outcome == AppealOutcome.OVERTURNED
    move(case, CaseAct.OVERTURN if overturned else CaseAct.UPHOLD)
    assert filed is not None, "only an appeal brings a case here"
    filed.outcome, filed.reasons, filed.decided_at, filed.decided_by = outcome, why, at, actor
    filed.save()
    clear_deadline(case)
    case.held_back_at = None if overturned else case.held_back_at
    case.review_since = None if overturned else case.review_since
    case.save()
    write_down(case, CaseAct.OVERTURN if overturned else CaseAct.UPHOLD, why, actor=actor, at=at)
    if overturned:
        Dealer.objects.select_for_update(no_key=True).get(pk=case.dealer_id)
        reverse_consequences(case, reason=why, at=at)
        write_back(case, confirmed=False, reason=why, actor=actor, at=at)
        ladder_fell(case, at=at)
    deliver(case, CasePaper.APPEAL, f"case_{outcome}", at=at, required=False, why=why)
    spread(case, at=at)
    return case


@transaction.atomic
def end_appeal_time(*, number: str, at: datetime) -> bool:
    """The time to appeal has passed: nobody has to move any more. Safe to run twice."""
    case = locked_case(number)
    if case.state not in (CaseState.DECIDED, CaseState.APPLIED) or case.due_at is None or at < case.due_at:
        return False
    clear_deadline(case)
    case.save()
    write_down(case, CaseStep.APPEAL_TIME_OVER, actor=None, at=at)
    return True
