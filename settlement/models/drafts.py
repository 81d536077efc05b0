"""What is known of a draft beside its statements: how it differs from the one before, and what a reviewer looks at."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.models.stock import unconstrained
from settlement.models.runs import SettlementRun


class DraftChange(models.Model):
    """What one dealer's amounts of one kind were in the draft before and are now; rows only where they differ.

    Written when a draft takes the place of another, whose statements are then removed; replaced with the next draft.
    """

    run = models.ForeignKey(SettlementRun, on_delete=models.PROTECT, related_name="draft_changes", db_index=False)
    draft = models.PositiveIntegerField(_("draft"))
    previous = models.PositiveIntegerField(_("draft before"))
    dealer = unconstrained("dealers.Dealer")
    kind = models.CharField(_("kind"), max_length=20)
    was = models.DecimalField(_("amount before"), max_digits=18, decimal_places=2)
    becomes = models.DecimalField(_("amount now"), max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("change between drafts")
        verbose_name_plural = _("changes between drafts")
        constraints = [
            models.UniqueConstraint(name="a_change_is_kept_once", fields=["run", "dealer", "kind"]),
            models.CheckConstraint(name="a_change_changes_something", condition=~Q(was=F("becomes"))),
        ]


class ReviewItem(models.Model):
    """A statement of a draft that stands out, why, and whether a person has looked at it.

    ``findings`` are codes with their numbers as the rule gave them. A statement that is the same in the next draft
    keeps the look it has had.
    """

    run = models.ForeignKey(SettlementRun, on_delete=models.PROTECT, related_name="review_items", db_index=False)
    dealer = unconstrained("dealers.Dealer")
    digest = models.CharField(_("digest of the statement"), max_length=64)
    findings = models.JSONField(_("what stands out"))
    weight = models.DecimalField(_("weight"), max_digits=18, decimal_places=2)
    note = models.TextField(_("note"), blank=True)
    looked_at = models.DateTimeField(_("looked at"), null=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )

    class Meta:
        verbose_name = _("outlier to review")
        verbose_name_plural = _("outliers to review")
        ordering = ["-weight", "pk"]
        constraints = [
            models.UniqueConstraint(name="a_dealer_stands_out_once_in_a_run", fields=["run", "dealer"]),
            models.CheckConstraint(
                name="whoever_looked_is_known",
                condition=Q(looked_at__isnull=True, looked_by__isnull=True)
                | Q(looked_at__isnull=False, looked_by__isnull=False),
            ),
        ]
