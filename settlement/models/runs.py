"""One run per half-month, and the calculations that draw up its statements."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from settlement.choices import RunState

#: What a settlement takes up. 1: rebates and one-off amounts; 2: falls of list prices as well. A half-month that is
#: closed stays as it was settled, whatever later editions take up.
EDITION = 2

_POSTED = [RunState.APPROVED, RunState.CLOSED]


class SettlementRun(models.Model):
    """The settlement of one half-month with all dealers.

    ``period`` is written ``2026-11-H1``, ``ordinal`` is its continuous number. ``draft`` counts calculations;
    statements belong to one draft and only those of the run's current draft are shown. ``cutoff`` is the instant
    up to which facts are taken, ``after`` the latest half-month that was closed when the draft was reckoned.
    ``calculated_by`` empty means the command line or the schedule. ``edition`` tells what the draft took up.
    """

    period = models.CharField(_("period"), max_length=10, unique=True)
    ordinal = models.IntegerField(_("number of the half-month"), unique=True)
    state = models.CharField(_("state"), max_length=16, choices=RunState, default=RunState.OPEN)
    draft = models.PositiveIntegerField(_("draft"), default=0)
    cutoff = models.DateTimeField(_("facts received up to"), null=True)
    after = models.IntegerField(_("reckoned after half-month"), null=True)
    policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    totals = models.JSONField(_("totals"), default=dict)
    seconds = models.FloatField(_("seconds"), null=True)
    edition = models.PositiveSmallIntegerField(_("edition"), default=1)
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
                condition=Q(approved_by__isnull=True)
                | Q(calculated_by__isnull=True)
                | ~Q(approved_by=F("calculated_by")),
            ),
            models.CheckConstraint(
                name="a_calculated_run_has_cutoff_policy_and_digest",
                condition=Q(state=RunState.OPEN) | (Q(cutoff__isnull=False, policy__isnull=False) & ~Q(digest="")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="runs_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_closed_run_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state=RunState.CLOSED),
            ),
        ]

    def __str__(self) -> str:
        return self.period


class Calculation(models.Model):
    """One calculation of a run. It writes its statements by shards under its own ``draft`` number and only its last
    step makes them the run's draft; of several unfinished ones the latest counts.
    """

    run = models.ForeignKey(SettlementRun, on_delete=models.PROTECT, related_name="calculations")
    draft = models.PositiveIntegerField(_("draft"))
    cutoff = models.DateTimeField(_("facts received up to"))
    after = models.IntegerField(_("reckoned after half-month"), null=True)
    policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    shards = models.PositiveIntegerField(_("shards"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(_("requested at"))
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("calculation")
        verbose_name_plural = _("calculations")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(name="a_draft_is_calculated_once", fields=["run", "draft"])]


class CalculationShard(models.Model):
    """A shard whose statements are written; it exists or the shard has to be done."""

    calculation = models.ForeignKey(Calculation, on_delete=models.CASCADE, related_name="done_shards")
    number = models.PositiveIntegerField(_("shard"))
    statements = models.IntegerField(_("statements"))
    lines = models.IntegerField(_("lines"))
    done_at = models.DateTimeField(_("done at"))

    class Meta:
        verbose_name = _("shard of a calculation")
        verbose_name_plural = _("shards of a calculation")
        constraints = [models.UniqueConstraint(name="a_shard_is_done_once", fields=["calculation", "number"])]
