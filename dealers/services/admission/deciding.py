"""The decision on an application, by somebody who did not check it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dealers.errors import OwnWork
from dealers.models import Application, User
from dealers.permissions import require
from dealers.rules.admission_life import ApplicationAct
from dealers.services.admission.acting import locked_in_sight, move, require_act, require_reason
from dealers.services.admission.mails import write_mail
from dealers.services.admission.reviewing import require_no_obstacle
from dealers.services.admission.telling import tell_headquarters


@transaction.atomic
def decide_application(*, number: str, admit: bool, reason: str, actor: User, at: datetime) -> Application:
    """Admit an applicant or not, with the reasons it will read; the policy is asked once more before it is admitted.

    Raises :class:`~dealers.errors.OwnWork` for whoever took part in the check.
    """
    act = ApplicationAct.ADMIT if admit else ApplicationAct.REFUSE
    application = _to_decide(number, act, actor)
    reason = require_reason(reason)
    if admit:
        require_no_obstacle(application, at)
    application.decided_by, application.decided_at, application.decision_reason = actor, at, reason
    move(application, act, actor=actor, at=at, reason=reason)
    if admit:
        tell_headquarters(application, "application_admitted", capability="admission.contract", at=at)
    write_mail("admitted" if admit else "refused", application=application, at=at)
    return application


@transaction.atomic
def send_back(*, number: str, reason: str, actor: User, at: datetime) -> Application:
    """Have the check go on, saying what is missing."""
    application = _to_decide(number, ApplicationAct.SEND_BACK, actor)
    move(application, ApplicationAct.SEND_BACK, actor=actor, at=at, reason=require_reason(reason))
    tell_headquarters(
        application, "application_sent_back", capability="admission.review", at=at, once_for=at.isoformat()
    )
    return application


def took_part(application: Application, person: User) -> bool:
    """Whether the person checked this application: took it up, looked at a paper, asked, or recommended."""
    return (
        person.pk in (application.reviewer_id, application.recommended_by_id)
        or application.papers.filter(checked_by=person).exists()
        or application.messages.filter(author=person).exists()
    )


def _to_decide(number: str, act: ApplicationAct, actor: User) -> Application:
    require(actor, "admission.decide")
    application = locked_in_sight(actor, number)
    require_act(application, act)
    if took_part(application, actor):
        raise OwnWork()
    return application
