"""A delivery from its opening to its receipt."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from dealers.choices import Coverage, Door, Feed
from dealers.models import Dealer, FeedDay, FeedDelivery, QuarantinedLine, SyncClock
from dealers.services.deliveries import (
    DeliveryCounts,
    Refusal,
    close_delivery,
    cover_days,
    note_inventory,
    open_delivery,
    receipt_of,
    refuse_lines,
)
from dealers.services.staging import FEW_ROWS

pytestmark = pytest.mark.django_db
RECEIVED = datetime(2026, 11, 5, 2, 0, tzinfo=UTC)


@pytest.fixture
def dealer() -> Dealer:
    return make_dealer("D1")


def make_dealer(code: str) -> Dealer:
    return Dealer.objects.create(
        code=code,
        name=code,
        uscc=f"91310000000000{code}",
        industry="fmcg",
        annual_revenue=1,
        activated_on=date(2026, 1, 1),
        created_at=RECEIVED,
    )


def opened(dealer: Dealer | None, feed: Feed = Feed.SALES, received_at: datetime = RECEIVED) -> FeedDelivery:
    return open_delivery(dealer=dealer, feed=feed, door=Door.API, delivered_by="test", received_at=received_at)


def covered_days(dealer: Dealer) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sales_days::text FROM dealers_syncclock WHERE dealer_id = %s", [dealer.pk])
        return str(cursor.fetchone()[0])


def test_the_receipt_names_line_field_code_and_remedy(dealer: Dealer) -> None:
    delivery = opened(dealer)
    refuse_lines(delivery, [Refusal(3, "sku", "X-9", "unknown_sku", content={"sku": "X-9"})])
    close_delivery(delivery, DeliveryCounts(lines=3, accepted=2, quarantined=1))

    with translation.override("en"):
        receipt = receipt_of(delivery)

    assert receipt == {
        "id": str(delivery.receipt),
        "feed": "sales",
        "received_at": "2026-11-05T10:00:00+08:00",
        "lines": 3,
        "accepted": 2,
        "duplicates": 0,
        "revised": 0,
        "quarantined": 1,
        "complete": True,
        "problems": [
            {
                "line": 3,
                "field": "sku",
                "code": "unknown_sku",
                "detail": "“X-9” is not a product of the catalogue; check the SKU or ask HQ to add it.",
            }
        ],
    }


def test_a_long_list_of_problems_is_cut_and_says_so(dealer: Dealer) -> None:
    delivery = opened(dealer)
    assert refuse_lines(delivery, (Refusal(line, "", "", "bad_json") for line in range(1, 8))) == 7
    close_delivery(delivery, DeliveryCounts(lines=7, quarantined=7))

    receipt = receipt_of(delivery, most_problems=5)

    assert [problem["line"] for problem in receipt["problems"]] == [1, 2, 3, 4, 5]
    assert receipt["problems_left_out"] == 2


def test_hostile_text_is_kept_as_far_as_it_can_be_stored(dealer: Dealer) -> None:
    deep = [[[[[[1]]]]]]
    content = {
        "doc\0no": "a\0b\\u0000",
        "half": "\ud800",
        "tab": "x\ty\nz\\N",
        "deep": deep,
        "long": "长" * 9_999,
    }
    refuse_lines(opened(dealer), [Refusal(1, "doc_no", "\0" + "9" * 900, "too_long", {"limit": 64}, content)])

    line = QuarantinedLine.objects.get()
    assert line.dealer == dealer
    assert line.value.startswith("␀999") and len(line.value) == 500
    assert line.content["doc␀no"] == "a␀b\\u0000"
    assert line.content["tab"] == "x\ty\nz\\N"
    assert line.content["half"] == "?"
    assert len(line.content["long"]) == 2_000


def test_days_are_covered_once_and_join_on_the_clock(dealer: Dealer) -> None:
    other = make_dealer("D2")
    november = [date(2026, 11, day) for day in range(1, 10)]
    first = opened(None)
    cover_days(first, {dealer.pk: november[:2], other.pk: november[8:]}, Coverage.DELIVERED)
    later = opened(dealer, received_at=datetime(2026, 11, 6, tzinfo=UTC))
    cover_days(later, {dealer.pk: november[1:3]}, Coverage.DELIVERED)

    assert covered_days(dealer) == "{[2026-11-01,2026-11-04)}"
    assert covered_days(other) == "{[2026-11-09,2026-11-10)}"
    assert FeedDay.objects.get(dealer=dealer, day=date(2026, 11, 2)).delivery == first
    assert SyncClock.objects.get(dealer=dealer).sales_received_at == later.received_at


def test_sales_for_a_day_declared_empty_leave_the_declaration_standing(dealer: Dealer) -> None:
    cover_days(opened(dealer), {dealer.pk: [date(2026, 11, 1)]}, Coverage.DECLARED_ZERO)
    cover_days(opened(dealer), {dealer.pk: [date(2026, 11, 1)]}, Coverage.DELIVERED)

    assert FeedDay.objects.get().coverage == Coverage.DECLARED_ZERO


def test_an_older_stock_count_does_not_turn_the_clock_back(dealer: Dealer) -> None:
    newest, older = datetime(2026, 11, 5, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC)
    note_inventory(opened(dealer, Feed.INVENTORY), {dealer.pk: newest})
    note_inventory(opened(dealer, Feed.INVENTORY), {dealer.pk: older})

    assert SyncClock.objects.get().inventory_at == newest


def test_covering_a_few_days_is_one_query_and_covering_any_number_is_three(dealer: Dealer) -> None:
    days = [date.fromordinal(date(1999, 1, 1).toordinal() + number) for number in range(10_000)]
    delivery = opened(dealer)
    asked = []
    for number in (1, FEW_ROWS, FEW_ROWS + 1, len(days)):
        with CaptureQueriesContext(connection) as queries:
            cover_days(delivery, {dealer.pk: days[:number]}, Coverage.DELIVERED)
        asked.append(len(queries))
    assert asked == [1, 1, 3, 3]
    assert FeedDay.objects.filter(dealer=dealer).count() == len(days)
