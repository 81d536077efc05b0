"""Why a dealer is not supplied."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import HoldKind


class SupplyHold(models.Model):
    """A stop of supply. Several may be open at once; an automatic one has no person as opener or lifter."""

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(_("kind"), max_length=16, choices=HoldKind)
    reason = models.CharField(_("reason"), max_length=64, help_text=_("code of the sentence shown to people"))
    evidence = models.JSONField(_("evidence"), default=dict)
    note = models.TextField(_("note"), blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(_("lifted at"), null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lift_note = models.TextField(_("why it was lifted"), blank=True)
    lift_evidence = models.JSONField(_("what it was lifted on"), default=dict)

    class Meta:
        verbose_name = _("supply hold")
        verbose_name_plural = _("supply holds")
        indexes = [models.Index(fields=["dealer", "opened_at"], name="hold_by_dealer")]
        constraints = [
            models.UniqueConstraint(
                name="one_open_sync_hold", fields=["dealer"], condition=Q(kind=HoldKind.SYNC, lifted_at__isnull=True)
            ),
            models.CheckConstraint(
                name="a_hold_is_lifted_after_it_opened",
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=models.F("opened_at")),
            ),
        ]


class SupplyAnswer(models.Model):
    """The answer other systems were told last, so that only a change is told. A dealer without one is not supplied.

    ``sequence`` counts the changes; a receiver keeps the highest it has seen.
    """

    dealer = models.OneToOneField("dealers.Dealer", on_delete=models.PROTECT, primary_key=True, related_name="+")
    eligible = models.BooleanField(_("may be supplied"), default=False)
    sequence = models.BigIntegerField(_("change"), default=0)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("supply answer")
        verbose_name_plural = _("supply answers")
