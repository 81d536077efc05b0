"""The audit trail: append-only and tamper-evident.

Each record carries the digest of its own content; a seal covers a run of records and the seal before it with
a key that is not in the database. Altering, removing or inserting a record breaks the first or the second.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only


class AuditRecord(models.Model):
    """Who did what to which thing, when, why, before and after. Names are kept as text."""

    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("who"), max_length=200)
    actor_role = models.CharField(_("role"), max_length=40, blank=True)
    action = models.CharField(_("action"), max_length=80)
    subject_type = models.CharField(_("kind of thing"), max_length=80)
    subject_id = models.CharField(_("thing"), max_length=200)
    dealer_id = models.BigIntegerField(_("dealer"), null=True)
    reason = models.TextField(_("why"), blank=True)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("audit record")
        verbose_name_plural = _("audit trail")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_by_subject"),
            models.Index(fields=["dealer_id", "-id"], name="audit_by_dealer"),
        ]
        triggers = [append_only("audit_is_append_only")]


class AuditSeal(models.Model):
    """A keyed digest over the records ``first_id`` to ``last_id`` and the seal before."""

    first_id = models.BigIntegerField(_("first record"))
    last_id = models.BigIntegerField(_("last record"), unique=True)
    records = models.IntegerField(_("records"))
    sealed_at = models.DateTimeField(_("sealed at"))
    seal = models.CharField(_("seal"), max_length=64)

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        triggers = [append_only("a_seal_is_never_changed")]
