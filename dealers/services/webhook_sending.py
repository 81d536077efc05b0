"""Sending what is due: taken under a lease, signed, sent without holding a transaction, and written down.

Two senders never take the same delivery. One that dies leaves a lease that runs out, and the delivery is sent again:
at least once, with the same event number, so that a receiver can tell.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from dealers.choices import NoticeKind, Role, WebhookState
from dealers.foundation.clock import BUSINESS_ZONE, now
from dealers.foundation.digest import canonical_json
from dealers.foundation.signatures import HEADER, sign
from dealers.models import User, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from dealers.rules.webhook_retry import SWITCHED_OFF_AFTER, next_attempt
from dealers.services.notices import people_of_dealers, tell
from dealers.services.outgoing import Answer, post
from dealers.services.webhook_endpoints import private_receivers, secrets_at, switch_endpoint

#: How long a delivery that was taken belongs to its taker; longer than any call may last.
LEASE = timedelta(minutes=2)
AT_ONCE = 16
#: So that one receiver that is slow does not take every place.
PER_ENDPOINT = 8
_ROUNDS, _ROUNDS_FOR_FAILING = 500, 4
_FAILING = "failing_for_days"

Send = Callable[..., Answer]

#: The oldest few of every endpoint, of which those are taken that nobody else takes at the moment.
_TAKE_SQL = """
WITH candidates AS (
    SELECT due.id FROM dealers_webhookendpoint e
    CROSS JOIN LATERAL (SELECT d.id, d.next_attempt_at FROM dealers_webhookdelivery d
                        WHERE d.endpoint_id = e.id AND d.state = 'waiting' AND d.next_attempt_at <= %(at)s
                        ORDER BY d.next_attempt_at LIMIT %(per_endpoint)s) due
    WHERE e.enabled AND (e.failing_since IS NOT NULL) = %(failing)s
    ORDER BY due.next_attempt_at LIMIT %(most)s
), taken AS (
    SELECT d.id FROM dealers_webhookdelivery d JOIN candidates USING (id)
    WHERE d.state = 'waiting' AND d.next_attempt_at <= %(at)s
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE dealers_webhookdelivery d SET next_attempt_at = %(lease)s, attempts = d.attempts + 1
FROM taken WHERE d.id = taken.id
RETURNING d.id
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a run of sending came to."""

    delivered: int
    failed: int


def send_due(*, present: Callable[[], datetime] = now, send: Send = post) -> Sent:
    """Send everything that is due; safe to run twice and at once. ``send`` makes the call (the tests' own, too).

    Receivers that took the last one go first, until nothing is due for them; those that fail wait for their turn, so
    that a dead one keeps nobody waiting.
    """
    total = Sent(0, 0)
    for failing, rounds in ((False, _ROUNDS), (True, _ROUNDS_FOR_FAILING)):
        for _round in range(rounds):
            batch = _take(present(), failing=failing)
            if not batch:
                break
            sent = _send_batch(batch, present, send)
            total = Sent(total.delivered + sent.delivered, total.failed + sent.failed)
    return total


def _send_batch(batch: list[WebhookDelivery], present: Callable[[], datetime], send: Send) -> Sent:
    at = present()
    with ThreadPoolExecutor(max_workers=len(batch)) as pool:
        answers = list(pool.map(lambda delivery: _send(delivery, at, send), batch))
    for delivery, answer in zip(batch, answers, strict=True):
        _note(delivery, answer, at)
    delivered = sum(answer.taken for answer in answers)
    return Sent(delivered, len(answers) - delivered)


def _take(at: datetime, *, failing: bool) -> list[WebhookDelivery]:
    params: dict[str, Any] = {
        "at": at,
        "lease": at + LEASE,
        "failing": failing,
        "per_endpoint": 1 if failing else PER_ENDPOINT,
        "most": AT_ONCE,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TAKE_SQL, params)
        taken = [pk for (pk,) in cursor.fetchall()]
    found = WebhookDelivery.objects.select_related("event__dealer", "endpoint").filter(pk__in=taken)
    return list(found.order_by("pk"))


def body_of(delivery: WebhookDelivery) -> bytes:
    """What the receiver gets; the same bytes at every attempt."""
    event = delivery.event
    return canonical_json(
        {
            "id": str(event.number),
            "event": event.kind,
            "occurred_at": event.occurred_at.astimezone(BUSINESS_ZONE).isoformat(),
            "dealer": event.dealer.code if event.dealer else None,
            "data": event.data,
        }
    )


def _send(delivery: WebhookDelivery, at: datetime, send: Send) -> Answer:
    """No query happens here: the thread has no connection of its own."""
    body = body_of(delivery)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Halfmoon-Webhooks/1",
        "Halfmoon-Event": delivery.event.kind,
        "Halfmoon-Event-Id": str(delivery.event.number),
        "Halfmoon-Delivery": str(delivery.pk),
        HEADER: sign(body, secrets=secrets_at(delivery.endpoint, at), at=at),
    }
    private = private_receivers(delivery.endpoint.dealer_id)
    return send(delivery.endpoint.url, body, headers, private=private)


@transaction.atomic
def _note(delivery: WebhookDelivery, answer: Answer, at: datetime) -> None:
    """Write down what came of an attempt, and when the next one is due."""
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=delivery.endpoint_id)
    WebhookAttempt.objects.create(
        delivery=delivery,
        dealer_id=delivery.dealer_id,
        number=delivery.attempts,
        started_at=at,
        milliseconds=answer.milliseconds,
        status=answer.status,
        error=answer.error,
    )
    # Given up meanwhile by somebody who switched the endpoint off: the log has the attempt, the state stays.
    waiting = WebhookDelivery.objects.filter(pk=delivery.pk, state=WebhookState.WAITING, attempts=delivery.attempts)
    if answer.taken:
        waiting.update(state=WebhookState.DELIVERED, delivered_at=at)
        if endpoint.failing_since is not None:
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=None)
        return
    again = next_attempt(attempts=delivery.attempts, due_since=delivery.due_since, at=at, chance=random.random())
    if again is not None:
        waiting.update(next_attempt_at=again)
    else:
        waiting.update(state=WebhookState.FAILED)
    if endpoint.failing_since is None:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=at)
    elif again is None and endpoint.enabled and at - endpoint.failing_since >= SWITCHED_OFF_AFTER:
        _switch_off(endpoint, at)


def _switch_off(endpoint: WebhookEndpoint, at: datetime) -> None:
    """Stop calling a receiver that has taken nothing for days, and tell those who look after it."""
    since = endpoint.failing_since
    switch_endpoint(endpoint=endpoint, enabled=False, actor=None, at=at, reason=_FAILING)
    people: Iterable[User] = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
    if endpoint.dealer_id is not None:
        own = people_of_dealers([endpoint.dealer_id]).get(endpoint.dealer_id, [])
        people = [person for person in own if person.role == Role.DEALER_OWNER]
    tell(
        recipients=people,
        kind=NoticeKind.WEBHOOK,
        key=f"webhook_off:{endpoint.pk}:{at.isoformat()}",
        params={
            "reason": "webhook_off",
            "url": endpoint.url,
            "since": since.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M") if since else "",
        },
        at=at,
        url="/webhooks/",
    )
