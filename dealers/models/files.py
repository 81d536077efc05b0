"""Files that people attach as evidence: kept beside the facts they prove, in the same transaction and backup."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only


class WithoutContent(models.Manager["StoredFile"]):
    """Lists of files do not read their bytes; ``content`` is fetched when it is asked for."""

    def get_queryset(self) -> models.QuerySet[StoredFile]:
        return super().get_queryset().defer("content")


class StoredFile(models.Model):
    """One file as it was given; never changed. ``dealer`` is whose facts it belongs to, empty for HQ's own.

    Who may open it is decided by the thing it is attached to, at that thing's door.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("file name"), max_length=200)
    media_type = models.CharField(_("kind"), max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("digest"), max_length=64)
    content = models.BinaryField(_("content"))
    kept_at = models.DateTimeField(_("kept at"))
    kept_by = models.CharField(_("kept by"), max_length=200)

    objects = WithoutContent()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        base_manager_name = "objects"
        indexes = [models.Index(fields=["sha256"], name="file_by_digest")]
        constraints = [models.CheckConstraint(name="a_file_is_not_empty", condition=Q(size__gt=0))]
        triggers = [append_only("a_kept_file_is_never_changed")]

    def __str__(self) -> str:
        return self.name
