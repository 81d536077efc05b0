"""A dealer asks to be excused; its channel manager decides; nobody decides for themselves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dealers.choices import RequestState, Role
from dealers.foundation.clock import now
from dealers.models import ExemptionRequest, Notice, SyncExemption
from dealers.services.exemptions import AlreadyRequested, RequestDecided, decide_exemption, request_exemption
from tests import factories
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db

FORM = {"feed": "", "starts_on": "2026-12-01", "last_day": "2026-12-03", "reason": "Stocktaking"}


def asked(owner) -> ExemptionRequest:
    signed_in(owner).post("/exemptions/request/", FORM)
    return ExemptionRequest.objects.get(dealer=owner.dealer)


@pytest.fixture
def owner():
    return factories.User(role=Role.DEALER_OWNER, language="en")


def test_a_request_excuses_nobody_before_it_is_agreed(owner) -> None:
    manager = factories.User(role=Role.CHANNEL_MANAGER, regions=[owner.dealer.home_region], language="en")
    request = asked(owner)
    assert not SyncExemption.objects.exists()
    assert Notice.objects.filter(recipient=manager, kind="exemption").exists()
    signed_in(manager).post(f"/exemptions/requests/{request.pk}/decide/", {"decision": "agree"})
    exemption = SyncExemption.objects.get()
    assert (exemption.valid.lower, exemption.valid.upper) == (date(2026, 12, 1), date(2026, 12, 4))
    assert exemption.agreed_by == manager
    assert Notice.objects.filter(recipient=owner, kind="exemption").exists()


def test_a_refusal_says_why(owner) -> None:
    request = asked(owner)
    manager = visitor(Role.POLICY_MANAGER)
    manager.post(f"/exemptions/requests/{request.pk}/decide/", {"decision": "refuse"})
    request.refresh_from_db()
    assert request.state == RequestState.OPEN
    manager.post(f"/exemptions/requests/{request.pk}/decide/", {"decision": "refuse", "note": "Peak season"})
    request.refresh_from_db()
    assert (request.state, SyncExemption.objects.exists()) == (RequestState.REFUSED, False)
    assert "Peak season" in signed_in(owner).get("/exemptions/").content.decode()


def test_a_dealer_decides_nothing_and_sees_only_its_own(owner) -> None:
    request = asked(owner)
    assert signed_in(owner).post(f"/exemptions/requests/{request.pk}/decide/").status_code == 403
    other = signed_in(factories.User(role=Role.DEALER_OWNER))
    assert other.post(f"/exemptions/requests/{request.pk}/withdraw/").status_code == 404
    assert "Stocktaking" not in other.get("/exemptions/").content.decode()
    stranger = visitor(Role.CHANNEL_MANAGER, regions=[factories.City()])
    assert stranger.post(f"/exemptions/requests/{request.pk}/decide/", {"decision": "agree"}).status_code == 404


def test_a_withdrawn_request_is_not_decided_any_more(owner) -> None:
    request = asked(owner)
    signed_in(owner).post(f"/exemptions/requests/{request.pk}/withdraw/")
    with pytest.raises(RequestDecided):
        decide_exemption(request=request, agree=True, note="", actor=factories.User(), at=now())


def test_the_same_days_are_asked_for_once(owner) -> None:
    asked(owner)
    first = date(2026, 12, 3)
    with pytest.raises(AlreadyRequested):
        request_exemption(
            dealer=owner.dealer, starts_on=first, ends_on=first + timedelta(days=5), reason="x", actor=owner, at=now()
        )


def test_outages_are_recorded_and_revoked_on_their_page() -> None:
    admin = visitor(Role.ADMINISTRATOR)
    admin.post("/outages/", {"start": "2026-05-01T10:00", "end": "2026-05-01T12:00", "reason": "Line broken"})
    page = admin.get("/outages/").content.decode()
    assert "Line broken" in page
    outage = page.split("/revoke/")[0].rsplit("/", 1)[-1]
    admin.post(f"/outages/{outage}/revoke/", {"reason": "wrong day"})
    assert "wrong day" in admin.get("/outages/").content.decode()
    assert visitor(Role.AUDITOR).post("/outages/", {}).status_code == 403
    assert visitor(Role.FINANCE_CLERK).get("/outages/").status_code == 403
