"""Double entry. The database keeps its three laws itself: entries are immutable, every transaction sums to zero,
and a balance equals the sum of its entries.

Positive amounts are debits, negative ones credits. All entries of a transaction are inserted by one statement
(``INSERT`` of several rows, or ``COPY``); a trigger per statement checks the sum of each transaction in it, which
costs a pass over the new rows and nothing per row, and carries the sums into the balances.
"""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from dealers.models.stock import unconstrained
from settlement.choices import AccountCode
from settlement.models.frozen import checked_in_bulk


class JournalTransaction(models.Model):
    """One business event in the books, for example the approval of one dealer's statement."""

    run = checked_in_bulk("settlement.SettlementRun", related_name="transactions", null=True, db_index=True)
    dealer = unconstrained("dealers.Dealer", null=True)
    memo = models.CharField(_("memo"), max_length=200)
    posted_at = models.DateTimeField(_("posted at"))
    posted_by = checked_in_bulk(settings.AUTH_USER_MODEL, related_name="+", null=True)

    class Meta:
        verbose_name = _("journal transaction")
        verbose_name_plural = _("journal transactions")
        indexes = [
            models.Index(fields=["dealer", "-id"], name="transaction_by_dealer"),
            models.Index(fields=["posted_at"], name="transaction_by_instant"),
            # Payments: what stands beside the runs, asked for by every calculation.
            models.Index(fields=["posted_at"], name="transaction_without_run", condition=Q(run=None)),
        ]
        triggers = [append_only("transactions_are_append_only")]


class JournalEntry(models.Model):
    """One posting of a transaction to an account; ``dealer`` is set on accounts kept per dealer."""

    transaction = checked_in_bulk(JournalTransaction, related_name="entries", db_index=True)
    account = models.CharField(_("account"), max_length=16, choices=AccountCode)
    dealer = unconstrained("dealers.Dealer", null=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        constraints = [
            models.CheckConstraint(name="an_entry_moves_something", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="an_entry_is_on_an_account_of_the_chart", condition=Q(account__in=AccountCode.values)
            ),
            models.CheckConstraint(
                name="dealer_payable_is_kept_per_dealer",
                condition=Q(account=AccountCode.DEALER_PAYABLE, dealer__isnull=False)
                | (~Q(account=AccountCode.DEALER_PAYABLE) & Q(dealer__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["account", "dealer"], name="entry_by_account")]
        triggers = [
            append_only("entries_are_append_only"),
            pgtrigger.Trigger(
                name="every_transaction_sums_to_zero",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="posted"),
                declare=[("wrong", "bigint")],
                func="""
                    SELECT p.transaction_id INTO wrong FROM posted p
                        LEFT JOIN settlement_journaltransaction t ON t.id = p.transaction_id WHERE t.id IS NULL LIMIT 1;
                    IF wrong IS NOT NULL THEN
                        RAISE EXCEPTION 'there is no journal transaction %', wrong
                            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'every_entry_has_a_transaction';
                    END IF;
                    SELECT transaction_id INTO wrong FROM posted GROUP BY transaction_id HAVING sum(amount) <> 0 LIMIT 1;
                    IF wrong IS NOT NULL THEN
                        RAISE EXCEPTION 'journal transaction % does not sum to zero', wrong
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'every_transaction_sums_to_zero';
                    END IF;
                    INSERT INTO settlement_accountbalance AS b (account, dealer_id, balance)
                        SELECT account, coalesce(dealer_id, 0), sum(amount) FROM posted
                        GROUP BY account, coalesce(dealer_id, 0) ORDER BY 1, 2
                    ON CONFLICT (account, dealer_id) DO UPDATE SET balance = b.balance + excluded.balance;
                    RETURN NULL;
                """,  # noqa: E501
            ),
        ]


class AccountBalance(models.Model):
    """The sum of an account's entries, kept by the ledger's own trigger and by nothing else.

    ``dealer_id`` is 0 for accounts that are not kept per dealer, so that the pair is unique.
    """

    account = models.CharField(_("account"), max_length=16, choices=AccountCode)
    dealer_id = models.BigIntegerField(_("dealer"))
    balance = models.DecimalField(_("balance"), max_digits=20, decimal_places=2)

    class Meta:
        verbose_name = _("account balance")
        verbose_name_plural = _("account balances")
        constraints = [models.UniqueConstraint(name="one_balance_per_account", fields=["account", "dealer_id"])]
        triggers = [
            pgtrigger.Trigger(
                name="balances_follow_entries_only",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF pg_trigger_depth() < 2 THEN
                        RAISE EXCEPTION 'balances follow journal entries only' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]
