"""What a proposed fall of list prices would cost, reckoned in the background because it takes minutes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from dealers.models.stock import unconstrained


class ProtectionEstimate(models.Model):
    """The price protection of a proposal with the facts there were ``as_of`` an instant; the latest one counts.

    ``falls`` counts the prices that fall; ``policy`` names the version whose terms were used. Append-only.
    """

    change = models.ForeignKey(
        "dealers.PriceChange", on_delete=models.PROTECT, related_name="estimates", verbose_name=_("price change")
    )
    as_of = models.DateTimeField(_("as of"))
    falls = models.PositiveIntegerField(_("prices that fall"))
    policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("estimate of price protection")
        verbose_name_plural = _("estimates of price protection")
        ordering = ["-id"]
        triggers = [append_only("estimates_stay_as_they_were_reckoned")]

    def __str__(self) -> str:
        return f"{self.change} {self.as_of:%Y-%m-%d %H:%M}"


class EstimatedProtection(models.Model):
    """What one dealer would be credited: units and CNY over ``products`` products, and why others earn nothing."""

    estimate = models.ForeignKey(ProtectionEstimate, on_delete=models.PROTECT, related_name="dealers")
    dealer = unconstrained("dealers.Dealer")
    units = models.BigIntegerField(_("units"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    products = models.PositiveIntegerField(_("products"))
    zeros = models.JSONField(_("why nothing is credited"), default=dict)

    class Meta:
        verbose_name = _("estimated protection of a dealer")
        verbose_name_plural = _("estimated protections of dealers")
        constraints = [
            models.UniqueConstraint(name="a_dealer_is_once_in_an_estimate", fields=["estimate", "dealer"]),
        ]
        triggers = [append_only("estimated_protections_stay")]
