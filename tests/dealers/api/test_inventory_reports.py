"""Stock counts through the API."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest

from dealers.foundation import clock
from dealers.models import InventoryLine, QuarantinedLine, SyncClock
from tests.callers import dealer_caller, hq_system
from tests.factories import Dealer, Product

pytestmark = pytest.mark.django_db


def counted(minutes_ago: int = 5) -> str:
    return (clock.now() - timedelta(minutes=minutes_ago)).isoformat()


def test_a_report_is_answered_by_a_receipt_and_kept() -> None:
    dealer, product = Dealer(), Product()

    answer = dealer_caller(dealer).post(
        "inventory-reports", {"as_of": counted(), "lines": [{"sku": product.sku, "on_hand": 12}]}
    )

    assert answer.status_code == 201
    receipt = answer.json()
    assert (receipt["feed"], receipt["lines"], receipt["accepted"], receipt["problems"]) == ("inventory", 1, 1, [])
    assert receipt["received_at"].endswith("+08:00")
    assert InventoryLine.objects.get().on_hand == 12
    assert SyncClock.objects.get(dealer=dealer).inventory_at is not None


def test_a_bad_line_is_refused_by_name_and_the_good_one_is_kept() -> None:
    dealer, product = Dealer(), Product()
    lines = [{"sku": "NOPE", "on_hand": 1}, {"sku": product.sku, "on_hand": 2}]

    receipt = dealer_caller(dealer).post("inventory-reports", {"as_of": counted(), "lines": lines}).json()

    assert (receipt["accepted"], receipt["quarantined"]) == (1, 1)
    assert receipt["problems"] == [
        {
            "line": 1,
            "field": "sku",
            "code": "unknown_sku",
            "detail": "“NOPE” is not a product of the catalogue; check the SKU or ask HQ to add it.",
        }
    ]
    assert QuarantinedLine.objects.get().dealer == dealer


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", '{"as_of": "%(at)s", "lines": [{"sku": "S-1", "on_hand": 3}]}'),
        ("application/x-ndjson", '{"as_of": "%(at)s", "sku": "S-1", "on_hand": 3}\n'),
        ("text/csv", "as_of,sku,on_hand\r\n%(at)s,S-1,3\r\n"),
        ("text/csv; charset=utf-8", "\ufeffsku,on_hand,as_of\nS-1,3,%(at)s\n"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_the_same_count_is_understood_in_every_form(content_type: str, body: str, packed: bool) -> None:
    Product(sku="S-1")
    raw = (body % {"at": counted()}).encode()
    headers = {"Content_Encoding": "gzip"} if packed else {}

    answer = dealer_caller(Dealer()).post(
        "inventory-reports", gzip.compress(raw) if packed else raw, content_type=content_type, **headers
    )

    assert (answer.status_code, answer.json()["accepted"]) == (201, 1), answer.content


def test_an_hq_system_names_the_dealer_in_each_line() -> None:
    dealer, product = Dealer(), Product()
    line = {"dealer": dealer.code, "sku": product.sku, "on_hand": 4, "as_of": counted()}

    receipt = hq_system("inventory:write").post("inventory-reports", {"lines": [line]}).json()

    assert receipt["accepted"] == 1
    assert InventoryLine.objects.get().dealer_id == dealer.pk


def test_ndjson_numbers_lines_as_the_sender_counts_and_refuses_broken_ones_alone() -> None:
    Product(sku="S-1")
    good = json.dumps({"as_of": counted(), "sku": "S-1", "on_hand": 3})
    body = f"{good}\n\n{{broken\n[1]\n"

    receipt = dealer_caller(Dealer()).post("inventory-reports", body, content_type="application/x-ndjson").json()

    assert receipt["accepted"] == 1
    assert [(problem["line"], problem["code"]) for problem in receipt["problems"]] == [
        (3, "bad_json"),
        (4, "not_an_object"),
    ]


HOSTILE: list[tuple[str, bytes, str, int, str]] = [
    ("not JSON", b"{", "application/json", 400, "bad_json"),
    ("a list", b"[]", "application/json", 400, "no_lines"),
    ("no lines", b'{"lines": []}', "application/json", 400, "no_lines"),
    ("lines that are none", b'{"lines": [1]}', "application/json", 400, "not_an_object"),
    ("a key given twice", b'{"lines": [], "lines": []}', "application/json", 400, "bad_json"),
    ("not a number", b'{"lines": [{"on_hand": NaN}]}', "application/json", 400, "bad_json"),
    ("not UTF-8", b'{"lines": ["\xff"]}', "application/json", 400, "not_utf8"),
    ("nested without end", b"[" * 100_000, "application/json", 400, "bad_json"),
    ("a stranger beside the lines", b'{"lines": [{}], "x": 1}', "application/json", 400, "unknown_field"),
    ("nothing", b" ", "application/json", 400, "empty_body"),
    ("blanks", b"  \n", "text/csv", 400, "empty_body"),
    ("a table without its columns", b"a,b\n1,2\n", "text/csv", 400, "columns_missing"),
    ("a form", b"a=1", "application/x-www-form-urlencoded", 415, "unknown_content_type"),
    ("a torn message", b"ISA*00*", "application/edi-x12", 400, "isa_length"),
    ("a multipart form", b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415, "unknown_content_type"),
]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"), [row[1:] for row in HOSTILE], ids=[r[0] for r in HOSTILE]
)
def test_a_hostile_body_is_refused_with_its_reason(body: bytes, content_type: str, status: int, code: str) -> None:
    answer = dealer_caller(Dealer()).post("inventory-reports", body, content_type=content_type)

    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "encoding", "status", "code"),
    [
        (b"plain", "gzip", 400, "broken_gzip"),
        (gzip.compress(b'{"lines": [{}]}', mtime=0)[:-4], "gzip", 400, "broken_gzip"),
        (gzip.compress(b" " * (33 * 1024 * 1024)), "gzip", 413, "body_too_large"),
        (b"{}", "br", 415, "unknown_encoding"),
    ],
    ids=["not packed", "cut short", "too large", "another packing"],
)
def test_a_packed_body_is_unpacked_within_bounds(body: bytes, encoding: str, status: int, code: str) -> None:
    answer = dealer_caller(Dealer()).post("inventory-reports", body, Content_Encoding=encoding)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("value", [True, None, [], {}, 1.5, "1e3", "１２", 10**400, -1, "\x00", "\ud800"])
def test_a_hostile_value_puts_the_line_into_the_quarantine(value: object) -> None:
    product = Product()

    answer = dealer_caller(Dealer()).post(
        "inventory-reports", {"as_of": counted(), "lines": [{"sku": product.sku, "on_hand": value}]}
    )

    assert (answer.status_code, answer.json()["quarantined"]) == (201, 1)
    assert not InventoryLine.objects.exists()


def test_a_clock_that_runs_ahead_is_told_by_how_much() -> None:
    dealer, product = Dealer(), Product()
    for minutes, said in ((42, True), (60 * 24 * 40, False)):
        ahead = (clock.now() + timedelta(minutes=minutes)).isoformat(timespec="seconds")
        body = {"as_of": ahead, "lines": [{"sku": product.sku, "on_hand": 1}]}
        problem = dealer_caller(dealer).post("inventory-reports", body).json()["problems"][0]
        assert problem["code"] == "in_the_future"
        assert ("clock seems to run 42 minutes ahead" in problem["detail"]) is said
