"""Statements through the API."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from settlement.choices import StatementState
from settlement.models import Statement
from tests.callers import dealer_caller, hq_system, person
from tests.factories import Dealer, User
from tests.issued import PERIOD, issued_statement

pytestmark = pytest.mark.django_db


def test_a_dealer_reads_its_statement_with_the_proof_of_every_line() -> None:
    dealer = Dealer()
    issued_statement(dealer, lines=2)

    body = dealer_caller(dealer).get(f"statements/{PERIOD}").json()

    assert (body["period"], body["dealer"], body["closing"], body["payable"]) == (
        PERIOD,
        dealer.code,
        "200.00",
        "200.00",
    )
    assert [line["amount"] for line in body["lines"]] == ["100.00", "100.00"]
    assert body["lines"][0]["proof"]["base"] == "5000.000000"
    assert body["confirm_due_at"].endswith("+08:00")


def test_the_dealer_confirms_once_and_again_changes_nothing() -> None:
    dealer = Dealer()
    issued_statement(dealer)
    caller = dealer_caller(dealer)

    first = caller.post(f"statements/{PERIOD}/confirm", {})
    again = caller.post(f"statements/{PERIOD}/confirm", {})

    assert (first.status_code, first.json()["state"]) == (200, "confirmed")
    assert again.json()["confirmed_at"] == first.json()["confirmed_at"]
    assert Statement.objects.get().confirmed_by_key


def test_a_disputed_statement_cannot_be_confirmed() -> None:
    dealer = Dealer()
    issued_statement(dealer, state=StatementState.DISPUTED)

    answer = dealer_caller(dealer).post(f"statements/{PERIOD}/confirm", {})

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_confirm")


def test_a_draft_is_not_there_for_dealers_and_systems_but_for_finance() -> None:
    dealer = Dealer()
    issued_statement(dealer, state=StatementState.DRAFT)

    path, query = f"statements/{PERIOD}", {"dealer": dealer.code}
    assert dealer_caller(dealer).get(path).status_code == 404
    assert hq_system().get(path, query).status_code == 404
    assert person(User(role=Role.FINANCE_CLERK)).get(path, query).status_code == 200


def test_hq_names_the_dealer() -> None:
    answer = hq_system().get(f"statements/{PERIOD}")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "dealer")


def test_the_list_is_filtered_and_costs_the_same_however_long() -> None:
    finance = person(User(role=Role.FINANCE_CLERK))
    counts: list[int] = []
    for dealers in (2, 12):
        for _number in range(dealers):
            issued_statement(Dealer())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert finance.get("statements", {"page_size": 500, "period": PERIOD}).json()["results"]
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert finance.get("statements", {"period": "2026-09-H1"}).json()["results"] == []


def test_a_statement_costs_the_same_number_of_queries_however_many_lines() -> None:
    short, long = Dealer(), Dealer()
    issued_statement(short, lines=1)
    issued_statement(long, lines=30)
    counts: list[Any] = []
    for dealer in (short, long):
        caller = dealer_caller(dealer)
        with CaptureQueriesContext(connection) as queries:
            caller.get(f"statements/{PERIOD}")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_address_decides_the_form_of_the_file() -> None:
    dealer = Dealer()
    issued_statement(dealer, lines=2)
    caller = dealer_caller(dealer)

    csv = caller.get(f"statements/{PERIOD}.csv", Accept="text/csv")
    xlsx = caller.get(f"statements/{PERIOD}.xlsx")

    header, *rows = csv.content.decode().splitlines()
    assert header == "period,dealer,line_no,kind,program,for_period,base,rate,amount,explanation"
    assert [row.split(",")[:4] for row in rows] == [[PERIOD, dealer.code, str(n), "rebate"] for n in (1, 2)]
    assert f"HM-{PERIOD}-{dealer.code}-en.csv" in csv["Content-Disposition"]
    assert xlsx.content.startswith(b"PK")
    assert dealer_caller(Dealer()).get(f"statements/{PERIOD}.csv").status_code == 404


def test_an_issued_statement_is_a_numbered_document_in_the_language_asked_for() -> None:
    dealer = Dealer(name="Shop")
    issued_statement(dealer)
    caller = dealer_caller(dealer)

    chinese = caller.get(f"statements/{PERIOD}.pdf", {"lang": "zh"})
    english = caller.get(f"statements/{PERIOD}.pdf")
    told = caller.get(f"statements/{PERIOD}.json")

    assert chinese.content.startswith(b"%PDF")
    assert chinese.content != english.content
    assert english["X-Document-Number"] == f"HM-{PERIOD}-{dealer.code}" == told.json()["document"]
    assert told["ETag"].strip('"') == hashlib.sha256(told.content).hexdigest()
    assert caller.get(f"statements/{PERIOD}.pdf", {"lang": "zh"}).content == chinese.content
    assert caller.get(f"statements/{PERIOD}.pdf", {"lang": "fr"}).status_code == 400
    assert dealer_caller(Dealer()).get(f"statements/{PERIOD}.pdf").status_code == 404
    assert hq_system().get(f"statements/{PERIOD}.pdf", {"dealer": dealer.code}).content == english.content
