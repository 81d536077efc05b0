"""What stops a dealer's sync clock, and the warnings it gave."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import Feed, RequestState
from dealers.foundation import clock


class SyncExemption(models.Model):
    """An agreed pause of a dealer's duty to report. ``feed`` empty means both."""

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="sync_exemptions")
    feed = models.CharField(_("feed"), max_length=32, choices=Feed, blank=True)
    valid = DateRangeField(_("valid"))
    reason = models.CharField(_("reason"), max_length=500)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(_("agreed at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("sync exemption")
        verbose_name_plural = _("sync exemptions")


class ExemptionRequest(models.Model):
    """A dealer asks to be excused from reporting for some days; its channel manager agrees or refuses."""

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="exemption_requests")
    feed = models.CharField(_("feed"), max_length=32, choices=Feed, blank=True)
    valid = DateRangeField(_("valid"))
    reason = models.CharField(_("reason"), max_length=500)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("requested at"))
    state = models.CharField(_("state"), max_length=16, choices=RequestState, default=RequestState.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_note = models.CharField(_("remark"), max_length=500, blank=True)
    exemption = models.OneToOneField(SyncExemption, on_delete=models.PROTECT, null=True, related_name="request")

    class Meta:
        verbose_name = _("exemption request")
        verbose_name_plural = _("exemption requests")
        constraints = [
            models.CheckConstraint(
                name="a_decided_exemption_request_says_when",
                condition=Q(state=RequestState.OPEN, decided_at__isnull=True)
                | (~Q(state=RequestState.OPEN) & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="an_agreed_request_has_its_exemption",
                condition=Q(state=RequestState.AGREED, exemption__isnull=False)
                | (~Q(state=RequestState.AGREED) & Q(exemption__isnull=True)),
            ),
        ]


class SyncWarning(models.Model):
    """A dealer was told that it is late, and when supply would be held. One per anchor of the clock."""

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="sync_warnings")
    anchor = models.DateTimeField(_("reported up to"))
    warned_at = models.DateTimeField(_("warned at"))
    hold_at = models.DateTimeField(_("supply held from"))
    inventory = models.BooleanField(_("stock count late"))
    sales = models.BooleanField(_("sales late"))

    class Meta:
        verbose_name = _("sync warning")
        verbose_name_plural = _("sync warnings")
        constraints = [models.UniqueConstraint(name="a_late_report_is_warned_of_once", fields=["dealer", "anchor"])]


class SystemOutage(models.Model):
    """A time when we could not take deliveries; it never counts against a dealer.

    The system keeps them itself (``recorded_by`` empty); people add what it could not see, or revoke what was
    none. A correction is a revocation and a new row.
    """

    span = DateTimeRangeField(_("time"))
    reason = models.CharField(_("reason"), max_length=500)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"), default=clock.now)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoke_reason = models.CharField(_("why it was revoked"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("outage of ours")
        verbose_name_plural = _("outages of ours")
        constraints = [
            models.CheckConstraint(name="an_outage_lasts", condition=Q(span__isempty=False)),
            models.CheckConstraint(
                name="an_outage_has_both_ends",
                condition=Q(span__startswith__isnull=False, span__endswith__isnull=False),
            ),
            models.CheckConstraint(
                name="a_revoked_outage_says_why", condition=Q(revoked_at__isnull=True) | ~Q(revoke_reason="")
            ),
        ]
