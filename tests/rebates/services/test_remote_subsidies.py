"""Applying for the remote-area subsidy, deciding it and ending it: who may, when, and what is kept."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from dealers.choices import RequestState, Role
from dealers.errors import NotPermitted
from dealers.foundation.clock import parse_instant
from dealers.foundation.periods import Quarter
from dealers.models import AuditRecord, Dealer, Notice, Territory, User
from dealers.selectors.remote_regions import remote_regions_of
from rebates.errors import (
    ApplicationDecided,
    ApplicationNotFound,
    NoRemoteTerritory,
    NoSubsidyRight,
    QuarterOver,
    ReasonMissing,
    SubsidyAlready,
)
from rebates.models import RemoteSubsidyApplication, RemoteSubsidyRight
from rebates.services.remote_subsidies import apply_for_subsidy, decide_subsidy, end_subsidy, withdraw_application
from tests import factories

pytestmark = pytest.mark.django_db
AT = parse_instant("2026-11-10T10:00:00+08:00")
NOW, NEXT = Quarter(2026, 4), Quarter(2027, 1)


@pytest.fixture
def shop() -> Dealer:
    made: Dealer = factories.Dealer(home_region=factories.City(remote=True))
    return made


@pytest.fixture
def owner(shop: Dealer) -> User:
    made: User = factories.User(role=Role.DEALER_OWNER, dealer=shop)
    return made


@pytest.fixture
def manager(shop: Dealer) -> User:
    made: User = factories.User(role=Role.CHANNEL_MANAGER, regions=[shop.home_region])
    return made


def applied(shop: Dealer, owner: User, quarter: Quarter = NOW, at: datetime = AT) -> RemoteSubsidyApplication:
    return apply_for_subsidy(dealer=shop, quarter=quarter, reason="three days by lorry", actor=owner, at=at)


def test_an_application_keeps_the_remote_regions_of_that_day_and_tells_the_channel_manager(
    shop: Dealer, owner: User, manager: User
) -> None:
    province = factories.Province(remote=True)
    factories.City(code="FAR", parent=province)
    Territory.objects.create(dealer=shop, region=province, valid=(date(2026, 5, 1), None))
    Territory.objects.create(
        dealer=shop, region=factories.City(remote=True), valid=(date(2026, 1, 1), date(2026, 6, 1))
    )
    made = applied(shop, owner)
    assert [(region["code"], region["since"]) for region in made.evidence] == sorted(
        [(shop.home_region.code, "2026-01-01"), (province.code, "2026-05-01"), ("FAR", "2026-05-01")]
    )
    assert Notice.objects.get(recipient=manager).params["quarter"] == "2026-Q4"
    assert AuditRecord.objects.get(action="remote_subsidy.request").dealer_id == shop.pk
    assert applied(shop, owner).pk == made.pk


def test_without_a_remote_region_there_is_nothing_to_apply_for(owner: User) -> None:
    near = factories.Dealer()
    with pytest.raises(NoRemoteTerritory):
        applied(near, factories.User(role=Role.DEALER_OWNER, dealer=near))
    assert remote_regions_of(near, on=AT.date()) == []


def test_nobody_applies_for_another_dealer(shop: Dealer) -> None:
    with pytest.raises(NotPermitted):
        applied(shop, factories.User(role=Role.DEALER_OWNER))


def test_a_quarter_that_is_over_and_an_empty_reason_are_refused(shop: Dealer, owner: User) -> None:
    with pytest.raises(QuarterOver):
        applied(shop, owner, Quarter(2026, 3))
    with pytest.raises(ReasonMissing):
        apply_for_subsidy(dealer=shop, quarter=NOW, reason=" ", actor=owner, at=AT)


def test_a_channel_manager_of_the_region_decides_once_and_nobody_else(shop: Dealer, owner: User, manager: User) -> None:
    made = applied(shop, owner)
    for stranger in (owner, factories.User(role=Role.FINANCE_APPROVER)):
        with pytest.raises(NotPermitted):
            decide_subsidy(application=made, agree=True, note="", actor=stranger, at=AT)
    with pytest.raises(ApplicationNotFound):
        elsewhere = factories.User(role=Role.CHANNEL_MANAGER, regions=[factories.City()])
        decide_subsidy(application=made, agree=True, note="", actor=elsewhere, at=AT)
    decided = decide_subsidy(application=made, agree=True, note="", actor=manager, at=AT)
    assert decided.state == RequestState.AGREED and RemoteSubsidyRight.objects.get().starts_on == NOW.start
    with pytest.raises(ApplicationDecided):
        decide_subsidy(application=made, agree=False, note="no", actor=manager, at=AT)
    with pytest.raises(SubsidyAlready):
        applied(shop, owner, NEXT)
    assert Notice.objects.filter(recipient=owner, params__reason="remote_subsidy_agreed").exists()


def test_a_refusal_gives_a_reason_and_leaves_no_right(shop: Dealer, owner: User, manager: User) -> None:
    made = applied(shop, owner)
    with pytest.raises(ReasonMissing):
        decide_subsidy(application=made, agree=False, note="", actor=manager, at=AT)
    decide_subsidy(application=made, agree=False, note="no road, no subsidy", actor=manager, at=AT)
    assert not RemoteSubsidyRight.objects.exists() and applied(shop, owner).state == RequestState.OPEN


def test_an_application_is_not_agreed_when_the_remote_regions_are_gone(
    shop: Dealer, owner: User, manager: User
) -> None:
    made = applied(shop, owner)
    Territory.objects.filter(dealer=shop).update(valid=(date(2026, 1, 1), date(2026, 11, 1)))
    with pytest.raises(NoRemoteTerritory):
        decide_subsidy(application=made, agree=True, note="", actor=manager, at=AT)


def test_the_dealer_takes_an_application_back(shop: Dealer, owner: User) -> None:
    made = withdraw_application(application=applied(shop, owner), actor=owner, at=AT)
    assert made.state == RequestState.WITHDRAWN
    with pytest.raises(ApplicationDecided):
        withdraw_application(application=made, actor=owner, at=AT)


def test_an_agreed_subsidy_ends_from_a_quarter_on_and_can_be_applied_for_again(
    shop: Dealer, owner: User, manager: User
) -> None:
    made = decide_subsidy(application=applied(shop, owner), agree=True, note="", actor=manager, at=AT)
    with pytest.raises(QuarterOver):
        end_subsidy(application=made, quarter=Quarter(2026, 3), reason="moved", actor=manager, at=AT)
    ended = end_subsidy(application=made, quarter=NEXT, reason="moved", actor=manager, at=AT)
    assert end_subsidy(application=made, quarter=NEXT, reason="moved", actor=manager, at=AT).pk == ended.pk
    other = RemoteSubsidyApplication.objects.create(
        dealer=factories.Dealer(home_region=shop.home_region),
        starts_on=NOW.start,
        reason="x",
        evidence=[],
        requested_at=AT,
    )
    with pytest.raises(NoSubsidyRight):
        end_subsidy(application=other, quarter=NOW, reason="moved", actor=manager, at=AT)
    assert applied(shop, owner, NEXT).quarter == "2027-Q1"
