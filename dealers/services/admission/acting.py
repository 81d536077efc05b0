"""What every step of an application has in common: the lock, the table of states, and the record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from dealers.choices import ApplicationState
from dealers.errors import Refused
from dealers.foundation.findings import Finding
from dealers.models import Application, User
from dealers.rules.admission_life import ADMISSION_LIFE, UNSUCCESSFUL, ApplicationAct
from dealers.selectors.admission import admission_terms, visible_application
from dealers.services.audit import APPLICANT, Stranger, record_audit

#: How long a link works after the last step when no policy says otherwise.
_LINK_DAYS = 180
_DRAFT_DAYS = 30


class ApplicationStateRefused(Refused):
    code = "application_state_refused"
    sentence = _("%(number)s is “%(state)s”; this cannot be done any more, or not yet.")


class ApplicationReasonMissing(Refused):
    code = "application_reason_missing"
    sentence = _("Give a reason in words; it stays with the application.")
    status = 400


class NotAdmissible(Refused):
    """``findings`` say what is missing or speaks against admission."""

    code = "not_admissible"
    sentence = "%(what)s"
    status = 422

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(what="")

    def __str__(self) -> str:
        return " · ".join(finding.render() for finding in self.findings)


def locked_application(key: int) -> Application:
    """The application, locked until the transaction ends."""
    return Application.objects.select_for_update().get(pk=key)


def locked_in_sight(user: Any, number: str) -> Application:
    """The application a person of headquarters names, locked. Raises :class:`~dealers.errors.NotFound`."""
    return locked_application(visible_application(user, number).pk)


def applicant_of(application: Application) -> Stranger:
    """The applicant as the audit trail names it: by the number, without personal data."""
    return Stranger(f"{APPLICANT}{application.number}")


def require_act(application: Application, act: ApplicationAct) -> None:
    """Raises :class:`ApplicationStateRefused` when ``act`` is not possible now."""
    if not ADMISSION_LIFE.allows(application.state, act):
        label = ApplicationState(application.state).label
        raise ApplicationStateRefused(number=application.number, state=label)


def require_reason(text: str) -> str:
    """The reason without blanks around it. Raises :class:`ApplicationReasonMissing`."""
    if not text.strip():
        raise ApplicationReasonMissing()
    return text.strip()[:1000]


def move(
    application: Application,
    act: ApplicationAct,
    *,
    actor: User | Stranger,
    at: datetime,
    reason: str = "",
    after: dict[str, Any] | None = None,
) -> None:
    """Do ``act`` on a locked application: its next state, saved with whatever was changed, and the audit record."""
    require_act(application, act)
    before = application.state
    application.state = ADMISSION_LIFE.next(before, act)
    if application.state in UNSUCCESSFUL:
        application.ended_at = at
    touch(application, at)
    application.save()
    record_audit(
        actor=actor,
        action=f"application.{act.value}",
        subject=application,
        at=at,
        reason=reason,
        dealer_id=application.dealer_id,
        before={"state": before},
        after={"state": application.state, **(after or {})},
    )


def touch(application: Application, at: datetime) -> None:
    """Note that something happened, which keeps the applicant's link alive."""
    terms = admission_terms(at)
    if application.state == ApplicationState.DRAFT:
        days = terms.draft_days if terms else _DRAFT_DAYS
    else:
        days = terms.unsuccessful_days if terms else _LINK_DAYS
    application.changed_at = at
    application.link_ends_at = at + timedelta(days=days)
