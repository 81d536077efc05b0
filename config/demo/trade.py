"""What demo dealers buy, hold and sell, day by day; the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from config.demo.company import DemoDealer, Habit
from config.demo.goods import CENT, Good
from config.demo.past_promotions import PastPromotion
from config.demo.places import PROVINCES
from config.demo.shelves import Shelves
from dealers.foundation.clock import BUSINESS_ZONE

#: How many days before today a silent dealer's reports stop.
SILENT_FOR_DAYS = 4
_OPENS_AT, _CLOSES_AT = 9, 21


@dataclass
class Trade:
    """Generates rows in the import format. ``lines_per_day`` is the whole company's mean number of sale lines."""

    network: Sequence[DemoDealer]
    goods: Sequence[Good]
    lines_per_day: float
    today: date
    seed: int
    promo_prices: Mapping[str, Decimal] = field(default_factory=dict)
    promo_from: date = date.max
    #: Promotions of single dealers that are over: twice as much of their products was sold at their prices.
    past: Sequence[PastPromotion] = ()

    def __post_init__(self) -> None:
        self.shelves = Shelves(self.seed)

    def reports_on(self, dealer: DemoDealer, day: date) -> bool:
        """Whether the dealer reports at all for this day."""
        if dealer.habit == Habit.SILENT:
            return day < self.today - timedelta(days=SILENT_FOR_DAYS)
        if dealer.habit == Habit.LATE:
            return day < self.today - timedelta(days=1)
        return True

    def sales(self, day: date, *, until: datetime | None = None) -> Iterator[dict[str, object]]:
        """The sale lines of a day over all dealers that report, up to the instant ``until``."""
        weight = sum(dealer.weight for dealer in self.network)
        for dealer in self.network:
            if not self.reports_on(dealer, day):
                continue
            for row in self.sales_of(dealer, day, self.lines_per_day * dealer.weight / weight):
                if until is None or datetime.fromisoformat(str(row["sold_at"])) <= until:
                    yield row

    def sales_of(self, dealer: DemoDealer, day: date, mean_lines: float) -> Iterator[dict[str, object]]:
        chance = random.Random(f"sales:{self.seed}:{dealer.code}:{day}")
        weekend = 1.5 if day.weekday() >= 5 else 0.8
        count = int(mean_lines * weekend * chance.uniform(0.6, 1.4) + chance.random())
        document, line_no = 0, 0
        for number in range(count):
            if number == 0 or chance.random() < 0.45:
                document, line_no = document + 1, 0
            line_no += 1
            yield self._line(dealer, day, chance, f"XS{day:%y%m%d}-{document:04}", line_no)

    def _line(
        self, dealer: DemoDealer, day: date, chance: random.Random, doc_no: str, line_no: int
    ) -> dict[str, object]:
        own = [good for good in self.goods[:64] if good.industry == dealer.industry] or list(self.goods)
        good = chance.choice(own) if len(self.goods) <= 64 else self.goods[int(chance.random() ** 2 * len(self.goods))]
        city = chance.choice(dealer.cities)
        channel, quantity = "retail", chance.choices((1, 2, 3, 5), weights=(70, 20, 7, 3))[0]
        price = good.street * Decimal(chance.randrange(96, 105)) / 100
        if day >= self.promo_from and good.sku in self.promo_prices and chance.random() < 0.4:
            price, quantity = self.promo_prices[good.sku], quantity * 2
        elif own_price := next((one.prices[good.sku] for one in self.past if one.covers(dealer, good.sku, day)), None):
            price, quantity = own_price, quantity * 2
        elif dealer.habit == Habit.CUTS_PRICES and chance.random() < 0.12:
            price = good.floor * Decimal("0.90")
        elif dealer.habit == Habit.OVERCHARGES and chance.random() < 0.08:
            price = good.ceiling * Decimal("1.06")
        if dealer.habit == Habit.SELLS_ELSEWHERE and chance.random() < 0.1:
            city = chance.choice(PROVINCES[(PROVINCES.index(dealer.province) + 5) % len(PROVINCES)].cities)
        if chance.random() < (0.06 if dealer.has_addendum or dealer.habit == Habit.BULK_WITHOUT_ADDENDUM else 0):
            channel, quantity = "b2b", chance.randrange(10, 40)
        if chance.random() < 0.015:
            quantity = -1
        moment = datetime(day.year, day.month, day.day, tzinfo=BUSINESS_ZONE) + timedelta(
            minutes=chance.randrange(_OPENS_AT * 60, _CLOSES_AT * 60)
        )
        return {
            "dealer": dealer.code,
            "doc_no": doc_no,
            "line_no": line_no,
            "sold_at": moment.isoformat(),
            "sku": good.sku,
            "quantity": quantity,
            "unit_price": price.quantize(CENT),
            "region": city.code,
            "channel": channel,
            "customer": f"C{chance.randrange(4000):05}" if chance.random() < 0.7 else "",
        }

    def shipments(self, week_starts_on: date) -> Iterator[dict[str, object]]:
        """A delivery note per dealer and week: every product of its range, about what it sells and a little more."""
        weight = sum(dealer.weight for dealer in self.network)
        for dealer in self.network:
            chance = random.Random(f"shipments:{self.seed}:{dealer.code}:{week_starts_on}")
            own = [good for good in self.goods[:64] if good.industry == dealer.industry] or list(self.goods[:20])
            weekly = self.lines_per_day * dealer.weight / weight * 7 * 1.9
            shipped_at = datetime.combine(week_starts_on, datetime.min.time(), BUSINESS_ZONE) + timedelta(hours=10)
            for number, good in enumerate(own, 1):
                yield {
                    "doc_no": f"FH{week_starts_on:%y%m%d}-{dealer.code}",
                    "line_no": number,
                    "dealer": dealer.code,
                    "sku": good.sku,
                    "quantity": max(1, round(weekly / len(own) * chance.uniform(0.8, 1.3))),
                    "unit_price": good.cost,
                    "shipped_at": shipped_at.isoformat(),
                    "region": dealer.cities[0].code,
                }

    def _opening(self, dealer: DemoDealer, good: Good, shared_by: int) -> int:
        """What lay on the shelf as the story began: enough for the bulk sales to come, here and there far too much."""
        weight = sum(other.weight for other in self.network)
        weekly = self.lines_per_day * dealer.weight / weight * 7 * 1.9 / shared_by
        sells_in_bulk = dealer.has_addendum or dealer.habit == Habit.BULK_WITHOUT_ADDENDUM
        weeks = (7, 7, 8, 9, 18) if sells_in_bulk else (1, 1, 1, 2, 9)
        chance = random.Random(f"opening:{self.seed}:{dealer.code}:{good.sku}")
        return round(weekly * chance.choice(weeks)) + (60 if sells_in_bulk else 12)

    def stock_of(self, dealer: DemoDealer, counted_at: datetime) -> Iterator[dict[str, object]]:
        """A stock count of the dealer's range."""
        own = [good for good in self.goods[:64] if good.industry == dealer.industry] or list(self.goods[:20])
        for good in own:
            yield {
                "dealer": dealer.code,
                "as_of": counted_at.isoformat(),
                "sku": good.sku,
                "on_hand": self.shelves.units(dealer.code, good.sku, self._opening(dealer, good, len(own))),
                "in_transit": 0,
            }
