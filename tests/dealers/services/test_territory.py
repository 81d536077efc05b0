"""Changes of territory: asked for, decided by another, in force from their day, never against an exclusive right."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from dealers.choices import Role, TerritoryAct
from dealers.errors import NotFound, OwnWork, Refused
from dealers.foundation.clock import start_of_day
from dealers.models import Notice, Territory, TerritoryChange
from dealers.scope import row_scope
from dealers.selectors.territory import conflicts_of_changes
from dealers.services.territory import (
    TerritoryAlreadyAsked,
    TerritoryDecided,
    TerritoryReasonMissing,
    TerritoryTaken,
    TerritoryTooEarly,
    TerritoryUnchanged,
    decide_territory_change,
    request_territory_change,
    withdraw_territory_change,
)
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 18)
NOW = start_of_day(TODAY) + timedelta(hours=9)
JUNE = date(2026, 6, 1)


def cast_of() -> SimpleNamespace:
    province = factories.Province(code="P1")
    city, other_city = factories.City(code="C1", parent=province), factories.City(code="C2", parent=province)
    dealer = factories.Dealer(code="D1", home_region=city)
    return SimpleNamespace(
        province=province,
        city=city,
        other_city=other_city,
        dealer=dealer,
        rival=factories.Dealer(code="D2", home_region=other_city),
        owner=factories.User(role=Role.DEALER_OWNER, dealer=dealer, username="owner"),
        manager=factories.User(role=Role.CHANNEL_MANAGER, username="manager", regions=[province]),
        policy=factories.User(role=Role.POLICY_MANAGER, username="policy"),
    )


@pytest.fixture
def cast() -> SimpleNamespace:
    return cast_of()


def asked(cast: SimpleNamespace, act: TerritoryAct = TerritoryAct.ADD, **changed: Any) -> TerritoryChange:
    given = {"dealer": cast.dealer, "region": cast.other_city, "effective_on": JUNE, "actor": cast.owner, **changed}
    return request_territory_change(act=act, reason="新店开业", at=NOW, **given)


def agree(cast: SimpleNamespace, change: TerritoryChange, **changed: Any) -> TerritoryChange:
    given = {"agree": True, "note": "", "actor": cast.manager, "at": NOW, **changed}
    return decide_territory_change(change=change, **given)


def grants(cast: SimpleNamespace) -> list[tuple[str, date | None, date | None, bool]]:
    rows = Territory.objects.filter(dealer=cast.dealer).order_by("region__code", "valid").select_related("region")
    return [(row.region.code, row.valid.lower, row.valid.upper, row.exclusive) for row in rows]


FIRST = ("C1", factories.FIRST_DAY, None, False)


def test_a_region_is_added_from_its_day_on_and_the_manager_was_told(cast: SimpleNamespace) -> None:
    change = asked(cast)
    told = set(Notice.objects.filter(kind="agreement").values_list("recipient__username", flat=True))
    assert told == {"manager", "policy"}
    agree(cast, change)
    assert grants(cast) == [FIRST, ("C2", JUNE, None, False)]


@pytest.mark.parametrize(
    ("act", "left"),
    [
        (TerritoryAct.REMOVE, [("C1", factories.FIRST_DAY, JUNE, False)]),
        (TerritoryAct.MAKE_EXCLUSIVE, [("C1", factories.FIRST_DAY, JUNE, False), ("C1", JUNE, None, True)]),
    ],
)
def test_a_change_leaves_the_days_before_it_as_they_were(
    cast: SimpleNamespace, act: TerritoryAct, left: list[Any]
) -> None:
    agree(cast, asked(cast, act, region=cast.city))
    assert grants(cast) == left


def test_an_exclusive_right_of_another_stands_in_the_way_with_its_name(cast: SimpleNamespace) -> None:
    Territory.objects.filter(dealer=cast.rival).update(exclusive=True)
    change = asked(cast)
    assert [one.dealer for one in conflicts_of_changes([change])[change.pk]] == [cast.rival]
    with pytest.raises(TerritoryTaken) as refused:
        agree(cast, change)
    assert "D2" in str(refused.value) and grants(cast) == [FIRST]
    agree(cast, change, agree=False, note="已独家授权")


def test_nobody_is_made_exclusive_beside_another_in_the_province(cast: SimpleNamespace) -> None:
    with pytest.raises(TerritoryTaken):
        agree(cast, asked(cast, TerritoryAct.ADD_EXCLUSIVE, region=cast.province))


def test_whoever_asks_does_not_decide_and_a_manager_only_in_its_regions(cast: SimpleNamespace) -> None:
    change = asked(cast, actor=cast.manager)
    with pytest.raises(OwnWork):
        agree(cast, change)
    near_the_dealer_only = factories.User(role=Role.CHANNEL_MANAGER, regions=[cast.city])
    with pytest.raises(NotFound):
        agree(cast, change, actor=near_the_dealer_only)
    assert agree(cast, change, actor=cast.policy).state == "agreed"
    with pytest.raises(TerritoryDecided):
        agree(cast, change, actor=cast.policy)


def test_the_past_is_not_rewritten(cast: SimpleNamespace) -> None:
    with pytest.raises(TerritoryTooEarly):
        asked(cast, effective_on=TODAY)
    change = asked(cast, effective_on=TODAY + timedelta(days=1))
    with pytest.raises(TerritoryTooEarly):
        agree(cast, change, at=NOW + timedelta(days=1))


def test_what_changes_nothing_and_what_waits_already_is_refused(cast: SimpleNamespace) -> None:
    with pytest.raises(TerritoryUnchanged):
        asked(cast, region=cast.city)
    with pytest.raises(TerritoryUnchanged):
        asked(cast, TerritoryAct.REMOVE)
    change = asked(cast)
    with pytest.raises(TerritoryAlreadyAsked):
        asked(cast)
    withdraw_territory_change(change=change, actor=cast.owner, at=NOW)
    with pytest.raises(TerritoryReasonMissing):
        agree(cast, asked(cast), agree=False)


def test_a_dealer_asks_for_itself_only_and_sees_nobody_elses_changes(cast: SimpleNamespace) -> None:
    with pytest.raises(NotFound):
        asked(cast, dealer=cast.rival)
    asked(cast)
    with row_scope(str(cast.rival.pk)):
        assert not TerritoryChange.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_exclusive_grants_at_once_one_is_refused() -> None:
    cast = cast_of()
    third = factories.City(code="C3", parent=cast.province)
    changes = [
        asked(cast, TerritoryAct.ADD_EXCLUSIVE, dealer=dealer, region=third, actor=cast.manager)
        for dealer in (cast.dealer, cast.rival)
    ]
    together, outcomes = threading.Barrier(2), []

    def decide(change: TerritoryChange) -> None:
        together.wait()
        try:
            agree(cast, change, actor=cast.policy)
            outcomes.append("agreed")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(change,)) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["agreed", "territory_taken"]
