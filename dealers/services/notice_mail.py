"""Mailing notices: each by itself or all of a day in one mail, and none of them twice.

A mail leaves while its rows are locked, one transaction per mail, so that a process that dies leaves one mail in doubt
at most. That one leaves again under the same Message-ID, by which mailboxes know it as the same mail.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dealers.choices import EmailWay
from dealers.foundation.clock import business_day
from dealers.models import Notice, User
from dealers.rules.notice_mail import daily_mail_before
from dealers.rules.webhook_retry import next_attempt
from dealers.services.notices import render

#: The most notices a daily mail spells out; the rest is counted, with the way to them.
SPELLED_OUT = 50


def deliver_notices(*, at: datetime, batch: int = 200) -> int:
    """Mail the notices that leave one by one and have not left yet; how many left. Safe to run twice and at once.

    An address that refuses is tried again, ever more rarely, for three days (:mod:`dealers.rules.webhook_retry`);
    what it never took stays in the app.
    """
    due = Notice.objects.filter(Q(email_after=None) | Q(email_after__lte=at), emailed_at=None, email=EmailWay.AT_ONCE)
    sent = 0
    with get_connection() as mailbox:
        for pk in list(due.order_by("pk").values_list("pk", flat=True)[:batch]):
            with transaction.atomic():
                taken = _taken(due.filter(pk=pk))
                if not taken:
                    continue
                notice = taken[0]
                with translation.override(notice.recipient.language):
                    title, body = render(notice)
                left = _send(mailbox, notice.recipient, title, body + _link(notice), name=f"notice-{notice.pk}")
                _note(taken, left=left, at=at)
                sent += left
    return sent


def deliver_daily_mails(*, at: datetime, batch: int = 200) -> int:
    """Send the daily mail to everybody who wants one and was told something; how many left.

    It holds what was told before 08:00 and is still unread. Safe to run twice and at once, and a day that was missed is
    in the next mail.
    """
    until = daily_mail_before(at)
    due = Notice.objects.filter(
        Q(email_after=None) | Q(email_after__lte=at), emailed_at=None, email=EmailWay.DAILY, created_at__lt=until
    )
    sent = 0
    with get_connection() as mailbox:
        for person in list(due.order_by("recipient").values_list("recipient", flat=True).distinct()[:batch]):
            with transaction.atomic():
                taken = _taken(due.filter(recipient=person))
                unread = [notice for notice in taken if notice.read_at is None]
                if not unread:
                    _note(taken, left=True, at=at)
                    continue
                left = _send_daily(mailbox, unread, until)
                _note(taken, left=left, at=at)
                sent += left
    return sent


def _taken(due: QuerySet[Notice]) -> list[Notice]:
    """Those of ``due`` that nobody else takes at the moment, locked, the newest first."""
    locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("recipient")
    return list(locked.order_by("-pk"))


def _send_daily(mailbox: BaseEmailBackend, notices: Sequence[Notice], until: datetime) -> bool:
    person = notices[0].recipient
    with translation.override(person.language):
        count = len(notices)
        title = ngettext("%(count)d notice of Halfmoon", "%(count)d notices of Halfmoon", count) % {"count": count}
        parts = []
        for notice in notices[:SPELLED_OUT]:
            head, body = render(notice)
            parts.append(f"{head}\n{body}{_link(notice)}")
        if count > SPELLED_OUT:
            more = ngettext("And %(count)d more.", "And %(count)d more.", count - SPELLED_OUT)
            parts.append(more % {"count": count - SPELLED_OUT})
        parts.append(_("All notices: %(address)s") % {"address": f"{settings.APP_URL}/notices/"})
    name = f"daily-{person.pk}-{business_day(until).isoformat()}"
    return _send(mailbox, person, title, "\n\n".join(parts), name=name)


def _send(mailbox: BaseEmailBackend, person: User, title: str, text: str, *, name: str) -> bool:
    """Whether the mail left; ``name`` makes it the same mail whenever it is sent again."""
    host = urlsplit(settings.APP_URL).hostname or "halfmoon"
    headers = {"Message-ID": f"<{name}@{host}>", "Auto-Submitted": "auto-generated"}
    message = EmailMessage(" ".join(title.split()), text, None, [person.email], headers=headers, connection=mailbox)
    try:
        return message.send() == 1
    except OSError:
        return False


def _note(notices: Sequence[Notice], *, left: bool, at: datetime) -> None:
    for notice in notices:
        notice.email_attempts = min(notice.email_attempts + 1, 32_000)
        if left:
            notice.emailed_at = at
            continue
        chance = random.random()
        again = next_attempt(attempts=notice.email_attempts, due_since=notice.created_at, at=at, chance=chance)
        notice.email_after = again
        if again is None:
            notice.email = EmailWay.NEVER
    Notice.objects.bulk_update(notices, ["email", "emailed_at", "email_after", "email_attempts"])


def _link(notice: Notice) -> str:
    return f"\n{settings.APP_URL}{notice.url}" if notice.url else ""
