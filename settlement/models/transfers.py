"""Bank accounts of dealers, transfers to them, and the files by which a bank is told."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only, no_overlap
from dealers.models.stock import unconstrained
from settlement.choices import BankAccountState
from settlement.models.payments import Payment


class BankAccount(models.Model):
    """Where a dealer is paid. Proposed by one person, confirmed by another; in force from the confirmation on."""

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="bank_accounts")
    holder = models.CharField(_("account holder"), max_length=200)
    bank = models.CharField(_("bank"), max_length=200)
    bank_number = models.CharField(_("bank number"), max_length=12)
    number = models.CharField(_("account number"), max_length=32)
    state = models.CharField(
        _("state"), max_length=16, choices=BankAccountState, default=BankAccountState.PROPOSED, db_index=True
    )
    valid = DateTimeRangeField(_("in force"), null=True)  # type: ignore[misc]
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    proof = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["-id"]
        constraints = [
            no_overlap("one_bank_account_at_a_time", "dealer", condition=Q(state=BankAccountState.CONFIRMED)),
            models.UniqueConstraint(
                name="one_bank_account_waits", fields=["dealer"], condition=Q(state=BankAccountState.PROPOSED)
            ),
            models.CheckConstraint(
                name="a_decided_bank_account_says_by_whom",
                condition=Q(state=BankAccountState.PROPOSED, decided_by__isnull=True)
                | (~Q(state=BankAccountState.PROPOSED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="whoever_proposes_an_account_does_not_confirm_it",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="a_confirmed_account_is_in_force_for_a_time",
                condition=Q(state=BankAccountState.CONFIRMED, valid__isnull=False)
                | (~Q(state=BankAccountState.CONFIRMED) & Q(valid__isnull=True)),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="bank_accounts_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="what_a_bank_account_says_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "dealer", "holder", "bank", "bank_number", "number", "proposed_by", "proposed_at"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.number}"


class BankFile(models.Model):
    """A file of transfers as it was handed to the bank. Append-only."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    file = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, related_name="+")
    transfers = models.IntegerField(_("transfers"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("bank file")
        verbose_name_plural = _("bank files")
        ordering = ["-id"]
        triggers = [append_only("bank_files_are_append_only")]

    def __str__(self) -> str:
        return self.number


class Transfer(models.Model):
    """The transfer by which a payment is made, to the account in force when it was ordered."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, primary_key=True, related_name="transfer")
    dealer = unconstrained("dealers.Dealer")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="transfers")
    bank_file = models.ForeignKey(BankFile, on_delete=models.PROTECT, null=True, related_name="lines")

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        triggers = [
            pgtrigger.Protect(name="transfers_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="where_a_transfer_goes_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("dealer", "account"),
            ),
        ]
