"""What is attached to promotion requests and written about them: files, remarks of reviewers, minutes of a vote."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from pricing.models.promos import PromoRequest, PromoStep


class PromoAttachment(models.Model):
    """A file of a request. One taken out again keeps its row: an earlier submission may have contained it."""

    request = models.ForeignKey(PromoRequest, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))
    added_by = models.CharField(_("added by"), max_length=200)
    removed_at = models.DateTimeField(_("removed at"), null=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]


class PromoRemark(models.Model):
    """What a reviewer asks to be changed, beside a field of the request or a wording found in its ad copy."""

    step = models.ForeignKey(PromoStep, on_delete=models.CASCADE, related_name="remarks")
    field = models.CharField(_("field"), max_length=32)
    #: For a wording: its number among the findings of the legal step.
    finding = models.PositiveSmallIntegerField(_("finding"), null=True)
    text = models.TextField(_("remark"))

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="a_remark_says_something", condition=~Q(text=""))]
        triggers = [append_only("a_remark_stays_as_it_was_made")]


class PromoMinutes(models.Model):
    """The minutes of an office meeting; a correction is a further version, the last one counts."""

    step = models.ForeignKey(PromoStep, on_delete=models.CASCADE, related_name="minutes")
    number = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("minutes"))
    file = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(name="minutes_are_numbered", fields=["step", "number"])]
        triggers = [append_only("minutes_stay_as_they_were_written")]
