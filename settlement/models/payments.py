"""Payments and what they pay: one statement by several payments, several statements by one."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from dealers.models.stock import unconstrained
from settlement.choices import PaymentMethod, PaymentState
from settlement.models.ledger import JournalTransaction
from settlement.models.payables import Payable
from settlement.models.plans import PaymentPlan, PlanItem


class Payment(models.Model):
    """One bill or one transfer to a dealer. Whom it pays, by what and how much never changes; its state does."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="payments")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(_("method"), max_length=16, choices=PaymentMethod)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    state = models.CharField(_("state"), max_length=16, choices=PaymentState)
    made_at = models.DateTimeField(_("entered at"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("in this state since"))

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="a_payment_pays_something", condition=Q(amount__gt=0))]
        indexes = [
            models.Index(fields=["dealer", "-id"], name="payment_by_dealer"),
            models.Index(fields=["method", "state", "-id"], name="payment_by_state"),
        ]
        triggers = [
            pgtrigger.Protect(name="payments_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="what_a_payment_pays_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("number", "plan", "dealer", "method", "amount", "made_at", "made_by"),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Allocation(models.Model):
    """So much of a payment pays so much of a statement; negative when the payment failed. Append-only.

    ``plan_item`` is whose leave was used; reopening gives the leave not back: paying again needs a new plan.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    payable = models.ForeignKey(Payable, on_delete=models.PROTECT, related_name="allocations")
    plan_item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, null=True, related_name="allocations")
    dealer = unconstrained("dealers.Dealer")
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    at = models.DateTimeField(_("allocated at"))

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="an_allocation_moves_something", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="only_paying_uses_a_plan", condition=Q(amount__gt=0) | Q(plan_item__isnull=True)
            ),
        ]
        triggers = [
            append_only("allocations_are_append_only"),
            pgtrigger.Trigger(
                name="allocations_pay_payables",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM added a JOIN settlement_payable p ON p.id = a.payable_id
                        JOIN settlement_payment m ON m.id = a.payment_id
                        WHERE p.dealer_id <> a.dealer_id OR m.dealer_id <> a.dealer_id
                    ) THEN
                        RAISE EXCEPTION 'a payment pays statements of its own dealer'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_payment_pays_one_dealer';
                    END IF;
                    IF EXISTS (
                        SELECT 1 FROM settlement_payment m
                        JOIN settlement_allocation a ON a.payment_id = m.id
                        WHERE m.id IN (SELECT payment_id FROM added)
                        GROUP BY m.id, m.amount HAVING sum(a.amount) NOT IN (0, m.amount)
                    ) THEN
                        RAISE EXCEPTION 'a payment is allocated in full or not at all'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_payment_is_allocated_in_full';
                    END IF;
                    UPDATE settlement_payable p SET paid = p.paid + s.amount
                        FROM (SELECT payable_id, sum(amount) AS amount FROM added GROUP BY payable_id) s
                        WHERE s.payable_id = p.id;
                    UPDATE settlement_planitem i SET executed = i.executed + s.amount
                        FROM (
                            SELECT plan_item_id, sum(amount) AS amount FROM added
                            WHERE plan_item_id IS NOT NULL GROUP BY plan_item_id
                        ) s WHERE s.plan_item_id = i.id;
                    RETURN NULL;
                """,
            ),
        ]


class PaymentStep(models.Model):
    """One change of a payment's state: when, by whom, why, and the transaction that posted it. Append-only."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="steps")
    dealer = unconstrained("dealers.Dealer")
    before = models.CharField(_("before"), max_length=16, choices=PaymentState, blank=True)
    after = models.CharField(_("after"), max_length=16, choices=PaymentState)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    transaction = models.ForeignKey(JournalTransaction, on_delete=models.PROTECT, null=True, related_name="steps")

    class Meta:
        verbose_name = _("step of a payment")
        verbose_name_plural = _("steps of a payment")
        ordering = ["id"]
        triggers = [append_only("payment_steps_are_append_only")]
