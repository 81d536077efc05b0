"""What headquarters tells every dealer and wants acknowledged, and which dealer has."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only


class Bulletin(models.Model):
    """A message to every dealer, written by one person and published by another; after that it never changes.

    With a ``policy`` it is published together with that version. ``quiz`` is the text :mod:`dealers.rules.quiz` reads.
    """

    policy = models.OneToOneField(
        "dealers.PolicyVersion", on_delete=models.PROTECT, null=True, related_name="bulletin", verbose_name=_("policy")
    )
    title_zh = models.CharField(_("Chinese title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200)
    text_zh = models.TextField(_("Chinese text"))
    text_en = models.TextField(_("English text"))
    quiz = models.TextField(_("quiz"), blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(_("drafted at"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("published at"), null=True)

    class Meta:
        verbose_name = _("bulletin")
        verbose_name_plural = _("bulletins")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="a_bulletin_is_published_by_a_second_person",
                condition=Q(published_by=None) | Q(written_by=None) | ~Q(published_by=F("written_by")),
            ),
            models.CheckConstraint(
                name="a_published_bulletin_says_by_whom",
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_bulletins_never_change",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_zh if _reads_chinese() else self.title_en

    @property
    def text(self) -> str:
        return self.text_zh if _reads_chinese() else self.text_en


class BulletinReading(models.Model):
    """That somebody of a dealer opened a bulletin for the first time. Append-only."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="readings")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("read at"))

    class Meta:
        verbose_name = _("reading of a bulletin")
        verbose_name_plural = _("readings of bulletins")
        constraints = [models.UniqueConstraint(name="a_bulletin_is_opened_once", fields=["bulletin", "dealer"])]
        triggers = [append_only("readings_are_append_only")]


class BulletinReceipt(models.Model):
    """That a dealer acknowledged a bulletin and by whom. Append-only."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="receipts")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(_("acknowledged at"))

    class Meta:
        verbose_name = _("receipt of a bulletin")
        verbose_name_plural = _("receipts of bulletins")
        constraints = [models.UniqueConstraint(name="a_bulletin_is_acknowledged_once", fields=["bulletin", "dealer"])]
        triggers = [append_only("receipts_of_bulletins_are_append_only")]


def _reads_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")
