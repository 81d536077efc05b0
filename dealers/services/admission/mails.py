"""E-mails to people without an account: the row first, then the mail. Nothing is sent twice."""

from __future__ import annotations

from datetime import datetime

from django.core.mail import send_mail
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from dealers.models import AdmissionInvitation, AdmissionMail, Application
from dealers.notices import NoticeText
from dealers.selectors.admission import link_digest
from dealers.services.admission.links import address_of_link, email_proof, give_link, token_of

_MOST_ATTEMPTS = 8
_MOST_MAILS = 20

#: Reason to its sentences; filled with ``number``, ``company`` and ``until``; the link follows them.
MAILS: dict[str, NoticeText] = {
    "invited": NoticeText(
        _("You are invited to become a dealer"),
        _("%(company)s is invited to apply. Begin here; the link works once and until %(until)s."),
    ),
    "begun": NoticeText(
        _("Your application %(number)s"),
        _(
            "Go on with your application at any time by this private link. Whoever has it can change the application, "
            "so keep it to yourself."
        ),
    ),
    "link_renewed": NoticeText(
        _("A new link to your application %(number)s"),
        _("The old link no longer works. Go on here."),
    ),
    "submitted": NoticeText(
        _("We have received your application %(number)s"),
        _("A person looks at every document. What becomes of it, and our questions, are shown here."),
    ),
    "asked": NoticeText(
        _("We have a question about your application %(number)s"),
        _("Please read and answer it here; the check goes on after that."),
    ),
    "admitted": NoticeText(
        _("Your application %(number)s is admitted"),
        _("Next comes the contract; we will be in touch. Where you stand is shown here."),
    ),
    "refused": NoticeText(
        _("Your application %(number)s is not admitted"),
        _("The reasons are shown here."),
    ),
    "contracted": NoticeText(
        _("The contract of your application %(number)s is recorded"),
        _("When you are active you make your first account here."),
    ),
    "active": NoticeText(
        _("Welcome: %(company)s is an active dealer"),
        _("Make your first account and take your key to the interface here."),
    ),
}


def write_mail(
    reason: str,
    *,
    at: datetime,
    invitation: AdmissionInvitation | None = None,
    application: Application | None = None,
    once_for: str = "",
) -> None:
    """Leave one mail in the outbox, in the caller's transaction; one of a reason for each thing and ``once_for``.

    Past a bound of mails nothing is written, so that nobody uses us to write to strangers.
    """
    if application is not None and application.mails.count() >= _MOST_MAILS:
        return
    thing = f"invitation:{invitation.pk}" if invitation else f"application:{application.pk if application else 0}"
    AdmissionMail.objects.get_or_create(
        key=f"{reason}:{thing}:{once_for}"[:120],
        defaults={"invitation": invitation, "application": application, "reason": reason, "created_at": at},
    )


def send_admission_mails(*, at: datetime, batch: int = 100) -> int:
    """Send what has not left yet; how many left. Safe to run twice and at once.

    An address that refuses eight times is given up; the link stays good, and headquarters can pass it on.
    """
    sent = 0
    with transaction.atomic():
        waiting = (
            AdmissionMail.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(sent_at=None, attempts__lt=_MOST_ATTEMPTS)
            .select_related("invitation", "application")
            .order_by("attempts", "pk")[:batch]
        )
        for mail in waiting:
            mail.attempts += 1
            if _send(mail):
                mail.sent_at = at
                sent += 1
            mail.save(update_fields=["attempts", "sent_at"])
    return sent


def _send(mail: AdmissionMail) -> bool:
    row = mail.invitation or mail.application
    if row is None or not row.email:
        return False
    if link_digest(token_of(row)) != row.link_digest:
        # The server's secret was replaced since, and this link cannot be made again: a new one takes its place.
        give_link(row, row.link_ends_at).save(update_fields=["link_nonce", "link_digest"])
    company = row.company if isinstance(row, AdmissionInvitation) else row.name
    link = address_of_link(row)
    if isinstance(row, Application) and row.email_confirmed_at is None:
        link += f"?mail={email_proof(row)}"
    with translation.override(row.language):
        texts = MAILS[mail.reason]
        params = {
            "company": company,
            "number": getattr(row, "number", ""),
            "until": row.link_ends_at.date().isoformat(),
        }
        title, body = str(texts.title) % params, f"{str(texts.body) % params}\n\n{link}"
    try:
        send_mail(title, body, None, [row.email])
    except OSError:
        return False
    return True
