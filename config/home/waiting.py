"""What waits for a person of headquarters, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.home.channel_tasks import channel_tasks
from config.home.finance_tasks import finance_tasks
from config.home.review_tasks import review_tasks
from config.home.tasks import Task, by_deadline, list_url, queue
from dealers.choices import QuarantineState, Role
from dealers.foundation import clock
from dealers.models import Notice, QuarantinedLine
from dealers.permissions import can
from dealers.selectors.supply import visible_holds
from dealers.selectors.visibility import visible_dealers


def tasks_of(user: Any) -> list[Task]:
    """Everything that waits for ``user``; what has a deadline first, the earliest on top."""
    at = clock.now()
    sources = (review_tasks, channel_tasks, finance_tasks, _supply, _notices)
    return by_deadline(task for source in sources for task in source(user, at))


def _supply(user: Any, at: datetime) -> Iterator[Task]:
    if not can(user, "supply.lift"):
        return
    held = visible_holds(user).filter(lifted_at__isnull=True)
    title = _("Supply holds in your regions") if user.role == Role.CHANNEL_MANAGER else _("Supply holds")
    for task in queue(held, title, list_url("holds"), at=at, icon="hand"):
        yield Task(task.title, task.note, task.url, tone="bad", icon=task.icon, count=task.count)
    refused = QuarantinedLine.objects.filter(state=QuarantineState.OPEN, dealer__in=visible_dealers(user))
    lines = refused.count()
    if lines:  # the list has a row per cause, so that the number is said to be of lines
        note = ngettext("%(n)d line to be corrected", "%(n)d lines to be corrected", lines) % {"n": lines}
        yield Task(_("Refused lines of dealers"), note, list_url("quarantine"), tone="warn", icon="alert")


def _notices(user: Any, at: datetime) -> Iterator[Task]:
    unread = Notice.objects.filter(recipient=user, read_at=None)
    yield from queue(unread, _("Unread notices"), list_url("notices", tab="unread"), at=at, icon="bell")
