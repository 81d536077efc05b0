"""A dealer's archive to take away: asked for on a page, written by a job, kept in pieces for some days."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DealerArchive(models.Model):
    """One archive of a dealer. Its pieces are there from ``finished_at`` until they are taken away again."""

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="archives")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("requested at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    name = models.CharField(_("file name"), max_length=200, blank=True)
    members = models.IntegerField(_("files in it"), default=0)
    rows = models.BigIntegerField(_("rows"), default=0)
    size = models.BigIntegerField(_("size in bytes"), default=0)
    sha256 = models.CharField(_("digest"), max_length=64, blank=True)
    forgotten_at = models.DateTimeField(_("taken away at"), null=True)

    class Meta:
        verbose_name = _("archive of a dealer")
        verbose_name_plural = _("archives of dealers")
        ordering = ["-id"]

    @property
    def is_there(self) -> bool:
        return self.finished_at is not None and self.forgotten_at is None


class ArchivePiece(models.Model):
    """Some bytes of an archive, so that nobody ever holds the whole of it in memory."""

    archive = models.ForeignKey(DealerArchive, on_delete=models.PROTECT, related_name="pieces")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(_("number"))
    content = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("piece of an archive")
        verbose_name_plural = _("pieces of archives")
        constraints = [models.UniqueConstraint(name="a_piece_of_an_archive_is_numbered", fields=["archive", "number"])]
