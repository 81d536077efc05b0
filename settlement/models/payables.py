"""What each closed statement adds to, or takes from, what a dealer is owed; and how much of it is settled.

``paid`` and ``set_off`` follow the allocations and set-offs by triggers and by nothing else, and a constraint keeps
them within the amount: whatever two people do at once, no yuan is paid twice.
"""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from dealers.models.stock import unconstrained


class Payable(models.Model):
    """The contribution of one closed statement: positive is owed to the dealer, negative by it.

    ``ordinal`` is the number of its half-month, so the oldest come first; ``since`` is when it was issued.
    """

    statement = models.OneToOneField(
        "settlement.Statement", on_delete=models.PROTECT, db_constraint=False, related_name="contribution"
    )
    dealer = unconstrained("dealers.Dealer")
    ordinal = models.IntegerField(_("number of the half-month"))
    since = models.DateTimeField(_("owed since"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    paid = models.DecimalField(_("paid"), max_digits=18, decimal_places=2, default=0)
    set_off = models.DecimalField(_("set off"), max_digits=18, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("payable")
        verbose_name_plural = _("payables")
        ordering = ["ordinal", "id"]
        constraints = [
            models.UniqueConstraint(name="one_payable_per_dealer_and_period", fields=["dealer", "ordinal"]),
            models.CheckConstraint(name="a_payable_says_something", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="never_more_paid_than_owed",
                condition=Q(amount__gt=0, paid__gte=0, set_off__gte=0, amount__gte=F("paid") + F("set_off"))
                | Q(amount__lt=0, paid=0, set_off__gte=0, amount__lte=-F("set_off")),
            ),
        ]
        indexes = [
            models.Index(fields=["ordinal"], name="payable_by_period"),
            models.Index(
                fields=["dealer", "ordinal"],
                name="payable_open",
                condition=Q(amount__gt=F("paid") + F("set_off")) | Q(amount__lt=-F("set_off")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="payables_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="a_payable_begins_unpaid",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__paid=0) | ~pgtrigger.Q(new__set_off=0),
                func="RAISE EXCEPTION 'a payable begins unpaid' USING ERRCODE = 'check_violation';",
            ),
            pgtrigger.Trigger(
                name="payables_follow_allocations_only",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF pg_trigger_depth() < 2 THEN
                        RAISE EXCEPTION 'payables follow allocations and set-offs only'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    @property
    def left(self) -> Decimal:
        """What is open of a positive contribution, or carried of a negative one; never below zero."""
        return abs(self.amount) - self.paid - self.set_off


class SetOff(models.Model):
    """So much of a statement that took something away was set off against one that was still open. Append-only."""

    dealer = unconstrained("dealers.Dealer")
    credit = models.ForeignKey(Payable, on_delete=models.PROTECT, related_name="reduced_by")
    debt = models.ForeignKey(Payable, on_delete=models.PROTECT, related_name="reduces")
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    at = models.DateTimeField(_("set off at"))

    class Meta:
        verbose_name = _("set-off")
        verbose_name_plural = _("set-offs")
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="a_set_off_moves_something", condition=Q(amount__gt=0))]
        triggers = [
            append_only("set_offs_are_append_only"),
            pgtrigger.Trigger(
                name="set_offs_reduce_payables",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM added a
                        JOIN settlement_payable c ON c.id = a.credit_id JOIN settlement_payable d ON d.id = a.debt_id
                        WHERE c.amount < 0 OR d.amount > 0 OR c.dealer_id <> a.dealer_id OR d.dealer_id <> a.dealer_id
                    ) THEN
                        RAISE EXCEPTION 'a debt is set off against a credit of the same dealer'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_set_off_joins_two_sides';
                    END IF;
                    UPDATE settlement_payable p SET set_off = p.set_off + s.amount FROM (
                        SELECT id, sum(amount) AS amount FROM (
                            SELECT credit_id AS id, amount FROM added UNION ALL SELECT debt_id, amount FROM added
                        ) sides GROUP BY id
                    ) s WHERE s.id = p.id;
                    RETURN NULL;
                """,
            ),
        ]
