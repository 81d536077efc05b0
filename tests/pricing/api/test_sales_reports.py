"""Sale lines through the API."""

from __future__ import annotations

import gzip
import json
import urllib.request
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.services.staging import FEW_ROWS
from pricing.choices import Verdict
from pricing.models import SaleLine
from tests.callers import Caller, dealer_caller, hq_system, key_of
from tests.factories import City, Dealer, PriceBand, Product

COLUMNS = ("doc_no", "line_no", "sold_at", "sku", "quantity", "unit_price", "region")


def sale(number: int = 1, **other: Any) -> dict[str, Any]:
    return {
        "doc_no": f"SO-{number}",
        "line_no": 1,
        "sold_at": "2026-11-05T09:12:00+08:00",
        "sku": "S-1",
        "quantity": 2,
        "unit_price": "999.00",
        "region": "C-1",
        **other,
    }


@pytest.fixture
def dealer() -> Any:
    """A dealer who may sell product S-1, banded from 900 to 1,200, in C-1; the clock stands after the sales."""
    dealer = Dealer(home_region=City(code="C-1"))
    PriceBand(product=Product(sku="S-1"))
    with time_machine.travel("2026-11-05T12:00:00+08:00", tick=True):
        yield dealer


@pytest.mark.django_db
class TestOneReport:
    def test_good_lines_are_judged_and_bad_ones_named(self, dealer: Any) -> None:
        answer = dealer_caller(dealer).post(
            "sales-reports", {"lines": [sale(1), sale(2, unit_price="800"), sale(3, sku="S-9")]}
        )

        assert answer.status_code == 201
        receipt = answer.json()
        assert (receipt["lines"], receipt["accepted"], receipt["quarantined"]) == (3, 2, 1)
        assert [(problem["line"], problem["code"]) for problem in receipt["problems"]] == [(3, "unknown_sku")]
        verdicts = SaleLine.objects.order_by("doc_no").values_list("verdict", flat=True)
        assert list(verdicts) == [Verdict.IN_BAND, Verdict.BELOW_FLOOR]

    @pytest.mark.parametrize(
        ("lines", "headers", "most"), [(1, {}, 10), (FEW_ROWS, {}, 10), (1, {"Idempotency_Key": "k"}, 13)]
    )
    def test_a_small_report_takes_few_statements(
        self, dealer: Any, lines: int, headers: dict[str, str], most: int
    ) -> None:
        """Every one costs processor time here and in the database; tills send each sale by itself."""
        caller = dealer_caller(dealer)
        caller.post("sales-reports", {"lines": [sale(0)]})  # the facts are compiled, the key is marked as used

        with CaptureQueriesContext(connection) as asked:
            answer = caller.post(
                "sales-reports", {"lines": [sale(1, line_no=line + 1) for line in range(lines)]}, **headers
            )

        assert answer.json()["accepted"] == lines
        assert len(asked) <= most, "\n".join(query["sql"][:100] for query in asked)

    def test_the_same_again_is_a_duplicate_and_a_higher_revision_replaces(self, dealer: Any) -> None:
        caller = dealer_caller(dealer)
        caller.post("sales-reports", {"lines": [sale()]})

        again = caller.post("sales-reports", {"lines": [sale()]}).json()
        other = caller.post("sales-reports", {"lines": [sale(quantity=3)]}).json()
        revised = caller.post("sales-reports", {"lines": [sale(quantity=3, revision=2)]}).json()

        assert (again["duplicates"], other["quarantined"], revised["revised"]) == (1, 1, 1)
        assert SaleLine.objects.get().quantity == 3

    @pytest.mark.parametrize("content_type", ["application/x-ndjson", "text/csv"])
    def test_other_forms_are_understood(self, dealer: Any, content_type: str) -> None:
        line = sale()
        csv = ",".join(COLUMNS) + "\n" + ",".join(str(line[name]) for name in COLUMNS) + "\n"
        body = csv if content_type == "text/csv" else json.dumps(line)

        receipt = dealer_caller(dealer).post("sales-reports", body, content_type=content_type).json()

        assert receipt["accepted"] == 1

    def test_an_hq_system_names_the_dealer(self, dealer: Any) -> None:
        erp = hq_system()

        receipt = erp.post("sales-reports", {"lines": [sale(1, dealer=dealer.code), sale(2)]}).json()

        assert (receipt["accepted"], receipt["quarantined"]) == (1, 1)

    def test_a_dealer_cannot_report_for_another(self, dealer: Any) -> None:
        other = Dealer()

        receipt = dealer_caller(dealer).post("sales-reports", {"lines": [sale(dealer=other.code)]}).json()

        assert (receipt["accepted"], receipt["problems"][0]["code"]) == (0, "not_your_dealer")

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"{", "bad_json"),
            (b'{"lines": 1}', "bad_json"),
            (b'{"lines": [], "x": 1}', "bad_json"),
            (b'{"lines": [], "lines": []}', "repeated_key"),
            (b'{"lines": ["\xff"]}', "not_utf8"),
            (b'{"lines": ' + b"[" * 50_000, "bad_json"),
        ],
    )
    def test_a_malformed_report_is_refused_whole(self, dealer: Any, body: bytes, code: str) -> None:
        answer = dealer_caller(dealer).post("sales-reports", body)

        assert (answer.status_code, answer.json()["code"]) == (400, code)
        assert answer["Content-Type"] == "application/problem+json"
        assert not SaleLine.objects.exists()


@pytest.mark.django_db
class TestQuarantine:
    def test_a_corrected_line_is_taken_and_the_refused_one_names_its_receipt(self, dealer: Any) -> None:
        caller = dealer_caller(dealer)
        caller.post("sales-reports", {"lines": [sale(sku="S-9")]})
        (refused,) = caller.get("quarantine").json()["results"]

        answer = caller.post(f"quarantine/{refused['id']}/resubmit", {"line": {**refused["content"], "sku": "S-1"}})

        assert (answer.status_code, answer.json()["accepted"]) == (201, 1), answer.content
        (corrected,) = caller.get("quarantine").json()["results"]
        assert (corrected["state"], corrected["corrected_by"]) == ("resubmitted", answer.json()["id"])

    def test_a_line_is_corrected_once(self, dealer: Any) -> None:
        caller = dealer_caller(dealer)
        caller.post("sales-reports", {"lines": [sale(sku="S-9")]})
        line = caller.get("quarantine").json()["results"][0]["id"]
        caller.post(f"quarantine/{line}/resubmit", {"line": sale()})

        again = caller.post(f"quarantine/{line}/resubmit", {"line": sale(2)})

        assert (again.status_code, again.json()["code"]) == (409, "line_not_open")

    @pytest.mark.parametrize(
        "content", [{}, {"sku": "\x00"}, {"sku": "\ud800"}, {"sku": {}}, {"sku": []}, {"\x00": "1"}, {"A": "1"}, []]
    )
    def test_a_hostile_correction_is_refused(self, dealer: Any, content: Any) -> None:
        caller = dealer_caller(dealer)
        caller.post("sales-reports", {"lines": [sale(sku="S-9")]})
        line = caller.get("quarantine").json()["results"][0]["id"]

        answer = caller.post(f"quarantine/{line}/resubmit", {"line": content})

        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.django_db
def test_lists_cost_the_same_number_of_queries_however_long(dealer: Any) -> None:
    caller = dealer_caller(dealer)
    counts: dict[str, list[int]] = {}
    for rows in (2, 20):
        caller.post("sales-reports", {"lines": [sale(number, sku="S-9") for number in range(rows)]})
        for number in range(rows):
            caller.post("sales-reports", {"lines": [sale(100 * rows + number)]})
        for path in ("receipts", "quarantine", "products", "regions"):
            with connection.execute_wrapper(_Counting(counts.setdefault(path, []))):
                counts[path].append(0)
                assert caller.get(path, {"page_size": 500}).json()["results"]

    assert all(few == many for few, many in counts.values()), counts


class _Counting:
    def __init__(self, counts: list[int]) -> None:
        self.counts = counts

    def __call__(self, execute: Any, *args: Any) -> Any:
        self.counts[-1] += 1
        return execute(*args)


@pytest.mark.django_db
def test_pages_follow_one_another_by_cursor_without_gap_or_repeat(dealer: Any) -> None:
    caller = dealer_caller(dealer)
    for number in range(5):
        caller.post("sales-reports", {"lines": [sale(number)]})

    seen: list[str] = []
    page = caller.get("receipts", {"page_size": 2}).json()
    while True:
        seen += [receipt["id"] for receipt in page["results"]]
        if page["next"] is None:
            break
        page = caller.client.get(page["next"], headers=caller.headers).json()

    assert len(seen) == len(set(seen)) == 5


@pytest.mark.django_db(transaction=True)
def test_a_thousand_gzipped_lines_come_in_over_a_real_connection(live_server: Any) -> None:
    dealer = Dealer(home_region=City(code="C-1"))
    PriceBand(product=Product(sku="S-1"))
    _key, secret = key_of(dealer)
    lines = (sale(number, sold_at="2026-11-05T09:12:00+08:00") for number in range(1_000))
    request = urllib.request.Request(
        f"{live_server.url}/api/v1/sales-reports",
        data=gzip.compress("\n".join(json.dumps(line) for line in lines).encode()),
        headers={
            "Authorization": f"Bearer {secret}",
            "Content-Type": "application/x-ndjson",
            "Content-Encoding": "gzip",
            "Idempotency-Key": "november-5",
            "Accept-Language": "en",
        },
    )
    # An hour that is after the sales, whenever the tests run.
    with time_machine.travel("2026-11-05T12:00:00+08:00", tick=True):
        answers = []
        for _attempt in range(2):
            with urllib.request.urlopen(request, timeout=60) as response:
                answers.append((response.status, json.load(response), response.headers.get("Idempotency-Replayed")))

    (status, receipt, fresh), (again, repeated, replayed) = answers
    assert (status, receipt["accepted"], receipt["quarantined"], fresh) == (201, 1_000, 0, None)
    assert (again, repeated, replayed) == (201, receipt, "true")
    assert SaleLine.objects.filter(dealer_id=dealer.pk).count() == 1_000
    assert Caller(secret=secret).get(f"receipts/{receipt['id']}").json()["accepted"] == 1_000
