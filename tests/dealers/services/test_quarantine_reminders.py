"""Refused lines that stay open are reminded of: dealers of theirs, channel managers of all their dealers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.models import Dealer, FeedDelivery, Notice, QuarantinedLine
from dealers.services.notices import render
from dealers.services.quarantine_reminders import remind_of_open_lines
from tests import factories

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 18, 2, tzinfo=UTC)


def stuck(dealer: Dealer, *, days: int, lines: int = 1) -> None:
    delivery = FeedDelivery.objects.create(dealer=dealer, feed="sales", door="api", received_at=AT)
    for line in range(lines):
        QuarantinedLine.objects.create(
            delivery=delivery,
            dealer=dealer,
            feed="sales",
            line=line + 1,
            content={},
            code="unknown_sku",
            refused_at=AT - timedelta(days=days),
        )


def test_a_dealer_is_reminded_of_lines_open_for_three_days() -> None:
    dealer = factories.Dealer(name="云帆")
    owner = factories.User(role=Role.DEALER_OWNER, dealer=dealer)
    stuck(dealer, days=5, lines=2)
    stuck(dealer, days=1)
    assert remind_of_open_lines(at=AT) == 1
    notice = Notice.objects.get(recipient=owner)
    assert (notice.params["lines"], notice.params["days"], notice.url) == (2, 5, "/quarantine/")
    assert "2" in render(notice)[0]


def test_nobody_is_reminded_of_fresh_lines_or_twice_a_week() -> None:
    dealer = factories.Dealer()
    factories.User(role=Role.DEALER_OWNER, dealer=dealer)
    stuck(dealer, days=2)
    assert remind_of_open_lines(at=AT) == 0
    assert remind_of_open_lines(at=AT + timedelta(days=2)) == 1
    assert remind_of_open_lines(at=AT + timedelta(days=3)) == 0
    assert remind_of_open_lines(at=AT + timedelta(days=7)) == 1


def test_a_channel_manager_gets_one_digest_of_the_own_dealers() -> None:
    region = factories.City()
    manager = factories.User(role=Role.CHANNEL_MANAGER, regions=[region])
    for lines in (1, 3):
        stuck(factories.Dealer(home_region=region), days=4, lines=lines)
    stuck(factories.Dealer(home_region=factories.City()), days=4)
    assert remind_of_open_lines(at=AT) == 1
    assert (manager.notices.get().params["dealers"], manager.notices.get().params["lines"]) == (2, 4)


def test_the_number_of_queries_does_not_grow_with_the_dealers() -> None:
    region = factories.City()
    factories.User(role=Role.CHANNEL_MANAGER, regions=[region])

    def queries(at: datetime) -> int:
        with CaptureQueriesContext(connection) as captured:
            remind_of_open_lines(at=at)
        return len(captured)

    stuck(factories.Dealer(home_region=region), days=4)
    one = queries(AT)
    for _number in range(5):
        stuck(factories.Dealer(home_region=region), days=4)
    assert queries(AT + timedelta(days=7)) == one
