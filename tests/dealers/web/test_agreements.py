"""The pages of certificates, territory, contracts and addenda: who may open them, and that they do what they offer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.foundation.clock import start_of_day
from dealers.models import B2BAddendum, Certificate, Contract, Dealer, Territory, TerritoryChange
from tests import factories
from tests.policies import published_policy
from tests.visitors import visitor

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 18)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel(start_of_day(TODAY) + timedelta(hours=9), tick=False):
        published_policy()
        yield


@pytest.fixture
def dealer() -> Dealer:
    return factories.Dealer(code="D1", name="Riverside Trading")


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("paper.pdf", PDF, "application/pdf")


@pytest.mark.parametrize(
    ("page", "allowed", "refused"),
    [
        ("/certificates/", (Role.CHANNEL_MANAGER, Role.LEGAL_REVIEWER, Role.DEALER_OWNER), (Role.FINANCE_CLERK,)),
        ("/territory/", (Role.CHANNEL_MANAGER, Role.AUDITOR, Role.DEALER_OPERATOR), (Role.FINANCE_CLERK,)),
        ("/contracts/", (Role.CHANNEL_MANAGER, Role.FINANCE_CLERK), (Role.DEALER_OWNER, Role.ADMINISTRATOR)),
        ("/contracts/?tab=force", (Role.POLICY_MANAGER,), ()),
        ("/contracts/?tab=proposals", (Role.GENERAL_MANAGER,), ()),
        ("/addenda/", (Role.CHANNEL_MANAGER, Role.AUDITOR), (Role.DEALER_OWNER,)),
    ],
)
def test_who_may_open_a_page(dealer: Dealer, page: str, allowed: Any, refused: Any) -> None:
    for roles, status in ((allowed, 200), (refused, 403)):
        for role in roles:
            assert visitor(role, dealer=dealer).get(page).status_code == status, (page, role)


def test_a_dealer_renews_and_headquarters_confirms_in_place(dealer: Dealer) -> None:
    owner = visitor(Role.DEALER_OWNER, dealer=dealer)
    given = {"kind": "qualification", "name": "Licence", "last_day": "2027-05-17", "file": scan()}
    owner.post("/certificates/new/", given)
    paper = Certificate.objects.get()
    manager = visitor(Role.CHANNEL_MANAGER, regions=[dealer.home_region])
    assert "Licence" in manager.get("/certificates/").content.decode()
    manager.post(f"/certificates/{paper.pk}/decide/", {"decision": "confirm"})
    paper.refresh_from_db()
    assert paper.state == "confirmed"
    assert (
        visitor(Role.DEALER_OWNER, dealer=factories.Dealer()).get(f"/certificates/{paper.pk}/file/").status_code == 404
    )


def test_headquarters_sees_who_is_in_the_way_and_the_dealer_does_not(dealer: Dealer) -> None:
    rival = factories.Dealer(name="Hillside Trading", home_region=dealer.home_region)
    Territory.objects.filter(dealer=rival).update(exclusive=True)
    owner = visitor(Role.DEALER_OWNER, dealer=dealer)
    owner.post(
        "/territory/request/",
        {"act": "make_exclusive", "region": dealer.home_region.pk, "effective_on": "2026-06-01", "reason": "New shop"},
    )
    change = TerritoryChange.objects.get()
    assert "Hillside" not in owner.get("/territory/").content.decode()
    policy = visitor(Role.POLICY_MANAGER)
    assert "Hillside" in policy.get("/territory/").content.decode()
    policy.post(f"/territory/{change.pk}/decide/", {"decision": "agree"})
    change.refresh_from_db()
    assert change.state == "open"
    assert "Hillside" in policy.get("/territory/").content.decode()


def test_a_contract_that_ends_is_renewed_by_two_people(dealer: Dealer) -> None:
    Contract.objects.filter(dealer=dealer).update(valid=(factories.FIRST_DAY, date(2026, 7, 1)))
    contract = Contract.objects.get()
    manager, general = visitor(Role.CHANNEL_MANAGER, regions=[dealer.home_region]), visitor(Role.GENERAL_MANAGER)
    assert "Riverside" in manager.get("/contracts/").content.decode()
    assert manager.get(f"/contracts/{contract.pk}/").status_code == 200
    given = {"kind": "renew", "number": "HT-2", "amount": "900000", "last_day": "2027-06-30", "reason": "Good"}
    manager.post(f"/contracts/{contract.pk}/propose/", {**given, "file": scan()})
    renewal = contract.renewals.get()
    assert manager.post(f"/contracts/renewals/{renewal.pk}/decide/", {"decision": "agree"}).status_code == 403
    general.post(f"/contracts/renewals/{renewal.pk}/decide/", {"decision": "agree"})
    assert Contract.objects.filter(number="HT-2").exists()


def test_a_contract_that_ends_on_a_leap_day_opens_too(dealer: Dealer) -> None:
    Contract.objects.filter(dealer=dealer).update(valid=(factories.FIRST_DAY, date(2028, 2, 29)))
    assert visitor(Role.POLICY_MANAGER).get(f"/contracts/{Contract.objects.get().pk}/").status_code == 200


def test_an_addendum_is_recorded_and_ended(dealer: Dealer) -> None:
    manager = visitor(Role.CHANNEL_MANAGER, regions=[dealer.home_region])
    signed = {"dealer": "D1", "number": "B-1", "first_day": "2026-05-19", "file": scan()}
    manager.post("/addenda/sign/", signed)
    addendum = B2BAddendum.objects.get()
    assert "B-1" in manager.get("/addenda/?tab=all").content.decode()
    manager.post(f"/addenda/{addendum.pk}/end/", {"last_day": "2026-06-30", "reason": "Closed"})
    addendum.refresh_from_db()
    assert addendum.valid.upper == date(2026, 7, 1)


def test_the_list_of_changes_costs_the_same_however_many_wait(dealer: Dealer) -> None:
    asker = factories.User(role=Role.POLICY_MANAGER)
    policy, counts = visitor(Role.POLICY_MANAGER), []
    policy.get("/territory/")
    for many in (1, 6):
        for _ in range(many):
            TerritoryChange.objects.create(
                dealer=dealer,
                region=factories.City(),
                act="add_exclusive",
                effective_on=date(2026, 6, 1),
                reason="x",
                requested_by=asker,
                requested_at=start_of_day(TODAY),
            )
        with CaptureQueriesContext(connection) as captured:
            assert policy.get("/territory/").status_code == 200
        counts.append(len(captured))
    assert counts[1] <= counts[0]
