"""Who may call what, as one table; and that a stranger's things look like things that do not exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dealers.choices import Door, Feed, Role
from dealers.foundation import clock
from dealers.models import FeedDelivery
from dealers.services.deliveries import DeliveryCounts, Refusal, close_delivery, open_delivery, refuse_lines
from tests.callers import Caller, dealer_caller, hq_system, person
from tests.factories import City, Dealer, Product, User
from tests.issued import PERIOD, issued_statement

pytestmark = pytest.mark.django_db

CALLERS = ("nobody", "key", "narrow", "erp", "owner", "manager", "finance", "auditor", "admin", "support")

# Status by caller in the order of CALLERS. The narrow key has the one scope that no call below asks for, except `me`.
MATRIX = """
GET  products                            401 200 403 200 200 200 200 200 403 200
GET  regions                             401 200 403 200 200 200 200 200 403 200
GET  price-bands?sku=S-1&region=C-1      401 200 403 200 200 200 200 200 403 200
GET  receipts                            401 200 403 200 200 200 200 200 403 403
GET  receipts/{receipt}                  401 200 403 404 200 200 200 200 403 403
GET  quarantine                          401 200 403 200 200 200 200 200 403 403
POST quarantine/{line}/resubmit          401 201 403 403 201 403 403 403 403 403
POST quarantine/resubmissions            401 404 403 403 404 403 403 403 403 403
POST sales-reports                       401 201 403 201 201 403 403 403 403 403
POST inventory-reports                   401 201 403 201 201 403 403 403 403 403
POST zero-sales-declarations             401 201 403 403 201 403 403 403 403 403
POST shipments                           401 403 403 201 403 403 403 403 403 403
GET  me                                  401 200 200 403 200 403 403 403 403 403
GET  supply-eligibility?dealer=D-1       401 403 403 200 403 200 200 200 403 200
GET  statements                          401 200 403 200 200 200 200 200 403 403
GET  statements/{period}?dealer=D-1      401 200 403 200 200 200 200 200 403 403
POST statements/{period}/confirm         401 200 403 403 200 403 403 403 403 403
"""

ROWS = [line.split() for line in MATRIX.strip().splitlines()]
CASES = [
    (method, path, caller, int(status))
    for method, path, *statuses in ROWS
    for caller, status in zip(CALLERS, statuses, strict=True)
]

SALE = {
    "doc_no": "A-1",
    "line_no": 1,
    "sold_at": "2026-11-01T10:00:00+08:00",
    "sku": "S-1",
    "quantity": 1,
    "unit_price": "1000",
    "region": "C-1",
}
BODIES: dict[str, Any] = {
    "quarantine/resubmissions": {"lines": [{"id": 999_999}]},
    "sales-reports": {"lines": [SALE]},
    "inventory-reports": {"lines": [{"as_of": "2026-11-01T10:00:00+08:00", "sku": "S-1", "on_hand": 1}]},
    "zero-sales-declarations": {"date": "2026-11-02"},
    "shipments": {"lines": [{"doc_no": "D", "line_no": 1, "dealer": "D-1", "sku": "S-1", "quantity": 1}]},
    "quarantine/{line}/resubmit": {"line": SALE},
}


def refused_delivery(dealer: Any) -> tuple[FeedDelivery, int]:
    delivery = open_delivery(
        dealer=dealer, feed=Feed.SALES, door=Door.API, delivered_by="till", received_at=clock.now()
    )
    refuse_lines(delivery, [Refusal(1, "sku", "S-9", "unknown_sku", content={**SALE, "sku": "S-9"})])
    close_delivery(delivery, DeliveryCounts(1, quarantined=1))
    return delivery, delivery.refused.get().pk


@pytest.fixture
def things() -> dict[str, Any]:
    """Dealer D-1 with one of everything; the places in the paths of the table."""
    city = City(code="C-1")
    Product(sku="S-1")
    dealer = Dealer(code="D-1", home_region=city)
    delivery, line = refused_delivery(dealer)
    issued_statement(dealer)
    return {"dealer": dealer, "city": city, "receipt": delivery.receipt, "line": line, "period": PERIOD}


def caller_named(name: str, things: dict[str, Any]) -> Caller:
    makers: dict[str, Callable[[], Caller]] = {
        "nobody": lambda: Caller(),
        "key": lambda: dealer_caller(things["dealer"]),
        "narrow": lambda: dealer_caller(things["dealer"], "me:read"),
        "erp": lambda: hq_system(),
        "owner": lambda: person(User(role=Role.DEALER_OWNER, dealer=things["dealer"])),
        "manager": lambda: person(User(role=Role.CHANNEL_MANAGER, regions=[things["city"]])),
        "finance": lambda: person(User(role=Role.FINANCE_CLERK)),
        "auditor": lambda: person(User(role=Role.AUDITOR)),
        "admin": lambda: person(User(role=Role.ADMINISTRATOR)),
        "support": lambda: person(User(role=Role.AFTERSALES_SUPERVISOR)),
    }
    return makers[name]()


def ask(caller: Caller, method: str, path: str, things: dict[str, Any]) -> Any:
    full = path.format(**things)
    return caller.get(full) if method == "GET" else caller.post(full, BODIES.get(path, {}))


@pytest.mark.parametrize(("method", "path", "caller", "status"), CASES)
def test_everyone_may_do_what_the_table_says(
    method: str, path: str, caller: str, status: int, things: dict[str, Any]
) -> None:
    answer = ask(caller_named(caller, things), method, path, things)

    assert answer.status_code == status, answer.content
    if status >= 400:
        assert answer["Content-Type"] == "application/problem+json"
    if status == 401:
        assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "receipts/{receipt}"),
        ("POST", "quarantine/{line}/resubmit"),
        ("GET", "statements/{period}"),
        ("GET", "statements/{period}?dealer=D-1"),
        ("POST", "statements/{period}/confirm"),
    ],
)
@pytest.mark.parametrize("by_key", [True, False])
def test_what_belongs_to_another_dealer_does_not_exist(
    method: str, path: str, by_key: bool, things: dict[str, Any]
) -> None:
    stranger = Dealer(code="D-2")
    caller = dealer_caller(stranger) if by_key else person(User(role=Role.DEALER_OWNER, dealer=stranger))

    answer = ask(caller, method, path, things)

    assert answer.status_code == 404
    assert "D-1" not in answer.content.decode()


def test_lists_show_nothing_of_another_dealer(things: dict[str, Any]) -> None:
    caller = dealer_caller(Dealer(code="D-2"))

    for path in ("receipts", "quarantine", "statements"):
        assert caller.get(path).json()["results"] == []


def test_a_channel_manager_sees_the_dealers_of_its_regions_only(things: dict[str, Any]) -> None:
    elsewhere = person(User(role=Role.CHANNEL_MANAGER, regions=[City(code="C-2")]))

    assert elsewhere.get("receipts").json()["results"] == []
    assert elsewhere.get(f"receipts/{things['receipt']}").status_code == 404
    assert elsewhere.get("supply-eligibility", {"dealer": "D-1"}).status_code == 404
    assert elsewhere.get(f"statements/{PERIOD}", {"dealer": "D-1"}).status_code == 404


def test_a_dealer_cannot_correct_lines_of_what_hq_delivers(things: dict[str, Any]) -> None:
    delivery = open_delivery(
        dealer=None, feed=Feed.SHIPMENTS, door=Door.COMMAND, delivered_by="erp", received_at=clock.now()
    )
    refuse_lines(delivery, [Refusal(1, "sku", "S-9", "unknown_sku", content={}, dealer_id=things["dealer"].pk)])
    close_delivery(delivery, DeliveryCounts(1, quarantined=1))

    answer = dealer_caller(things["dealer"]).post(
        f"quarantine/{delivery.refused.get().pk}/resubmit", {"line": {"doc_no": "D-9"}}
    )

    assert answer.status_code == 404


def test_an_hq_system_reads_the_receipts_of_what_it_delivered(things: dict[str, Any]) -> None:
    erp = hq_system()
    line = {"doc_no": "D", "line_no": 1, "dealer": "D-1", "sku": "S-1", "quantity": 1, "unit_price": "1"}
    receipt = erp.post("shipments", {"lines": [{**line, "shipped_at": "2026-11-01T10:00:00+08:00"}]}).json()

    assert receipt["accepted"] == 1
    assert erp.get(f"receipts/{receipt['id']}").json() == receipt
    assert [row["id"] for row in erp.get("receipts").json()["results"]] == [receipt["id"]]
