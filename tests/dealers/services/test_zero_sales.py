"""Days without sales are declared, not left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from dealers.choices import Coverage, Door, Feed
from dealers.foundation.clock import business_day
from dealers.models import AuditRecord, Dealer, FeedDay, FeedDelivery
from dealers.scope import row_scope
from dealers.services.deliveries import cover_days, open_delivery
from dealers.services.zero_sales import DayBeforeActivation, DayHasSales, DayNotBegun, declare_zero_sales
from tests import factories

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 6, 10, tzinfo=UTC)
YESTERDAY = date(2026, 11, 5)


@pytest.fixture
def dealer() -> Dealer:
    return factories.Dealer(activated_on=date(2026, 11, 1))


def declare(dealer: Dealer, day: date) -> FeedDelivery:
    return declare_zero_sales(dealer=dealer, day=day, actor_label="owner", at=AT, door=Door.PORTAL)


def test_a_declared_day_is_covered_on_the_clock(dealer: Dealer) -> None:
    delivery = declare(dealer, YESTERDAY)
    day = FeedDay.objects.get()
    assert (day.day, day.coverage, day.delivery) == (YESTERDAY, Coverage.DECLARED_ZERO, delivery)
    assert (delivery.lines, delivery.feed, delivery.delivered_by) == (0, Feed.SALES, "owner")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sales_days @> %s::date FROM dealers_syncclock", [YESTERDAY])
        assert cursor.fetchone() == (True,)
    assert AuditRecord.objects.get().after["day"] == "2026-11-05"


def test_the_same_declaration_again_returns_the_first_receipt(dealer: Dealer) -> None:
    assert declare(dealer, YESTERDAY) == declare(dealer, YESTERDAY)
    assert FeedDelivery.objects.count() == 1


def test_a_dealer_declares_behind_its_own_wall(dealer: Dealer) -> None:
    with row_scope(str(dealer.pk)):
        assert declare(dealer, YESTERDAY) == declare(dealer, YESTERDAY)


def test_today_can_be_declared_when_the_shop_closes_and_tomorrow_cannot(dealer: Dealer) -> None:
    declare(dealer, business_day(AT))
    with pytest.raises(DayNotBegun):
        declare(dealer, business_day(AT) + timedelta(days=1))
    assert FeedDay.objects.get().day == business_day(AT)


def test_a_day_before_the_authorization_cannot_be_declared(dealer: Dealer) -> None:
    with pytest.raises(DayBeforeActivation) as refusal:
        declare(dealer, date(2026, 10, 31))
    assert "2026-11-01" in str(refusal.value)


def test_a_day_with_reported_sales_cannot_be_declared_empty(dealer: Dealer) -> None:
    delivery = open_delivery(dealer=dealer, feed=Feed.SALES, door=Door.API, delivered_by="x", received_at=AT)
    cover_days(delivery, {dealer.pk: [YESTERDAY]}, Coverage.DELIVERED)
    with pytest.raises(DayHasSales):
        declare(dealer, YESTERDAY)
