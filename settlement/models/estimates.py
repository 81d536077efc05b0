"""Accruals at an instant: what was earned and not settled by then, for the books of a month."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AccrualEstimate(models.Model):
    """What a settlement at instant ``at`` would have paid beyond what was settled; found by a job.

    ``sums`` are rows of kind, program, window, for_period, tier, province (code, empty for none), dealers and amount
    (text): as many as the company has programs and places, never as many as dealers.
    """

    at = models.DateTimeField(_("at"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("requested at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    total = models.DecimalField(_("total"), max_digits=18, decimal_places=2, null=True)
    sums = models.JSONField(_("sums"), default=list)

    class Meta:
        verbose_name = _("accrual estimate")
        verbose_name_plural = _("accrual estimates")
        ordering = ["-id"]
