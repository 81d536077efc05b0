"""The end of a dealer's contract, the way to it, and its interruption by a suspension."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import ExitState
from dealers.models.guards import append_only

#: The end of a contract is still to come.
PENDING_EXITS = (ExitState.PROPOSED, ExitState.AGREED)


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


class ExitPlan(models.Model):
    """The end of a contract as one person proposes it and another decides; carried out when its last day is over."""

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="exit_plans")
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=1000)
    state = models.CharField(_("state"), max_length=16, choices=ExitState, default=ExitState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_note = models.CharField(_("remark"), max_length=1000, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    withdrawal_note = models.CharField(_("why it was withdrawn"), max_length=1000, blank=True)
    exit = models.OneToOneField(DealerExit, on_delete=models.PROTECT, null=True, related_name="plan")

    class Meta:
        verbose_name = _("planned end of a contract")
        verbose_name_plural = _("planned ends of contracts")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_pending_exit",
                fields=["dealer"],
                condition=Q(state__in=[state.value for state in PENDING_EXITS]),
            ),
            models.CheckConstraint(
                name="exits_are_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="exits_carried_out_are_on_record",
                condition=Q(state=ExitState.CARRIED_OUT, exit__isnull=False)
                | (~Q(state=ExitState.CARRIED_OUT) & Q(exit__isnull=True)),
            ),
        ]


class Suspension(models.Model):
    """An interruption of a contract: no supply and no duty to report until it is lifted; the account goes on."""

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="suspensions")
    reason = models.CharField(_("reason"), max_length=1000)
    hold = models.OneToOneField("dealers.SupplyHold", on_delete=models.PROTECT, related_name="suspension")
    suspended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    suspended_at = models.DateTimeField(_("suspended at"))
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(_("lifted at"), null=True)
    lift_note = models.CharField(_("why it was lifted"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="one_open_suspension", fields=["dealer"], condition=Q(lifted_at__isnull=True)),
            models.CheckConstraint(
                name="suspensions_are_lifted_by_another",
                condition=Q(lifted_by__isnull=True) | ~Q(lifted_by=F("suspended_by")),
            ),
        ]
