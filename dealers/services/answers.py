"""Answers kept for retries of calls, and when they are forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from dealers.models import IdempotencyRecord

#: How long an answer is kept for retries.
KEPT_FOR = timedelta(days=30)


def forget_old_answers(*, at: datetime) -> int:
    """Remove answers older than :data:`KEPT_FOR`; how many."""
    removed, _by_model = IdempotencyRecord.objects.filter(started_at__lt=at - KEPT_FOR).delete()
    return removed
