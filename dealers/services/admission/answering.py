"""What an applicant does with the whole: hand it in, answer a question, withdraw."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dealers.models import Application, ApplicationMessage, User
from dealers.permissions import require
from dealers.rules.admission_facts import missing_facts
from dealers.rules.admission_life import ApplicationAct
from dealers.selectors.admission import facts_of, policy_for_admission
from dealers.services.admission.acting import (
    NotAdmissible,
    applicant_of,
    locked_application,
    move,
    require_act,
    require_reason,
)
from dealers.services.admission.mails import write_mail
from dealers.services.admission.telling import tell_headquarters


@transaction.atomic
def submit_application(*, application: Application, at: datetime) -> Application:
    """Hand a complete application in.

    Raises :class:`~dealers.services.admission.acting.NotAdmissible` with the gaps.
    """
    application = locked_application(application.pk)
    require_act(application, ApplicationAct.SUBMIT)
    _require_complete(application, at)
    application.submitted_at = at
    move(application, ApplicationAct.SUBMIT, actor=applicant_of(application), at=at)
    tell_headquarters(application, "application_submitted", capability="admission.review", at=at)
    write_mail("submitted", application=application, at=at)
    return application


@transaction.atomic
def answer_question(*, application: Application, text: str, at: datetime) -> Application:
    """Answer what headquarters asked; the check goes on with what was changed meanwhile."""
    application = locked_application(application.pk)
    require_act(application, ApplicationAct.ANSWER)
    text = require_reason(text)
    _require_complete(application, at)
    message = ApplicationMessage.objects.create(application=application, text=text, at=at)
    move(application, ApplicationAct.ANSWER, actor=applicant_of(application), at=at)
    tell_headquarters(
        application, "application_answered", capability="admission.review", at=at, once_for=str(message.pk)
    )
    return application


@transaction.atomic
def withdraw_application(
    *, application: Application, at: datetime, actor: User | None = None, reason: str = ""
) -> Application:
    """End an application that is no dealer yet: by the applicant (``actor`` None), or by headquarters with a reason."""
    application = locked_application(application.pk)
    if actor is not None:
        require(actor, "admission.contract")
        reason = require_reason(reason)
    application.decision_reason = application.decision_reason or reason[:1000]
    was_seen = application.submitted_at is not None
    move(application, ApplicationAct.WITHDRAW, actor=actor or applicant_of(application), at=at, reason=reason)
    if was_seen and actor is None:
        tell_headquarters(application, "application_withdrawn", capability="admission.review", at=at)
    return application


def _require_complete(application: Application, at: datetime) -> None:
    _policy, terms = policy_for_admission(at)
    if missing := missing_facts(facts_of(application), terms.admission.required_documents):
        raise NotAdmissible(missing)
