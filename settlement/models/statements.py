"""What each dealer is told it earned and owes, line by line, with the proof of every amount."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.models.stock import unconstrained
from settlement.choices import LineKind, StatementRole, StatementState
from settlement.models.frozen import checked_in_bulk, frozen_lines, frozen_statements

#: Of a closed statement only what belongs to the dealer's answer may change.
ANSWER_COLUMNS = (
    "state",
    "confirm_due_at",
    "confirm_due_provisional",
    "confirmed_at",
    "confirmed_by_id",
    "confirmed_by_key",
)


class Statement(models.Model):
    """The statement of one dealer in one draft of a run; amounts in CNY, positive in the dealer's favour.

    ``closing`` is ``opening`` plus the lines. A negative closing is carried forward and ``payable`` is then zero.
    """

    run = checked_in_bulk("settlement.SettlementRun", related_name="statements")
    draft = models.PositiveIntegerField(_("draft"))
    dealer = unconstrained("dealers.Dealer")
    tier = models.CharField(_("tier"), max_length=2, blank=True)
    purchases = models.DecimalField(_("purchases"), max_digits=18, decimal_places=2)
    sales = models.DecimalField(_("sales"), max_digits=18, decimal_places=2)
    opening = models.DecimalField(_("opening balance"), max_digits=18, decimal_places=2)
    total = models.DecimalField(_("total of lines"), max_digits=18, decimal_places=2)
    closing = models.DecimalField(_("closing balance"), max_digits=18, decimal_places=2)
    payable = models.DecimalField(_("payable"), max_digits=18, decimal_places=2)
    digest = models.CharField(_("digest"), max_length=64)
    #: Of a dealer that has left: whether this clears its account or supplements that; empty for an ordinary one.
    role = models.CharField(_("role"), max_length=16, choices=StatementRole, blank=True, default="")
    state = models.CharField(_("state"), max_length=16, choices=StatementState, default=StatementState.DRAFT)
    delivered_at = models.DateTimeField(_("delivered at"), null=True)
    confirm_due_at = models.DateTimeField(_("to be confirmed by"), null=True)
    #: The deadline lies past the published working-day calendar and is reckoned again when that arrives.
    confirm_due_provisional = models.BooleanField(_("provisional deadline"), default=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    confirmed_by_key = models.CharField(_("confirmed by key"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [
            models.UniqueConstraint(name="one_statement_per_dealer_and_draft", fields=["run", "draft", "dealer"]),
            models.CheckConstraint(name="a_statement_adds_up", condition=Q(closing=F("opening") + F("total"))),
        ]
        indexes = [models.Index(fields=["dealer", "-run"], name="statement_by_dealer")]
        triggers = frozen_statements("a_closed_statement", *ANSWER_COLUMNS)


class StatementLine(models.Model):
    """One amount with its proof. ``proof`` holds inputs, policy version, rule row, formula, cap and rounding."""

    statement = checked_in_bulk(Statement, related_name="lines")
    dealer = unconstrained("dealers.Dealer")
    line_no = models.PositiveIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=20, choices=LineKind)
    program = models.CharField(_("program"), max_length=64, blank=True)
    for_period = models.CharField(_("for"), max_length=10)
    base = models.DecimalField(_("base"), max_digits=26, decimal_places=6)
    rate = models.DecimalField(_("rate"), max_digits=12, decimal_places=6)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    proof = models.JSONField(_("proof"))

    class Meta:
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")
        constraints = [models.UniqueConstraint(name="statement_lines_are_numbered", fields=["statement", "line_no"])]
        triggers = frozen_lines("a_closed_line")
