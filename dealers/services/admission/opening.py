"""Inviting a newcomer, and beginning an application."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from dealers.errors import Refused
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import AdmissionInvitation, Application, User
from dealers.permissions import require
from dealers.selectors.admission import admission_terms, invitation_by_token
from dealers.services.admission.acting import applicant_of, touch
from dealers.services.admission.links import give_link
from dealers.services.admission.mails import write_mail
from dealers.services.audit import Stranger, record_audit

#: How long an invitation can be used.
INVITATION_DAYS = 30
_NUMBER_LOCK = 0x4150_0001


class AdmissionByInvitation(Refused):
    code = "admission_by_invitation"
    sentence = _("Applications are by invitation; ask your contact at the brand for one.")
    status = 403


class CompanyMissing(Refused):
    code = "company_missing"
    sentence = _("Name the company.")
    status = 400


class InvitationUsed(Refused):
    code = "invitation_used"
    sentence = _("This invitation was used or withdrawn already.")


@transaction.atomic
def invite(
    *, company: str, email: str = "", language: str = "zh-hans", actor: User, at: datetime
) -> AdmissionInvitation:
    """Invite a company to apply; with an address the link is mailed, else headquarters passes it on."""
    require(actor, "admission.invite")
    if not company.strip():
        raise CompanyMissing()
    invitation = AdmissionInvitation(
        company=company.strip()[:200], email=email, language=language, invited_by=actor, invited_at=at
    )
    give_link(invitation, at + timedelta(days=INVITATION_DAYS)).save()
    record_audit(
        actor=actor, action="admission.invite", subject=invitation, at=at, after={"company": invitation.company}
    )
    if email:
        write_mail("invited", invitation=invitation, at=at)
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation: AdmissionInvitation, actor: User, at: datetime) -> AdmissionInvitation:
    """Take an invitation back before it is used. Raises :class:`InvitationUsed`."""
    require(actor, "admission.invite")
    invitation = AdmissionInvitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.used_at is not None or invitation.revoked_at is not None:
        raise InvitationUsed()
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])
    record_audit(actor=actor, action="admission.revoke", subject=invitation, at=at)
    return invitation


@transaction.atomic
def begin_application(*, language: str, consented: bool, at: datetime, invitation_token: str = "") -> Application:
    """Begin an application, by an invitation or, where the policy opens admission to everybody, without one.

    An invitation begins one application only, also when its link is opened twice at once. Raises
    :class:`AdmissionByInvitation`, :class:`~dealers.selectors.admission.LinkNotFound` or
    :class:`~dealers.selectors.admission.LinkEnded`.
    """
    invitation = None
    if invitation_token:
        found = invitation_by_token(invitation_token, at=at)
        AdmissionInvitation.objects.select_for_update().get(pk=found.pk)
        invitation = invitation_by_token(invitation_token, at=at)
    elif not admission_is_open(at):
        raise AdmissionByInvitation()
    application = Application(
        number=_next_number(at),
        language=language,
        invitation=invitation,
        opened_at=at,
        consent_at=at if consented else None,
        name=invitation.company if invitation else "",
        email=invitation.email if invitation else "",
    )
    touch(application, at)
    give_link(application, application.link_ends_at)
    application.save()
    if invitation is not None:
        invitation.used_at = at
        invitation.save(update_fields=["used_at"])
    record_audit(actor=applicant_of(application), action="application.begin", subject=application, at=at)
    if application.email:
        write_mail("begun", application=application, at=at)
    return application


@transaction.atomic
def renew_link(*, application: Application, actor: User | Stranger, at: datetime) -> Application:
    """A new link for an applicant who lost the old one, which stops working; mailed where an address is known."""
    if isinstance(actor, User):
        require(actor, "admission.review")
    application = Application.objects.select_for_update().get(pk=application.pk)
    touch(application, at)
    give_link(application, application.link_ends_at)
    application.save()
    record_audit(actor=actor, action="application.renew_link", subject=application, at=at)
    if application.email:
        write_mail("link_renewed", application=application, at=at, once_for=application.link_digest[:16])
    return application


def admission_is_open(at: datetime) -> bool:
    """Whether anybody may apply; by invitation only unless the policy in force says otherwise."""
    terms = admission_terms(at)
    return terms is not None and terms.open


def _next_number(at: datetime) -> str:
    """The next number of the month; those who begin at once are given theirs one after another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBER_LOCK])
    prefix = f"AP-{at.astimezone(BUSINESS_ZONE):%y%m}-"
    last = Application.objects.filter(number__startswith=prefix).order_by("-number").values_list("number", flat=True)
    return f"{prefix}{int(last[0].rpartition('-')[2]) + 1 if last[:1] else 1:04d}"
