"""Each role starts on a page of its own work."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.home import counts
from config.home.figures import compliance
from config.home.waiting import tasks_of
from dealers.choices import HoldKind, Role
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer, Notice, SupplyHold
from pricing.models import SalesTally
from settlement.services.approval import put_up_for_review
from settlement.services.calculation import calculate_run
from tests import factories
from tests.settlement.world import after, close, dealer, half, sell

pytestmark = pytest.mark.django_db
NOW = after("2026-11-H1", 1)


@pytest.fixture
def shop() -> Dealer:
    cache.clear()  # what start pages add up is kept for some minutes
    factories.PolicyVersion()
    shop = dealer("D1", name="杭州云帆电子有限公司")
    sell(shop, "2026-11-H1", "1000")
    return shop


def home(client: Client, person: Any) -> str:
    client.force_login(person)
    with clock.as_if_at(NOW):
        answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_start_page(client: Client, shop: Dealer, role: Role) -> None:
    close("2026-11-H1")
    home(client, factories.User(role=role))


def test_an_administrator_sees_the_installation_and_no_business(client: Client, shop: Dealer) -> None:
    close("2026-11-H1")
    page = home(client, factories.User(role=Role.ADMINISTRATOR, language="en"))
    assert "Background work stands still" in page
    assert "¥" not in page
    assert shop.name not in page


def test_a_dealer_reads_status_money_and_deadline(client: Client, shop: Dealer) -> None:
    close("2026-11-H1", at=NOW - timedelta(hours=1))
    page = home(client, factories.User(role=Role.DEALER_OWNER, dealer=shop, language="en"))
    assert "Please confirm the statement of 2026-11 first half" in page
    assert "/statements/2026-11-H1/D1/" in page
    assert "¥20.00" in page
    assert "more reaches the 3% bracket" in page


def test_a_dealer_sees_nothing_of_another(client: Client, shop: Dealer) -> None:
    other = dealer("D2", name="别家公司")
    sell(other, "2026-11-H1", "5000000")
    close("2026-11-H1")
    page = home(client, factories.User(role=Role.DEALER_OWNER, dealer=shop))
    assert "别家公司" not in page
    assert "D2" not in page


def test_a_run_waits_for_the_approver_who_did_not_calculate_it(shop: Dealer) -> None:
    one, two = factories.User(role=Role.FINANCE_APPROVER), factories.User(role=Role.FINANCE_APPROVER)
    calculate_run(period=half("2026-11-H1"), actor=one, at=NOW)
    put_up_for_review(period=half("2026-11-H1"), actor=None, at=NOW)
    with clock.as_if_at(NOW):
        waiting = [[task.url for task in tasks_of(person)] for person in (one, two)]
    assert waiting == [[], ["/settlement-runs/2026-11-H1/"]]
    assert [counts.waiting_runs(person) for person in (one, two)] == [0, 1]


def test_a_channel_manager_is_told_of_holds_in_its_own_regions_only(shop: Dealer) -> None:
    SupplyHold.objects.create(dealer=shop, kind=HoldKind.SYNC, reason="manual", opened_at=NOW)
    here = factories.User(role=Role.CHANNEL_MANAGER, regions=[shop.home_region])
    elsewhere = factories.User(role=Role.CHANNEL_MANAGER, regions=[factories.City()])
    assert [counts.open_holds(person) for person in (here, elsewhere)] == [1, 0]
    assert [len(tasks_of(person)) for person in (here, elsewhere)] == [1, 0]


def test_the_heat_map_shows_the_share_of_lines_in_breach(shop: Dealer) -> None:
    period = half("2026-11-H1")
    SalesTally.objects.create(
        dealer=shop,
        category="projectors",
        period=period.ordinal,
        known_at=NOW,
        lines=3,
        quantity=3,
        amount=300,
        earning_lines=2,
        earning=200,
        breach_lines=1,
        breach=100,
    )
    seen = compliance(factories.User(role=Role.GENERAL_MANAGER), period)
    assert seen is not None
    (row,) = seen.rows
    assert shop.home_region is not None
    assert row["cells"][-1]["shown"] == "25.0%"  # one of four lines
    assert "period=2026-11-H1" in row["cells"][-1]["url"]
    unseen = factories.User(role=Role.CHANNEL_MANAGER, regions=[factories.City()])
    assert compliance(unseen, period) is None


def test_half_months_that_were_added_up_are_not_read_again_for_some_minutes(
    shop: Dealer, django_assert_num_queries: Any
) -> None:
    person, period = factories.User(role=Role.GENERAL_MANAGER), half("2026-11-H1")
    first = compliance(person, period)
    with django_assert_num_queries(1):  # the names of the provinces
        assert compliance(person, period) == first
    with django_assert_num_queries(2):  # a new half-month is added up, the seven before it are known
        compliance(person, half("2026-11-H2"))


def test_each_half_month_of_the_trend_leads_to_its_run(client: Client, shop: Dealer) -> None:
    for period in ("2026-10-H2", "2026-11-H1"):
        close(period)
    page = home(client, factories.User(role=Role.GENERAL_MANAGER))
    assert all(f'<a href="/settlement-runs/{period}/">' in page for period in ("2026-10-H2", "2026-11-H1"))


def test_notices_are_counted_until_read(shop: Dealer) -> None:
    person = factories.User(role=Role.LEGAL_REVIEWER)
    Notice.objects.create(recipient=person, kind="policy", key="k", created_at=NOW)
    assert counts.unread_notices(person) == 1
    Notice.objects.update(read_at=NOW)
    assert counts.unread_notices(person) == 0


@pytest.mark.parametrize("role", [Role.GENERAL_MANAGER, Role.CHANNEL_MANAGER, Role.DEALER_OWNER])
def test_a_start_page_asks_the_same_number_of_queries_as_the_company_grows(
    client: Client, shop: Dealer, role: Role
) -> None:
    extra: dict[str, Any] = {"dealer": shop} if role == Role.DEALER_OWNER else {}
    person = factories.User(role=role, regions=[shop.home_region] if role == Role.CHANNEL_MANAGER else [], **extra)
    asked = []
    for first, last, period in ((2, 4, "2026-10-H2"), (4, 20, "2026-11-H1")):
        for number in range(first, last):
            other = dealer(f"D{number}", home_region=shop.home_region)
            sell(other, period, "1000", known=after("2026-10-H2"))
            SupplyHold.objects.create(dealer=other, kind=HoldKind.MANUAL, reason="manual", opened_at=NOW)
        close(period)
        home(client, person)  # what is cached for half a minute is asked for once
        with CaptureQueriesContext(connection) as captured:
            home(client, person)
        asked.append([re.sub(r"\d+", "n", query["sql"])[:60] for query in captured])
    assert len(asked[0]) == len(asked[1])


def test_the_present_half_month_is_named(client: Client, shop: Dealer) -> None:
    page = home(client, factories.User(role=Role.GENERAL_MANAGER, language="en"))
    assert "2026-11 second half" in page
    assert HalfMonth.containing(NOW) == half("2026-11-H2")
