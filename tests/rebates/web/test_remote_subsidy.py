"""The page of the remote-area subsidy: what a dealer sees of itself, and how a channel manager decides."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import RequestState, Role
from dealers.models import Dealer
from rebates.models import RemoteSubsidyApplication
from tests import factories
from tests.callers import dealer_caller
from tests.settlement.world import ship
from tests.visitors import visitor

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine("2026-11-20T10:00:00+08:00")]


def far(code: str) -> Dealer:
    made: Dealer = factories.Dealer(code=code, home_region=factories.City(code=f"R{code}", remote=True))
    return made


def test_from_the_application_to_the_end() -> None:
    factories.PolicyVersion()
    shop = far("D1")
    ship(shop, "2026-11-H1", "100000", remote=True)
    dealer, manager = (
        visitor(Role.DEALER_OWNER, dealer=shop),
        visitor(Role.CHANNEL_MANAGER, regions=[shop.home_region]),
    )
    page = dealer.get("/remote-subsidy/").content.decode()
    assert "200,000.00" in page and "not agreed for this quarter" in page
    dealer.post("/remote-subsidy/apply/", {"quarter": "2026-Q4", "reason": "far away"})
    made = RemoteSubsidyApplication.objects.get()
    assert "far away" in manager.get("/remote-subsidy/").content.decode()
    manager.post(f"/remote-subsidy/{made.pk}/decide/", {"decision": "agree"})
    assert "not agreed for this quarter" not in dealer.get("/remote-subsidy/").content.decode()
    manager.post(f"/remote-subsidy/{made.pk}/end/", {"quarter": "2027-Q1", "reason": "moved"})
    ended = dealer.get("/remote-subsidy/").content.decode()
    assert "ends on" in ended and "2027-01-01" in ended


def test_a_dealer_sees_nothing_of_another() -> None:
    factories.PolicyVersion()
    shop, other = far("D1"), far("D2")
    dealer_caller(other).post("remote-subsidy-applications", {"quarter": "2026-Q4", "reason": "theirs"})
    made = RemoteSubsidyApplication.objects.get()
    dealer = visitor(Role.DEALER_OWNER, dealer=shop)
    assert "theirs" not in dealer.get("/remote-subsidy/").content.decode()
    assert dealer.post(f"/remote-subsidy/{made.pk}/withdraw/").status_code == 404
    assert dealer_caller(shop).get("remote-subsidy-applications").json()["results"] == []


def test_an_application_by_the_api_is_made_once_and_refusals_name_the_field() -> None:
    shop = far("D1")
    caller = dealer_caller(shop)
    asked = {"quarter": "2026-Q4", "reason": "far away"}
    first = caller.post("remote-subsidy-applications", asked)
    assert first.status_code == 201 and first.json()["evidence"][0]["code"] == "RD1"
    assert caller.post("remote-subsidy-applications", asked).json()["id"] == first.json()["id"]
    assert caller.post("remote-subsidy-applications", {**asked, "quarter": "soon"}).status_code == 400
    assert caller.post("remote-subsidy-applications", {**asked, "quarter": "2026-Q2"}).json()["code"] == "quarter_over"
    assert RemoteSubsidyApplication.objects.get().requested_by_key.startswith("key:till")


def test_the_queries_of_the_page_do_not_grow() -> None:
    factories.PolicyVersion()
    manager = visitor(Role.AUDITOR)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert manager.get("/remote-subsidy/").status_code == 200
        return len(captured)

    def apply(code: str) -> None:
        dealer_caller(far(code)).post("remote-subsidy-applications", {"quarter": "2026-Q4", "reason": "far"})

    apply("D1")
    asked()
    before = asked()
    for place in range(2, 6):
        apply(f"D{place}")
    RemoteSubsidyApplication.objects.filter(dealer__code="D2").update(
        state=RequestState.WITHDRAWN, decided_at="2026-11-20T00:00Z"
    )
    assert asked() <= before + 1
