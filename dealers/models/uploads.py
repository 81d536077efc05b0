"""Files that wait to be taken in: kept in pieces in the database, so that web and worker may be different machines."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models.feeds import FeedDelivery
from dealers.models.jobs import JobRun


class Upload(models.Model):
    """A file a dealer's person uploaded, to be tried (``rehearsal``) or taken; its pieces go once it is taken."""

    number = models.UUIDField(_("number"), default=uuid.uuid4, unique=True, editable=False)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="uploads")
    feed = models.CharField(_("feed"), max_length=32)
    filename = models.CharField(_("file"), max_length=255)
    size = models.BigIntegerField(_("size in bytes"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))
    rehearsal = models.BooleanField(_("only tried"), default=False)
    job = models.ForeignKey(JobRun, on_delete=models.PROTECT, null=True, related_name="+")
    #: What a trial found, or why the file cannot be used.
    outcome = models.JSONField(_("outcome"), default=dict)
    delivery = models.ForeignKey(FeedDelivery, on_delete=models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        indexes = [models.Index(fields=["uploaded_at"], name="upload_by_age")]


class UploadPiece(models.Model):
    """A mebibyte of an uploaded file."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="pieces")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("piece"))
    content = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("piece of an uploaded file")
        verbose_name_plural = _("pieces of uploaded files")
        constraints = [models.UniqueConstraint(name="a_piece_is_kept_once", fields=["upload", "number"])]
