"""The reporting calendar as the dealer and HQ see it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Coverage, Door, Feed, Role
from dealers.foundation.clock import business_day, now, start_of_day
from dealers.models import FeedDelivery, InventoryLine, SystemOutage
from dealers.rules.sync_calendar import DayState
from dealers.selectors.sync_calendar import CalendarDay, reporting_calendar
from dealers.services.deliveries import cover_days
from tests import factories
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db

FIRST, END = date(2026, 5, 1), date(2026, 6, 1)
AT = start_of_day(date(2026, 5, 20)) + timedelta(hours=12)


def deliver(dealer, day: date, *, hour: float = 20, coverage=Coverage.DELIVERED, by_hq: bool = False) -> FeedDelivery:
    delivery = FeedDelivery.objects.create(
        dealer=None if by_hq else dealer,
        feed=Feed.SALES,
        door=Door.API,
        received_at=start_of_day(day) + timedelta(hours=hour),
    )
    cover_days(delivery, {dealer.pk: [day]}, coverage)
    return delivery


def count(dealer, as_of, delivery: FeedDelivery, products: int = 1) -> None:
    for number in range(products):
        InventoryLine.objects.create(
            dealer=dealer, as_of=as_of, product=factories.Product(), on_hand=number, known_from=as_of, delivery=delivery
        )


def states(days: list[CalendarDay], feed: Feed) -> dict[int, str]:
    return {day.day.day: found.reading.state.value for day in days for found in day.feeds if found.feed == feed}


def test_each_day_says_what_it_came_to() -> None:
    factories.PolicyVersion()
    dealer = factories.Dealer(activated_on=date(2026, 5, 1))  # onboarding up to 7 May
    deliver(dealer, date(2026, 5, 8))
    deliver(dealer, date(2026, 5, 9), hour=30)
    deliver(dealer, date(2026, 5, 10), coverage=Coverage.DECLARED_ZERO)
    dealer.sync_exemptions.create(valid=(date(2026, 5, 12), date(2026, 5, 13)), reason="盘点", agreed_at=AT)
    noon = start_of_day(date(2026, 5, 19)) + timedelta(hours=12)
    SystemOutage.objects.create(span=(noon, noon + timedelta(hours=40)), reason="down")
    found = states(reporting_calendar(dealer, first=FIRST, end=END, at=AT), Feed.SALES)
    expected = {
        7: DayState.ONBOARDING,
        8: DayState.ON_TIME,
        9: DayState.LATE,
        10: DayState.DECLARED_ZERO,
        11: DayState.MISSING,
        12: DayState.EXEMPT,
        19: DayState.OUR_OUTAGE,
        20: DayState.NOT_YET_DUE,
        21: DayState.NOT_YET_DUE,
    }
    assert {day: found[day] for day in expected} == expected


def test_stock_is_as_good_as_the_newest_count_was_old() -> None:
    factories.PolicyVersion()
    dealer = factories.Dealer(activated_on=date(2026, 4, 1))
    delivery = deliver(dealer, date(2026, 5, 1))
    for day in (9, 10, 13):
        count(dealer, start_of_day(date(2026, 5, day)) + timedelta(hours=18), delivery)
    found = states(reporting_calendar(dealer, first=FIRST, end=END, at=AT), Feed.INVENTORY)
    expected = ["missing", "on_time", "late", "missing", "on_time", "late"]
    assert [found[day] for day in (8, 10, 11, 12, 13, 14)] == expected


def test_a_dealer_sees_days_covered_by_headquarters_without_its_receipt() -> None:
    factories.PolicyVersion()
    owner = factories.User(role=Role.DEALER_OWNER, language="en")
    today = business_day(now())
    delivery = deliver(owner.dealer, today, hour=0.1, by_hq=True)
    page = signed_in(owner).get("/reporting-calendar/").content.decode()
    assert "Delivered through headquarters" in page
    assert str(delivery.receipt) not in page
    manager = visitor(Role.POLICY_MANAGER)
    assert str(delivery.receipt) in manager.get(f"/dealers/{owner.dealer.code}/reporting-calendar/").content.decode()


def test_nobody_opens_the_calendar_of_a_dealer_out_of_sight() -> None:
    dealer = factories.Dealer()
    stranger = visitor(Role.CHANNEL_MANAGER, regions=[factories.City()])
    assert stranger.get(f"/dealers/{dealer.code}/reporting-calendar/").status_code == 404
    owner = signed_in(factories.User(role=Role.DEALER_OWNER))
    assert owner.get(f"/dealers/{dealer.code}/reporting-calendar/").status_code == 404
    assert visitor(Role.FINANCE_CLERK).get("/reporting-calendar/").status_code == 403


@pytest.mark.parametrize("month", ["2026-05", "nonsense", "9999-12", "0001-01", ""])
def test_any_month_in_the_address_shows_a_page(month: str) -> None:
    factories.PolicyVersion()
    owner = factories.User(role=Role.DEALER_OWNER)
    assert signed_in(owner).get("/reporting-calendar/", {"month": month}).status_code == 200


def test_a_month_costs_the_same_however_much_was_reported() -> None:
    factories.PolicyVersion()
    dealer = factories.Dealer(activated_on=date(2026, 4, 1))

    def add(first: int, last: int) -> None:
        for day in range(first, last):
            noon = start_of_day(date(2026, 5, day)) + timedelta(hours=12)
            count(dealer, noon, deliver(dealer, date(2026, 5, day)), products=3)
            dealer.sync_exemptions.create(
                valid=(date(2026, 5, day), date(2026, 5, day) + timedelta(days=1)),
                reason="x",
                agreed_at=AT,
                feed="sales",
            )
            SystemOutage.objects.create(span=(noon, noon + timedelta(minutes=5)), reason="x")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            reporting_calendar(dealer, first=FIRST, end=END, at=AT)
        return len(asked)

    add(1, 2)
    few = queries()
    add(2, 19)
    assert queries() == few
