"""Stock counts being typed, before they are handed in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StockCountDraft(models.Model):
    """What a person has counted so far: pieces by SKU as they were typed, so that any device can go on with it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stock_counts")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+")
    counts = models.JSONField(_("counts"), default=dict)
    warehouse = models.CharField(_("warehouse"), max_length=64, blank=True)
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("stock count being typed")
        verbose_name_plural = _("stock counts being typed")
        constraints = [models.UniqueConstraint(name="one_count_being_typed", fields=["person", "dealer"])]
