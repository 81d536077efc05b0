"""Electronic commercial bills, and whether a dealer takes them."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from dealers.models.stock import unconstrained
from settlement.choices import BillKind
from settlement.models.payments import Payment
from settlement.rules.bill_ranges import BillRange

#: The notes of a bill that are handed over; without a sub-range all of them, for an open end is a range without one.
_NOTES = Func(F("range_start"), F("range_end"), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


class Bill(models.Model):
    """The bill by which a payment is made. ``range_start`` and ``range_end`` are empty for a whole bill.

    ``in_use`` is false once its notes came back or were never issued, so that they may be handed over another time:
    an exclusion constraint can look at nothing but its own row.
    """

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, primary_key=True, related_name="bill")
    dealer = unconstrained("dealers.Dealer")
    number = models.CharField(_("bill number"), max_length=30)
    range_start = models.BigIntegerField(_("first note"), null=True)
    range_end = models.BigIntegerField(_("last note"), null=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    kind = models.CharField(_("kind"), max_length=16, choices=BillKind)
    drawer = models.CharField(_("drawer"), max_length=200)
    acceptor = models.CharField(_("acceptor"), max_length=200)
    issued_on = models.DateField(_("issued on"))
    due_on = models.DateField(_("due on"), db_index=True)
    in_use = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        constraints = [
            models.CheckConstraint(name="a_bill_number_has_30_digits", condition=Q(number__regex=r"^[0-9]{30}$")),
            models.CheckConstraint(name="a_bill_falls_due_after_its_issue", condition=Q(due_on__gt=F("issued_on"))),
            models.CheckConstraint(
                name="a_sub_range_is_worth_its_notes",
                condition=Q(range_start__isnull=True, range_end__isnull=True)
                | Q(
                    range_start__gte=1,
                    range_end__gte=F("range_start"),
                    amount=(F("range_end") - F("range_start") + 1) * Value("0.01", models.DecimalField()),
                ),
            ),
            ExclusionConstraint(
                name="no_note_of_a_bill_is_paid_twice",
                expressions=[(F("number"), RangeOperators.EQUAL), (_NOTES, RangeOperators.OVERLAPS)],
                condition=Q(in_use=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="bills_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="what_a_bill_says_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["in_use"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def range(self) -> BillRange | None:
        if self.range_start is None or self.range_end is None:
            return None
        return BillRange(self.range_start, self.range_end)


class BillConsent(models.Model):
    """A dealer's word that it takes bills, or no longer does; the latest counts. Append-only."""

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="bill_consents")
    consents = models.BooleanField(_("takes bills"))
    at = models.DateTimeField(_("said at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    by_key = models.CharField(_("said with key"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("consent to bills")
        verbose_name_plural = _("consents to bills")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="a_consent_says_who", condition=Q(by__isnull=False, by_key="") | (Q(by=None) & ~Q(by_key=""))
            )
        ]
        indexes = [models.Index(fields=["dealer", "-at", "-id"], name="consent_by_dealer")]
        triggers = [append_only("consents_are_append_only")]
