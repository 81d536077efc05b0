"""Two connections at once: one calculation, one approval."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.barrier import enter_intake
from dealers.models import StoredFile
from rebates.models import Accrual
from settlement.choices import DocumentFormat, RunState
from settlement.errors import CalculationRunning
from settlement.models import IssuedDocument, JournalTransaction, SettlementRun, Statement
from settlement.services.approval import approve_run, put_up_for_review
from settlement.services.calculation import calculate_run
from settlement.services.documents import issue_document
from settlement.services.period_lock import calculating
from tests import factories
from tests.settlement.world import after, approver, calculate, close, dealer, half, lines, sell, statement

pytestmark = pytest.mark.django_db(transaction=True)
PERIOD = "2026-11-H1"


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each of these returns or raises when all start together, each on a connection of its own."""
    gate = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(number: int) -> None:
        try:
            gate.wait(timeout=10)
            results[number] = works[number]()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_of_two_approvals_at_once_one_posts() -> None:
    factories.PolicyVersion()
    sell(dealer("D1"), PERIOD, "1000")
    calculate(PERIOD)
    put_up_for_review(period=half(PERIOD), actor=None, at=after(PERIOD))
    same, other = approver(), approver()
    found = at_once(
        *(
            lambda person=person: approve_run(period=half(PERIOD), actor=person, at=after(PERIOD))
            for person in (same, same, other)
        )
    )
    assert all(isinstance(result, (SettlementRun, Refused)) for result in found), found
    assert SettlementRun.objects.get().state == RunState.CLOSED
    assert (JournalTransaction.objects.count(), Accrual.objects.count()) == (1, 1)


def test_of_two_calculations_at_once_each_is_whole_or_refused() -> None:
    factories.PolicyVersion()
    for number in range(20):
        sell(dealer(f"D{number}"), PERIOD, "1000")
    found = at_once(*[lambda: calculate_run(period=half(PERIOD), actor=None, at=after(PERIOD))] * 3)
    assert all(isinstance(result, (SettlementRun, CalculationRunning)) for result in found), found
    run = SettlementRun.objects.get()
    assert run.state == RunState.CALCULATED
    assert Statement.objects.filter(run=run, draft=run.draft).count() == Statement.objects.count() == 20


def test_a_calculation_is_refused_while_another_session_calculates_the_period() -> None:
    factories.PolicyVersion()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with calculating(half(PERIOD)):
            held.set()
            done.wait(timeout=20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(timeout=20)
    with pytest.raises(CalculationRunning):
        calculate(PERIOD)
    calculate("2026-11-H2")
    done.set()
    holder.join(timeout=20)
    calculate(PERIOD)


def test_a_settlement_waits_for_the_facts_that_were_received_before_its_cutoff() -> None:
    factories.PolicyVersion()
    shop = dealer("D1")
    sell(shop, PERIOD, "1000")
    received, commit = threading.Event(), threading.Event()

    def take_in() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                enter_intake(cursor)
            sell(shop, PERIOD, "500", known=after(PERIOD) - timedelta(seconds=1))
            received.set()
            commit.wait(timeout=20)
        connection.close()

    intake = threading.Thread(target=take_in)
    intake.start()
    received.wait(timeout=20)
    threading.Timer(0.5, commit.set).start()
    calculate(PERIOD)
    intake.join(timeout=20)
    assert [line.base for line in lines(PERIOD)] == [1500]


def test_two_who_ask_for_a_document_at_once_get_the_same_one() -> None:
    factories.PolicyVersion()
    shop = dealer("D1")
    close(PERIOD)
    asked = statement(PERIOD, shop)

    def ask() -> int:
        return issue_document(statement=asked, written=DocumentFormat.CSV, wanted="en", actor=None, at=clock.now()).pk

    first, second = at_once(ask, ask)
    assert first == second == IssuedDocument.objects.get().pk
    assert StoredFile.objects.count() == 1
