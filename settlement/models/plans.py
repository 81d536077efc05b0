"""Payment plans: what is to be paid, drawn up by one person and released by another."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.models.stock import unconstrained
from settlement.choices import PlanState
from settlement.models.payables import Payable


class PaymentPlan(models.Model):
    """What is to be paid to some dealers. Nothing is paid that no released plan names."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    state = models.CharField(_("state"), max_length=16, choices=PlanState, default=PlanState.DRAFTED, db_index=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    minimum = models.DecimalField(_("minimum payout"), max_digits=18, decimal_places=2)
    drawn_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_up_at = models.DateTimeField(_("drawn up at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_note = models.CharField(_("reason"), max_length=500, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("payment plan")
        verbose_name_plural = _("payment plans")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="a_released_plan_says_by_whom",
                condition=Q(state__in=[PlanState.DRAFTED, PlanState.WITHDRAWN])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="whoever_draws_a_plan_up_does_not_release_it",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("drawn_up_by")),
            ),
        ]
        triggers = [pgtrigger.Protect(name="plans_are_never_removed", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.number


class PlanItem(models.Model):
    """How much of one statement's contribution a plan pays. ``executed`` follows the allocations by a trigger."""

    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="items")
    payable = models.ForeignKey(Payable, on_delete=models.PROTECT, related_name="plan_items")
    dealer = unconstrained("dealers.Dealer")
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    executed = models.DecimalField(_("paid of it"), max_digits=18, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("item of a payment plan")
        verbose_name_plural = _("items of a payment plan")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="a_plan_names_a_payable_once", fields=["plan", "payable"]),
            models.CheckConstraint(
                name="never_more_executed_than_planned",
                condition=Q(amount__gt=0, executed__gte=0, amount__gte=F("executed")),
            ),
        ]
        indexes = [models.Index(fields=["dealer", "plan"], name="plan_item_by_dealer")]
        triggers = [
            pgtrigger.Protect(name="plan_items_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="plan_items_follow_allocations_only",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF pg_trigger_depth() < 2 THEN
                        RAISE EXCEPTION 'what a plan has paid follows allocations only'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]
