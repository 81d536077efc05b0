"""The demo company's dealers: who they are, where they may sell, and how each behaves."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from config.demo.places import PROVINCES, City, Province
from dealers.foundation.uscc import make_uscc

# fmt: off
_NAMES = (
    "云帆", "中恒", "金陵", "联讯", "楚天", "锦程", "盛京", "鹏远",
    "宏图", "博雅", "瑞丰", "同舟", "百川", "华庭", "启明", "长青",
)
# fmt: on
#: Small dealers that reach the brackets of their tier together.
_ALLIED = ("D00003", "D00007", "D00011")
_ALLIANCE = {"code": "LM-01", "name": "同心小店联盟", "region": ""}
#: The dealer whose contract ends some weeks from now.
_ENDS_SOON = 6
_TRADES = {"electronics": "电子", "home_building": "家居建材", "fmcg": "商贸"}


class Habit(StrEnum):
    """How a dealer reports and prices. The believable company needs one of each kind that HQ has to deal with."""

    PUNCTUAL = "punctual"
    SILENT = "silent"  # stopped reporting some days ago: supply is held
    LATE = "late"  # yesterday is missing: warned
    CUTS_PRICES = "cuts_prices"
    OVERCHARGES = "overcharges"
    SELLS_ELSEWHERE = "sells_elsewhere"
    BULK_WITHOUT_ADDENDUM = "bulk_without_addendum"
    CARELESS = "careless"  # lines with errors end in quarantine


@dataclass(frozen=True, slots=True)
class DemoDealer:
    code: str
    name: str
    uscc: str
    industry: str
    tier: str
    revenue: Decimal
    province: Province
    weight: float
    habit: Habit
    has_addendum: bool

    @property
    def cities(self) -> tuple[City, ...]:
        return self.province.cities


def dealers(count: int, seed: int) -> list[DemoDealer]:
    """``count`` dealers; the first show every habit, of the rest most are punctual."""
    chance = random.Random(f"dealers:{seed}")
    habits = list(Habit)
    made = []
    for number in range(count):
        province = PROVINCES[number % len(PROVINCES)]
        industry = ("electronics", "home_building", "fmcg")[number % 3]
        tier = ("T1", "T2", "T3", "T3")[number % 4]
        if number < 2 * len(habits):
            habit = habits[number // 2] if number % 2 else Habit.PUNCTUAL
        else:
            habit = chance.choices(habits, weights=[90, 1, 2, 3, 1, 1, 1, 1])[0]
        name = _NAMES[number % len(_NAMES)] + ("" if number < len(_NAMES) else str(number // len(_NAMES) + 1))
        made.append(
            DemoDealer(
                code=f"D{number + 1:05}",
                name=f"{province.cities[0].name_zh.removesuffix('市')}{name}{_TRADES[industry]}有限公司",
                uscc=make_uscc(number + 1),
                industry=industry,
                tier=tier,
                revenue=Decimal({"T1": 42, "T2": 21, "T3": 9}[tier] * 1_000_000 + chance.randrange(900) * 1000),
                province=province,
                weight={"T1": 3.0, "T2": 1.6, "T3": 0.8}[tier] * chance.uniform(0.7, 1.3),
                habit=habit,
                has_addendum=number % 4 == 0,
            )
        )
    return made


def alliance_rows() -> Iterator[dict[str, object]]:
    """The one alliance of the company in the import format."""
    yield dict(_ALLIANCE)


def dealer_rows(network: list[DemoDealer], starts_on: date) -> Iterator[dict[str, object]]:
    """The dealers in the import format; active long enough that onboarding is over when the story starts."""
    activated_on = starts_on - timedelta(days=400)
    for number, dealer in enumerate(network, 1):
        neighbour = PROVINCES[(PROVINCES.index(dealer.province) + 1) % len(PROVINCES)]
        yield {
            "code": dealer.code,
            "name": dealer.name,
            "uscc": dealer.uscc,
            "industry": dealer.industry,
            "annual_revenue": dealer.revenue,
            "territory": dealer.province.code if dealer.tier != "T1" else f"{dealer.province.code};{neighbour.code}",
            "activated_on": activated_on,
            "contract_no": f"HT-{activated_on.year}-{number:04}",
            "contract_amount": dealer.revenue / 10,
            "contract_start": activated_on,
            "contract_end": _contract_end(number, starts_on),
            "alliance": _ALLIANCE["code"] if dealer.code in _ALLIED else "",
            "tier": dealer.tier,
            "b2b_from": activated_on if dealer.has_addendum else "",
            "b2b_to": "",
        }


def _contract_end(number: int, starts_on: date) -> date:
    """Years ahead, but for one dealer whose contract is to be assessed now."""
    if number == _ENDS_SOON:
        return starts_on + timedelta(days=110)
    return starts_on.replace(year=starts_on.year + 2, day=1)
