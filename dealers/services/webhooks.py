"""What other systems are told: an event is written with the change it tells of, and handed out by a worker.

Any app announces with :func:`announce` inside the transaction of its change. Nothing is lost when the broker is away,
and nothing is told of a change that was rolled back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from celery import current_app
from django.db import connection, transaction

from dealers.choices import Announcement, WebhookState
from dealers.models import WebhookEvent

SEND_TASK = "dealers.send_webhooks"
#: How long events and what became of them are kept.
KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class News:
    """One event to announce: what happened, to which dealer (None concerns HQ's systems alone), and its content.

    With a ``number`` of its own it is announced once, however often it is asked for.
    """

    event: Announcement
    dealer_id: int | None
    data: dict[str, Any]
    number: UUID = field(default_factory=uuid4)


def announce(*, event: Announcement, dealer_id: int | None, data: dict[str, Any], at: datetime) -> None:
    """Tell everybody who listens, once the caller's transaction is committed: the dealer itself and HQ's systems.

    ``data`` is JSON and names no other dealer.
    """
    announce_all([News(event, dealer_id, data)], at=at)


_ANNOUNCE_SQL = """
INSERT INTO dealers_webhookevent (number, kind, dealer_id, data, occurred_at)
SELECT n.number, n.kind, n.dealer_id, n.data, %s
FROM unnest(%s::uuid[], %s::text[], %s::bigint[], %s::jsonb[])
    WITH ORDINALITY AS n(number, kind, dealer_id, data, place)
ORDER BY n.place ON CONFLICT DO NOTHING
"""


def announce_all(news: Iterable[News], *, at: datetime) -> int:
    """Announce many with one statement, thousands when a half-month is settled; returns how many."""
    events = list(news)
    if not events:
        return 0
    columns = (
        [str(one.number) for one in events],
        [one.event for one in events],
        [one.dealer_id for one in events],
        [json.dumps(one.data) for one in events],
    )
    with connection.cursor() as cursor:
        cursor.execute(_ANNOUNCE_SQL, [at, *columns])
    transaction.on_commit(hint)
    return len(events)


def hint() -> None:
    """Let a worker look now; without a broker it looks by itself shortly."""
    try:
        current_app.send_task(SEND_TASK, retry=False)
    except current_app.connection_for_write().recoverable_connection_errors:
        return


#: Takes some events nobody else takes at the moment and makes one delivery for every endpoint that listens.
_HAND_OUT_SQL = """
WITH taken AS (
    SELECT id, kind, dealer_id FROM dealers_webhookevent WHERE fanned_out_at IS NULL
    ORDER BY id FOR UPDATE SKIP LOCKED LIMIT %(most)s
), made AS (
    INSERT INTO dealers_webhookdelivery
        (event_id, endpoint_id, dealer_id, state, attempts, due_since, next_attempt_at)
    SELECT taken.id, e.id, e.dealer_id, %(waiting)s, 0, %(at)s, %(at)s
    FROM taken JOIN dealers_webhookendpoint e
      ON e.enabled AND taken.kind = ANY(e.events) AND (e.dealer_id IS NULL OR e.dealer_id = taken.dealer_id)
    ON CONFLICT DO NOTHING
)
UPDATE dealers_webhookevent SET fanned_out_at = %(at)s FROM taken WHERE dealers_webhookevent.id = taken.id
"""


def hand_out(*, at: datetime, most: int = 5000) -> int:
    """Give waiting events to the endpoints that listen; returns how many events. Safe to run twice and at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HAND_OUT_SQL, {"most": most, "at": at, "waiting": WebhookState.WAITING})
        return int(cursor.rowcount)


def forget_old_webhooks(*, at: datetime, most: int = 10_000) -> int:
    """Remove events told or given up long ago, with their log; returns how many rows."""
    old = WebhookEvent.objects.filter(occurred_at__lt=at - KEPT_FOR, fanned_out_at__isnull=False)
    settled = old.exclude(deliveries__state=WebhookState.WAITING).order_by("id").values_list("pk", flat=True)
    return WebhookEvent.objects.filter(pk__in=list(settled[:most])).delete()[0]
