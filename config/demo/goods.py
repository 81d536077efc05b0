"""What the demo company makes: three industries, prices to dealers, and the bands of resale prices around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dealers.foundation.gtin import make_gtin

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Good:
    """A product; ``cost`` is the list price to dealers, ``street`` the usual resale price."""

    sku: str
    name_zh: str
    name_en: str
    category: str
    industry: str
    gtin: str
    cost: Decimal

    @property
    def street(self) -> Decimal:
        return (self.cost * Decimal("1.25")).quantize(CENT)

    @property
    def floor(self) -> Decimal:
        return (self.street * Decimal("0.92")).quantize(CENT)

    @property
    def ceiling(self) -> Decimal:
        return (self.street * Decimal("1.08")).quantize(CENT)


_RANGE = (
    ("electronics", "projector", "投影仪", "Projector", "2180"),
    ("electronics", "earphones", "蓝牙耳机", "Earphones", "329"),
    ("electronics", "tablet", "平板电脑", "Tablet", "1790"),
    ("electronics", "watch", "智能手表", "Smart watch", "799"),
    ("home_building", "faucet", "感应龙头", "Sensor faucet", "268"),
    ("home_building", "lock", "智能门锁", "Smart lock", "1180"),
    ("home_building", "lamp", "吸顶灯", "Ceiling lamp", "420"),
    ("fmcg", "detergent", "洗衣液", "Detergent", "31.5"),
    ("fmcg", "tissue", "抽纸", "Tissue pack", "18.8"),
)
_MODELS = ("S20", "S20 Pro", "M3", "X15", "N7", "W5", "B3 Ultra", "Air 2", "Q1")

#: Categories without an enforced floor: the trade only recommends a price.
RECOMMENDED_INDUSTRIES = frozenset({"fmcg"})


def goods(count: int) -> list[Good]:
    """The first ``count`` products; always the same ones."""
    made = []
    for number in range(count):
        industry, category, name_zh, name_en, cost = _RANGE[number % len(_RANGE)]
        series, model = divmod(number // len(_RANGE), len(_MODELS))
        suffix = f" {series + 1}" if series else ""
        factor = Decimal(100 + 7 * (number // len(_RANGE) % 9)) / 100
        made.append(
            Good(
                sku=f"MY{number + 1001}",
                name_zh=f"明月{name_zh} {_MODELS[model]}{suffix}",
                name_en=f"Mingyue {name_en} {_MODELS[model]}{suffix}",
                category=category,
                industry=industry,
                gtin=make_gtin(10_000_000 + number),
                cost=(Decimal(cost) * factor).quantize(CENT),
            )
        )
    return made


def product_rows(range_: list[Good]) -> Iterator[dict[str, object]]:
    for good in range_:
        yield {
            "sku": good.sku,
            "name_zh": good.name_zh,
            "name_en": good.name_en,
            "category": good.category,
            "industry": good.industry,
            "gtin": good.gtin,
        }


def list_price_rows(range_: list[Good], valid_from: date) -> Iterator[dict[str, object]]:
    for good in range_:
        yield {"sku": good.sku, "price": good.cost, "valid_from": valid_from}


def band_rows(range_: list[Good], valid_from: date, basis_until: date) -> Iterator[dict[str, object]]:
    """National bands for all but the last product, tighter ones for tier-1 cities, one of a province's own.

    Fast-moving goods are only recommended; every fifth other product has no legal basis for its floor.
    """
    for number, good in enumerate(range_[:-1]):
        enforced = good.industry not in RECOMMENDED_INDUSTRIES
        based = enforced and number % 5 != 4
        common = {
            "sku": good.sku,
            "enforcement": "enforced" if enforced else "recommended",
            "valid_from": valid_from,
            "legal_basis": "SAMR-2026-018" if based else "",
            "legal_basis_until": basis_until if based else "",
        }
        yield {**common, "scope": "national", "scope_code": "", "floor": good.floor, "ceiling": good.ceiling}
        if number % 3 == 0:
            dearer = Decimal("1.03")
            yield {
                **common,
                "scope": "city_tier",
                "scope_code": "1",
                "floor": (good.floor * dearer).quantize(CENT),
                "ceiling": (good.ceiling * dearer).quantize(CENT),
            }
        if number % 4 == 0:
            yield {
                **common,
                "scope": "region",
                "scope_code": "GD",
                "floor": (good.floor * Decimal("0.98")).quantize(CENT),
                "ceiling": good.ceiling,
            }
