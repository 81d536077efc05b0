"""Disputes: which lines a dealer contests, how headquarters answers, and everything said and attached meanwhile."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from settlement.choices import DisputeAct, DisputeOutcome, DisputeState
from settlement.models.frozen import checked_in_bulk
from settlement.rules.dispute_life import PENDING


class Dispute(models.Model):
    """One objection of a dealer to some lines of an issued statement.

    ``due_at`` is by when whoever is to move has to: headquarters to decide, or the dealer to do what it was asked;
    it counts ``due_days`` working days from ``due_from``, and is empty when the dispute is over. ``proposed_…`` is the
    decision as one person of finance prepared it; another one makes it or sends it back.
    """

    number = models.CharField(_("number"), max_length=32, unique=True)
    statement = checked_in_bulk("settlement.Statement", related_name="disputes", db_index=True)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="disputes")
    state = models.CharField(_("state"), max_length=16, choices=DisputeState, default=DisputeState.OPEN)
    reason = models.TextField(_("reason"))
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    opened_by_key = models.CharField(_("opened by key"), max_length=80, blank=True)

    due_at = models.DateTimeField(_("due at"), null=True)
    due_provisional = models.BooleanField(_("provisional deadline"), default=False)
    due_from = models.DateTimeField(_("deadline counts from"), null=True)
    due_days = models.PositiveSmallIntegerField(_("number of working days"), null=True)

    proposed_outcome = models.CharField(_("prepared decision"), max_length=16, choices=DisputeOutcome, blank=True)
    proposed_reason = models.TextField(_("prepared reason"), blank=True)
    proposed_days = models.PositiveSmallIntegerField(_("working days for the dealer"), null=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    proposed_at = models.DateTimeField(_("prepared at"), null=True)

    decision_reason = models.TextField(_("reason of the decision"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    #: Empty beside a decision: the dealer's silence decided, or the dealer withdrew.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at", "id"], name="dispute_pending", condition=Q(state__in=PENDING)),
            models.Index(fields=["dealer", "-id"], name="dispute_by_dealer"),
        ]
        constraints = [
            models.CheckConstraint(name="a_dispute_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="a_pending_dispute_has_a_deadline_and_a_decided_one_an_instant",
                condition=Q(state__in=PENDING, due_at__isnull=False, decided_at__isnull=True)
                | (~Q(state__in=PENDING) & Q(due_at__isnull=True, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_prepared_dispute_says_what_and_by_whom",
                condition=~Q(state=DisputeState.PREPARED) | (~Q(proposed_outcome="") & Q(proposed_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_dispute_is_decided_by_a_second_person",
                condition=Q(decided_by__isnull=True)
                | (
                    Q(proposed_by__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                    & (Q(opened_by__isnull=True) | ~Q(decided_by=F("opened_by")))
                ),
            ),
        ]
        triggers = [pgtrigger.Protect(name="disputes_are_never_removed", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.number


class DisputedLine(models.Model):
    """A contested statement line: what the dealer says it should be (if it says), and what is granted in addition."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="lines")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    line = checked_in_bulk("settlement.StatementLine", related_name="disputed")
    claimed = models.DecimalField(_("amount claimed"), max_digits=18, decimal_places=2, null=True)
    reason = models.TextField(_("reason"), blank=True)
    #: In the preparation and then in the decision; in addition to what the line says.
    granted = models.DecimalField(_("granted in addition"), max_digits=18, decimal_places=2, null=True)
    #: Withdrawn by the dealer: the line may be disputed once more.
    withdrawn = models.BooleanField(_("withdrawn"), default=False)

    class Meta:
        verbose_name = _("disputed line")
        verbose_name_plural = _("disputed lines")
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(name="a_line_is_disputed_once", fields=["line"], condition=Q(withdrawn=False)),
            models.CheckConstraint(
                name="what_is_granted_is_not_negative", condition=Q(granted__isnull=True) | Q(granted__gte=0)
            ),
        ]
        triggers = [pgtrigger.Protect(name="disputed_lines_are_never_removed", operation=pgtrigger.Delete)]


class DisputeEntry(models.Model):
    """Something done to a dispute, with the words that came with it. Append-only."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="entries")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    act = models.CharField(_("act"), max_length=16, choices=DisputeAct)
    text = models.TextField(_("text"), blank=True)
    made_at = models.DateTimeField(_("at"))
    made_by = models.CharField(_("by"), max_length=200)
    by_dealer = models.BooleanField(_("by the dealer"), default=False)

    class Meta:
        verbose_name = _("entry of a dispute")
        verbose_name_plural = _("entries of a dispute")
        ordering = ["id"]
        triggers = [append_only("what_was_said_in_a_dispute_stays")]


class DisputeFile(models.Model):
    """A file that supports a dispute, from either side. Append-only."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="files")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    file = models.OneToOneField("dealers.StoredFile", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))
    added_by = models.CharField(_("added by"), max_length=200)
    by_dealer = models.BooleanField(_("by the dealer"), default=False)

    class Meta:
        verbose_name = _("file of a dispute")
        verbose_name_plural = _("files of a dispute")
        ordering = ["id"]
        triggers = [append_only("what_was_attached_to_a_dispute_stays")]
