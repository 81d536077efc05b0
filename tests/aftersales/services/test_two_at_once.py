"""A dealer answers in the second in which the sweep looks, each on a connection of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from aftersales.models import ServiceBreach, Ticket
from aftersales.services.tickets.answering import respond
from aftersales.services.tickets.sweeping import sweep_tickets
from tests.aftersales.service_stage import DUE, clock_of, stage, ticket_in


def together(*acts: Callable[[], object]) -> None:
    """Do everything at once and wait for it."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_an_answer_in_time_and_a_sweep_leave_no_breach_that_stands() -> None:
    cast = stage()
    tickets = [ticket_in(cast, number, dealer=cast.first) for number in range(6)]
    before = DUE - timedelta(seconds=1)

    def answer() -> None:
        for ticket in tickets:
            respond(number=ticket.number, text="来了", actor=cast.owner, at=before)

    together(answer, lambda: sweep_tickets(at=DUE), lambda: sweep_tickets(at=DUE))
    assert all(clock_of(ticket).responded_at == before for ticket in tickets)
    assert not ServiceBreach.objects.filter(waived_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_late_answer_and_two_sweeps_record_the_breach_once_at_its_instant() -> None:
    cast = stage()
    tickets = [ticket_in(cast, number, dealer=cast.first) for number in range(6)]
    late = DUE + timedelta(minutes=5)

    def answer() -> None:
        for ticket in tickets:
            respond(number=ticket.number, text="抱歉", actor=cast.owner, at=late)

    together(answer, lambda: sweep_tickets(at=late), lambda: sweep_tickets(at=late))
    stands = ServiceBreach.objects.filter(waived_at=None)
    assert sorted(stands.values_list("clock__ticket__number", "breached_at")) == sorted(
        (ticket.number, DUE) for ticket in tickets
    )


@pytest.mark.django_db(transaction=True)
def test_a_sweep_leaves_a_ticket_that_somebody_is_answering_to_them() -> None:
    cast = stage()
    ticket = ticket_in(cast)
    with transaction.atomic():
        Ticket.objects.select_for_update().get(pk=ticket.pk)
        together(lambda: sweep_tickets(at=DUE))
        assert not ServiceBreach.objects.exists()
    assert sweep_tickets(at=DUE).missed == 1
