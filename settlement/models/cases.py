"""Cases and their evidence: what is to be looked into, by whom it was brought, and what was seen then."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from settlement.choices import CaseKind, CasePriority, CaseState, EvidenceKind
from settlement.rules.case_life import OPEN_STATES


class Case(models.Model):
    """Something a dealer may have done, on its way to a decision (rulebook section 7).

    ``facts`` names what it is about, for example ``below_floor:2026-11-H1``: while a case about the same facts is
    open, more evidence joins it instead of opening another.
    """

    number = models.CharField(_("number"), max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=CaseKind)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="cases")
    facts = models.CharField(_("facts"), max_length=64)
    period = models.CharField(_("half-month"), max_length=10, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=CaseState, default=CaseState.OPENED)
    priority = models.CharField(_("priority"), max_length=8, choices=CasePriority, default=CasePriority.NORMAL)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "id"], name="case_by_state")]
        constraints = [
            models.UniqueConstraint(
                name="one_open_case_about_the_same_facts",
                fields=["dealer", "kind", "facts"],
                condition=Q(state__in=OPEN_STATES),
            ),
            models.CheckConstraint(name="a_case_says_why", condition=~Q(reason="")),
        ]
        triggers = [pgtrigger.Protect(name="cases_are_never_removed", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.number


class CaseEvidence(models.Model):
    """What was seen when somebody brought it: a reference, a copy of it, and the fingerprint of the copy. Append-only.

    ``reference`` names the thing (``violation:12@3`` is violation 12 in its version 3); ``summary`` are the figures
    shown in lists; ``snapshot`` is the whole, down to the lines, and ``digest`` the SHA-256 of its canonical form.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=16, choices=EvidenceKind)
    reference = models.CharField(_("reference"), max_length=64)
    summary = models.JSONField(_("summary"))
    snapshot = models.JSONField(_("snapshot"))
    digest = models.CharField(_("digest"), max_length=64)
    reason = models.TextField(_("reason"))
    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("piece of evidence")
        verbose_name_plural = _("evidence")
        ordering = ["added_at", "id"]
        constraints = [models.UniqueConstraint(name="evidence_joins_a_case_once", fields=["case", "digest"])]
        triggers = [append_only("evidence_is_never_changed")]
