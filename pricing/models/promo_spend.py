"""What was actually spent on a promotion, entry by entry with proof, and by when the entries are due."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from pricing.choices import Bearer, Channel


class PromoSpend(models.Model):
    """One payment for a promotion. Never changed: a mistake is taken back by an entry of the opposite amount.

    ``dealer`` is in whose sight the entry lies: the dealer that asked for the promotion, or the one HQ spent it for;
    empty for HQ's own. ``channel`` is the channel of sale it was spent for, empty when it served all of them.
    """

    request = models.ForeignKey("pricing.PromoRequest", on_delete=models.PROTECT, related_name="spends")
    number = models.PositiveIntegerField(_("number"))
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="+")
    spent_on = models.DateField(_("day"))
    payee = models.CharField(_("payee"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=200)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    borne_by = models.CharField(_("borne by"), max_length=8, choices=Bearer)
    channel = models.SmallIntegerField(_("channel"), choices=Channel, null=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversal")
    reason = models.TextField(_("reason"), blank=True)
    #: What a form or a caller names its entry by, so that sending it again records it once.
    key = models.CharField(_("sent as"), max_length=64, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_by_key = models.CharField(_("recorded by key"), max_length=80, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("promotion spend")
        verbose_name_plural = _("promotion spends")
        ordering = ["number"]
        triggers = [append_only("a_recorded_spend_is_never_changed")]
        constraints = [
            models.UniqueConstraint(name="spends_are_numbered", fields=["request", "number"]),
            models.UniqueConstraint(name="a_spend_is_sent_once", fields=["request", "key"], condition=~Q(key="")),
            models.CheckConstraint(
                name="a_spend_is_positive_and_its_reversal_negative",
                condition=Q(reverses__isnull=True, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
            ),
        ]


class PromoSpendProof(models.Model):
    """A file that proves an entry: an invoice, a payment slip, a picture of what was built."""

    spend = models.ForeignKey(PromoSpend, on_delete=models.PROTECT, related_name="proofs")
    file = models.OneToOneField("dealers.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("proof of spend")
        verbose_name_plural = _("proofs of spend")
        ordering = ["pk"]
        triggers = [append_only("a_proof_of_spend_stays")]


class PromoAccount(models.Model):
    """When the spend of an ended promotion is due, how that was counted, and since when it is said to be complete."""

    request = models.OneToOneField("pricing.PromoRequest", on_delete=models.PROTECT, related_name="account")
    opened_at = models.DateTimeField(_("opened at"))
    due_at = models.DateTimeField(_("due at"))
    deadline = models.JSONField(_("how the deadline was counted"), default=dict)
    completed_at = models.DateTimeField(_("complete since"), null=True)
    completed_by = models.CharField(_("declared complete by"), max_length=200, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True)

    class Meta:
        verbose_name = _("promotion account")
        verbose_name_plural = _("promotion accounts")
        indexes = [
            models.Index(fields=["due_at"], name="promo_account_open", condition=Q(completed_at__isnull=True)),
        ]
