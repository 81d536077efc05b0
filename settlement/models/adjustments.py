"""Adjustments: how anything settled is put right, since nothing settled is ever changed."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from settlement.choices import AdjustmentState
from settlement.models.frozen import checked_in_bulk


class Adjustment(models.Model):
    """An amount one person of finance proposes for or against a dealer and another approves.

    ``amount`` in CNY, positive in the dealer's favour. ``line`` is the settled line it puts right, if it is about one.
    Approved it becomes ``credit``, which the next open half-month settles.
    """

    number = models.CharField(_("number"), max_length=32, unique=True)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="settlement_adjustments")
    line = checked_in_bulk("settlement.StatementLine", related_name="adjustments", null=True)
    for_period = models.CharField(_("for"), max_length=10)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    reason = models.TextField(_("reason"))
    state = models.CharField(_("state"), max_length=16, choices=AdjustmentState, default=AdjustmentState.PROPOSED)
    #: What the form was sent as, so that sending it again proposes nothing twice.
    key = models.UUIDField(_("sent as"), unique=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    remark = models.TextField(_("remark"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    credit = models.OneToOneField("rebates.Credit", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "-id"], name="adjustment_by_state")]
        constraints = [
            models.CheckConstraint(name="an_adjustment_says_why", condition=~Q(reason="")),
            models.CheckConstraint(name="an_adjustment_moves_something", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="a_second_person_decides_an_adjustment",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="a_decided_adjustment_says_by_whom",
                condition=Q(state=AdjustmentState.PROPOSED, decided_by__isnull=True, credit__isnull=True)
                | Q(state=AdjustmentState.APPROVED, decided_by__isnull=False, credit__isnull=False)
                | Q(state=AdjustmentState.DECLINED, decided_by__isnull=False, credit__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="adjustments_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_decided_adjustment_stays",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=AdjustmentState.PROPOSED),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class AdjustmentFile(models.Model):
    """A file that supports an adjustment. Append-only."""

    adjustment = models.ForeignKey(Adjustment, on_delete=models.PROTECT, related_name="files")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    file = models.OneToOneField("dealers.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("file of an adjustment")
        verbose_name_plural = _("files of an adjustment")
        ordering = ["id"]
        triggers = [append_only("what_supports_an_adjustment_stays")]
