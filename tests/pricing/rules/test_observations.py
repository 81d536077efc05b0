"""Seen prices beside the band, sellers known by a key, names that are alike, links that are links."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pricing.rules.nearest_promo import nearest_promo
from pricing.rules.observations import Comparison, Sighting, compare, fingerprint
from pricing.rules.sellers import is_web_address, likeness, most_alike, normal_name, seller_key, shop_key
from pricing.rules.verdict import ABOVE_CEILING, BELOW_FLOOR, IN_BAND, NO_BAND, PROMO, Band, PromoPrice

DAY = date(2026, 11, 5)
YUAN = 1_000_000
BAND = Band(7, 900 * YUAN, 1200 * YUAN, True, True, None, date(2026, 1, 1), None)
EVERYONE: frozenset[int] = frozenset()
PROMOTION = PromoPrice(3, 750 * YUAN, DAY, date(2026, 11, 10), 0, None, EVERYONE, EVERYONE)
SEEN_AT = 1_000


@pytest.mark.parametrize(
    ("price", "band", "promos", "expected"),
    [
        ("899.99", BAND, (), Comparison(BELOW_FLOOR, 10_000, True, 7, None)),
        ("900", BAND, (), Comparison(IN_BAND, 0, False, 7, None)),
        ("1200", BAND, (), Comparison(IN_BAND, 0, False, 7, None)),
        ("1200.01", BAND, (), Comparison(ABOVE_CEILING, 10_000, True, 7, None)),
        ("800", replace(BAND, has_basis=False), (), Comparison(BELOW_FLOOR, 100 * YUAN, False, 7, None)),
        ("800", replace(BAND, basis_until=DAY), (), Comparison(BELOW_FLOOR, 100 * YUAN, False, 7, None)),
        ("1300", replace(BAND, enforced=False), (), Comparison(ABOVE_CEILING, 100 * YUAN, False, 7, None)),
        ("1300", replace(BAND, has_basis=False), (), Comparison(ABOVE_CEILING, 100 * YUAN, True, 7, None)),
        ("800", BAND, (PROMOTION,), Comparison(PROMO, 0, False, 7, 3)),
        ("749", BAND, (PROMOTION,), Comparison(BELOW_FLOOR, 151 * YUAN, True, 7, None)),
        ("800", None, (), Comparison(NO_BAND, 0, False, None, None)),
    ],
)
def test_a_seen_price_beside_the_band(
    price: str, band: Band | None, promos: tuple[PromoPrice, ...], expected: Comparison
) -> None:
    assert compare(int(Decimal(price) * YUAN), DAY, SEEN_AT, band, promos) == expected


def sighting(**changes: object) -> Sighting:
    facts: dict[str, object] = {
        "platform": "Taobao",
        "seller": "云帆优品",
        "shop_link": "",
        "link": "https://shop.example/1",
        "region": "C1",
        "product": "A1",
        "day": DAY,
        "price": Decimal("800"),
    }
    return Sighting(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"seller": " 云帆・优品 "}, True),
        ({"platform": "ＴＡＯＢＡＯ"}, True),
        ({"link": "https://shop.example/1/"}, True),
        ({"price": Decimal("800.00")}, True),
        ({"price": Decimal("800.01")}, False),
        ({"day": date(2026, 11, 6)}, False),
        ({"product": "A2"}, False),
        ({"region": ""}, False),
        ({"seller": "云帆"}, False),
        ({"link": "https://shop.example/2"}, False),
    ],
)
def test_when_two_sightings_are_one(changes: dict[str, object], same: bool) -> None:
    assert (fingerprint(sighting(**changes)) == fingerprint(sighting())) is same


def test_a_seller_is_known_by_platform_and_plain_name() -> None:
    assert normal_name("Ｙｕｎ-Fan 数码（杭州）") == "yunfan数码杭州"
    assert seller_key("JD", "Yun Fan") == seller_key("jd", "yunfan") != seller_key("Taobao", "yunfan")
    assert shop_key("https://www.Shop.example/s/1/?from=x#top") == "shop:shop.example/s/1"
    assert shop_key("") == ""


def test_names_that_are_alike_are_suggested_the_likest_first() -> None:
    known = [(1, "杭州云帆电子有限公司"), (2, "云帆家居建材有限公司"), (3, "上海中恒商贸有限公司")]
    assert most_alike("杭州云帆电子专营店", known) == [1]
    assert most_alike("云帆电子", known)[0] == 1
    assert most_alike("有限公司", known) == []
    assert likeness("a", "a") == 0.0  # nothing to go by


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://shop.example/item?id=1", True),
        ("http://shop.example", True),
        ("HTTP://shop.example", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("ftp://shop.example/", False),
        ("https://user:pass@shop.example/", False),
        ("https:///item", False),
        ("//shop.example/item", False),
        ("https://shop.example/a b", False),
        ("https://shop.example/\u202e", False),
        ('https://shop.example/">', False),
        ("https://shop.example:port/", False),
        ("shop.example/item", False),
    ],
)
def test_which_links_are_taken(text: str, is_one: bool) -> None:
    assert is_web_address(text) is is_one


def test_the_nearest_promotion_lacks_one_thing_only() -> None:
    other = replace(PROMOTION, id=4, price=850 * YUAN)
    late = replace(PROMOTION, id=5, approved_at=SEEN_AT + 1, starts_on=date(2026, 12, 1), ends_on=None)
    found = nearest_promo([late, other], 1, 1, None, DAY, SEEN_AT, 800 * YUAN)
    assert found is not None and (found.id, found.gaps) == (4, ("below_promo_price",))
    assert nearest_promo([late], 1, 1, None, DAY, SEEN_AT, 800 * YUAN) is None
