"""Declaring changes of stock on a page, and what headquarters sees of transfers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.models import Dealer, StockAdjustment
from dealers.services.imports.adjustments import STOCK_ADJUSTMENTS
from tests import factories
from tests.tables import take
from tests.visitors import visitor

pytestmark = pytest.mark.django_db
PAGE = "/stock/adjustments/"
HEADER = "dealer,doc_no,line_no,kind,sku,quantity,occurred_at,counterparty,reason"


def declared(*rows: str) -> None:
    take(STOCK_ADJUSTMENTS, "\n".join((HEADER, *rows)))


def transfer(dealer: str, doc: str, kind: str, quantity: int, other: str, day: int = 5) -> str:
    return f"{dealer},{doc},1,transfer_{kind},A1,{quantity},2026-01-{day:02}T09:00:00+08:00,{other},"


@pytest.fixture(autouse=True)
def world() -> None:
    factories.Product(sku="A1")
    for code in ("D1", "D2"):
        factories.Dealer(code=code)


def filled(client: Client, **fields: Any) -> dict[str, Any]:
    """The form as it is drawn, filled in."""
    page = client.get(PAGE).content.decode()
    found = re.search(r'name="doc_no" value="([^"]+)"', page)
    assert found is not None
    return {
        "doc_no": found[1],
        "kind": "damage",
        "sku": "A1",
        "quantity": "2",
        "occurred_at": "2026-01-05T09:30",
        "reason": "wet",
        **fields,
    }


def test_a_form_sent_twice_declares_once() -> None:
    operator = visitor(Role.DEALER_OPERATOR, dealer=Dealer.objects.get(code="D1"))
    form = filled(operator)
    for _time in range(2):
        assert "It counts in your stock" in operator.post(PAGE, form, follow=True).content.decode()
    line = StockAdjustment.objects.get()
    assert (line.change, line.occurred_at.isoformat(), line.reason) == (-2, "2026-01-05T01:30:00+00:00", "wet")


def test_a_form_that_cannot_be_taken_says_why_beside_the_field() -> None:
    operator = visitor(Role.DEALER_OPERATOR, dealer=Dealer.objects.get(code="D1"))
    answer = operator.post(PAGE, filled(operator, sku="B9"))
    assert answer.status_code == 422
    assert "is not a product of the catalogue" in answer.content.decode()
    assert not StockAdjustment.objects.exists()


def test_headquarters_sees_whether_the_other_side_says_the_same() -> None:
    declared(
        transfer("D1", "T1", "out", 3, "d2"),
        transfer("D2", "U1", "in", 3, "D1商贸有限公司", day=6),
        transfer("D1", "T2", "out", 9, "D2", day=25),
        transfer("D1", "T3", "in", 1, "Somebody", day=26),
    )
    page = visitor(Role.POLICY_MANAGER).get(PAGE).content.decode()
    for words, times in (("Both sides agree", 2), ("Not declared there", 1), ("No dealer of this name", 1)):
        assert page.count(words) == times
    declared(transfer("D2", "U2", "in", 8, "D1", day=25))
    assert visitor(Role.AUDITOR).get(PAGE).content.decode().count("Other quantity there") == 2


def test_a_dealer_learns_nothing_of_the_other_side() -> None:
    declared(transfer("D1", "T1", "out", 3, "D2"), transfer("D2", "U1", "in", 3, "D1"))
    page = visitor(Role.DEALER_OWNER, dealer=Dealer.objects.get(code="D1")).get(PAGE).content.decode()
    assert "U1" not in page and "Both sides agree" not in page and "D2商贸" not in page


def test_a_manager_is_not_told_of_a_dealer_outside_its_regions() -> None:
    declared(transfer("D1", "T1", "out", 3, "D2"), transfer("D2", "U1", "in", 3, "D1"))
    manager = visitor(Role.CHANNEL_MANAGER, regions=[Dealer.objects.get(code="D1").home_region])
    page = manager.get(PAGE).content.decode()
    assert "T1" in page and "U1" not in page


def test_the_list_reads_on_and_asks_the_same_of_many_lines() -> None:
    auditor = visitor(Role.AUDITOR)
    declared(transfer("D1", "T1", "out", 3, "D2"))
    auditor.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        auditor.get(PAGE)
    declared(*(transfer("D1", f"V{n}", "out", 3, "D2", day=1 + n % 20) for n in range(60)))
    with CaptureQueriesContext(connection) as many:
        first = auditor.get(PAGE)
    assert len(many) == len(one)
    window = first.context["window"]
    second = auditor.get(PAGE + window.next_url).context["window"]
    keys = [(line.doc_no) for line in (*window.rows, *second.rows)]
    assert len(keys) == len(set(keys)) == 61


def test_the_page_is_closed_to_roles_without_this_work() -> None:
    assert visitor(Role.LEGAL_REVIEWER).get(PAGE).status_code == 403
