"""Punctuality counts the very days of the reporting calendar."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Coverage, Door, Feed
from dealers.foundation.clock import start_of_day
from dealers.models import Dealer, FeedDelivery, InventoryLine, SystemOutage
from dealers.rules.sync_calendar import DayState
from dealers.selectors.punctuality import punctuality
from dealers.selectors.sync_calendar import reporting_calendar
from dealers.services.deliveries import cover_days
from tests import factories

pytestmark = pytest.mark.django_db

FIRST, END = date(2026, 4, 1), date(2026, 7, 1)
AT = start_of_day(date(2026, 6, 20)) + timedelta(hours=12)


def report(dealer: Dealer, day: date, *, hour: float, coverage: str = Coverage.DELIVERED) -> None:
    delivery = FeedDelivery.objects.create(
        dealer=dealer, feed=Feed.SALES, door=Door.API, received_at=start_of_day(day) + timedelta(hours=hour)
    )
    cover_days(delivery, {dealer.pk: [day]}, coverage)


def count(dealer: Dealer, day: date, *, hour: float, taken_hours: float = 0) -> None:
    as_of = start_of_day(day) + timedelta(hours=hour)
    known_from = as_of + timedelta(hours=taken_hours)
    delivery = FeedDelivery.objects.create(dealer=dealer, feed=Feed.INVENTORY, door=Door.API, received_at=known_from)
    InventoryLine.objects.create(
        dealer=dealer, as_of=as_of, product=factories.Product(), on_hand=1, known_from=known_from, delivery=delivery
    )


def test_a_late_day_a_missing_day_and_an_exempt_one() -> None:
    factories.PolicyVersion()
    dealer = factories.Dealer(activated_on=date(2026, 6, 1))  # onboarding up to 7 June
    report(dealer, date(2026, 6, 8), hour=20)
    report(dealer, date(2026, 6, 9), hour=30)
    report(dealer, date(2026, 6, 10), hour=40, coverage=Coverage.DECLARED_ZERO)
    dealer.sync_exemptions.create(valid=(date(2026, 6, 11), date(2026, 6, 20)), reason="盘点", agreed_at=AT)

    found = punctuality(first=FIRST, end=END, at=AT)[dealer.pk].sales

    assert (found.due, found.in_time) == (3, 1)


@pytest.mark.parametrize("seed", range(3))
def test_every_dealer_has_the_due_days_its_calendar_shows(seed: int) -> None:
    random = Random(seed)
    factories.PolicyVersion()
    dealers = [factories.Dealer(activated_on=date(2026, 3, 20) + timedelta(days=9 * n)) for n in range(3)]
    noon = start_of_day(date(2026, 5, 19)) + timedelta(hours=12)
    if seed:
        SystemOutage.objects.create(span=(noon, noon + timedelta(hours=40)), reason="down")
    for n, dealer in enumerate(dealers):
        for offset in range(80):
            day = FIRST + timedelta(days=offset)
            if random.random() < 0.8:
                report(dealer, day, hour=random.choice([20, 23.9, 24, 30, 70]))
            if random.random() < 0.8:
                count(dealer, day, hour=random.choice([9, 18, 23]), taken_hours=random.choice([0, 2, 30]))
        if n == 2:
            dealer.sync_exemptions.create(valid=(date(2026, 5, 1), date(2026, 5, 6)), reason="搬迁", agreed_at=AT)

    found = punctuality(first=FIRST, end=END, at=AT)

    for dealer in dealers:
        days = reporting_calendar(dealer, first=FIRST, end=END, at=AT)
        for feed, counted in ((Feed.SALES, found[dealer.pk].sales), (Feed.INVENTORY, found[dealer.pk].stock)):
            # Reports of days that were not due are shown in the calendar and count for nothing here.
            due = [one.reading for day in days for one in day.feeds if one.feed == feed and one.reading.due_at]
            states = [reading.state for reading in due]
            in_time, late = states.count(DayState.ON_TIME), sum(s in (DayState.LATE, DayState.MISSING) for s in states)
            assert (counted.due, counted.in_time) == (in_time + late, in_time), (dealer.pk, feed)
            assert in_time and late


def test_more_dealers_and_reports_cost_no_more_queries() -> None:
    factories.PolicyVersion()
    report(factories.Dealer(), date(2026, 6, 8), hour=20)
    with CaptureQueriesContext(connection) as one:
        punctuality(first=FIRST, end=END, at=AT)
    for _ in range(5):
        dealer = factories.Dealer()
        report(dealer, date(2026, 6, 8), hour=20)
        count(dealer, date(2026, 6, 9), hour=9)
    with CaptureQueriesContext(connection) as many:
        punctuality(first=FIRST, end=END, at=AT)
    assert len(many) == len(one)
