"""Verdicts, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from pricing import choices
from pricing.rules import verdict
from pricing.rules.verdict import (
    ABOVE_CEILING,
    B2B_WITHOUT_ADDENDUM,
    BELOW_FLOOR,
    IN_BAND,
    LATE_REPORT,
    NO_BAND,
    NOT_ENFORCED,
    OUT_OF_TERRITORY,
    PROMO,
    RETURN,
    Band,
    Judgement,
    PromoPrice,
    earns,
    is_breach,
    judge,
    promo_gaps,
)

YUAN = 1_000_000
DAY = 24 * 3600 * YUAN
SALE_DAY = date(2026, 11, 5)
SOLD_AT = int(datetime(2026, 11, 5, 2, tzinfo=UTC).timestamp()) * YUAN
BAND = Band(7, 90 * YUAN, 110 * YUAN, True, True, None, date(2026, 1, 1), None)
PROMO_PRICE = PromoPrice(
    3, 80 * YUAN, date(2026, 11, 1), date(2026, 11, 6), SOLD_AT - 1, None, frozenset(), frozenset()
)
DEALER, CITY, PROVINCE = 1, 20, 10


def judged(
    price: float = 100,
    quantity: int = 1,
    *,
    band: Band | None = BAND,
    promos: tuple[PromoPrice, ...] = (),
    territory_id: int | None = 5,
    is_b2b: bool = False,
    has_addendum: bool = False,
    reported_at: int = SOLD_AT,
) -> Judgement:
    covering = [promo for promo in promos if not promo_gaps(promo, DEALER, CITY, PROVINCE, SALE_DAY)]
    micros, in_territory = round(price * YUAN), territory_id is not None
    lacks_addendum = is_b2b and not has_addendum
    found = judge(SALE_DAY, SOLD_AT, reported_at, quantity, micros, band, covering, in_territory, lacks_addendum)
    return Judgement(*found, territory_id)


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (89.999999, BELOW_FLOOR),
        (90, IN_BAND),
        (110, IN_BAND),
        (110.000001, ABOVE_CEILING),
        (0, BELOW_FLOOR),
    ],
)
def test_both_ends_of_a_band_are_allowed(price: float, expected: int) -> None:
    assert judged(price) == Judgement(expected, 0, BAND.id, None, 5)


def test_a_line_without_a_band_is_a_gap_of_hq() -> None:
    assert judged(1, band=None) == Judgement(NO_BAND, 0, None, None, 5)


def test_a_return_is_not_judged_on_price_but_keeps_its_flags() -> None:
    found = judged(1, -1, territory_id=None, is_b2b=True, promos=(PROMO_PRICE,))
    assert found == Judgement(RETURN, OUT_OF_TERRITORY | B2B_WITHOUT_ADDENDUM, None, None, None)


@pytest.mark.parametrize(
    ("change", "price", "expected"),
    [
        ({}, 80, PROMO),
        ({}, 79.999999, BELOW_FLOOR),
        ({}, 90, IN_BAND),
        ({"approved_at": SOLD_AT}, 80, BELOW_FLOOR),
        ({"withdrawn_at": SOLD_AT - 1}, 80, BELOW_FLOOR),
        ({"withdrawn_at": SOLD_AT}, 80, BELOW_FLOOR),  # an approval holds up to, not including, its withdrawal
        ({"withdrawn_at": SOLD_AT + 1}, 80, PROMO),
        ({"starts_on": SALE_DAY}, 80, PROMO),
        ({"starts_on": date(2026, 11, 6), "ends_on": None}, 80, BELOW_FLOOR),
        ({"ends_on": SALE_DAY}, 80, BELOW_FLOOR),
        ({"ends_on": None}, 80, PROMO),
        ({"dealers": frozenset({DEALER})}, 80, PROMO),
        ({"dealers": frozenset({99})}, 80, BELOW_FLOOR),
        ({"regions": frozenset({CITY})}, 80, PROMO),
        ({"regions": frozenset({PROVINCE})}, 80, PROMO),
        ({"regions": frozenset({21})}, 80, BELOW_FLOOR),
    ],
)
def test_a_promotion_allows_what_it_covers(change: dict, price: float, expected: int) -> None:  # type: ignore[type-arg]
    assert judged(price, promos=(replace(PROMO_PRICE, **change),)).verdict == expected


def test_of_several_promotions_the_highest_price_decides_then_the_oldest() -> None:
    promos = (
        replace(PROMO_PRICE, id=9, price=85 * YUAN),
        PROMO_PRICE,
        replace(PROMO_PRICE, id=8, price=85 * YUAN),
        replace(PROMO_PRICE, id=1, price=89 * YUAN),
    )
    assert judged(86, promos=promos).promo_item_id == 8
    assert judged(86, promos=promos[::-1]).promo_item_id == 8


@pytest.mark.parametrize(
    ("band", "price", "enforced"),
    [
        (BAND, 80, True),
        (replace(BAND, enforced=False), 80, False),
        (replace(BAND, has_basis=False), 80, False),
        (replace(BAND, basis_until=SALE_DAY), 80, False),
        (replace(BAND, basis_until=date(2026, 11, 6)), 80, True),
        (replace(BAND, enforced=False), 120, False),
        (replace(BAND, has_basis=False), 120, True),
        (replace(BAND, basis_until=SALE_DAY), 120, True),
    ],
)
def test_a_floor_needs_a_legal_basis_in_force_and_a_ceiling_none(band: Band, price: float, enforced: bool) -> None:
    found = judged(price, band=band)
    assert bool(found.flags & NOT_ENFORCED) is not enforced
    assert is_breach(found.verdict, found.flags) is enforced
    assert earns(found.verdict, found.flags) is not enforced


def test_a_line_within_a_recommended_band_carries_no_remark() -> None:
    assert judged(100, band=replace(BAND, enforced=False)).flags == 0


@pytest.mark.parametrize(("delay", "late"), [(7 * DAY, False), (7 * DAY + 1, True), (-DAY, False)])
def test_late_is_more_than_seven_days_after_the_sale(delay: int, late: bool) -> None:
    assert bool(judged(reported_at=SOLD_AT + delay).flags & LATE_REPORT) is late


@pytest.mark.parametrize(
    ("is_b2b", "has_addendum", "flagged"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_b2b_needs_an_addendum(is_b2b: bool, has_addendum: bool, flagged: bool) -> None:
    assert bool(judged(is_b2b=is_b2b, has_addendum=has_addendum).flags & B2B_WITHOUT_ADDENDUM) is flagged


@pytest.mark.parametrize("line", [IN_BAND, PROMO, NO_BAND, RETURN])
def test_what_is_no_breach_earns_unless_a_flag_excludes_it(line: int) -> None:
    assert earns(line, LATE_REPORT)
    assert not earns(line, OUT_OF_TERRITORY)
    assert not earns(line, B2B_WITHOUT_ADDENDUM | NOT_ENFORCED)
    assert not is_breach(line, 0)


def test_the_rule_uses_the_numbers_that_are_stored() -> None:
    assert {member.name: member.value for member in choices.Verdict} == {
        name: getattr(verdict, name) for name in choices.Verdict.__members__
    }
    assert {flag.name: flag.value for flag in choices.Flag} == {
        name: getattr(verdict, name) for name in choices.Flag.__members__
    }
    assert choices.EXCLUDING_FLAGS == verdict.EXCLUDING
