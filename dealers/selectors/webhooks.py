"""Endpoints and deliveries a caller may see: a dealer its own, administrators those of HQ's systems too."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from dealers.models import WebhookDelivery, WebhookEndpoint
from dealers.permissions import can


def visible_endpoints(user: Any) -> QuerySet[WebhookEndpoint]:
    """Of a dealer its own; of an HQ system those under its own name; administrators and auditors see all."""
    endpoints = WebhookEndpoint.objects.select_related("dealer").order_by("-created_at", "pk")
    if not getattr(user, "is_authenticated", False):
        return endpoints.none()
    if user.dealer_id is not None:
        return endpoints.filter(dealer_id=user.dealer_id)
    if getattr(user, "is_hq_system", False):
        return endpoints.filter(dealer=None, system=user.key.system)
    return endpoints if can(user, "webhooks.view") else endpoints.none()


def visible_webhook_deliveries(user: Any) -> QuerySet[WebhookDelivery]:
    """The deliveries to those endpoints, with their event."""
    deliveries = WebhookDelivery.objects.select_related("event__dealer", "endpoint__dealer").order_by("-id")
    if getattr(user, "is_authenticated", False) and user.dealer_id is None and can(user, "webhooks.view"):
        return deliveries
    return deliveries.filter(endpoint__in=visible_endpoints(user).order_by().values("pk"))
