"""HQ's order system asks before each shipment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import DealerState, HoldKind
from dealers.foundation import clock
from dealers.models import SupplyHold
from tests.callers import hq_system
from tests.factories import Dealer

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
