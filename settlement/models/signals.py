"""Signals of fraud: the runs that looked for them, what they found, and what is not to be shown for a time.

A finding is its identity (rule, version, dealer, facts) and where it stands; what was seen about it, sentence and
evidence, are its sightings, which only grow. A run in shadow leaves nothing but differences.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only, no_overlap
from settlement.choices import DifferenceKind, SightingKind, SignalRule, SignalRunKind


class SignalRun(models.Model):
    """One look for signals: at everything as known at an instant, by the limits of a policy.

    ``versions`` names the version of each rule, ``limits`` the terms as they were. A run in shadow tries others
    (``trial_versions``, ``trial_policy``) beside them. ``counts`` is by rule what came of it.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=SignalRunKind)
    at = models.DateTimeField(_("as known at"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(_("requested at"))
    policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, null=True, related_name="+")
    limits = models.JSONField(_("limits"), default=dict)
    versions = models.JSONField(_("versions"), default=dict)
    trial_policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, null=True, related_name="+")
    trial_limits = models.JSONField(_("limits on trial"), default=dict)
    trial_versions = models.JSONField(_("versions on trial"), default=dict)
    windows = models.JSONField(_("windows looked at"), default=list)
    counts = models.JSONField(_("what came of it"), default=dict)
    seconds = models.FloatField(_("seconds"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("run of the signals")
        verbose_name_plural = _("runs of the signals")
        ordering = ["-id"]
        triggers = [
            pgtrigger.Protect(name="signal_runs_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_finished_signal_run_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__finished_at__isnull=False),
            ),
        ]


class SignalSuppression(models.Model):
    """For a time a rule's findings about a dealer are recorded, but nobody is asked to look. With a reason and an end.

    It can be lifted before its end and is never changed otherwise.
    """

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="signal_suppressions")
    rule = models.CharField(_("rule"), max_length=24, choices=SignalRule)
    span = DateTimeRangeField(_("time"))
    reason = models.TextField(_("reason"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(_("lifted at"), null=True)
    lift_reason = models.TextField(_("why it was lifted"), blank=True)

    class Meta:
        verbose_name = _("suppression of a signal")
        verbose_name_plural = _("suppressions of signals")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="a_suppression_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="a_suppression_has_an_end",
                condition=Q(span__startswith__isnull=False, span__endswith__isnull=False, span__isempty=False),
            ),
            models.CheckConstraint(
                name="a_lifted_suppression_says_by_whom_and_why",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason="")),
            ),
            no_overlap(
                "one_suppression_of_a_rule_at_a_time",
                "dealer",
                "rule",
                condition=Q(lifted_at__isnull=True),
                ranges="span",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="suppressions_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="a_suppression_stays_as_it_was_made",
                fields=["dealer", "rule", "span", "reason", "created_by", "created_at"],
            ),
            pgtrigger.Protect(
                name="a_lifted_suppression_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__lifted_at__isnull=False),
            ),
        ]

    @property
    def until(self) -> datetime:
        """Its end as it was set, exclusive."""
        ends = self.span.upper
        assert ends is not None, "the database asks for an end"
        return ends


class SignalFinding(models.Model):
    """What a version of a rule found about a dealer; ``facts`` is the window and what within it.

    ``latest`` is what was seen last, ``seen_at`` the instant of the last run that found it, ``gone_at`` of the first
    one that no longer did. ``suppression`` was in force when it was first found.
    """

    rule = models.CharField(_("rule"), max_length=24, choices=SignalRule)
    version = models.PositiveSmallIntegerField(_("version"))
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="signals")
    window = models.CharField(_("window"), max_length=12)
    facts = models.CharField(_("facts"), max_length=64)
    found_at = models.DateTimeField(_("first found at"))
    suppression = models.ForeignKey(SignalSuppression, on_delete=models.PROTECT, null=True, related_name="findings")
    latest: Any = models.OneToOneField("SignalSighting", on_delete=models.PROTECT, null=True, related_name="+")
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    seen_at = models.DateTimeField(_("last found at"))
    gone_at = models.DateTimeField(_("no longer found at"), null=True)
    case = models.ForeignKey("settlement.Case", on_delete=models.PROTECT, null=True, related_name="signals")

    class Meta:
        verbose_name = _("fraud signal")
        verbose_name_plural = _("fraud signals")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="a_signal_is_recorded_once", fields=["rule", "version", "dealer", "facts"]),
        ]
        indexes = [models.Index(fields=["rule", "version", "window"], name="signal_by_window")]
        triggers = [
            pgtrigger.Protect(name="signals_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="a_signal_stays_what_it_is_about",
                fields=["rule", "version", "dealer", "window", "facts", "found_at", "suppression"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.facts}"


class SignalSighting(models.Model):
    """What a run had to say about a finding: the sentence with its numbers, and the evidence as it was. Append-only.

    A run that sees the same again adds none. ``told`` is the sentence without other dealers; ``evidence`` are the
    lines, declarations or stock findings themselves, the most telling first, of ``evidence_total``.
    """

    finding = models.ForeignKey(SignalFinding, on_delete=models.PROTECT, related_name="sightings")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(SignalRun, on_delete=models.PROTECT, related_name="sightings")
    kind = models.CharField(_("kind"), max_length=8, choices=SightingKind)
    at = models.DateTimeField(_("seen at"))
    said = models.JSONField(_("sentence"))
    told = models.JSONField(_("sentence for the dealer"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    evidence = models.JSONField(_("evidence"))
    evidence_total = models.IntegerField(_("pieces of evidence"))
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("sighting of a signal")
        verbose_name_plural = _("sightings of signals")
        ordering = ["id"]
        triggers = [append_only("a_sighting_is_never_changed")]


class ShadowDifference(models.Model):
    """Where a run in shadow came to something else than what is live. Append-only."""

    run = models.ForeignKey(SignalRun, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(_("kind"), max_length=12, choices=DifferenceKind)
    rule = models.CharField(_("rule"), max_length=24, choices=SignalRule)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+")
    facts = models.CharField(_("facts"), max_length=64)
    live = models.JSONField(_("what is live says"), null=True)
    trial = models.JSONField(_("what is on trial says"), null=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("difference of a trial")
        verbose_name_plural = _("differences of a trial")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="a_difference_is_told_once", fields=["run", "rule", "dealer", "facts"]),
        ]
        triggers = [append_only("a_difference_is_never_changed")]
