"""Reminding dealers, and who looks after them, of refused lines that stay uncorrected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Min
from django.urls import reverse

from dealers.choices import NoticeKind, QuarantineState
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import Notice, QuarantinedLine, User
from dealers.rules.ageing import days_waiting
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell_all

#: Lines open for longer are reminded of, each person once a week. Not a term of the policy: no consequence hangs on it.
REMIND_AFTER = timedelta(days=3)


class _Stuck(NamedTuple):
    dealer_id: int
    name: str
    lines: int
    oldest: datetime


def remind_of_open_lines(*, at: datetime) -> int:
    """One digest for each person concerned: dealers of their own lines, channel managers of all their dealers.

    Returns how many notices were new; the same week again leaves none. The number of queries does not depend on the
    number of dealers.
    """
    stuck = _stuck(at)
    if not stuck:
        return 0
    ids = [one.dealer_id for one in stuck]
    people = people_of_dealers(ids)
    notices = [_to_dealer(person, one, at) for one in stuck for person in people.get(one.dealer_id, ())]
    managers = managers_of_dealers(ids)
    by_manager: dict[User, list[_Stuck]] = {}
    for one in stuck:
        for manager in managers.get(one.dealer_id, ()):
            by_manager.setdefault(manager, []).append(one)
    notices += [_to_manager(manager, theirs, at) for manager, theirs in by_manager.items()]
    return tell_all(notices)


def _stuck(at: datetime) -> list[_Stuck]:
    late = QuarantinedLine.objects.filter(
        state=QuarantineState.OPEN, refused_at__lte=at - REMIND_AFTER, dealer__isnull=False
    )
    counted = late.order_by().values_list("dealer_id", "dealer__name").annotate(Count("id"), Min("refused_at"))
    return [_Stuck(*row) for row in counted.order_by("dealer_id")]


def _to_dealer(person: User, one: _Stuck, at: datetime) -> Notice:
    params = {"reason": "lines_open", "dealer": one.name, "lines": one.lines, "days": days_waiting(one.oldest, at)}
    return _notice(person, params, at)


def _to_manager(manager: User, stuck: Sequence[_Stuck], at: datetime) -> Notice:
    params = {
        "reason": "dealers_stuck",
        "dealers": len(stuck),
        "lines": sum(one.lines for one in stuck),
        "days": days_waiting(min(one.oldest for one in stuck), at),
        "after": REMIND_AFTER.days,
    }
    return _notice(manager, params, at)


def _notice(person: User, params: dict[str, object], at: datetime) -> Notice:
    year, week, _day = at.astimezone(BUSINESS_ZONE).isocalendar()
    return Notice(
        recipient=person,
        kind=NoticeKind.QUARANTINE,
        key=f"{params['reason']}:{year}-W{week:02d}",
        params=params,
        url=reverse("quarantine"),
        created_at=at,
    )
