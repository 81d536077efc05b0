"""Keys of machine clients, and the answers already given to their requests."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.models import AbstractAPIKey


class ApiKey(AbstractAPIKey):
    """A key of one dealer or of one HQ system; shown once, stored hashed, with scopes and an end."""

    dealer = models.ForeignKey(
        "dealers.Dealer", on_delete=models.PROTECT, null=True, blank=True, related_name="api_keys"
    )
    system = models.CharField(_("HQ system"), max_length=64, blank=True)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"), default=list)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)

    class Meta(AbstractAPIKey.Meta):
        verbose_name = _("API key")  # type: ignore[assignment]
        verbose_name_plural = _("API keys")  # type: ignore[assignment]
        constraints = [
            models.CheckConstraint(
                name="a_key_belongs_to_a_dealer_or_a_system",
                condition=Q(dealer__isnull=False, system="") | (Q(dealer__isnull=True) & ~Q(system="")),
            ),
        ]

    @property
    def is_sandbox(self) -> bool:
        """Whether what is sent with this key never counts (see :mod:`dealers.services.sandbox`)."""
        return self.dealer_id is not None and self.dealer_id < 0

    @property
    def real_dealer_id(self) -> int | None:
        """The dealer behind the key, whether it counts or is a sandbox; None for one of HQ's systems."""
        return None if self.dealer_id is None else abs(self.dealer_id)


class IdempotencyRecord(models.Model):
    """The first answer to a request that carried an ``Idempotency-Key``; given again to its retries."""

    principal = models.CharField(_("who asked"), max_length=80)
    key = models.CharField(_("key"), max_length=200)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    body_digest = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)

    class Meta:
        verbose_name = _("answered request")
        verbose_name_plural = _("answered requests")
        constraints = [models.UniqueConstraint(name="an_idempotency_key_is_answered_once", fields=["principal", "key"])]
        indexes = [models.Index(fields=["started_at"], name="idempotency_by_age")]
