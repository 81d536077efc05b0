"""Satisfaction reports: what a dealer owes each quarter, frozen with its figures when it is handed in."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.choices import ReportState

_CONTENT = ("statement", "plan", "figures", "submitted_at")


def _content_changed() -> pgtrigger.Condition:
    changed = pgtrigger.Q()
    for name in _CONTENT:
        changed |= pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")})
    return pgtrigger.Q(old__submitted_at__isnull=False) & changed


class SatisfactionReport(models.Model):
    """One dealer's report of one quarter. ``figures`` are the system's, as they stood when it was handed in.

    ``counts_from`` is when the time for it began; ``due_at`` is moved by outages of ours since. Reports asked for
    before that was kept have none, and theirs is reckoned back from the deadline.
    """

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+")
    quarter = models.CharField(_("quarter"), max_length=7)
    policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    counts_from = models.DateTimeField(_("time counts from"), null=True)
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(_("state"), max_length=16, choices=ReportState, default=ReportState.DUE)
    statement = models.TextField(_("the dealer's statement"), blank=True)
    plan = models.TextField(_("what the dealer will do"), blank=True)
    figures = models.JSONField(_("figures"), null=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True)
    submitted_at = models.DateTimeField(_("handed in at"), null=True)
    submitted_by = models.CharField(_("handed in by"), max_length=200, blank=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(_("read at"), null=True)
    remark = models.TextField(_("remark of headquarters"), blank=True)

    class Meta:
        verbose_name = _("satisfaction report")
        verbose_name_plural = _("satisfaction reports")
        ordering = ["-id"]
        indexes = [models.Index(fields=["quarter", "state"], name="report_by_quarter")]
        constraints = [
            models.UniqueConstraint(name="one_satisfaction_report_a_quarter", fields=["dealer", "quarter"]),
            models.CheckConstraint(
                name="a_report_handed_in_has_its_figures",
                condition=Q(state=ReportState.DUE, submitted_at=None)
                | (~Q(state=ReportState.DUE) & Q(submitted_at__isnull=False, figures__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_report_read_says_by_whom",
                condition=~Q(state=ReportState.ACKNOWLEDGED)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="a_report_handed_in_stays", operation=pgtrigger.Update, condition=_content_changed()
            ),
            pgtrigger.Protect(name="reports_are_not_removed", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.dealer_id} {self.quarter}"

    @property
    def is_late(self) -> bool:
        """Whether it was handed in when its time was over."""
        return self.submitted_at is not None and self.submitted_at >= self.due_at
