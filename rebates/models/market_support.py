"""Market support: what a dealer may spend in a quarter, what for, and how far each activity is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import Tier
from dealers.models.guards import append_only
from rebates.choices import SupportKind, SupportPaper, SupportState
from rebates.rules.support_life import SupportAct


def _money(words: Any, **options: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(words, max_digits=18, decimal_places=2, **options)


class SupportQuota(models.Model):
    """A dealer's quota of a quarter and where its money lies. The pots are the sums of the activities' steps.

    Made when the first activity of the quarter is asked for; ``tier`` and ``policy`` are those of ``decided_on``. It
    changes only under its lock, and the database refuses pots that together exceed what is granted.
    """

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+")
    quarter = models.CharField(_("quarter"), max_length=7)
    tier = models.CharField(_("tier"), max_length=2, choices=Tier)
    policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(_("decided by the terms of"))
    granted = _money(_("quota"))
    planned = _money(_("planned"), default=0)
    reserved = _money(_("reserved"), default=0)
    committed = _money(_("committed"), default=0)
    spent = _money(_("spent"), default=0)

    class Meta:
        verbose_name = _("market support quota")
        verbose_name_plural = _("market support quotas")
        constraints = [
            models.UniqueConstraint(name="one_support_quota_a_quarter", fields=["dealer", "quarter"]),
            models.CheckConstraint(
                name="support_pots_are_not_negative",
                condition=Q(planned__gte=0, reserved__gte=0, committed__gte=0, spent__gte=0),
            ),
            models.CheckConstraint(
                name="support_never_exceeds_its_quota",
                condition=Q(granted__gte=F("planned") + F("reserved") + F("committed") + F("spent")),
            ),
        ]


class SupportActivity(models.Model):
    """One thing a dealer does with the brand's support, from the plan to the money.

    ``ends_on`` is the first day after it; no ``regions`` means everywhere the dealer sells. Of the amounts each is at
    most the one before: asked for (``budget``), reserved, committed, claimed with proof, accepted.
    """

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(_("number"), max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=SupportKind)
    purpose = models.CharField(_("purpose"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("first day after it"))
    regions = models.ManyToManyField("dealers.Region", related_name="+", verbose_name=_("regions"))
    promo = models.ForeignKey("pricing.PromoRequest", on_delete=models.PROTECT, null=True, related_name="+")
    quarter = models.CharField(_("quarter"), max_length=7)
    quota = models.ForeignKey(SupportQuota, on_delete=models.PROTECT, null=True, related_name="activities")
    state = models.CharField(_("state"), max_length=16, choices=SupportState, default=SupportState.DRAFT)

    budget = _money(_("budget"))
    reserved = _money(_("reserved"), null=True)
    committed = _money(_("committed"), null=True)
    claimed = _money(_("claimed"), null=True)
    accepted = _money(_("accepted"), null=True)

    asked_at = models.DateTimeField(_("asked at"), null=True)
    #: When an unused reservation lapses, and by when execution is to be proven.
    reserved_until = models.DateTimeField(_("reserved until"), null=True)
    proof_due_at = models.DateTimeField(_("proof due at"), null=True)
    reserved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    supplier = models.CharField(_("supplier"), max_length=200, blank=True)
    #: Why files are used as proof that proved something before, in the dealer's words.
    repeat_reason = models.TextField(_("why a file is used again"), blank=True)
    reason = models.TextField(_("reason of the last decision"), blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True)
    credit = models.OneToOneField("rebates.Credit", on_delete=models.PROTECT, null=True, related_name="+")
    #: What a form names its plan by, so that sending it again makes it once.
    key = models.CharField(_("sent as"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("made at"))
    created_by = models.CharField(_("made by"), max_length=200)

    class Meta:
        verbose_name = _("supported activity")
        verbose_name_plural = _("supported activities")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["dealer", "quarter"], name="support_by_dealer"),
            models.Index(fields=["state", "reserved_until"], name="support_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(name="a_plan_is_sent_once", fields=["dealer", "key"], condition=~Q(key="")),
            models.CheckConstraint(name="a_supported_activity_ends", condition=Q(ends_on__gt=F("starts_on"))),
            models.CheckConstraint(
                name="support_amounts_only_shrink",
                condition=Q(budget__gt=0)
                & (Q(reserved__isnull=True) | Q(reserved__lte=F("budget")))
                & (Q(committed__isnull=True) | Q(committed__lte=F("reserved")))
                & (Q(claimed__isnull=True) | Q(claimed__lte=F("committed")))
                & (Q(accepted__isnull=True) | Q(accepted__lte=F("claimed"))),
            ),
            models.CheckConstraint(
                name="accepted_support_is_credited",
                condition=~Q(state__in=[SupportState.ACCEPTED, SupportState.REVERSED])
                | Q(credit__isnull=False, accepted__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class SupportStep(models.Model):
    """One act and by how much it changed each pot of the quota. Append-only: the pots are the sums of these."""

    activity = models.ForeignKey(SupportActivity, on_delete=models.PROTECT, related_name="steps")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    quota = models.ForeignKey(SupportQuota, on_delete=models.PROTECT, null=True, related_name="steps")
    act = models.CharField(_("act"), max_length=16, choices=[(str(act), str(act)) for act in SupportAct])
    state = models.CharField(_("state after it"), max_length=16, choices=SupportState)
    amount = _money(_("amount"), default=0)
    planned = _money(_("planned"), default=0)
    reserved = _money(_("reserved"), default=0)
    committed = _money(_("committed"), default=0)
    spent = _money(_("spent"), default=0)
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("at"))
    by = models.CharField(_("by"), max_length=200)
    by_hq = models.BooleanField(_("by headquarters"), default=False)

    class Meta:
        verbose_name = _("step of a supported activity")
        verbose_name_plural = _("steps of supported activities")
        ordering = ["id"]
        triggers = [append_only("support_steps_stay")]


class SupportFile(models.Model):
    """A file of an activity. One taken out again keeps its row; what was handed in keeps its files."""

    activity = models.ForeignKey(SupportActivity, on_delete=models.PROTECT, related_name="files")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    paper = models.CharField(_("kind"), max_length=16, choices=SupportPaper)
    file = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))
    added_by = models.CharField(_("added by"), max_length=200)
    removed_at = models.DateTimeField(_("removed at"), null=True)

    class Meta:
        verbose_name = _("file of a supported activity")
        verbose_name_plural = _("files of supported activities")
        ordering = ["id"]
