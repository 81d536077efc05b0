"""List prices as somebody wants them: proposed by one person, put in force by another."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import PriceChangeState


class PriceChange(models.Model):
    """A proposal of one or many list prices. ``announced`` is what the confirmer was told a fall would cost."""

    state = models.CharField(
        _("state"), max_length=16, choices=PriceChangeState, default=PriceChangeState.PROPOSED, db_index=True
    )
    reason = models.CharField(_("reason"), max_length=500)
    filename = models.CharField(_("file"), max_length=255, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_note = models.CharField(_("note"), max_length=500, blank=True)
    announced = models.JSONField(_("announced price protection"), null=True)
    delivery = models.ForeignKey("dealers.FeedDelivery", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="a_decided_price_change_says_by_whom",
                condition=Q(state=PriceChangeState.PROPOSED, decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state=PriceChangeState.PROPOSED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="whoever_proposes_a_price_does_not_confirm_it",
                condition=~Q(state__in=[PriceChangeState.CONFIRMED, PriceChangeState.DECLINED])
                | ~Q(decided_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class PriceChangeLine(models.Model):
    """One list price of a proposal. ``valid_to`` is the first day no longer covered; empty is open."""

    change = models.ForeignKey(PriceChange, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey("dealers.Product", on_delete=models.PROTECT, related_name="+")
    price = models.DecimalField(_("list price"), max_digits=18, decimal_places=6)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("proposed price")
        verbose_name_plural = _("proposed prices")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="a_proposal_says_one_price_from_a_day", fields=["change", "product", "valid_from"]
            ),
            models.CheckConstraint(name="a_proposed_price_is_positive", condition=Q(price__gt=0)),
            models.CheckConstraint(
                name="a_proposed_price_holds_for_a_day_at_least",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
        ]
