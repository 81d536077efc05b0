"""The quarantine page: what waits for how long, and many lines put right at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.imports import import_records
from dealers.choices import Door, Role
from dealers.foundation.clock import now
from dealers.models import AuditRecord, Dealer, FeedDelivery, Product, QuarantinedLine
from pricing.models import SaleLine
from tests import factories
from tests.visitors import visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer() -> Dealer:
    factories.PolicyVersion()
    factories.PriceBand(product=factories.Product(sku="A1"))
    return factories.Dealer(home_region=factories.City(code="HZ"))


@pytest.fixture
def operator(dealer: Dealer) -> Client:
    return visitor(Role.DEALER_OPERATOR, dealer=dealer)


def refuse(dealer: Dealer, *docs: str, days: int = 0, **cells: Any) -> list[int]:
    """Lines of a SKU nobody knows, unless said otherwise, refused so many days ago; their ids."""
    sold_at = (now() - timedelta(hours=1)).isoformat(timespec="seconds")
    line = {"line_no": 1, "sold_at": sold_at, "sku": "NOPE", "quantity": 1, "unit_price": "1000", "region": "HZ"}
    records = [{**line, **cells, "doc_no": doc} for doc in docs]
    delivery = import_records(kind="sales", records=records, actor=None, door=Door.API, dealer=dealer)
    refused = QuarantinedLine.objects.filter(delivery=delivery)
    refused.update(refused_at=now() - timedelta(days=days, minutes=1))
    return list(refused.order_by("line").values_list("pk", flat=True))


def states() -> list[str]:
    return list(QuarantinedLine.objects.order_by("pk").values_list("state", flat=True))


def test_a_line_is_corrected_in_the_list(operator: Client, dealer: Dealer) -> None:
    (pk,) = refuse(dealer, "S1")
    content = QuarantinedLine.objects.get().content
    answer = operator.post(f"/quarantine/{pk}/", {**content, "sku": "A1", "next": "/quarantine/?age=new"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/quarantine/?age=new"
    assert (states(), SaleLine.objects.get().doc_no) == (["resubmitted"], "S1")


def test_the_fault_is_marked_in_its_cell(operator: Client, dealer: Dealer) -> None:
    refuse(dealer, "S1")
    assert '<input name="sku" value="NOPE" maxlength="500" aria-invalid="true">' in (
        operator.get("/quarantine/").content.decode()
    )


def test_ticked_lines_are_sent_again_as_they_came(operator: Client, dealer: Dealer) -> None:
    first, _second, third = refuse(dealer, "S1", "S2", "S3")
    factories.PriceBand(product=factories.Product(sku="NOPE"))
    operator.post("/quarantine/bulk/", {"act": "send", "line": [first, third]})
    assert states() == ["resubmitted", "open", "resubmitted"]
    assert sorted(SaleLine.objects.values_list("doc_no", flat=True)) == ["S1", "S3"]
    assert FeedDelivery.objects.filter(door=Door.RESUBMISSION).count() == 1
    assert AuditRecord.objects.filter(action="quarantine.resubmit").count() == 2


def test_one_value_is_put_right_in_all_lines_of_a_reason(operator: Client, dealer: Dealer) -> None:
    refuse(dealer, "S1", "S2", "S3")
    refuse(dealer, "S4", sku="A1", quantity=0)
    given = {"act": "replace", "every": "1", "feed": "sales", "code": "unknown_sku", "value": "A1"}
    operator.post("/quarantine/bulk/", given)
    assert states() == ["resubmitted"] * 3 + ["open"]
    assert SaleLine.objects.count() == 3


def test_what_is_still_wrong_waits_in_the_place_of_what_it_corrects(operator: Client, dealer: Dealer) -> None:
    refuse(dealer, "S1", "S2")
    given = {"act": "replace", "every": "1", "feed": "sales", "code": "unknown_sku", "value": "STILL"}
    answer = operator.post("/quarantine/bulk/", given, follow=True)
    assert "2 lines are still refused" in answer.content.decode()
    assert states() == ["resubmitted"] * 2 + ["open"] * 2


def test_lines_are_withdrawn_with_a_reason_only(operator: Client, dealer: Dealer) -> None:
    ids = refuse(dealer, "S1", "S2")
    operator.post("/quarantine/bulk/", {"act": "withdraw", "line": ids})
    assert states() == ["open", "open"]
    operator.post("/quarantine/bulk/", {"act": "withdraw", "line": ids, "reason": "a test of the till"})
    assert states() == ["withdrawn", "withdrawn"]
    assert set(AuditRecord.objects.filter(action="quarantine.withdraw").values_list("reason", flat=True)) == {
        "a test of the till"
    }


def test_lines_of_another_dealer_are_not_touched(operator: Client, dealer: Dealer) -> None:
    ids = refuse(factories.Dealer(), "S1")
    operator.post("/quarantine/bulk/", {"act": "withdraw", "line": ids, "reason": "mine"})
    assert states() == ["open"]


def test_the_page_says_how_long_lines_wait(operator: Client, dealer: Dealer) -> None:
    refuse(dealer, "S1", "S2", days=9)
    refuse(dealer, "S3", days=4)
    refuse(dealer, "S4")
    page = operator.get("/quarantine/")
    assert [one["count"] for one in page.context["ages"]] == [1, 0, 1, 2]
    assert len(operator.get("/quarantine/?age=stuck").context["rows"]) == 2


def test_headquarters_sees_who_is_stuck_on_what(dealer: Dealer) -> None:
    refuse(dealer, "S1", "S2", days=9)
    refuse(factories.Dealer(), "S3")
    page = visitor(Role.POLICY_MANAGER).get("/quarantine/?order=oldest")
    rows = [(row["dealer_code"], row["code"], row["lines"], row["late"], row["days"]) for row in page.context["rows"]]
    assert rows[0] == (dealer.code, "unknown_sku", 2, 2, 9)
    assert len(rows) == page.context["stuck_dealers"] == 2
    excel = f"/quarantine/refused/sales.xlsx?code=unknown_sku&amp;dealer={dealer.code}"
    hq = visitor(Role.POLICY_MANAGER)
    assert excel in hq.get(f"/quarantine/?code=unknown_sku&feed=sales&dealer={dealer.code}").content.decode()
    assert hq.get(excel.replace("&amp;", "&")).content.startswith(b"PK")


def test_a_channel_manager_sees_the_own_regions_only(dealer: Dealer) -> None:
    refuse(dealer, "S1")
    refuse(factories.Dealer(home_region=factories.City()), "S2")
    manager = visitor(Role.CHANNEL_MANAGER, regions=[dealer.home_region])  # type: ignore[list-item]
    assert [row["dealer_code"] for row in manager.get("/quarantine/").context["rows"]] == [dealer.code]


@pytest.mark.parametrize("role", [Role.DEALER_OWNER, Role.POLICY_MANAGER])
def test_the_number_of_queries_does_not_grow_with_the_lines(dealer: Dealer, role: Role) -> None:
    client = visitor(role, dealer=dealer)
    refuse(dealer, "S1")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get("/quarantine/").status_code == 200
        return len(captured)

    queries()
    one = queries()
    for number in range(5):
        refuse(dealer if role == Role.DEALER_OWNER else factories.Dealer(), *(f"T{number}{n}" for n in range(4)))
        refuse(dealer, f"Q{number}", sku="A1", quantity=0)
    assert queries() == one
    assert Product.objects.exists()
