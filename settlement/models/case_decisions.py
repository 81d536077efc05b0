"""Decisions in cases, appeals against them, and what followed: each with the row in the books it made."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import HoldKind
from dealers.models.guards import append_only
from settlement.choices import AppealOutcome, CaseKind, CaseOutcome, ConsequenceKind
from settlement.models.cases import Case


class CaseDecision(models.Model):
    """What a judge decided, once per case. Append-only.

    ``full_…`` is what the policy says follows, the others what the judge chose: never more, but for a hold that
    severity adds. ``override_reason`` says why less; ``acknowledgement`` are the judge's words about penalty and
    forfeiture being out of proportion to ``proven_loss``. ``findings`` is the examination of the evidence on which
    the decision rests, ``reckoning`` how the consequences were reckoned.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="decision")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=16, choices=CaseKind)
    outcome = models.CharField(_("decision"), max_length=16, choices=CaseOutcome)
    reasons = models.TextField(_("reasons"))
    proven_loss = models.DecimalField(_("proven loss"), max_digits=18, decimal_places=2, default=0)
    full_penalty = models.DecimalField(_("full penalty"), max_digits=18, decimal_places=2, default=0)
    penalty = models.DecimalField(_("penalty"), max_digits=18, decimal_places=2, default=0)
    full_forfeit_year = models.PositiveSmallIntegerField(_("year to be forfeited in full"), null=True)
    forfeit_year = models.PositiveSmallIntegerField(_("year forfeited"), null=True)
    full_hold = models.CharField(_("hold of the ladder"), max_length=16, choices=HoldKind, blank=True)
    hold = models.CharField(_("hold"), max_length=16, choices=HoldKind, blank=True)
    warning = models.BooleanField(_("warning"), default=False)
    standing = models.PositiveSmallIntegerField(_("place on the ladder"), null=True)
    override_reason = models.TextField(_("why not in full"), blank=True)
    forfeited_so_far = models.DecimalField(_("rebates forfeited so far"), max_digits=18, decimal_places=2, default=0)
    disproportionate = models.BooleanField(_("out of proportion"), default=False)
    acknowledgement = models.TextField(_("words on the proportion"), blank=True)
    findings = models.JSONField(_("examination of the evidence"), default=dict)
    reckoning = models.JSONField(_("reckoning"), default=dict)
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("decision in a case")
        verbose_name_plural = _("decisions in cases")
        indexes = [
            models.Index(fields=["kind", "proven_loss"], name="decision_by_loss"),
            models.Index(fields=["-decided_at"], name="decision_overriding", condition=~Q(override_reason="")),
        ]
        constraints = [
            models.CheckConstraint(name="a_decision_gives_reasons", condition=~Q(reasons="")),
            models.CheckConstraint(
                name="a_penalty_is_never_more_than_in_full",
                condition=Q(penalty__gte=0, penalty__lte=F("full_penalty")),
            ),
            models.CheckConstraint(
                name="out_of_proportion_takes_words", condition=Q(disproportionate=False) | ~Q(acknowledgement="")
            ),
            models.CheckConstraint(
                name="nothing_follows_from_what_is_not_confirmed",
                condition=~Q(outcome=CaseOutcome.DISMISSED)
                | Q(penalty=0, forfeit_year__isnull=True, hold="", warning=False),
            ),
        ]
        triggers = [append_only("a_decision_in_a_case_stays")]


class CaseAppeal(models.Model):
    """The dealer's appeal, once per case, and what a third person decided about it."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="appeal")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    grounds = models.TextField(_("grounds"))
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.CharField(_("filed by"), max_length=200)
    outcome = models.CharField(_("decision"), max_length=16, choices=AppealOutcome, blank=True)
    reasons = models.TextField(_("reasons"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.CheckConstraint(name="an_appeal_says_why", condition=~Q(grounds="")),
            models.CheckConstraint(
                name="a_decided_appeal_says_by_whom_and_why",
                condition=Q(outcome="", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(outcome="") & ~Q(reasons="") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="appeals_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_decided_appeal_stays", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__outcome="")
            ),
        ]


class CaseConsequence(models.Model):
    """Something that followed from a case, or its reversal: a row refers to what it made. Append-only.

    ``reference`` names that: ``credit:12`` (the statement line of the next settlement), ``forfeiture:3``,
    ``hold:7`` or, for a warning, ``notice``. ``amount`` in CNY is positive in the dealer's favour; empty where
    none is known at once, as for a year's rebates. ``round`` counts from 1; a later one replaces an earlier one that
    was reversed because the dealer's place on the ladder fell.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consequences")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=16, choices=ConsequenceKind)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    reference = models.CharField(_("made"), max_length=64)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, null=True)
    reason = models.TextField(_("reason"))
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversal")
    applied_at = models.DateTimeField(_("applied at"))

    class Meta:
        verbose_name = _("consequence of a case")
        verbose_name_plural = _("consequences of a case")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="a_consequence_follows_once", fields=["case", "kind", "round"], condition=Q(reverses__isnull=True)
            ),
        ]
        triggers = [append_only("what_followed_from_a_case_stays")]

    @property
    def is_reversal(self) -> bool:
        return self.reverses_id is not None
