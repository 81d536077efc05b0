"""What people are told, in the app and by e-mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import EmailWay, NoticeKind


class Notice(models.Model):
    """One message to one person; rendered from ``kind`` and ``params`` in the reader's language.

    The row is the outbox too: ``emailed_at`` is empty until the mail has left. ``email`` is what the recipient wanted
    when the notice was left. ``key`` makes a second sending of the same notice to the same person impossible.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=24, choices=NoticeKind)
    key = models.CharField(_("key"), max_length=120)
    params = models.JSONField(_("details"), default=dict)
    url = models.CharField(_("page"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("told at"))
    read_at = models.DateTimeField(_("read at"), null=True)
    email = models.CharField(_("e-mail"), max_length=8, choices=EmailWay, default=EmailWay.AT_ONCE)
    emailed_at = models.DateTimeField(_("e-mailed at"), null=True)
    email_after = models.DateTimeField(_("e-mailed not before"), null=True)
    email_attempts = models.PositiveSmallIntegerField(_("e-mail attempts"), default=0)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_by_recipient"),
            models.Index(
                fields=["id"], name="notice_to_email", condition=Q(emailed_at__isnull=True, email=EmailWay.AT_ONCE)
            ),
            models.Index(
                fields=["recipient"],
                name="notice_for_daily_mail",
                condition=Q(emailed_at__isnull=True, email=EmailWay.DAILY),
            ),
        ]
        constraints = [models.UniqueConstraint(name="a_notice_is_sent_once", fields=["recipient", "key"])]


class NoticePreference(models.Model):
    """When a person wants notices of one kind by e-mail; without a row, at once. In the app they are always left."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(_("kind"), max_length=24, choices=NoticeKind)
    email = models.CharField(_("e-mail"), max_length=8, choices=EmailWay)

    class Meta:
        verbose_name = _("preference for notices")
        verbose_name_plural = _("preferences for notices")
        constraints = [models.UniqueConstraint(name="one_preference_per_kind", fields=["person", "kind"])]
