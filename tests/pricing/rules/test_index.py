"""The compiled index finds what a plain scan of all facts finds."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.rules.explanation import explain
from pricing.rules.index import NATIONAL, BandIndex, Grant, Place, PromoIndex, RightsIndex, VerdictIndex, tier_place
from pricing.rules.verdict import Band, Judgement, PromoPrice, judge

START = date(2026, 1, 1)
PLACES = {
    1: Place(1, None, None),
    2: Place(2, None, None),
    11: Place(11, 1, 1),
    12: Place(12, 1, 2),
    13: Place(13, 1, None),
    21: Place(21, 2, 2),
}
BAND_PLACES = [NATIONAL, tier_place(1), tier_place(2), 1, 2, 11, 12, 21]

days = st.integers(0, 12).map(lambda number: START + timedelta(days=number))
open_ends = st.one_of(st.none(), days)
prices = st.integers(0, 12)
subsets = st.frozensets(st.sampled_from([1, 2, 11, 12, 21]), max_size=2)


def cut(stops: list[date], closed: bool) -> list[tuple[date, date | None]]:
    """Ranges that do not overlap, some of them with gaps between."""
    stops = sorted(set(stops))
    return [
        (start, stops[number + 1] if number + 1 < len(stops) else None)
        for number, start in enumerate(stops)
        if not closed or number % 2 == 0
    ]


@st.composite
def band_facts(draw: st.DrawFn) -> list[tuple[int, int, Band]]:
    found = []
    for product in (1, 2):
        for place in draw(st.lists(st.sampled_from(BAND_PLACES), unique=True, max_size=5)):
            for start, end in cut(draw(st.lists(days, max_size=4)), draw(st.booleans())):
                floor = draw(prices)
                found.append(
                    (
                        product,
                        place,
                        Band(
                            len(found) + 1,
                            floor,
                            floor + draw(st.integers(0, 4)),
                            draw(st.booleans()),
                            draw(st.booleans()),
                            draw(open_ends),
                            start,
                            end,
                        ),
                    )
                )
    return draw(st.permutations(found))


promo_facts = st.lists(
    st.builds(
        lambda product, price, start, end, approved, withdrawn, dealers, regions: (
            product,
            (price, start, end, approved, withdrawn, dealers, regions),
        ),
        st.integers(1, 2),
        prices,
        days,
        open_ends,
        st.integers(0, 20),
        st.one_of(st.none(), st.integers(0, 20)),
        st.frozensets(st.integers(1, 2), max_size=1),
        subsets,
    ),
    max_size=5,
).map(lambda rows: [(product, PromoPrice(number, *rest)) for number, (product, rest) in enumerate(rows, 1)])


@st.composite
def right_facts(draw: st.DrawFn) -> tuple[list[tuple[int, int, Grant]], list[tuple[int, Grant]]]:
    territories: list[tuple[int, int, Grant]] = []
    for dealer in (1, 2):
        for region in draw(st.lists(st.sampled_from(sorted(PLACES)), unique=True, max_size=3)):
            for start, end in cut(draw(st.lists(days, max_size=3)), draw(st.booleans())):
                territories.append((dealer, region, Grant(len(territories) + 1, start, end)))
    addenda = [(1, Grant(1, draw(days), draw(open_ends)))] if draw(st.booleans()) else []
    return territories, addenda


lines = st.tuples(
    st.integers(1, 2),
    st.integers(1, 3),
    st.sampled_from(sorted(PLACES)),
    days,
    st.integers(0, 20),
    st.integers(0, 20),
    st.sampled_from([-1, 1, 2]),
    prices,
    st.booleans(),
    st.integers(1, 10),
)


def in_force(start: date, end: date | None, day: date) -> bool:
    return start <= day and (end is None or day < end)


def judge_plainly(
    bands: list[tuple[int, int, Band]],
    promos: list[tuple[int, PromoPrice]],
    territories: list[tuple[int, int, Grant]],
    addenda: list[tuple[int, Grant]],
    line: tuple,  # type: ignore[type-arg]
) -> Judgement:
    dealer, product, region, day, sold, reported, quantity, price, is_b2b, late_after = line
    place = PLACES[region]
    chain = [region, place.province_id, None if place.city_tier is None else tier_place(place.city_tier), NATIONAL]
    band = None
    for where in chain:
        if where is None or band is not None:
            continue
        for band_product, band_place, candidate in bands:
            fits = (band_product, band_place) == (product, where)
            if fits and in_force(candidate.valid_from, candidate.valid_to, day):
                band = candidate
    territory = None
    for where in (region, place.province_id):
        for holder, granted, grant in territories:
            fits = territory is None and (holder, granted) == (dealer, where)
            if fits and in_force(grant.valid_from, grant.valid_to, day):
                territory = grant.id
    has_addendum = any(
        holder == dealer and in_force(grant.valid_from, grant.valid_to, day) for holder, grant in addenda
    )
    covering = [
        promo
        for promo_product, promo in promos
        if promo_product == product
        and in_force(promo.starts_on, promo.ends_on, day)
        and (not promo.dealers or dealer in promo.dealers)
        and (not promo.regions or promo.regions & {region, place.province_id})
    ]
    lacks_addendum = is_b2b and not has_addendum
    facts = (day, sold, reported, quantity, price, band, covering, territory is not None, lacks_addendum, late_after)
    return Judgement(*judge(*facts), territory)


@settings(max_examples=400, deadline=None)
@given(band_facts(), promo_facts, right_facts(), st.lists(lines, min_size=1, max_size=8))
def test_the_index_judges_as_a_scan_of_all_facts_does(bands, promos, rights, sold) -> None:  # type: ignore[no-untyped-def]
    index = VerdictIndex(PLACES, BandIndex(PLACES, bands), PromoIndex(PLACES, promos), RightsIndex(PLACES, *rights))
    for line in sold:
        expected = judge_plainly(bands, promos, *rights, line)
        assert index.judge(*line) == expected
        explained = explain(index, *line)
        assert explained.judgement == expected
        decided = {(one.kind, one.id) for one in explained.considered if one.outcome == "decided"}
        named = {("band", expected.band_id), ("promo", expected.promo_item_id), ("territory", expected.territory_id)}
        assert {(kind, id) for kind, id in named if id is not None} == {one for one in decided if one[0] != "addendum"}
        assert all(one.reasons for one in explained.considered if one.outcome == "lost")


def test_places_without_bands_of_their_own_share_one_timeline() -> None:
    band = Band(1, 1, 2, True, True, None, START, None)
    index = BandIndex(PLACES, [(1, NATIONAL, band)])
    assert index.on(1, 11, START) is index.on(1, 21, START) is band
    by_region, _by_tier = index.compiled[1]
    assert not by_region
