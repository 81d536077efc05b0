"""Tier reviews: what the score of each quarter proposes for every dealer, and what people made of it."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import Tier
from rebates.choices import ProposalState, TierMove


class TierReview(models.Model):
    """The review after a quarter: the four quarters up to its end, scored by the policy in force on the day after."""

    quarter = models.CharField(_("quarter"), max_length=7, unique=True)
    policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))

    class Meta:
        verbose_name = _("tier review")
        verbose_name_plural = _("tier reviews")
        ordering = ["-quarter"]

    def __str__(self) -> str:
        return self.quarter


class TierProposal(models.Model):
    """What the review proposes for one dealer, with its evidence, and the decision.

    ``evidence`` is the score with every measure as :mod:`rebates.resources.tiers` writes it and never changes.
    Promotions and demotions wait for a person; a dealer whose tier stands needs no decision, but may get one.
    """

    review = models.ForeignKey(TierReview, on_delete=models.PROTECT, related_name="proposals")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="tier_proposals")
    tier = models.CharField(_("tier in force"), max_length=2, choices=Tier)
    proposed = models.CharField(_("proposed tier"), max_length=2, choices=Tier)
    move = models.CharField(_("move"), max_length=16, choices=TierMove)
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2)
    evidence = models.JSONField(_("evidence"))
    state = models.CharField(_("state"), max_length=16, choices=ProposalState)
    decided = models.CharField(_("decided tier"), max_length=2, choices=Tier, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    effective_on = models.DateField(_("in force from"), null=True)

    class Meta:
        verbose_name = _("tier proposal")
        verbose_name_plural = _("tier proposals")
        ordering = ["-review__quarter", "dealer_id"]
        indexes = [models.Index(fields=["review", "state", "id"], name="tier_proposal_by_state")]
        constraints = [
            models.UniqueConstraint(name="a_dealer_is_reviewed_once_a_quarter", fields=["review", "dealer"]),
            models.CheckConstraint(
                name="a_decided_proposal_says_what_when_and_by_whom",
                condition=Q(
                    state__in=[ProposalState.PROPOSED, ProposalState.STANDS], decided="", decided_at__isnull=True
                )
                | (
                    Q(state__in=[ProposalState.CONFIRMED, ProposalState.OVERRIDDEN])
                    & ~Q(decided="")
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="an_override_has_its_reason",
                condition=~Q(state=ProposalState.OVERRIDDEN) | ~Q(reason=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="tier_proposals_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="the_evidence_of_a_tier_proposal_stays",
                operation=pgtrigger.UpdateOf(
                    "review_id", "dealer_id", "tier", "proposed", "move", "points", "evidence"
                ),
            ),
        ]
