"""What every call shares: who is asked in, how errors look, and that retries do nothing twice."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from redis.exceptions import ConnectionError as BrokerGone
from rest_framework.response import Response

from dealers.api import inventory_reports
from dealers.api.idempotency import remember
from dealers.api.throttling import PrincipalThrottle
from dealers.choices import Role
from dealers.foundation import clock
from dealers.models import ApiKey, FeedDelivery, IdempotencyRecord
from dealers.scope import current_row_scope
from dealers.services.answers import forget_old_answers
from dealers.services.keys import revoke_api_key, rotate_api_key
from tests.callers import Caller, dealer_caller, hq_system, key_of, person
from tests.factories import Dealer, Product, User


def report(sku: str = "S-1", on_hand: int = 1) -> dict[str, Any]:
    return {"lines": [{"as_of": "2026-11-01T10:00:00+08:00", "sku": sku, "on_hand": on_hand}]}


@pytest.mark.django_db
class TestKeys:
    @pytest.mark.parametrize(
        "header", ["Bearer", "Bearer ", "Bearer x", "Bearer x.y", "Bearer \x00.\x00", "Bearer é.é", "Basic eDp5", "x"]
    )
    def test_anything_but_a_key_is_turned_away(self, header: str) -> None:
        answer = Caller().get("products", Authorization=header)

        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == 'Bearer realm="Halfmoon"'
        assert answer.json()["code"] in {"not_authenticated", "unknown_key"}

    def test_a_revoked_key_and_an_expired_one_are_turned_away(self) -> None:
        dealer = Dealer()
        revoked, revoked_secret = key_of(dealer)
        expired, expired_secret = key_of(dealer)
        revoke_api_key(key=revoked, actor=None, at=clock.now())
        ApiKey.objects.filter(pk=expired.pk).update(expiry_date=clock.now())

        for secret in (revoked_secret, expired_secret):
            answer = Caller(secret=secret).get("products")
            assert (answer.status_code, answer.json()["code"]) == (401, "key_ended")

    def test_after_a_rotation_both_keys_work_until_the_overlap_ends(self) -> None:
        key, old = key_of(Dealer())
        _successor, new = rotate_api_key(
            key=key, actor=None, at=clock.now(), overlap_until=clock.now() + timedelta(days=1)
        )

        assert [Caller(secret=secret).get("products").status_code for secret in (old, new)] == [200, 200]
        with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
            assert [Caller(secret=secret).get("products").status_code for secret in (old, new)] == [401, 200]

    def test_a_session_needs_its_csrf_token_to_write_but_not_to_read(self) -> None:
        owner = person(User(role=Role.DEALER_OWNER), csrf=True)

        assert owner.get("products").status_code == 200
        answer = owner.post("inventory-reports", report())
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")

    def test_a_key_opens_the_rows_of_its_dealer_alone_and_they_are_closed_after(self) -> None:
        own, other = Dealer(), Dealer()
        for dealer in (own, other):
            FeedDelivery.objects.create(dealer=dealer, feed="sales", door="api", received_at=clock.now())
        seen: list[Any] = []

        def look(*_args: Any, **_kwargs: Any) -> Any:
            with connection.cursor() as cursor:
                cursor.execute("SELECT dealer_id FROM dealers_feeddelivery")
                seen.extend(row[0] for row in cursor.fetchall())
            raise RuntimeError("enough")

        caller = dealer_caller(own)
        caller.client.raise_request_exception = False
        with patch.object(inventory_reports, "import_rows", look):
            caller.post("inventory-reports", report())

        assert seen == [own.pk]
        assert current_row_scope() == "*"


@pytest.mark.django_db
class TestErrors:
    @pytest.mark.parametrize(
        ("method", "path", "status", "code"),
        [
            ("GET", "nowhere", 404, "not_found"),
            ("POST", "receipts/", 404, "not_found"),
            ("DELETE", "receipts", 405, "method_not_allowed"),
            ("PATCH", "me", 405, "method_not_allowed"),
            ("GET", "sales-reports", 405, "method_not_allowed"),
            ("GET", "receipts/not-a-uuid", 404, "not_found"),
            ("GET", "statements/2026-13-H1", 404, "run_not_found"),
            ("GET", "receipts?cursor=x", 400, "bad_cursor"),
            ("GET", "receipts?cursor=cD1hYmM%3D", 400, "bad_cursor"),
            ("GET", "receipts?feed=x", 400, "invalid"),
            ("GET", "products?sku=%00", 400, "invalid"),
            ("GET", "price-bands", 400, "invalid"),
            ("GET", "price-bands?sku=%00&region=x", 400, "invalid"),
            ("GET", "price-bands?sku=x&region=x", 404, "not_found"),
            ("GET", "price-bands?sku=S-1&region=x&on=2026-02-30", 400, "invalid"),
            ("POST", "zero-sales-declarations", 400, "invalid"),
        ],
    )
    def test_every_error_is_a_problem_with_a_stable_code(self, method: str, path: str, status: int, code: str) -> None:
        answer = dealer_caller(Dealer()).call(method, path, {} if method == "POST" else None)

        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["status"]) == (status, code, status)
        assert answer["Content-Type"] == "application/problem+json"
        assert set(problem) == {"type", "title", "status", "detail", "code", "errors"}

    def test_a_field_error_names_the_field(self) -> None:
        answer = dealer_caller(Dealer()).post("zero-sales-declarations", {"date": "yesterday", "day": 1})

        assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("day", "unknown_field")]
        answer = dealer_caller(Dealer()).post("zero-sales-declarations", {"date": "yesterday"})
        assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("date", "invalid")]

    def test_an_answer_in_a_form_nobody_has_is_refused_as_a_problem(self) -> None:
        answer = dealer_caller(Dealer()).get("products", Accept="text/html")

        assert (answer.status_code, answer["Content-Type"]) == (406, "application/problem+json")

    def test_a_fault_of_ours_tells_nothing_of_itself(self) -> None:
        caller = dealer_caller(Dealer())
        caller.client.raise_request_exception = False

        with patch.object(inventory_reports, "import_rows", side_effect=RuntimeError("secret of the house")):
            answer = caller.post("inventory-reports", report())

        assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
        assert "secret" not in answer.content.decode()

    @pytest.mark.parametrize(("language", "detail"), [("en", "There is no dealer X."), ("zh-hans", "没有经销商 X。")])
    def test_sentences_come_in_the_language_asked_for(self, language: str, detail: str) -> None:
        answer = hq_system(language=language).get("supply-eligibility", {"dealer": "X"})

        assert answer.json()["detail"] == detail

    def test_head_and_options_are_answered(self) -> None:
        caller = dealer_caller(Dealer())

        head = caller.call("HEAD", "products")
        assert (head.status_code, head.content) == (200, b"")
        assert caller.call("OPTIONS", "sales-reports")["Allow"] == "POST, OPTIONS"
        assert Caller().call("OPTIONS", "sales-reports").status_code == 401


@pytest.mark.django_db
class TestRateLimits:
    def test_too_many_calls_are_told_when_to_come_back(self) -> None:
        cache.clear()
        caller = dealer_caller(Dealer())

        with patch.object(PrincipalThrottle, "THROTTLE_RATES", {"principal": "2/min"}):
            statuses = [caller.get("products").status_code for _turn in range(2)]
            refused = caller.get("products")

        assert statuses == [200, 200]
        assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
        assert 1 <= int(refused["Retry-After"]) <= 120

    @pytest.mark.parametrize(
        ("calls_before", "seconds_passed", "allowed"), [(10, 0, 0), (10, 30, 5), (4, 30, 8), (0, 5, 10)]
    )
    def test_calls_of_the_minute_before_fade_away(self, calls_before: int, seconds_passed: int, allowed: int) -> None:
        throttle, request = PrincipalThrottle(), SimpleNamespace(user=SimpleNamespace(pk=f"one-{uuid4()}"))
        throttle.num_requests, throttle.duration = 10, 60
        start = 28_000_000 * 60.0
        throttle.timer = lambda: start
        assert all(throttle.allow_request(request, None) for _call in range(calls_before))

        throttle.timer = lambda: start + 60 + seconds_passed
        found = [throttle.allow_request(request, None) for _call in range(11)]

        assert found == [True] * allowed + [False] * (11 - allowed)
        throttle.timer = lambda: start + 60 + seconds_passed + throttle.wait() + 0.001
        assert throttle.allow_request(request, None)

    def test_without_a_broker_nobody_is_refused(self) -> None:
        with patch("dealers.api.throttling.broker", side_effect=BrokerGone):
            assert dealer_caller(Dealer()).get("products").status_code == 200


@pytest.mark.django_db
class TestRetries:
    def test_a_retry_gets_the_first_answer_and_does_nothing(self) -> None:
        Product(sku="S-1")
        caller = dealer_caller(Dealer())

        first = caller.post("inventory-reports", report(), Idempotency_Key="k")
        again = caller.post("inventory-reports", report(), Idempotency_Key="k")

        assert (again.status_code, again.json()) == (201, first.json())
        assert again["Idempotency-Replayed"] == "true"
        assert FeedDelivery.objects.count() == 1

    def test_a_refusal_is_repeated_as_a_problem(self) -> None:
        caller = dealer_caller(Dealer())

        first = caller.post("inventory-reports", b"{", Idempotency_Key="k")
        again = caller.post("inventory-reports", b"{", Idempotency_Key="k")

        assert (again.status_code, again.json()) == (400, first.json())
        assert again["Content-Type"] == "application/problem+json"

    def test_the_same_key_with_another_body_or_call_is_an_error(self) -> None:
        caller = dealer_caller(Dealer())
        caller.post("inventory-reports", report(), Idempotency_Key="k")

        other_body = caller.post("inventory-reports", report(on_hand=2), Idempotency_Key="k")
        other_call = caller.post("zero-sales-declarations", report(), Idempotency_Key="k")

        for answer in (other_body, other_call):
            assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")

    def test_two_callers_may_choose_the_same_key(self) -> None:
        answers = [dealer_caller(Dealer()).post("inventory-reports", report(), Idempotency_Key="k") for _ in range(2)]

        assert answers[0].json()["id"] != answers[1].json()["id"]

    @pytest.mark.parametrize("key", ["x" * 201, "é", "\x01"])
    def test_a_key_that_is_none_is_refused(self, key: str) -> None:
        answer = dealer_caller(Dealer()).post("inventory-reports", report(), Idempotency_Key=key)

        assert (answer.status_code, answer.json()["code"]) == (400, "bad_idempotency_key")

    def test_a_fault_of_ours_leaves_the_key_free_for_the_retry(self) -> None:
        caller = dealer_caller(Dealer())
        caller.client.raise_request_exception = False
        with patch.object(inventory_reports, "import_rows", side_effect=RuntimeError):
            assert caller.post("inventory-reports", report(), Idempotency_Key="k").status_code == 500

        assert caller.post("inventory-reports", report(), Idempotency_Key="k").status_code == 201

    def test_a_request_that_died_is_taken_over_at_once(self) -> None:
        caller = dealer_caller(Dealer())
        caller.post("inventory-reports", report(), Idempotency_Key="k")
        IdempotencyRecord.objects.update(status=None, answer=None)

        taken_over = caller.post("inventory-reports", report(), Idempotency_Key="k")

        assert taken_over.status_code == 201
        assert "Idempotency-Replayed" not in taken_over

    def test_no_lock_of_a_key_outlives_its_request(self) -> None:
        caller = dealer_caller(Dealer())
        answers = [caller.post("inventory-reports", body, Idempotency_Key="k") for body in (b"{", b"{", b"[")]
        assert [answer.status_code for answer in answers] == [400, 400, 422]
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            assert cursor.fetchone() == (0,)

    @pytest.mark.parametrize("text", ["A\0B", "A\\u0000B", "\\\0"])
    def test_an_answer_that_repeats_a_hostile_value_is_kept_too(self, text: str) -> None:
        record = IdempotencyRecord.objects.create(
            principal="p", key="k", method="POST", path="/", body_digest="d", started_at=clock.now()
        )
        remember(record, Response({"detail": text}))

        assert IdempotencyRecord.objects.get().answer == {"detail": text.replace("\0", "\N{SYMBOL FOR NULL}")}

    def test_answers_are_forgotten_after_a_month(self) -> None:
        dealer_caller(Dealer()).post("inventory-reports", report(), Idempotency_Key="k")

        assert forget_old_answers(at=clock.now()) == 0
        assert forget_old_answers(at=clock.now() + timedelta(days=31)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_first_requests_at_once_one_works_and_the_other_waits() -> None:
    Product(sku="S-1")
    _key, secret = key_of(Dealer())
    inside, may_go_on = threading.Event(), threading.Event()
    take_in = inventory_reports.import_rows

    def slowly(*args: Any, **kwargs: Any) -> Any:
        inside.set()
        assert may_go_on.wait(10)
        return take_in(*args, **kwargs)

    answers: list[Any] = []

    def first() -> None:
        try:
            answers.append(Caller(secret=secret).post("inventory-reports", report(), Idempotency_Key="k"))
        finally:
            connection.close()

    with patch.object(inventory_reports, "import_rows", slowly):
        thread = threading.Thread(target=first)
        thread.start()
        assert inside.wait(10)
        second = Caller(secret=secret).post("inventory-reports", report(), Idempotency_Key="k")
        may_go_on.set()
        thread.join(10)
    third = Caller(secret=secret).post("inventory-reports", report(), Idempotency_Key="k")

    assert (second.status_code, second.json()["code"]) == (409, "still_running")
    assert answers[0].status_code == 201
    assert third.json() == answers[0].json()
    assert FeedDelivery.objects.count() == 1
