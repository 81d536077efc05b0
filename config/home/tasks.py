"""One thing that waits for a person, and how things are put in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from dealers.foundation.clock import start_of_day


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: what, where, until when (None: no deadline) and how pressing.

    ``count`` is how many rows the list behind ``url`` has; 0 for a single thing, which has a page of its own.
    """

    title: str
    note: str
    url: str
    due_at: datetime | None = None
    tone: str = ""
    icon: str = "inbox"
    count: int = 0


def by_deadline(tasks: Iterable[Task]) -> list[Task]:
    """What has a deadline first, the earliest on top; the rest as given."""
    return sorted(tasks, key=lambda task: (task.due_at is None, task.due_at.timestamp() if task.due_at else 0.0))


def queue(
    rows: QuerySet[Any],
    title: str,
    url: str,
    *,
    at: datetime,
    due: str = "",
    running: Q | None = None,
    icon: str = "inbox",
) -> Iterator[Task]:
    """A whole list as one task with the deadline of its first row; nothing for an empty one. One query.

    ``due`` is the field with the deadline, an instant or the first day that is too late; ``running`` says which of the
    joined rows have one that still counts.
    """
    asked: dict[str, Any] = {"count": Count("pk", distinct=True)}
    if due:
        asked["first"] = Min(due, filter=running)
        asked["late"] = Count("pk", filter=(running or Q()) & Q(**{f"{due}__lte": at}), distinct=True)
    # By key, so that neither annotations nor joins of the list count a row twice.
    found = rows.model._base_manager.filter(pk__in=rows.order_by().values("pk")).aggregate(**asked)
    if not found["count"]:
        return
    late = found.get("late", 0)
    yield Task(
        title=str(title),
        note=waiting_words(found["count"], late),
        url=url,
        due_at=_instant(found.get("first")),
        tone="bad" if late else "",
        icon=icon,
        count=found["count"],
    )


def waiting_words(count: int, late: int = 0) -> str:
    """``3 waiting · 1 late``."""
    words = ngettext("%(n)d waiting", "%(n)d waiting", count) % {"n": count}
    return words + (" · " + ngettext("%(n)d late", "%(n)d late", late) % {"n": late} if late else "")


def list_url(name: str, *args: Any, **query: str) -> str:
    """The address of a list narrowed to ``query``."""
    return reverse(name, args=args) + (f"?{urlencode(query)}" if query else "")


def _instant(found: date | datetime | None) -> datetime | None:
    return found if found is None or isinstance(found, datetime) else start_of_day(found)
