"""Scorecards: HQ's sales targets, the editions of every card, which were published, and the plans that follow.

A card never changes: other facts make another edition, and publication names the one that counts.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import Tier
from dealers.models.guards import append_only
from dealers.models.stock import unconstrained
from rebates.choices import PlanAct, PlanState, ScorecardOutcome


class SalesTarget(models.Model):
    """The sales HQ expects of a dealer in a quarter. Append-only: of several the last one set counts."""

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="sales_targets")
    quarter = models.CharField(_("quarter"), max_length=7)
    amount = models.DecimalField(_("sales target"), max_digits=18, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    set_at = models.DateTimeField(_("set at"))
    set_by = models.CharField(_("set by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("sales target")
        verbose_name_plural = _("sales targets")
        indexes = [models.Index(fields=["quarter", "dealer", "-id"], name="sales_target_by_quarter")]
        constraints = [models.CheckConstraint(name="a_sales_target_is_above_zero", condition=Q(amount__gt=0))]
        triggers = [append_only("sales_targets_are_append_only")]


class ScorecardQuarter(models.Model):
    """A quarter whose cards are reckoned, and since when they stand for good."""

    quarter = models.CharField(_("quarter"), max_length=7, unique=True)
    policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    calculated_at = models.DateTimeField(_("calculated at"), null=True)
    published_at = models.DateTimeField(_("published at"), null=True)
    #: Empty when nobody did it before the policy's day.
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("quarter of scorecards")
        verbose_name_plural = _("quarters of scorecards")
        ordering = ["-quarter"]
        constraints = [
            models.CheckConstraint(
                name="only_calculated_scorecards_are_published",
                condition=Q(published_at__isnull=True) | Q(calculated_at__isnull=False),
            )
        ]


class Scorecard(models.Model):
    """One edition of a dealer's card: the facts it was reckoned from, and the points part by part. Append-only.

    ``tier`` is the first one the dealer had in the quarter. ``facts`` are the inputs as numbers, ``marks`` the parts
    as :mod:`rebates.resources.scorecards` writes them; ``digest`` is of both and the policy.
    """

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="scorecards")
    quarter = models.CharField(_("quarter"), max_length=7)
    edition = models.IntegerField(_("edition of the card"))
    tier = models.CharField(_("tier"), max_length=2, choices=Tier)
    policy = unconstrained("dealers.PolicyVersion")
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True)
    facts = models.JSONField(_("facts"))
    marks = models.JSONField(_("parts"))
    digest = models.CharField(_("digest"), max_length=64)
    calculated_at = models.DateTimeField(_("calculated at"))

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        constraints = [
            models.UniqueConstraint(name="a_scorecard_edition_is_kept_once", fields=["quarter", "dealer", "edition"])
        ]
        triggers = [append_only("scorecards_are_append_only")]

    def __str__(self) -> str:
        return f"{self.quarter} {self.dealer_id} {self.edition}"


class PublishedScorecard(models.Model):
    """The edition that stands for a dealer and quarter, with its rank within the tier. Append-only."""

    card = models.OneToOneField(Scorecard, on_delete=models.PROTECT, related_name="published")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="published_scorecards")
    quarter = models.CharField(_("quarter"), max_length=7)
    tier = models.CharField(_("tier"), max_length=2, choices=Tier)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True)
    place = models.IntegerField(_("rank"), null=True)
    ranked = models.IntegerField(_("ranked cards of the tier"))
    outcome = models.CharField(_("outcome"), max_length=16, choices=ScorecardOutcome)
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        verbose_name = _("published scorecard")
        verbose_name_plural = _("published scorecards")
        indexes = [models.Index(fields=["quarter", "tier", "place"], name="published_card_by_rank")]
        constraints = [
            models.UniqueConstraint(name="a_scorecard_is_published_once", fields=["dealer", "quarter"]),
            models.CheckConstraint(
                name="a_ranked_card_has_a_score",
                condition=Q(place__isnull=True, score__isnull=True) | Q(place__isnull=False, score__isnull=False),
            ),
        ]
        triggers = [append_only("published_scorecards_are_append_only")]


class CorrectivePlan(models.Model):
    """What a dealer whose score was too low is to do about it: written by the dealer, judged by HQ."""

    card = models.OneToOneField(PublishedScorecard, on_delete=models.PROTECT, related_name="plan")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="corrective_plans")
    state = models.CharField(_("state"), max_length=16, choices=PlanState, default=PlanState.DUE)
    #: Until when the dealer writes it; of one sent back, until when it is to be mended.
    due_at = models.DateTimeField(_("due at"))
    cause = models.TextField(_("why it came to this"), blank=True)
    measures = models.TextField(_("what will be done"), blank=True)
    finish_on = models.DateField(_("to be done by"), null=True)
    opened_at = models.DateTimeField(_("opened at"))
    reminded_at = models.DateTimeField(_("reminded at"), null=True)

    class Meta:
        verbose_name = _("corrective plan")
        verbose_name_plural = _("corrective plans")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "due_at"], name="corrective_plan_by_state")]
        constraints = [
            models.CheckConstraint(
                name="a_plan_handed_in_says_what_and_by_when",
                condition=Q(state=PlanState.DUE) | (~Q(measures="") & Q(finish_on__isnull=False)),
            )
        ]


class CorrectivePlanStep(models.Model):
    """What was done about a plan, said by whom. Append-only."""

    plan = models.ForeignKey(CorrectivePlan, on_delete=models.PROTECT, related_name="steps")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    act = models.CharField(_("act"), max_length=16, choices=PlanAct)
    text = models.TextField(_("text"), blank=True)
    at = models.DateTimeField(_("at"))
    by = models.CharField(_("by"), max_length=200)
    by_hq = models.BooleanField(_("by headquarters"), default=False)

    class Meta:
        verbose_name = _("step of a corrective plan")
        verbose_name_plural = _("steps of corrective plans")
        ordering = ["id"]
        triggers = [append_only("corrective_plan_steps_stay")]
