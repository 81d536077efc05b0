"""The journal of one-off amounts: decided once, settled once, corrected only by another one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from dealers.models.stock import unconstrained
from rebates.choices import CreditKind


class Credit(models.Model):
    """An amount for or against a dealer that the next settlement takes up. Append-only.

    ``amount`` in CNY, positive in the dealer's favour. ``reference`` names what it follows from and is its identity:
    recording the same reference again changes nothing. ``for_period`` is the continuous number of the half-month it
    belongs to, ``known_from`` the instant from which settlements count it. ``reverses`` is the earlier credit that
    this one takes back to the cent.
    """

    dealer = unconstrained("dealers.Dealer")
    kind = models.CharField(_("kind"), max_length=20, choices=CreditKind)
    program = models.CharField(_("program"), max_length=64, blank=True)
    reference = models.CharField(_("reference"), max_length=120, unique=True)
    for_period = models.IntegerField(_("for half-month"))
    base = models.DecimalField(_("base"), max_digits=26, decimal_places=6, default=0)
    rate = models.DecimalField(_("rate"), max_digits=12, decimal_places=6, default=0)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    proof = models.JSONField(_("proof"))
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("reverses")
    )
    known_from = models.DateTimeField(_("known from"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        constraints = [models.CheckConstraint(name="a_credit_moves_something", condition=~Q(amount=0))]
        indexes = [models.Index(fields=["dealer", "known_from"], name="credit_by_dealer")]
        triggers = [append_only("credits_are_append_only")]

    def __str__(self) -> str:
        return self.reference


class CreditSettlement(models.Model):
    """The half-month that settled a credit; a credit without one is still to be settled. Append-only."""

    credit = models.OneToOneField(Credit, on_delete=models.PROTECT, related_name="settlement", primary_key=True)
    period = models.IntegerField(_("settled in half-month"), db_index=True)

    class Meta:
        verbose_name = _("settlement of a credit")
        verbose_name_plural = _("settlements of credits")
        triggers = [append_only("credits_settle_once")]
