"""Market support by key: a dealer's system walks the whole way, headquarters' systems read."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dealers.foundation import clock
from rebates.choices import SupportState
from rebates.services.support.deciding import accept_proof, reserve_support
from tests import factories
from tests.callers import ROOT, dealer_caller, hq_system, person
from tests.rebates.support_stage import stage

pytestmark = pytest.mark.django_db


def plan(**changed: Any) -> dict[str, Any]:
    today = clock.business_day(clock.now())
    given = {
        "kind": "event",
        "purpose": "Road show",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=4)).isoformat(),
        "budget": "4000.00",
    }
    return {**given, **changed}


def attach(caller: Any, number: str, paper: str) -> Any:
    file = SimpleUploadedFile("paper.txt", f"{paper} of {number}".encode())
    return caller.client.post(
        f"{ROOT}market-support/{number}/files", {"paper": paper, "file": file}, headers=caller.headers
    )


def test_the_whole_way_by_key() -> None:
    cast = stage()
    caller = dealer_caller(cast.dealer)
    number = caller.post("market-support", plan()).json()["number"]
    asked = caller.post(f"market-support/{number}/ask").json()
    assert asked["state"] == "planned"
    quota = caller.get("market-support/quota", {"quarter": asked["quarter"]}).json()
    assert (quota["granted"], quota["planned"], quota["free"]) == ("50000.00", "4000.00", "46000.00")
    reserve_support(number=number, amount=Decimal(4000), reason="", actor=cast.channel, at=clock.now())
    assert caller.post(f"market-support/{number}/commit", {"amount": "3900", "supplier": "S"}).status_code == 422
    assert attach(caller, number, "contract").status_code == 201
    assert caller.post(f"market-support/{number}/commit", {"amount": "3900", "supplier": "S"}).status_code == 200
    assert attach(caller, number, "proof").status_code == 201
    claimed = caller.post(f"market-support/{number}/hand-in", {"amount": "3800"})
    assert claimed.json()["state"] == SupportState.PROVEN
    accept_proof(number=number, amount=Decimal(3800), reason="", actor=cast.director, at=clock.now())
    read = hq_system().get(f"market-support/{number}").json()
    assert (read["accepted"], read["dealer"]) == ("3800.00", "D0001")
    assert [file["paper"] for file in read["files"]] == ["contract", "proof"]


def test_faults_of_a_plan_name_their_fields() -> None:
    cast = stage()
    answer = dealer_caller(cast.dealer).post("market-support", plan(ends_on=plan()["starts_on"]))
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "ends_on"


def test_a_person_decides_and_a_key_does_not() -> None:
    cast = stage()
    caller = dealer_caller(cast.dealer)
    number = caller.post("market-support", plan()).json()["number"]
    caller.post(f"market-support/{number}/ask")
    assert hq_system().post(f"market-support/{number}/reserve", {"amount": "1"}).status_code == 403
    done = person(cast.channel).post(f"market-support/{number}/reserve", {"amount": "4000"})
    assert done.json()["reserved"] == "4000.00"


def test_another_dealer_finds_nothing() -> None:
    cast = stage()
    number = dealer_caller(cast.dealer).post("market-support", plan()).json()["number"]
    other = dealer_caller(factories.Dealer(code="D0009"))
    assert other.get(f"market-support/{number}").status_code == 404
    assert other.post(f"market-support/{number}/ask").status_code == 404
    assert other.get("market-support").json()["results"] == []
