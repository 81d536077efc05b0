"""Whether the installation is well: people, keys, jobs, worker. No figure of the business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from dealers.choices import JobState
from dealers.models import ApiKey, Heartbeat, JobRun, User
from dealers.selectors.housekeeping import OPEN_JOBS, failed_lately, key_expires_soon, key_is_valid

#: A worker that has not beaten for this long is not well.
SILENT_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class System:
    people: dict[str, Any]
    keys: dict[str, Any]
    jobs: dict[str, Any]
    beat_at: datetime | None
    alive: bool
    failed: list[JobRun]


def system_health(*, at: datetime) -> System:
    """Counts and the latest failures; five queries."""
    people = User.objects.aggregate(
        active=Count("pk", filter=Q(is_active=True)),
        headquarters=Count("pk", filter=Q(is_active=True, dealer=None)),
        inactive=Count("pk", filter=Q(is_active=False)),
    )
    valid = key_is_valid(at)
    keys = ApiKey.objects.aggregate(
        valid=Count("pk", filter=valid),
        soon=Count("pk", filter=valid & key_expires_soon(at)),
    )
    jobs = JobRun.objects.aggregate(
        waiting=Count("pk", filter=OPEN_JOBS),
        failed=Count("pk", filter=failed_lately(at)),
    )
    beat = Heartbeat.objects.filter(name="worker").first()
    failed = list(JobRun.objects.filter(state=JobState.FAILED).select_related("requested_by")[:5])
    beat_at = beat.beat_at if beat else None
    return System(people, keys, jobs, beat_at, beat_at is not None and at - beat_at < SILENT_AFTER, failed)
