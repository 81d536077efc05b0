"""Market support on pages: the dealer plans on a phone, headquarters decides, each sees what is theirs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.foundation import clock
from rebates.models import SupportActivity
from tests import factories
from tests.rebates.support_stage import planned, proven, reserved, stage
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db
NOW = clock.now()


@pytest.fixture
def cast() -> Any:
    cast = stage()
    for person in (cast.owner, cast.channel, cast.director, cast.approver):
        person.language = "en"
        person.save()
    return cast


def soon(days: int) -> str:
    return (clock.business_day(clock.now()) + timedelta(days=days)).isoformat()


def form(**changed: str) -> dict[str, str]:
    given = {
        "kind": "display",
        "purpose": "Window display",
        "starts_on": soon(3),
        "last_day": soon(9),
        "budget": "3000",
        "key": "k1",
    }
    return {**given, **changed}


def test_a_dealer_plans_asks_and_sees_what_is_left(cast: Any) -> None:
    browser = signed_in(cast.owner)
    answer = browser.post("/market-support/new/", form(ask="1"), follow=True)
    activity = SupportActivity.objects.get()
    assert activity.state == "planned" and answer.redirect_chain[-1][0] == f"/market-support/{activity.number}/"
    page = browser.get(f"/market-support/?quarter={activity.quarter}").content.decode()
    assert "¥47,000.00" in page and "Window display" in page


def test_a_form_with_a_fault_says_so_beside_the_field_and_keeps_what_was_typed(cast: Any) -> None:
    answer = signed_in(cast.owner).post("/market-support/new/", form(last_day=soon(1)))
    assert answer.status_code == 422
    assert "The last day lies before the first." in answer.content.decode() and not SupportActivity.objects.exists()


def test_asking_for_more_than_is_free_leaves_a_draft_and_says_what_is_free(cast: Any) -> None:
    answer = signed_in(cast.owner).post("/market-support/new/", form(budget="60000", ask="1"), follow=True)
    assert "only 50,000.00 is free" in answer.content.decode()
    assert SupportActivity.objects.get().state == "draft"


def test_headquarters_reserves_in_place_and_a_refusal_keeps_what_was_typed(cast: Any) -> None:
    number = planned(cast).number
    browser = signed_in(cast.channel)
    path = f"/market-support/{number}/decide/"
    answer = browser.post(path, {"decision": "reserve", "amount": "15000", "reason": ""})
    assert answer.status_code == 422 and "15000" in answer.content.decode()
    browser.post(path, {"decision": "reserve", "amount": "15000", "reason": "enough"})
    assert SupportActivity.objects.get().reserved == Decimal(15000)
    assert browser.post(path, {"decision": "sell"}).status_code == 404


def test_the_dealer_attaches_commits_and_never_reads_who_decided(cast: Any) -> None:
    number = reserved(cast, at=clock.now(), starts_on=clock.business_day(clock.now()), ends_on=_day(5)).number
    browser = signed_in(cast.owner)
    file = SimpleUploadedFile("contract.txt", b"contract")
    browser.post(f"/market-support/{number}/files/contract/add/", {"file": file})
    browser.post(f"/market-support/{number}/commit/", {"amount": "19000", "supplier": "Star"})
    page = browser.get(f"/market-support/{number}/").content.decode()
    assert "¥19,000.00" in page and "contract.txt" in page and "Headquarters" in page
    assert cast.channel.username not in page
    key = SupportActivity.objects.get().files.get().pk
    assert browser.get(f"/market-support/{number}/files/{key}/").content == b"contract"


def test_nobody_opens_what_is_not_theirs(cast: Any) -> None:
    number = planned(cast).number
    stranger = visitor(Role.DEALER_OWNER, dealer=factories.Dealer(code="D0009"))
    elsewhere = visitor(Role.CHANNEL_MANAGER, regions=[factories.City(code="C900")])
    for browser in (stranger, elsewhere):
        assert browser.get(f"/market-support/{number}/").status_code == 404
    assert stranger.get("/market-support/quotas/").status_code == 404
    assert visitor(Role.ADMINISTRATOR).get("/market-support/").status_code == 403
    denied = visitor(Role.AUDITOR).post(f"/market-support/{number}/decide/", {"decision": "reserve", "amount": "1"})
    assert denied.status_code == 403


def test_the_inbox_shows_what_waits_for_whom(cast: Any) -> None:
    planned(cast, "5000")
    proven(cast, "8000")
    seen = {
        name: signed_in(getattr(cast, name)).get("/market-support/?tab=mine").content.decode().count("rowlink")
        for name in ("channel", "director", "approver")
    }
    assert seen == {"channel": 1, "director": 1, "approver": 1}


def test_the_quota_page_sums_by_tier_and_asks_no_more_for_more_dealers(cast: Any) -> None:
    planned(cast, "5000")
    browser = visitor(Role.GENERAL_MANAGER)
    page = browser.get("/market-support/quotas/?quarter=2026-Q4").content.decode()
    assert "¥50,000.00" in page and "¥45,000.00" in page
    with CaptureQueriesContext(connection) as few:
        browser.get("/market-support/quotas/?quarter=2026-Q4")
    for number in range(12):
        factories.Dealer(code=f"E{number:03d}")
    with CaptureQueriesContext(connection) as many:
        browser.get("/market-support/quotas/?quarter=2026-Q4")
    assert len(many) <= len(few)
    table = b"".join(browser.get("/market-support/quotas.csv?quarter=2026-Q4")).decode("utf-8-sig")
    assert "2026-Q4,D0001,T2" in table


def _day(days: int) -> Any:
    return clock.business_day(clock.now()) + timedelta(days=days)
