"""The page of a contract that ends: every app's facts, kept with the proposal that is made on them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from dealers.choices import Role
from dealers.models import Contract, Dealer
from pricing.models import Violation
from rebates.services.scorecards.publishing import publish_scorecards
from settlement.models import Case
from tests import factories
from tests.aftersales.service_stage import new_ticket, received
from tests.rebates.scorecard_stage import AFTER, Q3, days_of, policy, report_days, sell
from tests.visitors import visitor

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"


@pytest.fixture
def dealer() -> Any:
    """A dealer with a published card, a violation, a confirmed case and an unanswered ticket."""
    policy()
    dealer = factories.Dealer(code="D-1")
    Contract.objects.filter(dealer=dealer).update(valid=(factories.FIRST_DAY, date(2026, 12, 1)))
    report_days(dealer, days_of(Q3)[:80])
    sell(dealer, ("2026-09-20", "1000", "2"))
    publish_scorecards(quarter=Q3, actor=None, at=AFTER)
    figures = {"lines": 3, "quantity": 3, "amount": 2400, "shortfall": 300, "fingerprint": 1, "gathered_at": AFTER}
    Violation.objects.create(dealer=dealer, kind="below_floor", period=48634, **figures)
    investigator = factories.User(role=Role.RISK_INVESTIGATOR)
    for heard, number in ((AFTER, "CS-1"), (None, "CS-2")):
        Case.objects.create(
            number=number,
            kind="price",
            dealer=dealer,
            facts=number,
            reason="x",
            charge="x",
            opened_at=AFTER,
            opened_by=investigator,
            heard_at=heard,
            state="dealer_reply" if heard else "investigating",
        )
    with time_machine.travel(AFTER + timedelta(days=2), tick=False):
        cast: Any = type("Cast", (), {"city": dealer.home_region})
        received(cast, new_ticket(cast), at=AFTER + timedelta(hours=3))
        yield dealer


def test_the_page_brings_together_what_every_app_knows(dealer: Dealer) -> None:
    contract = Contract.objects.get()
    page = visitor(Role.GENERAL_MANAGER).get(f"/contracts/{contract.pk}/").content.decode()
    for words in ("2026-Q3", "place 1 of 1", "¥2,000.00", "no target", "1 half-month", "¥300.00", "Tickets 1"):
        assert words in page, words
    assert "confirmed: 0 · open: 1" in page  # a case the dealer does not know of is no fact yet
    assert "/violations/?dealer=D-1" in page and "/service-breaches/?dealer=D-1" in page
    clerk = visitor(Role.FINANCE_CLERK).get(f"/contracts/{contract.pk}/").content.decode()
    assert "/cases/?show=all" in page and "/cases/?show=all" not in clerk
    assert visitor(Role.DEALER_OWNER, dealer=dealer).get(f"/contracts/{contract.pk}/").status_code == 403


def test_facts_stay_with_the_proposal_and_the_paper_comes_after_the_agreement(dealer: Dealer) -> None:
    contract = Contract.objects.get()
    manager, general = visitor(Role.CHANNEL_MANAGER, regions=[dealer.home_region]), visitor(Role.GENERAL_MANAGER)
    given = {"kind": "renew", "number": "HT-2", "amount": "900000", "last_day": "2027-11-30", "reason": "Reliable"}
    manager.post(f"/contracts/{contract.pk}/propose/", given)
    renewal = contract.renewals.get()
    assert renewal.assessment["tier"] == "T2" and renewal.assessment["violations"]["kinds"][0]["half_months"] == 1
    assert Decimal(renewal.assessment["scorecards"][0]["sold"]) == 2000
    assert "without the signed contract" in general.get(f"/contracts/{contract.pk}/").content.decode()
    general.post(f"/contracts/renewals/{renewal.pk}/decide/", {"decision": "agree"})
    assert "HT-2" in manager.get("/contracts/?tab=unsigned").content.decode()
    page = manager.get(f"/contracts/{contract.pk}/").content.decode()
    assert "not in force before it is signed" in page and "Put in force without the paper" not in page
    assert (
        "Attach the signed contract"
        in manager.post(f"/contracts/renewals/{renewal.pk}/sign/", {}, follow=True).content.decode()
        or not Contract.objects.filter(number="HT-2").exists()
    )
    file = SimpleUploadedFile("HT-2.pdf", PDF, "application/pdf")
    manager.post(f"/contracts/renewals/{renewal.pk}/sign/", {"file": file})
    assert Contract.objects.get(number="HT-2").file is not None
