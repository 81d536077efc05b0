"""The dealer is heard: asked with the evidence and in plain words, given time, and answered for when it is silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from dealers.foundation.working_days import deadline
from dealers.models import User
from dealers.selectors.calendar import current_calendar
from settlement import permissions
from settlement.case_errors import ChargeMissing, EvidenceMissing, ReplyTimeOver
from settlement.choices import CasePaper, CaseState, DeliveryProof
from settlement.models import Case, CaseDelivery
from settlement.rules.case_life import CaseAct, CaseStep
from settlement.selectors.case_reckoning import deadlines_of
from settlement.services.case_path.acting import (
    Actor,
    GivenFile,
    attach,
    deliver,
    locked_case,
    moment,
    move,
    own_locked_case,
    refused,
    set_deadline,
    spread,
    tell_dealer,
    tell_investigator,
    tell_judges,
    words_given,
    write_down,
)

_MOST_DAYS = 250


@transaction.atomic
def hear_dealer(*, number: str, charge: str, actor: User, at: datetime, alleged_loss: Decimal | None = None) -> Case:
    """Ask the dealer to reply: it sees the case from now on, the charge in plain words, and all evidence.

    Its working days count from the notice that reaches its people's inbox, which is kept as proof. Raises
    :class:`ChargeMissing`, :class:`EvidenceMissing` and :class:`~settlement.case_errors.NobodyToHear`.
    """
    permissions.require(actor, "cases.investigate")
    if not charge.strip():
        raise ChargeMissing
    case = locked_case(number)
    if case.state == CaseState.DEALER_REPLY and case.charge == charge.strip():
        return case
    move(case, CaseAct.HEAR_DEALER)
    if not case.evidence.exists():
        raise EvidenceMissing(number=number)
    case.charge, case.alleged_loss, case.heard_at, case.ready_at = charge.strip(), alleged_loss, at, None
    set_deadline(case, deadlines_of(case.kind, at=at).reply, at)
    case.save()
    write_down(
        case,
        CaseAct.HEAR_DEALER,
        case.charge,
        actor=actor,
        at=at,
        due_at=moment(case.due_at),
        alleged_loss=None if alleged_loss is None else f"{alleged_loss:.2f}",
    )
    deliver(case, CasePaper.CHARGE, "case_heard", at=at)
    spread(case, at=at)
    return case


@transaction.atomic
def extend_reply(*, number: str, days: int, reason: str, actor: User, at: datetime) -> Case:
    """Give the dealer so many working days more, with the reason; also after its time was over, until it is decided."""
    permissions.require(actor, "cases.investigate")
    why = words_given(reason)
    case = locked_case(number)
    if case.state != CaseState.DEALER_REPLY:
        raise refused(case)
    more = min(max(days, 1), _MOST_DAYS)
    before = moment(case.due_at)
    if case.ready_at is None and case.due_from is not None and case.due_days is not None and at < _due(case):
        due = deadline(case.due_from, min(case.due_days + more, _MOST_DAYS), current_calendar())
        case.due_at, case.due_provisional = due.expires_at, due.provisional
        case.due_days = min(case.due_days + more, _MOST_DAYS)
    else:
        case.ready_at = None
        set_deadline(case, more, at)
    case.save()
    write_down(
        case,
        CaseStep.EXTEND,
        why,
        actor=actor,
        at=at,
        before={"due_at": before},
        days=more,
        due_at=moment(case.due_at),
    )
    tell_dealer(case, "case_extended", at=at, why=why)
    spread(case, at=at)
    return case


@transaction.atomic
def reply(
    *, number: str, text: str, actor: Actor, at: datetime, files: Sequence[GivenFile] = (), final: bool = False
) -> Case:
    """The dealer says what it has to say, as often as it likes within its time; ``final`` lets the judge decide.

    The same words sent again are one reply. Raises :class:`ReplyTimeOver`.
    """
    said = words_given(text)
    case = own_locked_case(number, actor)
    same = case.entries.filter(act=CaseStep.REPLY, text=said).first()
    if same is not None and (not final or case.ready_at is not None) and not files:
        return case
    if case.state != CaseState.DEALER_REPLY or case.ready_at is not None or at >= _due(case):
        raise ReplyTimeOver(number=number)
    if final:
        _ready(case, at)
    entry = write_down(case, CaseStep.REPLY, said, actor=actor, at=at, final=final or None)
    attach(entry, files, actor=actor, at=at)
    case.save()
    tell_investigator(case, "case_replied", at=at)
    if final:
        tell_judges(case, "case_ready", at=at)
    spread(case, at=at)
    return case


@transaction.atomic
def hand_in(*, number: str, files: Sequence[GivenFile], actor: Actor, at: datetime) -> Case:
    """The dealer hands in files while it may reply, or while its appeal is undecided. Raises :class:`ReplyTimeOver`."""
    case = own_locked_case(number, actor)
    replying = case.state == CaseState.DEALER_REPLY and case.ready_at is None and at < _due(case)
    if not replying and case.state != CaseState.APPEALED:
        raise ReplyTimeOver(number=number)
    entry = write_down(case, CaseStep.HAND_IN, actor=actor, at=at, files=[file.name for file in files])
    attach(entry, files, actor=actor, at=at)
    return case


@transaction.atomic
def mark_opened(*, case: Case, actor: Actor, at: datetime) -> None:
    """Keep when a person of the dealer opened what it was handed; each paper and person once."""
    if actor.dealer_id != case.dealer_id or case.heard_at is None:
        return
    who = actor.get_username() if isinstance(actor, User) else actor.prefix
    papers = [CasePaper.CHARGE]
    papers += [CasePaper.DECISION] if case.decided_at else []
    papers += [CasePaper.APPEAL] if case.state in (CaseState.UPHELD, CaseState.OVERTURNED) else []
    known = CaseDelivery.objects.filter(case=case, proof=DeliveryProof.OPENED, to=who).values_list("paper", flat=True)
    CaseDelivery.objects.bulk_create(
        [
            CaseDelivery(case=case, dealer_id=case.dealer_id, paper=paper, proof=DeliveryProof.OPENED, to=who, at=at)
            for paper in papers
            if paper not in set(known)
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def end_reply_time(*, number: str, at: datetime) -> bool:
    """The dealer's time is over without its last word: the judge decides on what there is. Safe to run twice."""
    case = locked_case(number)
    if case.state != CaseState.DEALER_REPLY or case.ready_at is not None or at < _due(case):
        return False
    _ready(case, _due(case))
    case.save()
    write_down(case, CaseStep.REPLY_TIME_OVER, actor=None, at=at)
    tell_judges(case, "case_ready", at=at)
    return True


def _ready(case: Case, since: datetime) -> None:
    case.ready_at = since
    set_deadline(case, deadlines_of(case.kind, at=since).decide, since)


def _due(case: Case) -> datetime:
    assert case.due_at is not None, "a case in which the dealer is heard has a deadline"
    return case.due_at
