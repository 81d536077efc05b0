"""What time does to cases: replies and appeals end, and a calendar that has arrived moves provisional deadlines."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dealers.foundation.working_days import deadline
from dealers.selectors.calendar import current_calendar
from dealers.services.audit import record_audit
from settlement.choices import CaseState
from settlement.models import Case
from settlement.services.case_path.acting import locked_case
from settlement.services.case_path.appealing import end_appeal_time
from settlement.services.case_path.hearing import end_reply_time

_AT_ONCE = 500


def sweep_cases(*, at: datetime) -> int:
    """End the times to reply and to appeal that are over; how many. Provisional deadlines are reckoned again first.

    Each case in a transaction of its own; safe to run twice and at once.
    """
    refresh_provisional(at=at)
    over = Case.objects.filter(due_at__lte=at).order_by("due_at", "pk")
    silent = over.filter(state=CaseState.DEALER_REPLY, ready_at__isnull=True)
    final = over.filter(state__in=(CaseState.DECIDED, CaseState.APPLIED))
    ended = sum(end_reply_time(number=number, at=at) for number in _numbers(silent))
    return ended + sum(end_appeal_time(number=number, at=at) for number in _numbers(final))


def refresh_provisional(*, at: datetime) -> int:
    """Reckon the provisional deadlines of cases with the calendar we have now; how many changed."""
    return sum(_refresh(number, at) for number in _numbers(Case.objects.filter(due_provisional=True)))


@transaction.atomic
def _refresh(number: str, at: datetime) -> bool:
    case = locked_case(number)
    if not case.due_provisional or case.due_from is None or case.due_days is None:
        return False
    due, before = deadline(case.due_from, case.due_days, current_calendar()), case.due_at
    if due.provisional and due.expires_at == before:
        return False
    case.due_at, case.due_provisional = due.expires_at, due.provisional
    case.save()
    record_audit(
        actor=None,
        action="case.move_deadline",
        subject=case,
        at=at,
        before={"due_at": before},
        after={"due_at": due.expires_at, "calendar": due.calendar_version},
        dealer_id=case.dealer_id,
    )
    return True


def _numbers(cases: object) -> list[str]:
    return list(cases.values_list("number", flat=True)[:_AT_ONCE])  # type: ignore[attr-defined]
