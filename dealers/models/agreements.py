"""What one person proposes about a dealer and another decides: changes of territory, and contracts that end."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import RenewalKind, RequestState, TerritoryAct


class Proposal(models.Model):
    """Asked for by one person, decided by another; of one that is decided nothing changes any more."""

    reason = models.CharField(_("reason"), max_length=1000)
    state = models.CharField(_("state"), max_length=16, choices=RequestState, default=RequestState.OPEN)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_note = models.CharField(_("remark"), max_length=1000, blank=True)

    class Meta:
        abstract = True


class TerritoryChange(Proposal):
    """That a dealer's right to sell in a region is to begin, end, or become exclusive or shared from a day on."""

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="territory_changes")
    region = models.ForeignKey("dealers.Region", on_delete=models.PROTECT, related_name="+")
    act = models.CharField(_("change"), max_length=16, choices=TerritoryAct)
    effective_on = models.DateField(_("from"))

    class Meta:
        verbose_name = _("change of territory")
        verbose_name_plural = _("changes of territory")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_territory_change_of_a_region",
                fields=["dealer", "region"],
                condition=Q(state=RequestState.OPEN),
            ),
            models.CheckConstraint(
                name="who_asks_for_territory_does_not_decide",
                condition=~Q(state__in=[RequestState.AGREED, RequestState.REFUSED]) | ~Q(decided_by=F("requested_by")),
            ),
        ]


class ContractRenewal(Proposal):
    """What is to become of a contract that ends, with the facts it was proposed on (``assessment``).

    ``number``, ``amount``, ``valid`` and ``file`` are those of the contract that follows; empty when it is let end.
    ``made`` is that contract, once it was agreed and signed; ``unsigned_reason`` why it is in force without its paper.
    """

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="contract_renewals")
    contract = models.ForeignKey("dealers.Contract", on_delete=models.PROTECT, related_name="renewals")
    kind = models.CharField(_("proposal"), max_length=8, choices=RenewalKind)
    number = models.CharField(_("contract number"), max_length=64, blank=True)
    amount = models.DecimalField(_("contract amount"), max_digits=18, decimal_places=2, null=True)
    valid = DateRangeField(_("valid"), null=True)  # type: ignore[misc]
    file = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    assessment = models.JSONField(_("facts"), default=dict)
    made = models.OneToOneField(
        "dealers.Contract", on_delete=models.PROTECT, null=True, related_name="made_by", verbose_name=_("next contract")
    )
    unsigned_reason = models.CharField(_("why without its paper"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("renewal of a contract")
        verbose_name_plural = _("renewals of contracts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_renewal_of_a_contract", fields=["contract"], condition=Q(state=RequestState.OPEN)
            ),
            models.CheckConstraint(
                name="who_proposes_a_renewal_does_not_decide",
                condition=~Q(state__in=[RequestState.AGREED, RequestState.REFUSED]) | ~Q(decided_by=F("requested_by")),
            ),
            models.CheckConstraint(
                name="only_an_agreed_renewal_makes_a_contract", condition=Q(made=None) | Q(state=RequestState.AGREED)
            ),
        ]
