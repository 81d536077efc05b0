"""What a dealer owed its customers or headquarters and did not do in time: one row each, for cases to take up."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.choices import BreachKind
from aftersales.models.reports import SatisfactionReport
from aftersales.models.tickets import ResponseClock


class ServiceBreach(models.Model):
    """``breached_at`` is the instant that was due, whenever anybody looked; ``recorded_at`` is when somebody did.

    One that turns out to be none (an outage of ours became known) is waived and stays on record. ``dealer`` empty is
    headquarters' own. ``case_number`` names the case that took it up; empty while none has.
    """

    kind = models.CharField(_("kind"), max_length=24, choices=BreachKind)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="+")
    clock = models.ForeignKey(ResponseClock, on_delete=models.PROTECT, null=True, related_name="breaches")
    report = models.ForeignKey(SatisfactionReport, on_delete=models.PROTECT, null=True, related_name="breaches")
    policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    breached_at = models.DateTimeField(_("missed at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    waived_at = models.DateTimeField(_("waived at"), null=True)
    waived_by = models.CharField(_("waived by"), max_length=200, blank=True)
    waive_reason = models.TextField(_("why it was waived"), blank=True)
    case_number = models.CharField(_("case"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("service breach")
        verbose_name_plural = _("service breaches")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["dealer", "breached_at"], name="breach_by_dealer"),
            models.Index(
                fields=["kind", "breached_at"],
                name="breach_to_take_up",
                condition=Q(case_number="", waived_at=None, dealer__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="a_response_is_missed_once", fields=["clock"], condition=Q(clock__isnull=False, waived_at=None)
            ),
            models.UniqueConstraint(
                name="a_report_is_overdue_once", fields=["report"], condition=Q(report__isnull=False, waived_at=None)
            ),
            models.CheckConstraint(
                name="a_breach_names_what_was_owed",
                condition=Q(kind=BreachKind.FIRST_RESPONSE, clock__isnull=False, report=None)
                | Q(kind=BreachKind.SATISFACTION_REPORT, clock=None, report__isnull=False),
            ),
        ]
