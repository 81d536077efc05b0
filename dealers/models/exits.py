"""The end of a dealer's contract."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only


class DealerExit(models.Model):
    """That a dealer has left, with its last day. Append-only; a settlement sees it from ``known_from`` on."""

    dealer = models.OneToOneField("dealers.Dealer", on_delete=models.PROTECT, related_name="exit")
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=1000)
    known_from = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("end of a contract")
        verbose_name_plural = _("ends of contracts")
        triggers = [append_only("exits_are_append_only")]
