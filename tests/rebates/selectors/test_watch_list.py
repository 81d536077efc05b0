"""Who is about to reach a bracket is told from the tallies, for everybody at once; loading is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from dealers.foundation.clock import BUSINESS_ZONE, start_of_day
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer, InventoryLine, Shipment, ShipmentTally
from rebates.resources.watching import bracket_words, loading_words, projection_words
from rebates.rules.distance import Outlook
from rebates.rules.quantities import cents_text, micros_text
from rebates.selectors.standings import Standing, standings
from rebates.selectors.watch_list import WatchRow, sums_of, watched
from tests import factories
from tests.factories import POLICY_FILE
from tests.settlement.world import change_tier, dealer, sell

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=BUSINESS_ZONE)


@pytest.fixture
def source() -> str:
    return POLICY_FILE.read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def policy(source: str) -> None:
    factories.PolicyVersion(source=source)


def standing(of: Dealer, at: datetime = NOW) -> Standing:
    (found,) = [row for row in standings(at=at).rows if row.dealer_id == of.pk]
    return found


def test_the_guide_shows_the_distance_of_a_dealer_to_its_cliff() -> None:
    """docs/rebates.md: T3-ALL, 1 % and from 500,000 on 2 % of the whole base; day 53 of 92."""
    shop = dealer("D1", "T3")
    sell(shop, "2026-10-H1", "180000")
    sell(shop, "2026-11-H1", "90000")
    found = standing(shop)
    assert (found.pace.elapsed, found.pace.total) == (53, 92)
    assert micros_text(found.distance.projected).startswith("468679.24")
    assert (micros_text(found.distance.missing), found.distance.outlook) == ("230000.00", Outlook.CLOSE)
    assert (cents_text(found.distance.brings), cents_text(found.distance.jump)) == ("7300.00", "5000.00")
    assert bracket_words(found) == (
        "230,000.00 more reaches 500,000.00 and brings 7,300.00, of which 5,000.00 at once: the whole base earns at "
        "the higher rate."
    )
    assert projection_words(found) == "270,000.00 in 53 of 92 days; at the same pace 468,679.24 at the end."


def test_after_a_change_of_tier_the_way_is_that_of_the_tier_now() -> None:
    """Earlier half-months count under their own tier: the new program begins at zero, with its own days."""
    shop = dealer("D1", "T2")
    sell(shop, "2026-10-H1", "700000")
    sell(shop, "2026-11-H2", "70000")
    change_tier(shop, "T1", "2026-11-H2")
    found = standing(shop)
    assert (found.tier, found.program.program.code) == ("T1", "T1-ALL")
    assert micros_text(found.distance.base) == "70000.00"
    assert (found.pace.elapsed, found.pace.total) == (7, 46)
    assert micros_text(found.distance.projected) == "460000.00"


def test_facts_known_later_do_not_count_earlier() -> None:
    shop = dealer("D1", "T3")
    sell(shop, "2026-11-H1", "1000")
    sell(shop, "2026-11-H1", "5000", known=NOW + timedelta(hours=1))
    assert micros_text(standing(shop).distance.base) == "1000.00"


def test_the_sum_of_a_window_says_what_its_brackets_cost() -> None:
    for number, amount in enumerate(("270000", "400000", "10000")):
        sell(dealer(f"D{number}", "T3"), "2026-11-H1", amount)
    (total,) = sums_of(watched(standings(at=NOW)))
    assert (total.program, total.window, total.dealers, total.close, total.reaching) == ("T3-ALL", "2026-Q4", 3, 1, 1)
    assert cents_text(total.brings) == "13300.00"  # 7,300 for the one on 270,000 and 6,000 for the one on 400,000
    assert cents_text(total.earned) == "6800.00"


def test_more_dealers_ask_no_more_queries() -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            watched(standings(at=NOW))
        return len(queries)

    sell(dealer("D0", "T3"), "2026-11-H2", "600000")
    few = asked()
    for number in range(1, 8):
        sell(dealer(f"D{number}", "T3"), "2026-11-H2", "600000")
    assert asked() == few


BUYING = POLICY_FILE.read_text(encoding="utf-8").replace(
    "tier: T3\n      categories: all\n      base: compliant_sales",
    "tier: T3\n      categories: all\n      base: purchases",
)


def receive(to: Dealer, units: int, day: date) -> None:
    """Units at 1,000, with the tally intake would keep."""
    goods = factories.Product(sku="SKU-projectors")
    at = start_of_day(day)
    amount = Decimal(1000 * units)
    Shipment.objects.create(
        doc_no=f"R-{to.code}-{day}",
        line_no=1,
        dealer=to,
        product=goods,
        quantity=units,
        unit_price=Decimal(1000),
        shipped_at=at,
        shipped_on=day,
        known_from=at,
        delivery_id=1,
    )
    ShipmentTally.objects.create(
        delivery_id=1,
        dealer=to,
        category=goods.category,
        period=HalfMonth.containing(day).ordinal,
        known_at=at,
        lines=1,
        quantity=units,
        amount=amount,
        remote_amount=0,
    )


def count_stock(by: Dealer, units: int, at: datetime) -> None:
    goods = factories.Product(sku="SKU-projectors")
    InventoryLine.objects.create(dealer=by, product=goods, as_of=at, on_hand=units, known_from=at, delivery_id=1)


def watching(of: Dealer) -> WatchRow:
    (found,) = [row for row in watched(standings(at=NOW)) if row.standing.dealer_id == of.pk]
    return found


@pytest.mark.parametrize("source", [BUYING])
def test_loading_stock_to_reach_a_bracket_is_noticed_and_buying_what_sells_is_not() -> None:
    loading, selling = dealer("D1", "T3"), dealer("D2", "T3")
    for shop in (loading, selling):
        receive(shop, 420, date(2026, 10, 20))
        receive(shop, 140, date(2026, 11, 20))
        for _ in range(28):
            sell(shop, "2026-11-H1", "1200")
    count_stock(loading, 90, NOW - timedelta(hours=15))
    count_stock(selling, 30, NOW - timedelta(hours=15))
    found = watching(loading)
    assert found.loading is not None
    assert loading_words(found.loading, purchases=True) == (
        "Purchases of 140,000.00 in the last 7 days, 20,000.00 a day against 9,130.43 before (2.2 times), crossed "
        "500,000.00. The stock lasts 90 days at the earlier sales."
    )
    assert watching(selling).loading is None


def test_a_burst_of_sales_beyond_the_stock_is_noticed() -> None:
    shop = dealer("D1", "T3")
    sell(shop, "2026-10-H1", "400000")
    count_stock(shop, 1, NOW - timedelta(days=7, hours=15))
    for _ in range(3):
        sell(shop, "2026-11-H2", "60000")
    found = watching(shop)
    assert found.loading is not None and found.loading.beyond_stock == 2
    assert "2 units more were booked as sold than were there." in loading_words(found.loading, purchases=False)
