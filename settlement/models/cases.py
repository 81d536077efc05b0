"""Cases and their evidence: what is to be looked into, by whom it was brought, and what was seen then.

What is said and decided in a case is in :mod:`settlement.models.case_hearings` and
:mod:`settlement.models.case_decisions`.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from settlement.choices import CaseKind, CaseOutcome, CasePriority, CaseState, EvidenceKind
from settlement.rules.case_life import BEFORE_HEARING, OPEN_STATES

#: Why the clock opened a case by itself, as it is kept, and in words.
OVERDUE_REPORT = "satisfaction_report_overdue"
_REASONS_OF_THE_CLOCK = {OVERDUE_REPORT: _("A satisfaction report was not handed in when it was due.")}


def _reason_in_words(reason: str, by: Any) -> str | Promise:
    return reason if by is not None else _REASONS_OF_THE_CLOCK.get(reason, reason)


class Case(models.Model):
    """Something a dealer may have done, on its way to a decision (rulebook section 7).

    ``facts`` names what it is about, for example ``below_floor:2026-11-H1``: while a case about the same facts is
    open, more evidence joins it instead of opening another. ``due_at`` is by when whoever is to move has to; it
    counts ``due_days`` working days from ``due_from``. ``ready_at`` is since when the judge may decide: the dealer
    has said all it has to say, or its time is over. ``seen_digest`` is the state of the facts behind the evidence
    that a judge last saw; ``held_back_at`` is set while other facts keep the consequences waiting for that.
    ``opened_by`` is empty for what the clock brought: an after-sales breach.
    """

    number = models.CharField(_("number"), max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=CaseKind)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="cases")
    facts = models.CharField(_("facts"), max_length=64)
    period = models.CharField(_("half-month"), max_length=10, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=CaseState, default=CaseState.OPENED)
    priority = models.CharField(_("priority"), max_length=8, choices=CasePriority, default=CasePriority.NORMAL)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"))

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="cases_owned")
    due_at = models.DateTimeField(_("due at"), null=True)
    due_provisional = models.BooleanField(_("provisional deadline"), default=False)
    due_from = models.DateTimeField(_("deadline counts from"), null=True)
    due_days = models.PositiveSmallIntegerField(_("number of working days"), null=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")

    charge = models.TextField(_("charge"), blank=True)
    alleged_loss = models.DecimalField(_("alleged loss"), max_digits=18, decimal_places=2, null=True)
    heard_at = models.DateTimeField(_("dealer asked at"), null=True)
    ready_at = models.DateTimeField(_("ready to be decided since"), null=True)
    outcome = models.CharField(_("decision"), max_length=16, choices=CaseOutcome, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    seen_digest = models.CharField(_("facts seen by the judge"), max_length=64, blank=True)
    held_back_at = models.DateTimeField(_("held back since"), null=True)
    applied_at = models.DateTimeField(_("applied at"), null=True)
    #: A case that this one's step on the ladder counted was overturned, and the judge's own amount has to be looked at.
    review_since = models.DateTimeField(_("to be looked at again since"), null=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "id"], name="case_by_state"),
            models.Index(fields=["due_at", "id"], name="case_by_deadline", condition=Q(due_at__isnull=False)),
            models.Index(fields=["kind", "decided_at"], name="case_by_decision", condition=~Q(outcome="")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_open_case_about_the_same_facts",
                fields=["dealer", "kind", "facts"],
                condition=Q(state__in=OPEN_STATES),
            ),
            models.CheckConstraint(name="a_case_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="the_clock_opens_only_cases_of_aftersales",
                condition=Q(opened_by__isnull=False) | Q(kind=CaseKind.AFTERSALES),
            ),
            models.CheckConstraint(
                name="a_dealer_is_heard_before_a_case_goes_on",
                condition=Q(state__in=[*BEFORE_HEARING, CaseState.DISMISSED, CaseState.MERGED])
                | (Q(heard_at__isnull=False) & ~Q(charge="")),
            ),
            models.CheckConstraint(
                name="a_merged_case_names_the_other",
                condition=(Q(state=CaseState.MERGED) & Q(merged_into__isnull=False))
                | (~Q(state=CaseState.MERGED) & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="only_a_decided_case_is_applied",
                condition=Q(applied_at__isnull=True) | (Q(decided_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        triggers = [pgtrigger.Protect(name="cases_are_never_removed", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.number

    @property
    def standing(self) -> str | Promise:
        """The state in words; once the dealer has said all it has to say, that it waits for the judge."""
        if self.state == CaseState.DEALER_REPLY and self.ready_at is not None:
            return _("Awaiting the judge")
        return CaseState(self.state).label

    @property
    def brought_by(self) -> str | Promise:
        """Who opened the case, in words."""
        return _("The system") if self.opened_by is None else str(self.opened_by)

    @property
    def opened_because(self) -> str | Promise:
        """Why the case was opened, in words."""
        return _reason_in_words(self.reason, self.opened_by_id)


class CaseEvidence(models.Model):
    """What was seen when somebody brought it: a reference, a copy of it, and the fingerprint of the copy. Append-only.

    ``reference`` names the thing (``violation:12@3`` is violation 12 in its version 3); ``summary`` are the figures
    shown in lists; ``snapshot`` is the whole, down to the lines, and ``digest`` the SHA-256 of its canonical form.
    ``told`` is what the dealer is shown of it, for evidence whose whole may name other dealers; empty for kinds that
    are about the dealer alone.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=16, choices=EvidenceKind)
    reference = models.CharField(_("reference"), max_length=64)
    summary = models.JSONField(_("summary"))
    snapshot = models.JSONField(_("snapshot"))
    told = models.JSONField(_("what the dealer is shown"), default=dict)
    file = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(_("digest"), max_length=64)
    reason = models.TextField(_("reason"))
    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("piece of evidence")
        verbose_name_plural = _("evidence")
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(name="evidence_joins_a_case_once", fields=["case", "digest"]),
            models.CheckConstraint(
                name="the_clock_brings_only_breaches",
                condition=Q(added_by__isnull=False) | Q(kind=EvidenceKind.BREACH),
            ),
        ]
        triggers = [append_only("evidence_is_never_changed")]

    @property
    def brought_by(self) -> str | Promise:
        """Who attached it, in words."""
        return _("The system") if self.added_by is None else str(self.added_by)

    @property
    def added_because(self) -> str | Promise:
        """Why it was attached, in words."""
        return _reason_in_words(self.reason, self.added_by_id)
