"""Exports too large to wait for: asked for on a page, written by a job, kept for some days."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.foundation.half_months import HalfMonth
from settlement.choices import ExportKind


class PreparedExport(models.Model):
    """One file for the person who asked. ``content`` is there from ``finished_at`` until it is taken away again."""

    kind = models.CharField(_("what"), max_length=24, choices=ExportKind)
    written = models.CharField(_("format"), max_length=8)
    first = models.IntegerField(_("from half-month"))
    last = models.IntegerField(_("to half-month"))
    language = models.CharField(_("language"), max_length=10)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("requested at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    rows = models.BigIntegerField(_("rows"), default=0)
    name = models.CharField(_("file name"), max_length=200, blank=True)
    content = models.BinaryField(_("content"), null=True)

    class Meta:
        verbose_name = _("prepared export")
        verbose_name_plural = _("prepared exports")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="an_export_runs_forward", condition=Q(last__gte=F("first")))]

    @property
    def first_period(self) -> HalfMonth:
        return HalfMonth.from_ordinal(self.first)

    @property
    def last_period(self) -> HalfMonth:
        return HalfMonth.from_ordinal(self.last)
