"""Telling other systems: who listens, what there is to tell, and how telling it went.

An event is written with the change it tells of; a worker gives it to every endpoint that listens.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import Announcement, WebhookState


class WebhookEndpoint(models.Model):
    """An address of a dealer or of one of HQ's systems. Its secret is derived from ``salt`` and never stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="webhook_endpoints")
    system = models.CharField(_("HQ system"), max_length=64, blank=True)
    url = models.CharField(_("address"), max_length=500)
    events = ArrayField(models.CharField(max_length=40, choices=Announcement), verbose_name=_("events"))
    salt = models.CharField(max_length=64)
    earlier_salt = models.CharField(max_length=64, blank=True)
    earlier_until = models.DateTimeField(_("earlier secret signs until"), null=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    disabled_at = models.DateTimeField(_("disabled at"), null=True)
    disabled_reason = models.CharField(_("why it was disabled"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("made at"))
    created_by = models.CharField(_("made by"), max_length=200)

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        constraints = [
            models.CheckConstraint(
                name="an_endpoint_belongs_to_a_dealer_or_a_system",
                condition=Q(dealer__isnull=False, system="") | (Q(dealer__isnull=True) & ~Q(system="")),
            ),
        ]


class WebhookEvent(models.Model):
    """Something that happened, once; ``dealer`` is whom it concerns. Handed out when ``fanned_out_at`` is set."""

    id = models.BigAutoField(primary_key=True)
    number = models.UUIDField(_("event"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=40, choices=Announcement)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="+")
    data = models.JSONField(_("content"))
    occurred_at = models.DateTimeField(_("occurred at"))
    fanned_out_at = models.DateTimeField(_("handed out at"), null=True)

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        indexes = [
            models.Index(fields=["id"], name="webhook_event_to_hand_out", condition=Q(fanned_out_at__isnull=True)),
            models.Index(fields=["occurred_at"], name="webhook_event_by_age"),
        ]


class WebhookDelivery(models.Model):
    """One event for one endpoint: waiting for its next attempt, delivered, or given up."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=16, choices=WebhookState, default=WebhookState.WAITING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    #: When the present round of attempts began; a redelivery begins a new one.
    due_since = models.DateTimeField(_("due since"))
    #: The earliest next attempt; while one is under way, when it counts as lost.
    next_attempt_at = models.DateTimeField(_("next attempt"))
    delivered_at = models.DateTimeField(_("delivered at"), null=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        indexes = [
            models.Index(
                fields=["endpoint", "next_attempt_at"],
                name="webhook_delivery_due",
                condition=Q(state=WebhookState.WAITING),
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="an_event_goes_to_an_endpoint_once", fields=["event", "endpoint"]),
            models.CheckConstraint(
                name="a_delivered_webhook_says_when",
                condition=~Q(state=WebhookState.DELIVERED) | Q(delivered_at__isnull=False),
            ),
        ]


class WebhookAttempt(models.Model):
    """One attempt to deliver: what the receiver answered, or what stood in the way."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="log")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    number = models.PositiveIntegerField(_("attempt"))
    started_at = models.DateTimeField(_("started at"))
    milliseconds = models.PositiveIntegerField(_("took"))
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    error = models.CharField(_("what went wrong"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")
        constraints = [models.UniqueConstraint(name="an_attempt_is_logged_once", fields=["delivery", "number"])]
