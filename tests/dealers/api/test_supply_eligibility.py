"""HQ's order system asks before each shipment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import DealerState, HoldKind, Role
from dealers.foundation import clock
from dealers.models import SupplyHold
from tests.callers import hq_system, person
from tests.factories import Dealer, User

pytestmark = pytest.mark.django_db


def test_an_active_dealer_with_a_contract_may_be_supplied() -> None:
    dealer = Dealer()

    body = hq_system("supply:read").get("supply-eligibility", {"dealer": dealer.code}).json()

    assert (body["dealer"], body["eligible"], body["reasons"]) == (dealer.code, True, [])
    assert body["as_of"].endswith("+08:00")


def test_every_obstacle_is_named() -> None:
    dealer = Dealer(state=DealerState.SUSPENDED, dealings=False)
    since = clock.now() - timedelta(days=1)
    SupplyHold.objects.create(dealer=dealer, kind=HoldKind.MANUAL, reason="manual", note="talk first", opened_at=since)

    body = hq_system().get("supply-eligibility", {"dealer": dealer.code}).json()

    assert body["eligible"] is False
    assert [(reason["kind"], reason["detail"]) for reason in body["reasons"]] == [
        ("state", "Suspended"),
        ("contract", "No contract is in force."),
        ("manual", "Held by hand: talk first"),
    ]


def test_the_answer_is_one_query_beside_those_that_check_the_key() -> None:
    dealer, erp = Dealer(), hq_system()
    erp.get("supply-eligibility", {"dealer": dealer.code})

    with CaptureQueriesContext(connection) as queries:
        erp.get("supply-eligibility", {"dealer": dealer.code})

    asked = [query["sql"] for query in queries if "dealers_dealer" in query["sql"] and "apikey" not in query["sql"]]
    assert len(asked) == 1
    assert len(queries) <= 4  # the key, the row scope set and reset, the answer


def test_a_dealer_nobody_knows_is_not_found() -> None:
    answer = hq_system().get("supply-eligibility", {"dealer": "X"})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_many_dealers_are_asked_about_at_once() -> None:
    good, held = Dealer(), Dealer()
    SupplyHold.objects.create(dealer=held, kind=HoldKind.MANUAL, reason="manual", note="x", opened_at=clock.now())
    codes = [held.code, "NOBODY", good.code, held.code]

    by_body = hq_system().post("supply-eligibility", {"dealers": codes}).json()
    by_query = hq_system().get("supply-eligibility", {"dealer": codes}).json()

    for body in (by_body, by_query):
        assert {answer["dealer"]: answer["eligible"] for answer in body["answers"]} == {
            good.code: True,
            held.code: False,
        }
        assert body["unknown"] == ["NOBODY"]


def test_many_cost_one_query_like_one() -> None:
    codes, erp = [Dealer().code for _number in range(30)], hq_system()
    erp.post("supply-eligibility", {"dealers": codes[:1]})
    counts = []
    for asked in (codes[:2], codes):
        with CaptureQueriesContext(connection) as queries:
            assert len(erp.post("supply-eligibility", {"dealers": asked}).json()["answers"]) == len(asked)
        counts.append(len([query for query in queries if "dealers_supplyhold" in query["sql"]]))
    assert counts == [1, 1]


def test_a_thousand_is_the_most_and_none_too_few() -> None:
    erp = hq_system()
    for codes in ([], ["X"] * 1001, "D1", [{}]):
        assert erp.post("supply-eligibility", {"dealers": codes}).status_code == 400
    assert erp.post("supply-eligibility", {"dealers": ["X"], "other": 1}).status_code == 400


def test_a_channel_manager_asks_about_its_own_regions_only() -> None:
    own, other = Dealer(), Dealer()
    manager = User(role=Role.CHANNEL_MANAGER, regions=[own.home_region])
    body = person(manager).post("supply-eligibility", {"dealers": [own.code, other.code]}).json()
    assert ([answer["dealer"] for answer in body["answers"]], body["unknown"]) == ([own.code], [other.code])
