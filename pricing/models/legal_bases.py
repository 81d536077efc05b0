"""The legal basis an enforced floor needs, version by version, with its evidence."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only


class LegalBasis(models.Model):
    """Why a floor may be enforced (Anti-Monopoly Law, article 18), and until when; the end is exclusive.

    Never altered: a basis is renewed by another version of the same ``reference`` with a later end. Versions taken
    over by an import have no recorder and may have no end and no evidence.
    """

    reference = models.CharField(_("reference"), max_length=64)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("legal basis")
        verbose_name_plural = _("legal bases")
        constraints = [
            models.UniqueConstraint(
                name="a_legal_basis_is_recorded_once", fields=["reference", "valid_until"], nulls_distinct=False
            ),
        ]
        triggers = [append_only("a_legal_basis_is_never_altered")]

    def __str__(self) -> str:
        return self.reference


class LegalBasisEvidence(models.Model):
    """A document that proves a legal basis; more may be added, none is taken away."""

    basis = models.ForeignKey(LegalBasis, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("evidence of a legal basis")
        verbose_name_plural = _("evidence of legal bases")
        ordering = ["id"]
        triggers = [append_only("evidence_of_a_legal_basis_stays")]
