"""Who stands in for an approver who is away, and who was told that a review is late."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import no_overlap
from pricing.models.promos import PromoStep


class PromoDelegation(models.Model):
    """While ``delegator`` is away, ``delegate`` may decide in its place. ``days`` is half-open.

    One ended early keeps its row with ``ended_at``; what was decided under it stays decided.
    """

    delegator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    days = DateRangeField(_("days"))
    reason = models.CharField(_("reason"), max_length=500)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["-id"]
        constraints = [
            no_overlap("one_delegate_at_a_time", "delegator", condition=Q(ended_at__isnull=True), ranges="days"),
            models.CheckConstraint(name="nobody_stands_in_for_oneself", condition=~Q(delegator=F("delegate"))),
            models.CheckConstraint(
                name="a_delegation_has_a_first_and_a_last_day",
                condition=Q(days__isempty=False, days__lower_inf=False, days__upper_inf=False),
            ),
        ]


class PromoEscalation(models.Model):
    """A late review that was called out: at which level, to which office, and how many people were told."""

    step = models.ForeignKey(PromoStep, on_delete=models.CASCADE, related_name="escalations")
    level = models.PositiveSmallIntegerField(_("level"))
    office = models.CharField(_("office"), max_length=24)
    told = models.PositiveSmallIntegerField(_("people told"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["level"]
        constraints = [models.UniqueConstraint(name="one_escalation_per_level", fields=["step", "level"])]
