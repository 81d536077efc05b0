"""Placing, lifting and exempting from the dealer's page."""

from __future__ import annotations

from datetime import date

import pytest

from dealers.choices import Role
from dealers.foundation.clock import business_day, now
from dealers.models import AuditRecord, Notice, SupplyHold
from dealers.web.status import my_status
from tests import factories
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db


def test_a_hold_placed_by_hand_says_why_to_the_dealer() -> None:
    owner = factories.User(role=Role.DEALER_OWNER, language="en")
    manager = visitor(Role.POLICY_MANAGER)
    manager.post(f"/dealers/{owner.dealer.code}/hold/", {"note": "Unpaid invoices"})
    assert SupplyHold.objects.get(dealer=owner.dealer).lifted_at is None
    assert "Unpaid invoices" in signed_in(owner).get("/holds/").content.decode()
    assert Notice.objects.filter(recipient=owner).count() == 1


def test_a_hold_without_a_reason_is_not_placed() -> None:
    dealer = factories.Dealer()
    answer = visitor(Role.POLICY_MANAGER).post(f"/dealers/{dealer.code}/hold/", {"note": "  "}, follow=True)
    assert "Give a reason" in answer.content.decode()
    assert not SupplyHold.objects.exists()


def test_lifting_returns_to_where_the_form_stood_and_never_to_a_stranger() -> None:
    dealer = factories.Dealer()
    manager = visitor(Role.POLICY_MANAGER)
    for target, expected in (("/holds/?tab=all", "/holds/?tab=all"), ("https://evil.example/", "/holds/")):
        hold = dealer.holds.create(kind="manual", reason="manual", opened_at=now())
        answer = manager.post(f"/holds/{hold.pk}/lift/", {"note": "paid", "next": target})
        assert answer["Location"] == expected
        hold.refresh_from_db()
        assert (hold.lift_note, hold.lifted_at is not None) == ("paid", True)


def test_the_last_day_of_an_exemption_is_included() -> None:
    dealer = factories.Dealer()
    form = {"feed": "", "starts_on": "2026-12-01", "last_day": "2026-12-03", "reason": "Stocktaking"}
    visitor(Role.CHANNEL_MANAGER, regions=[dealer.home_region]).post(f"/dealers/{dealer.code}/exempt/", form)
    exemption = dealer.sync_exemptions.get()
    assert (exemption.valid.lower, exemption.valid.upper) == (date(2026, 12, 1), date(2026, 12, 4))


def test_revoking_an_exemption_that_runs_ends_it_today() -> None:
    dealer = factories.Dealer()
    exemption = dealer.sync_exemptions.create(valid=(date(2026, 1, 1), None), reason="x", agreed_at=now())
    visitor(Role.POLICY_MANAGER).post(f"/exemptions/{exemption.pk}/revoke/", {"reason": "reopened"})
    exemption.refresh_from_db()
    assert exemption.valid.upper == business_day(now())
    assert AuditRecord.objects.filter(action="exemption.revoke").count() == 1


def test_a_dealer_that_never_reported_sees_its_missing_days() -> None:
    factories.PolicyVersion()
    owner = factories.User(role=Role.DEALER_OWNER)
    status = my_status(owner, at=now())
    assert status is not None and status.clock is not None
    assert [feed.feed for feed in status.feeds_behind] == ["inventory", "sales"]
    assert status.declarable_days[0] >= owner.dealer.activated_on


def test_people_of_headquarters_have_no_status_of_their_own() -> None:
    assert my_status(factories.User(role=Role.AUDITOR), at=now()) is None
