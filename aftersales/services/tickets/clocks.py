"""Starting, stopping and setting right the clocks of first responses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from aftersales.models import ResponseClock, Ticket
from aftersales.rules.response_clock import due_instant, is_missed
from aftersales.services.breaches import IN_TIME, OUTAGE, record_missed_responses, waive_by_clock
from aftersales.services.tickets.acting import Actor, label_of
from aftersales.terms import aftersales_terms
from dealers.foundation import clock as present
from dealers.selectors.outages import outages_between


def start_clock(ticket: Ticket, *, actor: Actor | None, at: datetime, reason: str = "") -> ResponseClock:
    """Let the first response of whoever has the ticket be due, by the policy in force when it was received."""
    hours = aftersales_terms(ticket.policy).first_response_hours
    outages = outages_between(at, max(at, present.now()), now=present.now())
    return ResponseClock.objects.create(
        ticket=ticket,
        dealer_id=ticket.dealer_id,
        started_at=at,
        hours=hours,
        due_at=due_instant(at, hours, outages),
        assigned_by="" if actor is None else label_of(actor),
        reason=reason,
    )


def stop_clock(clock: ResponseClock, *, at: datetime) -> None:
    """Note the first response on the clock of a locked ticket; a late one is a breach from the instant it was due."""
    if clock.responded_at is not None:
        return
    set_right([clock], at=at)
    clock.responded_at = at
    clock.save(update_fields=["responded_at"])
    if is_missed(clock.due_at, at, at):
        record_missed_responses([clock], at=at)
    else:
        # A sweep may have looked between the click and this lock.
        waive_by_clock(Q(clock=clock.pk), at=at, reason=IN_TIME)


def end_clock(clock: ResponseClock, *, at: datetime) -> None:
    """End the clock of whoever loses a locked ticket; what was missed by then stays on record."""
    set_right([clock], at=at)
    if is_missed(clock.due_at, clock.responded_at, at):
        record_missed_responses([clock], at=at)
    clock.ended_at = at
    clock.save(update_fields=["ended_at"])


def set_right(clocks: Sequence[ResponseClock], *, at: datetime) -> int:
    """Move the due instants of locked clocks by the outages known now; returns how many were moved.

    A breach on record whose instant was another is waived as the system's own mistake; whoever called records it
    again if it still is one. A few statements however many clocks there are.
    """
    if not clocks:
        return 0
    known = outages_between(min(one.started_at for one in clocks), max(at, present.now()), now=present.now())
    moved = []
    for one in clocks:
        due_at = due_instant(one.started_at, one.hours, known)
        if due_at != one.due_at:
            one.due_at = due_at
            moved.append(one)
    if moved:
        ResponseClock.objects.bulk_update(moved, ["due_at"], batch_size=500)
        waive_by_clock(Q(clock__in=moved), at=at, reason=OUTAGE)
    return len(moved)
