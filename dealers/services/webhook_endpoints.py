"""Endpoints of webhooks: made, their secrets rotated with overlap, tested, switched off and on; and sending again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import Announcement, WebhookState
from dealers.errors import Refused
from dealers.foundation.addresses import NOBODY, PrivateReceivers, Resolve, checked_address, read_target
from dealers.foundation.refusals import Refused as BadAddress
from dealers.models import ApiKey, Dealer, User, WebhookDelivery, WebhookEndpoint, WebhookEvent
from dealers.services.audit import name_of, record_audit
from dealers.services.outgoing import resolve_host
from dealers.services.webhooks import hint

#: How long the earlier secret signs beside its successor.
OVERLAP = timedelta(hours=24)
MOST_ENDPOINTS = 20
#: What an endpoint may listen to; a test is sent to it whatever it listens to.
LISTENABLE = tuple(event for event in Announcement if event is not Announcement.PING)


class AddressRefused(Refused):
    code = "address_refused"
    sentence = _("The address %(why)s.")
    status = 422


class NothingToHear(Refused):
    code = "no_event_chosen"
    sentence = _("Choose at least one event from %(known)s.")
    status = 422


class TooManyEndpoints(Refused):
    code = "too_many_endpoints"
    sentence = _("There are %(most)s endpoints already; switch one off that is not needed.")


class EndpointOff(Refused):
    code = "endpoint_disabled"
    sentence = _("This endpoint is switched off; switch it on first.")


def private_receivers(endpoint_dealer: int | None) -> PrivateReceivers:
    """What may be called beside public addresses: premises listed in the settings, for HQ's own systems alone."""
    return PrivateReceivers.parse(settings.WEBHOOK_PRIVATE_RECEIVERS) if endpoint_dealer is None else NOBODY


def secret_of(endpoint: WebhookEndpoint, salt: str = "") -> str:
    """The secret the endpoint's events are signed with; derived, so that the database alone reveals none."""
    message = f"{endpoint.pk}:{salt or endpoint.salt}".encode()
    mac = hmac.new(settings.WEBHOOK_KEY.encode(), message, hashlib.sha256).digest()
    return "whs_" + base64.urlsafe_b64encode(mac).decode().rstrip("=")


def secrets_at(endpoint: WebhookEndpoint, at: datetime) -> list[str]:
    """Every secret that signs at ``at``: the present one, and the earlier one while they overlap."""
    signing = [secret_of(endpoint)]
    if endpoint.earlier_salt and endpoint.earlier_until is not None and at < endpoint.earlier_until:
        signing.append(secret_of(endpoint, endpoint.earlier_salt))
    return signing


def check_address(url: str, *, dealer_id: int | None, resolve: Resolve = resolve_host) -> None:
    """Raises :class:`AddressRefused` for an address that would never be called."""
    private = private_receivers(dealer_id)
    try:
        checked_address(read_target(url, private=private), resolve=resolve, private=private)
    except BadAddress as refusal:
        raise AddressRefused(why=refusal.render()) from refusal


@transaction.atomic
def create_endpoint(
    *,
    url: str,
    events: Sequence[str],
    actor: User | ApiKey | None,
    at: datetime,
    dealer: Dealer | None = None,
    system: str = "",
    resolve: Resolve = resolve_host,
) -> tuple[WebhookEndpoint, str]:
    """Make an endpoint of one dealer or one HQ system, and return it with its secret, which is never shown again.

    Raises :class:`AddressRefused`, :class:`NothingToHear` or :class:`TooManyEndpoints`.
    """
    chosen = sorted(set(events))
    if not chosen or not set(chosen) <= set(LISTENABLE):
        raise NothingToHear(known=", ".join(LISTENABLE))
    check_address(url, dealer_id=dealer.pk if dealer else None, resolve=resolve)
    if dealer is not None:
        Dealer.objects.select_for_update(no_key=True).get(pk=dealer.pk)
    if WebhookEndpoint.objects.filter(dealer=dealer, system=system, enabled=True).count() >= MOST_ENDPOINTS:
        raise TooManyEndpoints(most=MOST_ENDPOINTS)
    endpoint = WebhookEndpoint.objects.create(
        dealer=dealer,
        system=system,
        url=url,
        events=chosen,
        salt=secrets.token_hex(16),
        created_at=at,
        created_by=name_of(actor)[:200],
    )
    _audit(endpoint, "webhook.create", actor, at, after={"url": url, "events": chosen, "system": system})
    return endpoint, secret_of(endpoint)


@transaction.atomic
def rotate_secret(
    *, endpoint: WebhookEndpoint, actor: User | ApiKey | None, at: datetime
) -> tuple[WebhookEndpoint, str]:
    """Make a new secret and return it; the earlier one signs beside it for a day."""
    endpoint = _locked(endpoint)
    endpoint.earlier_salt, endpoint.earlier_until = endpoint.salt, at + OVERLAP
    endpoint.salt = secrets.token_hex(16)
    endpoint.save(update_fields=["salt", "earlier_salt", "earlier_until"])
    _audit(endpoint, "webhook.rotate", actor, at, after={"earlier_until": endpoint.earlier_until})
    return endpoint, secret_of(endpoint)


@transaction.atomic
def switch_endpoint(
    *, endpoint: WebhookEndpoint, enabled: bool, actor: User | ApiKey | None, at: datetime, reason: str = ""
) -> WebhookEndpoint:
    """Switch an endpoint off, or on again. What waits for one that is switched off is given up.

    What happened meanwhile is not told afterwards; ask for the present answer instead.
    """
    endpoint = _locked(endpoint)
    before = {"enabled": endpoint.enabled}
    endpoint.enabled, endpoint.failing_since = enabled, None
    endpoint.disabled_at, endpoint.disabled_reason = (None, "") if enabled else (at, reason[:200])
    endpoint.save(update_fields=["enabled", "failing_since", "disabled_at", "disabled_reason"])
    if not enabled:
        endpoint.deliveries.filter(state=WebhookState.WAITING).update(state=WebhookState.FAILED)
    _audit(endpoint, "webhook.switch", actor, at, reason=reason, before=before, after={"enabled": enabled})
    return endpoint


@transaction.atomic
def send_test(*, endpoint: WebhookEndpoint, actor: User | ApiKey | None, at: datetime) -> WebhookDelivery:
    """Send a ``ping`` to one endpoint. Raises :class:`EndpointOff`."""
    endpoint = _locked(endpoint)
    if not endpoint.enabled:
        raise EndpointOff()
    event = WebhookEvent.objects.create(
        kind=Announcement.PING,
        dealer_id=endpoint.dealer_id,
        data={"endpoint": str(endpoint.pk)},
        occurred_at=at,
        fanned_out_at=at,
    )
    delivery = WebhookDelivery.objects.create(
        event=event, endpoint=endpoint, dealer_id=endpoint.dealer_id, due_since=at, next_attempt_at=at
    )
    _audit(endpoint, "webhook.test", actor, at)
    transaction.on_commit(hint)
    return delivery


@transaction.atomic
def redeliver(*, delivery: WebhookDelivery, actor: User | ApiKey | None, at: datetime) -> WebhookDelivery:
    """Send an event once more, with the same number, in a new round of attempts. Raises :class:`EndpointOff`."""
    delivery = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("endpoint").get(pk=delivery.pk)
    if not delivery.endpoint.enabled:
        raise EndpointOff()
    before = {"state": delivery.state}
    delivery.state, delivery.due_since, delivery.next_attempt_at = WebhookState.WAITING, at, at
    delivery.save(update_fields=["state", "due_since", "next_attempt_at"])
    _audit(delivery.endpoint, "webhook.redeliver", actor, at, before=before, after={"delivery": delivery.pk})
    transaction.on_commit(hint)
    return delivery


def _locked(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)


def _audit(
    endpoint: WebhookEndpoint,
    action: str,
    actor: User | ApiKey | None,
    at: datetime,
    *,
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record_audit(
        actor=actor,
        action=action,
        subject=endpoint,
        at=at,
        reason=reason,
        dealer_id=endpoint.dealer_id,
        before=before,
        after=after,
    )
