"""The journal of forfeited years: a confirmed fraud cancels all rebates of its calendar year."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from dealers.models.stock import unconstrained
from rebates.choices import ForfeitureAct


class Forfeiture(models.Model):
    """That a forfeiture of a dealer's rebates of ``year`` was imposed, or lifted again. Append-only.

    ``reference`` names the decision it follows from. A year is forfeited while any decision that imposed it has not
    been lifted, so overturning one of two leaves the other in force. Settlements count it from ``known_from`` on.
    """

    dealer = unconstrained("dealers.Dealer")
    year = models.IntegerField(_("calendar year"))
    act = models.CharField(_("act"), max_length=8, choices=ForfeitureAct)
    reference = models.CharField(_("follows from"), max_length=120)
    reason = models.CharField(_("reason"), max_length=500)
    known_from = models.DateTimeField(_("known from"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("forfeiture")
        verbose_name_plural = _("forfeitures")
        constraints = [
            models.UniqueConstraint(
                name="a_decision_forfeits_and_lifts_once", fields=["dealer", "year", "reference", "act"]
            ),
        ]
        triggers = [append_only("forfeitures_are_append_only")]

    def __str__(self) -> str:
        return f"{self.reference} {self.year}"
