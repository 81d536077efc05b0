"""When we could not take deliveries: the outages on record, and the one that lasts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from dealers.models import SystemOutage

#: The heartbeat that is left only when a web process answered and the database took the write.
INTAKE = "intake"
#: How often it is left, and after how long a silence is an outage.
BEAT_EVERY = timedelta(seconds=30)
OUTAGE_AFTER = timedelta(minutes=2)

#: Every span in which we were down, the present silence included; the placeholders are those of `outage_params`.
OUTAGES_SQL = """
    SELECT span FROM dealers_systemoutage WHERE revoked_at IS NULL
    UNION ALL
    SELECT tstzrange(beat_at, %(now)s::timestamptz) FROM dealers_heartbeat
    WHERE name = %(intake)s AND beat_at < %(now)s::timestamptz - %(silence)s::interval
"""


def outage_params(now: datetime) -> dict[str, Any]:
    """What :data:`OUTAGES_SQL` is filled with. ``now`` is the present, also for questions about another time."""
    return {"now": now, "intake": INTAKE, "silence": OUTAGE_AFTER}


def outages_between(first: datetime, last: datetime, *, now: datetime) -> list[tuple[datetime, datetime]]:
    """The outages that touch ``[first, last)``, in order; one query."""
    sql = (
        f"SELECT lower(span), upper(span) FROM ({OUTAGES_SQL}) AS known"
        " WHERE span && tstzrange(%(first)s, %(last)s) ORDER BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {**outage_params(now), "first": first, "last": last})
        return list(cursor.fetchall())


def recorded_outages() -> QuerySet[SystemOutage]:
    """Every outage on record, revoked ones too, the newest first."""
    return SystemOutage.objects.select_related("recorded_by", "revoked_by").order_by("-span", "-pk")
