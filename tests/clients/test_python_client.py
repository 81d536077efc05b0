"""The client package for dealers' systems: against the real server, and against servers that misbehave."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import time_machine

from dealers.services.keys import create_api_key
from pricing.models import SaleLine as StoredLine
from tests import factories

CLIENT = Path(__file__).resolve().parents[2] / "docs" / "clients" / "python"
sys.path.insert(0, str(CLIENT))

from halfmoon_client import Halfmoon, Patience, Refused, SaleLine, StockLine, Unreachable  # noqa: E402

NOON = datetime(2026, 11, 5, 4, tzinfo=UTC)


def line(number: int = 1, **changed: Any) -> SaleLine:
    given: dict[str, Any] = {
        "doc_no": f"SO-{number}",
        "line_no": 1,
        "sold_at": NOON - timedelta(hours=3),
        "sku": "S-1",
        "quantity": 2,
        "unit_price": Decimal("999.00"),
        "region": "C-1",
    }
    return SaleLine(**{**given, **changed})


RECEIPT = {
    "id": "0199f2c4-7a4e-7c30-8d52-3f1f6a0f9a11",
    "feed": "sales",
    "received_at": "2026-11-05T12:00:00+08:00",
    "lines": 1,
    "accepted": 1,
    "duplicates": 0,
    "revised": 0,
    "quarantined": 0,
    "problems": [],
}


class Server:
    """Answers with one thing after the other and remembers what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.pauses: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, **options: Any) -> Halfmoon:
        return Halfmoon(
            "http://dealer.test", "key", transport=httpx.MockTransport(self), sleep=self.pauses.append, **options
        )


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "detail": "…", "errors": []}, headers=headers)


taken: Callable[[], httpx.Response] = lambda: httpx.Response(201, json=RECEIPT)  # noqa: E731


class TestRetries:
    @pytest.mark.parametrize(
        "failure",
        [
            httpx.ConnectError("refused"),
            httpx.ReadTimeout("slow"),
            problem(429, "throttled"),
            problem(500, "internal_error"),
            problem(503, "unavailable"),
            problem(409, "still_running"),
            httpx.Response(502, text="<html>"),
        ],
        ids=lambda failure: getattr(failure, "status_code", type(failure).__name__),
    )
    def test_what_may_pass_is_tried_again_with_the_same_key_and_the_same_bytes(self, failure: Any) -> None:
        server = Server(failure, failure, taken())
        assert server.client().report_sales([line()]).accepted == 1
        assert len({request.headers["Idempotency-Key"] for request in server.asked}) == 1
        assert len({request.content for request in server.asked}) == 1
        assert len(server.asked) == 3

    @pytest.mark.parametrize(
        ("status", "code"),
        [(400, "invalid"), (401, "unknown_key"), (409, "key_ended"), (422, "idempotency_key_reused")],
    )
    def test_what_has_to_change_is_refused_at_once(self, status: int, code: str) -> None:
        server = Server(problem(status, code))
        with pytest.raises(Refused) as refusal:
            server.client().report_sales([line()])
        assert (refusal.value.status, refusal.value.code) == (status, code)
        assert server.pauses == []

    def test_pauses_grow_and_the_servers_wish_is_obeyed(self) -> None:
        server = Server(*[problem(503, "unavailable")] * 3, problem(429, "throttled", **{"Retry-After": "90"}), taken())
        server.client(patience=Patience(first_pause=1, longest_pause=60)).report_sales([line()])
        first, second, third, asked = server.pauses
        assert 0.5 <= first <= 1 <= second <= 2 <= third <= 4
        assert asked == 90

    def test_after_the_last_try_the_caller_learns_what_happened_last(self) -> None:
        server = Server(*[httpx.ConnectError("refused")] * 3)
        with pytest.raises(Unreachable, match=r"3 tries.*refused"):
            server.client(patience=Patience(attempts=3)).report_sales([line()])
        assert len(server.pauses) == 2

    def test_two_reports_of_the_same_lines_are_two_requests(self) -> None:
        server = Server(taken(), taken())
        client = server.client()
        client.report_sales([line()])
        client.report_sales([line()])
        assert len({request.headers["Idempotency-Key"] for request in server.asked}) == 2


class TestLines:
    def test_a_float_is_no_price(self) -> None:
        with pytest.raises(TypeError, match="Decimal"):
            line(unit_price=999.0)

    def test_an_instant_says_its_offset(self) -> None:
        with pytest.raises(ValueError, match="offset"):
            line(sold_at=datetime(2026, 11, 5, 9, 12))
        with pytest.raises(ValueError, match="offset"):
            Server().client().report_stock(datetime(2026, 11, 5, 9, 12), [StockLine("S-1", 4)])

    def test_prices_are_sent_in_full_and_never_with_an_exponent(self) -> None:
        server = Server(taken())
        server.client().report_sales([line(unit_price=Decimal("1E+3"))])
        assert json.loads(server.asked[0].content)["lines"][0]["unit_price"] == "1000"

    def test_a_long_report_is_sent_in_parts_and_compressed(self) -> None:
        server = Server(*[taken() for _ in range(3)])
        receipts = list(server.client().report_sales_in_parts((line(number) for number in range(250)), size=100))
        assert len(receipts) == 3
        sizes = [len(json.loads(gzip.decompress(request.content))["lines"]) for request in server.asked]
        assert sizes == [100, 100, 50]


@pytest.mark.django_db(transaction=True)
class TestAgainstTheServer:
    @pytest.fixture
    def halfmoon(self, live_server: Any) -> Any:
        factories.PolicyVersion()
        dealer = factories.Dealer(home_region=factories.City(code="C-1"))
        factories.PriceBand(product=factories.Product(sku="S-1"))
        with time_machine.travel(NOON, tick=True):
            _key, secret = create_api_key(name="erp", actor=None, at=NOON, dealer=dealer)
            with Halfmoon(live_server.url, secret, language="en") as client:
                yield client

    def test_a_day_of_a_dealers_system(self, halfmoon: Halfmoon) -> None:
        receipt = halfmoon.report_sales([line(1), line(2, sku="S-9")])
        assert (receipt.accepted, receipt.quarantined) == (1, 1)
        assert (receipt.problems[0].line, receipt.problems[0].code) == (2, "unknown_sku")
        assert not receipt.everything_taken
        assert halfmoon.receipt(receipt.id) == receipt

        (refused,) = halfmoon.quarantine()
        assert halfmoon.resubmit(refused["id"], line(2).as_json()).everything_taken
        assert list(halfmoon.quarantine()) == []
        assert StoredLine.objects.count() == 2

        assert halfmoon.report_stock(NOON - timedelta(hours=1), [StockLine("S-1", on_hand=4)]).accepted == 1
        assert halfmoon.declare_no_sales(date(2026, 11, 4)).feed == "sales"
        assert halfmoon.me()["dealer"]["sandbox"] is False
        assert halfmoon.price_band("S-1", "C-1")["band"]["floor"] == "900.000000"
        assert [product["sku"] for product in halfmoon.products()] == ["S-1"]

    def test_a_refusal_carries_code_sentence_and_fields(self, halfmoon: Halfmoon) -> None:
        with pytest.raises(Refused) as refusal:
            halfmoon.page("receipts/not-a-receipt")
        assert refusal.value.status == 404
        with pytest.raises(Refused) as refusal:
            halfmoon._post("zero-sales-declarations", {"date": "yesterday"}, None)
        assert refusal.value.code == "invalid"
        assert refusal.value.about("date")

    def test_lists_are_followed_page_by_page(self, halfmoon: Halfmoon) -> None:
        for number in range(450):
            factories.Product(sku=f"P-{number:03d}")
        assert len({product["sku"] for product in halfmoon.products()}) == 451


def test_the_package_is_typed_through_and_through() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--python-version=3.11", "halfmoon_client"],
        cwd=CLIENT,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
