"""What did not add up when stock was rolled forward, kept so that a list needs no reckoning."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.stock import unconstrained
from pricing.choices import StockCode


class StockFinding(models.Model):
    """A finding of the stock check. One that a later check no longer makes is cleared and stays.

    ``units`` is by how many it is off, with its sign; ``params`` fill in the sentence of the code. The documents of
    the product between ``opened_at`` and ``closed_at`` are the evidence. A reading and no judgement: it is brought up
    to date by every check, so that late reports, corrections and declarations settle it.
    """

    dealer = unconstrained("dealers.Dealer")
    product = unconstrained("dealers.Product")
    code = models.CharField(_("finding"), max_length=32, choices=StockCode)
    opened_at = models.DateTimeField(_("from"))
    closed_at = models.DateTimeField(_("to"))
    units = models.BigIntegerField(_("units"))
    params = models.JSONField(_("figures"), default=dict)
    found_at = models.DateTimeField(_("found at"))
    #: When a check first no longer found it.
    cleared_at = models.DateTimeField(_("cleared at"), null=True)

    class Meta:
        verbose_name = _("stock finding")
        verbose_name_plural = _("stock findings")
        constraints = [
            models.UniqueConstraint(
                name="a_stock_finding_stands_once",
                fields=["dealer", "product", "code", "opened_at"],
                condition=Q(cleared_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["code", "-id"], name="stock_finding_by_code")]
