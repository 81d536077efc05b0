"""Who gets the remote-area subsidy: applications with their evidence, and the journal of the rights they gave."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import RequestState
from dealers.foundation.periods import Quarter
from dealers.models.guards import append_only
from dealers.models.stock import unconstrained
from rebates.choices import RightAct


class RemoteSubsidyApplication(models.Model):
    """A dealer asks for the subsidy from a quarter on; a channel manager decides.

    ``evidence`` lists the remote regions of its territory when it was written: code, names and since when.
    ``requested_by`` is empty for a request by key, which ``requested_by_key`` names.
    """

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="remote_subsidy_applications")
    starts_on = models.DateField(_("from the quarter that begins on"))
    reason = models.CharField(_("reason"), max_length=500)
    evidence = models.JSONField(_("remote regions of the territory"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    requested_by_key = models.CharField(_("requested by key"), max_length=80, blank=True)
    requested_at = models.DateTimeField(_("requested at"))
    state = models.CharField(_("state"), max_length=16, choices=RequestState, default=RequestState.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_note = models.CharField(_("remark"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("application for the remote-area subsidy")
        verbose_name_plural = _("applications for the remote-area subsidy")
        constraints = [
            models.UniqueConstraint(
                name="one_open_application_for_the_remote_subsidy",
                fields=["dealer"],
                condition=Q(state=RequestState.OPEN),
            ),
            models.CheckConstraint(
                name="a_decided_application_says_when",
                condition=Q(state=RequestState.OPEN, decided_at__isnull=True)
                | (~Q(state=RequestState.OPEN) & Q(decided_at__isnull=False)),
            ),
        ]

    @property
    def quarter(self) -> str:
        return str(Quarter.containing(self.starts_on))


class RemoteSubsidyRight(models.Model):
    """That a dealer has the right to the subsidy from a quarter on, or no longer has. Append-only.

    Of a quarter decides the row with the latest ``starts_on`` up to its beginning, of several the last recorded one.
    Settlements count a row from ``known_from`` on.
    """

    dealer = unconstrained("dealers.Dealer")
    act = models.CharField(_("act"), max_length=8, choices=RightAct)
    starts_on = models.DateField(_("from the quarter that begins on"))
    application = models.ForeignKey(RemoteSubsidyApplication, on_delete=models.PROTECT, related_name="rights")
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    known_from = models.DateTimeField(_("known from"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("right to the remote-area subsidy")
        verbose_name_plural = _("rights to the remote-area subsidy")
        indexes = [models.Index(fields=["dealer", "starts_on"], name="remote_right_by_dealer")]
        triggers = [append_only("remote_rights_are_append_only")]

    @property
    def quarter(self) -> str:
        return str(Quarter.containing(self.starts_on))
