"""Gaps and differences in the set of bands, reckoned by the database and once more by hand."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.models import Product, Region
from pricing.choices import BandScope, Verdict
from pricing.models import PriceBand, SaleLine
from pricing.selectors.band_comparison import ComparisonWish, count_differences, differences
from pricing.selectors.band_coverage import GapWish, every_gap, gap_summary, gaps
from pricing.selectors.standing_facts import standing_facts
from tests import factories

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 5)


def gaps_by_hand(on: date) -> set[tuple[str, str]]:
    """Every product in every city, asked of the very index that judges sales."""
    index = standing_facts().index.bands
    cities = list(Region.objects.filter(cities__isnull=True))
    return {
        (product.sku, city.code)
        for product in Product.objects.all()
        for city in cities
        if index.on(product.pk, city.pk, on) is None
    }


def test_the_gaps_are_those_the_verdict_would_find() -> None:
    chance = random.Random(7)
    products = [factories.Product(sku=f"S{number}", category=f"c{number % 3}") for number in range(12)]
    cities = [factories.City(city_tier=1 + number % 3) for number in range(9)]
    factories.Province(code="LONE")
    for product in products:
        for scope in chance.sample(list(BandScope), k=chance.randrange(3)):
            place = chance.choice(cities)
            region = chance.choice((place, place.parent)) if scope == BandScope.REGION else None
            factories.PriceBand(
                product=product,
                scope=scope,
                region=region,
                city_tier=place.city_tier if scope == BandScope.CITY_TIER else None,
                valid=(ON + timedelta(days=chance.choice((-9, 0, 1))), chance.choice((None, ON + timedelta(days=5)))),
            )
    expected = gaps_by_hand(ON)
    found = {(gap.sku, gap.region) for gap in every_gap(GapWish(ON))}
    cells = gap_summary(GapWish(ON))
    assert found == expected
    assert sum(cell.gaps for cell in cells) == len(expected)
    pages = [gap for start in range(0, len(expected) + 7, 7) for gap in gaps(GapWish(ON), offset=start, limit=7)]
    assert pages == list(every_gap(GapWish(ON)))
    assert sum(cell.pairs for cell in cells) == 12 * 10
    one = next(cell for cell in cells if cell.gaps)
    narrowed = GapWish(ON, category=one.category, province=one.province)
    assert len(gaps(narrowed, offset=0, limit=500)) == one.gaps


def test_an_expired_legal_basis_is_no_gap() -> None:
    factories.City()
    factories.PriceBand(legal_basis=factories.LegalBasis(valid_until=date(2026, 1, 2)))
    assert list(every_gap(GapWish(ON))) == []


def test_a_band_ends_before_its_last_day_is_over() -> None:
    city = factories.City(code="C1")
    factories.PriceBand(scope=BandScope.REGION, region=city.parent, valid=(date(2026, 1, 1), ON))
    assert [gap.region for gap in every_gap(GapWish(ON))] == ["C1"]
    assert list(every_gap(GapWish(ON - timedelta(days=1)))) == []


def test_gaps_cost_the_same_however_many() -> None:
    factories.Product()
    factories.City()
    counts = []
    for _round in range(2):
        for _number in range(15):
            factories.Product()
            factories.City()
        with CaptureQueriesContext(connection) as asked:
            gap_summary(GapWish(ON))
            gaps(GapWish(ON), offset=0, limit=51)
        counts.append(len(asked))
    assert counts == [3, 3]


def test_two_days_are_told_apart_by_what_was_added_changed_and_ended() -> None:
    before, after = date(2026, 11, 1), date(2026, 12, 1)
    ended = factories.PriceBand(product=factories.Product(sku="ENDED"), valid=(date(2026, 1, 1), after))
    factories.PriceBand(product=factories.Product(sku="ADDED"), valid=(after, None))
    old = factories.PriceBand(product=factories.Product(sku="MOVED"), valid=(date(2026, 1, 1), date(2026, 11, 20)))
    PriceBand.objects.create(
        product=old.product,
        scope=old.scope,
        floor=Decimal(950),
        ceiling=old.ceiling,
        enforcement=old.enforcement,
        legal_basis=old.legal_basis,
        valid=(date(2026, 11, 20), None),
        recorded_at=factories.LONG_AGO,
    )
    same = factories.PriceBand(product=factories.Product(sku="SAME"), valid=(date(2026, 1, 1), date(2026, 11, 20)))
    PriceBand.objects.create(
        product=same.product,
        scope=same.scope,
        floor=same.floor,
        ceiling=same.ceiling,
        enforcement=same.enforcement,
        legal_basis=same.legal_basis,
        valid=(date(2026, 11, 20), None),
        recorded_at=factories.LONG_AGO,
    )
    wish = ComparisonWish(before, after)
    found = differences(wish, offset=0, limit=50)
    assert {row.band.product.sku: row.kind for row in found} == {
        "ADDED": "added",
        "ENDED": "ended",
        "MOVED": "changed",
    }
    assert count_differences(wish) == {"added": 1, "changed": 1, "ended": 1}
    assert [row.before for row in differences(ComparisonWish(before, after, kind="ended"), offset=0, limit=5)] == [
        ended
    ]
    assert [row.kind for row in differences(ComparisonWish(before, after, words="mov"), offset=0, limit=5)] == [
        "changed"
    ]


def test_what_was_sold_lately_without_a_band_comes_first_and_page_by_page() -> None:
    cities = [factories.City(code=f"C{number}") for number in range(4)]
    products = [factories.Product(sku=f"S{number}") for number in range(3)]
    dealer = factories.Dealer()
    for number, (product, city) in enumerate(((2, 1), (2, 1), (0, 3), (1, 2), (1, 2), (1, 2))):
        SaleLine.objects.create(
            dealer=dealer,
            doc_no=f"X{number}",
            line_no=1,
            product=products[product],
            region=cities[city],
            sold_at=factories.LONG_AGO,
            sold_on=ON - timedelta(days=number),
            quantity=1,
            unit_price=1,
            verdict=Verdict.NO_BAND,
            reported_at=factories.LONG_AGO,
            known_from=factories.LONG_AGO,
            delivery_id=1,
        )
    first = [("S1", "C2", 3), ("S2", "C1", 2), ("S0", "C3", 1)]
    everything = [gap for start in range(0, 20, 5) for gap in gaps(GapWish(ON), offset=start, limit=5)]
    assert [(gap.sku, gap.region, gap.lines) for gap in everything[:3]] == first
    assert len(everything) == len({(gap.sku, gap.region) for gap in everything}) == 3 * len(gaps_places())
    assert [gap.lines for gap in gaps(GapWish(ON, reported=True), offset=0, limit=9)] == [3, 2, 1]
    assert sum(cell.lines for cell in gap_summary(GapWish(ON))) == 6


def gaps_places() -> list[Region]:
    return list(Region.objects.filter(cities__isnull=True))
