"""The papers of an active dealer, and until when they are good."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import CertificateState, DocumentKind
from dealers.models.guards import no_overlap


class Certificate(models.Model):
    """One paper of a dealer. Those of a dealer with the same kind and name follow one another without overlap.

    Only confirmed ones count. ``hold`` is the stop of supply that its expiry led to.
    """

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind)
    name = models.CharField(_("name"), max_length=100, blank=True)
    number = models.CharField(_("number"), max_length=64, blank=True)
    file = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, related_name="+")
    valid = DateRangeField(_("valid"))
    state = models.CharField(_("state"), max_length=10, choices=CertificateState)
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    handed_in_at = models.DateTimeField(_("handed in at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    hold = models.OneToOneField("dealers.SupplyHold", on_delete=models.PROTECT, null=True, related_name="certificate")

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["dealer", "kind", "name", "-id"]
        constraints = [
            no_overlap(
                "one_certificate_of_a_name_at_a_time",
                "dealer",
                "kind",
                "name",
                condition=Q(state=CertificateState.CONFIRMED),
            ),
        ]
