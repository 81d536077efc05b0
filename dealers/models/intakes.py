"""Large files on their way in: taken part by part, each part a transaction of its own, and where the next one begins.

A file of one part leaves no trace here; it is there whole or not at all.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.feeds import FeedDelivery


class FileIntake(models.Model):
    """How far a file is taken in. While it is unfinished, the same file given again goes on behind ``last_line``."""

    delivery = models.OneToOneField(FeedDelivery, on_delete=models.PROTECT, primary_key=True, related_name="intake")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="+")
    feed = models.CharField(_("feed"), max_length=32)
    digest = models.CharField(_("digest of the file"), max_length=64)
    last_line = models.BigIntegerField(_("taken up to line"), default=0)
    percent = models.PositiveSmallIntegerField(_("progress in percent"), default=0)
    seen_at = models.DateTimeField(_("last part taken at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    #: Why reading stopped in the middle, as a finding; empty while nothing is wrong.
    stopped = models.JSONField(_("stopped because"), default=dict)

    class Meta:
        verbose_name = _("intake of a file")
        verbose_name_plural = _("intakes of files")
        constraints = [
            models.UniqueConstraint(
                name="one_unfinished_intake_of_a_file",
                fields=["dealer", "feed", "digest"],
                condition=Q(finished_at__isnull=True),
                nulls_distinct=False,
            ),
        ]


class FilePart(models.Model):
    """A part that was taken: up to which line, how many lines, and the instant from which they are known."""

    intake = models.ForeignKey(FileIntake, on_delete=models.PROTECT, related_name="parts")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="+")
    number = models.PositiveIntegerField(_("part"))
    last_line = models.BigIntegerField(_("up to line"))
    lines = models.BigIntegerField(_("lines"))
    known_from = models.DateTimeField(_("known from"))
    #: Dealer and day of the lines, packed (:mod:`dealers.services.file_intakes`); emptied when the file is through.
    covered = models.BinaryField(default=b"")

    class Meta:
        verbose_name = _("part of a file")
        verbose_name_plural = _("parts of files")
        constraints = [models.UniqueConstraint(name="a_part_is_taken_once", fields=["intake", "number"])]
