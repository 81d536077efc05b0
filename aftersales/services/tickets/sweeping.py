"""What time does to tickets: reminders, breaches at their instant, escalation, closing, and forgetting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from aftersales.choices import Side, TicketState
from aftersales.models import ResponseClock, ServiceBreach, Ticket
from aftersales.rules.response_clock import is_missed, levels_reached
from aftersales.rules.ticket_life import TicketAct
from aftersales.selectors.breaches import ON_RECORD
from aftersales.services.breaches import record_missed_responses
from aftersales.services.tickets.acting import move, notices_about, supervisors
from aftersales.services.tickets.clocks import set_right
from aftersales.services.tickets.forgetting import forget_files_left, forget_tickets
from aftersales.terms import ESCALATION_LEVELS, aftersales_terms
from dealers.choices import Role
from dealers.models import PolicyVersion, User
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell_all

#: For how long recorded breaches are compared with outages that became known later.
LOOK_BACK = timedelta(days=100)
_BATCH = 500


@dataclass(frozen=True)
class Swept:
    """What a sweep did; of ``cleared`` tickets the files were erased."""

    missed: int
    reminded: int
    escalated: int
    closed: int
    erased: int
    cleared: int


def sweep_tickets(*, at: datetime) -> Swept:
    """Do everything that is due at ``at``. Safe to run twice and at once; a breach carries the instant that was due."""
    return Swept(
        missed=_each(_unanswered(), lambda clocks: _record_missed(clocks, at)),
        reminded=_each(_unanswered().filter(reminded_at=None), lambda clocks: _remind(clocks, at)),
        escalated=_each(
            _running().filter(due_at__lte=at, escalated__lt=ESCALATION_LEVELS), lambda clocks: _escalate(clocks, at)
        ),
        closed=sum(_close(policy, at) for policy in _policies(state=TicketState.RESOLVED)),
        erased=sum(forget_tickets(policy, at=at) for policy in _policies(state=TicketState.CLOSED, erased_at=None)),
        cleared=forget_files_left(at=at),
    )


def compare_with_outages(*, at: datetime) -> int:
    """Set recorded breaches right by outages that became known, or were revoked, since; returns how many moved.

    A breach that an outage explains is waived, one that is still a breach at a later instant is recorded anew.
    """
    stands = ServiceBreach.objects.filter(clock=OuterRef("pk"), waived_at=None, breached_at__gte=at - LOOK_BACK)
    return _each(ResponseClock.objects.filter(Exists(stands)), lambda clocks: _compare(clocks, at))


def _compare(clocks: list[ResponseClock], at: datetime) -> int:
    moved = set_right(clocks, at=at)
    if moved:
        record_missed_responses([one for one in clocks if _is_missed(one, at)], at=at)
    return moved


def _running() -> QuerySet[ResponseClock]:
    return ResponseClock.objects.filter(responded_at=None, ended_at=None)


def _unanswered() -> QuerySet[ResponseClock]:
    """Clocks that run and are not on record as missed."""
    return _running().filter(~Exists(ServiceBreach.objects.filter(ON_RECORD, clock=OuterRef("pk"))))


def _each(clocks: QuerySet[ResponseClock], act: Callable[[list[ResponseClock]], int]) -> int:
    """Lock clocks by batches, each in a transaction of its own, and act on them; those others hold are left to them."""
    done, last = 0, 0
    while True:
        with transaction.atomic():
            # The ticket's lock is the one lock of its life: whoever answers holds it.
            rows = clocks.filter(pk__gt=last).order_by("pk").values_list("pk", "ticket_id")[:_BATCH]
            keys = dict(rows)
            if not keys:
                return done
            last = max(keys)
            free = Ticket.objects.select_for_update(skip_locked=True).filter(pk__in=set(keys.values()))
            locked = set(free.values_list("pk", flat=True))
            again = clocks.filter(pk__in=keys, ticket__in=locked).select_related("ticket__policy", "ticket__dealer")
            done += act(list(again.order_by("pk")))


def _is_missed(clock: ResponseClock, at: datetime) -> bool:
    return is_missed(clock.due_at, clock.responded_at, clock.ended_at or at)


def _record_missed(clocks: list[ResponseClock], at: datetime) -> int:
    set_right(clocks, at=at)
    return len(record_missed_responses([one for one in clocks if _is_missed(one, at)], at=at))


def _remind(clocks: list[ResponseClock], at: datetime) -> int:
    soon = [
        one
        for one in clocks
        if one.due_at > at and one.due_at - timedelta(hours=aftersales_terms(one.ticket.policy).reminder_hours) <= at
    ]
    people = people_of_dealers({one.dealer_id for one in soon if one.dealer_id}) if soon else {}
    notices = []
    for one in soon:
        told = people.get(one.dealer_id, []) if one.dealer_id else supervisors()
        notices += notices_about(one.ticket, told, "ticket_due", due_at=one.due_at, at=at, key=f"ticket-due-{one.pk}")
        one.reminded_at = at
    if soon:
        tell_all(notices)
        ResponseClock.objects.bulk_update(soon, ["reminded_at"])
    return len(soon)


def _escalate(clocks: list[ResponseClock], at: datetime) -> int:
    keys = {one.dealer_id for one in clocks if one.dealer_id}
    people, managers = (people_of_dealers(keys), managers_of_dealers(keys)) if keys else ({}, {})
    watching = supervisors() if clocks else []
    risen, notices = [], []
    for one in clocks:
        reached = levels_reached(one.due_at, at, aftersales_terms(one.ticket.policy).escalation_hours)
        if reached <= one.escalated:
            continue
        owners = [person for person in people.get(one.dealer_id or 0, []) if person.role == Role.DEALER_OWNER]
        levels: tuple[list[User], ...] = (owners, watching, managers.get(one.dealer_id or 0, []))
        for level in range(one.escalated, reached):
            key = f"ticket-missed-{one.pk}-{level + 1}"
            notices += notices_about(one.ticket, levels[level], "ticket_missed", due_at=one.due_at, at=at, key=key)
        one.escalated = reached
        risen.append(one)
    if risen:
        tell_all(notices)
        ResponseClock.objects.bulk_update(risen, ["escalated"])
    return len(risen)


def _policies(**tickets: object) -> list[PolicyVersion]:
    return list(PolicyVersion.objects.filter(pk__in=Ticket.objects.filter(**tickets).values("policy").distinct()))


def _close(policy: PolicyVersion, at: datetime) -> int:
    """Close what was resolved long enough ago, at the instant its time was over."""
    rest = timedelta(days=aftersales_terms(policy).close_days)
    silent = Ticket.objects.filter(state=TicketState.RESOLVED, policy=policy, resolved_at__lte=at - rest)
    done = 0
    while True:
        with transaction.atomic():
            batch = list(silent.select_for_update(skip_locked=True).order_by("pk")[:_BATCH])
            for ticket in batch:
                assert ticket.resolved_at is not None
                ticket.closed_at = ticket.resolved_at + rest
                move(ticket, TicketAct.CLOSE, actor=None, side=Side.SYSTEM, at=at)
        done += len(batch)
        if len(batch) < _BATCH:
            return done
