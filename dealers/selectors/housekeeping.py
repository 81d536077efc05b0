"""Which keys and jobs an administrator has to look at: the same conditions for the start page and for the lists."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from dealers.choices import JobState

#: A key that expires sooner is worth a word.
EXPIRES_SOON = timedelta(days=30)
FAILURES_SHOWN = timedelta(days=7)

OPEN_JOBS = Q(state__in=(JobState.QUEUED, JobState.RUNNING))


def failed_lately(at: datetime) -> Q:
    return Q(state=JobState.FAILED, finished_at__gte=at - FAILURES_SHOWN)


def key_is_valid(at: datetime) -> Q:
    return Q(revoked=False) & (Q(expiry_date=None) | Q(expiry_date__gt=at))


def key_expires_soon(at: datetime) -> Q:
    return Q(expiry_date__lte=at + EXPIRES_SOON)
