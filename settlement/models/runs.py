"""One run per half-month."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from settlement.choices import RunState

_POSTED = [RunState.APPROVED, RunState.CLOSED]


class SettlementRun(models.Model):
    """The settlement of one half-month with all dealers.

    ``period`` is written ``2026-11-H1``, ``ordinal`` is its continuous number. ``draft`` counts calculations;
    statements belong to one draft and only those of the run's current draft are shown. ``cutoff`` is the instant
    up to which facts are taken. ``calculated_by`` empty means the command line or the schedule.
    """

    period = models.CharField(_("period"), max_length=10, unique=True)
    ordinal = models.IntegerField(_("number of the half-month"), unique=True)
    state = models.CharField(_("state"), max_length=16, choices=RunState, default=RunState.OPEN)
    draft = models.PositiveIntegerField(_("draft"), default=0)
    cutoff = models.DateTimeField(_("facts received up to"), null=True)
    policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    totals = models.JSONField(_("totals"), default=dict)
    seconds = models.FloatField(_("seconds"), null=True)
    opened_at = models.DateTimeField(_("opened at"))
    calculated_at = models.DateTimeField(_("calculated at"), null=True)
    calculated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(_("put up for review at"), null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(_("approved at"), null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        verbose_name = _("settlement run")
        verbose_name_plural = _("settlement runs")
        ordering = ["-ordinal"]
        constraints = [
            models.CheckConstraint(
                name="an_approved_run_says_by_whom",
                condition=~Q(state__in=_POSTED) | Q(approved_at__isnull=False, approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_run_is_approved_by_a_second_person",
                condition=Q(approved_by__isnull=True) | Q(calculated_by__isnull=True) | ~Q(approved_by=F("calculated_by")),
            ),
            models.CheckConstraint(
                name="a_calculated_run_has_cutoff_policy_and_digest",
                condition=Q(state=RunState.OPEN) | (Q(cutoff__isnull=False, policy__isnull=False) & ~Q(digest="")),
            ),
        ]

    def __str__(self) -> str:
        return self.period
