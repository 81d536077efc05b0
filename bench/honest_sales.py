"""What honest dealers sell, document by document, with the habits real ones have.

Honest is not tidy: weekends and holidays are strong, the week of 11 November is a multiple of others, some dealers have
one large business customer with a standing order, some report a week late, some after a breakdown of their own, all
of them late when our system was down; documents are cancelled and written anew, goods come back, tills post at
midnight or by the quarter of an hour, neighbours help each other out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.conf import settings

from dealers.foundation.clock import start_of_day
from dealers.models import Dealer, DealerTier, Product, Region
from dealers.services.staging import copy_line
from pricing.rules.customer_references import customer_hash, hash_key

FIRST_DAY, LAST_DAY = date(2026, 7, 1), date(2026, 11, 9)
#: When the company is looked at.
AT = datetime(2026, 11, 10, 2, tzinfo=UTC)
#: Our own system was down for the last three days of October and longer.
OUTAGE = (start_of_day(date(2026, 10, 29)), start_of_day(date(2026, 11, 2)))
DAYS = (LAST_DAY - FIRST_DAY).days + 1
ONE_DAY = timedelta(days=1)
_LATE = timedelta(days=7)
Item = tuple[int, int, int]


@dataclass(slots=True)
class Document:
    """One document: when sold, when reported, to whom, and what (product's place, quantity, price in fen)."""

    sold_at: datetime
    reported_at: datetime
    items: list[Item]
    customer: str = ""
    channel: int = 1
    number: str = ""

    @property
    def fen(self) -> int:
        return sum(quantity * price for _product, quantity, price in self.items)


@dataclass(slots=True)
class Seller:
    """A dealer and its habits."""

    pk: int
    code: str
    uscc: str
    tier: str
    chance: random.Random
    documents: int
    products: list[int]
    discount: int
    numbering: str
    posting: str
    reports: str
    #: The first day of a week that was reported afterwards.
    down_from: date


def goods(dice: random.Random) -> tuple[list[int], list[int], int]:
    region = Region.objects.create(code="P1", name_zh="省", name_en="Province", kind="province")
    goods = Product.objects.bulk_create(
        Product(sku=f"F{number:04d}", name_zh="商品", name_en="Goods", category="all", industry="electronics")
        for number in range(400)
    )
    # From some yuan to some ten thousand, few of them at round prices.
    prices = [max(500, round(dice.lognormvariate(9.6, 1.5))) for _product in goods]
    return prices, [product.pk for product in goods], region.pk


def sellers_of(dealers: int, lines: int, products: int, dice: random.Random) -> list[Seller]:
    made = Dealer.objects.bulk_create(
        (
            Dealer(
                code=f"F{number:05d}",
                name=f"诚信商贸{number}",
                uscc=f"91{number:016d}",
                industry=("electronics", "fmcg", "home_building")[number % 3],
                annual_revenue=1_000_000,
                activated_on=date(2026, 1, 1),
                created_at=AT,
            )
            for number in range(dealers)
        ),
        batch_size=2_000,
    )
    tiers = [("T1", "T2", "T3")[number % 3] for number in range(dealers)]
    DealerTier.objects.bulk_create(
        (
            DealerTier(dealer=dealer, tier=tier, valid=(date(2026, 1, 1), None))
            for dealer, tier in zip(made, tiers, strict=True)
        ),
        batch_size=2_000,
    )
    weights = [dice.lognormvariate(0, 0.7) for _dealer in made]
    scale = lines / 2.3 / sum(weights)
    sellers = []
    for dealer, tier, weight in zip(made, tiers, weights, strict=True):
        chance = random.Random(f"{dealer.code}:{dice.random()}")
        sellers.append(
            Seller(
                dealer.pk,
                dealer.code,
                dealer.uscc,
                tier,
                chance,
                documents=max(12, round(weight * scale)),
                products=chance.sample(range(products), 40),
                discount=chance.choice((0, 0, 3, 5, 8)),
                numbering=chance.choice(("running", "running", "daily", "random")),
                posting=chance.choices(("till", "midnight", "quarters"), (90, 5, 5))[0],
                reports=chance.choices(("daily", "weekly late", "broke down"), (88, 8, 4))[0],
                down_from=FIRST_DAY + chance.randrange(DAYS - 20) * ONE_DAY,
            )
        )
    return sellers


class HonestSales:
    """Makes the documents of honest dealers, and writes any documents as lines to be copied into the database."""

    def __init__(self, sellers: list[Seller], prices: list[int], products: list[int]) -> None:
        self.sellers, self.prices, self.products = sellers, prices, products
        self.key = hash_key(settings.CUSTOMER_HASH_KEY)
        self.days = _days()

    def _honest(self, seller: Seller) -> list[Document]:
        chance = seller.chance
        customers = max(30, seller.documents)
        documents = []
        for day in chance.choices(*self.days, k=seller.documents):
            items = [self._item(seller) for _line in range(chance.choice((1, 1, 1, 2, 2, 3, 4, 6)))]
            customer = self._hash(f"C{seller.pk}:{chance.randrange(customers)}") if chance.random() < 0.6 else ""
            documents.append(self._document(seller, day, items, customer))
        documents += self._standing_orders(seller)
        documents += self._taken_back(seller, documents)
        if chance.random() < 0.02:  # helps a neighbour out
            other = chance.choice(self.sellers)
            documents.append(
                self._document(
                    seller, LAST_DAY - 9 * ONE_DAY, [(seller.products[0], 2, 90_000)], self._hash(other.uscc)
                )
            )
        return documents

    def _item(self, seller: Seller) -> Item:
        chance = seller.chance
        product = chance.choice(seller.products)
        price = self.prices[product] * (100 - seller.discount) // 100 * chance.randrange(97, 104) // 100
        return product, chance.choices((1, 2, 3, 5), (70, 20, 7, 3))[0], max(price, 100)

    def _standing_orders(self, seller: Seller) -> list[Document]:
        """Every sixth dealer has one or two businesses that order the same every week, one of them much."""
        chance = seller.chance
        if seller.pk % 6 or seller.documents < 80:
            return []
        documents = []
        for number in range(chance.choice((1, 1, 2))):
            items = [
                (product, chance.randrange(2, 9), self.prices[product]) for product in chance.sample(seller.products, 3)
            ]
            day = FIRST_DAY + chance.randrange(7) * ONE_DAY
            while day <= LAST_DAY:
                one = self._document(seller, day, list(items), self._hash(f"B{seller.pk}:{number}"))
                documents.append(replace(one, channel=2))
                day += 7 * ONE_DAY
        return documents

    def _taken_back(self, seller: Seller, documents: list[Document]) -> list[Document]:
        chance = seller.chance
        back = []
        for one in documents:
            draw = chance.random()
            if draw < 0.004:  # cancelled in full and written anew
                day = min(day_of(one.sold_at) + ONE_DAY, LAST_DAY)
                items = [(product, -quantity, price) for product, quantity, price in one.items]
                back += [
                    self._document(seller, day, items, one.customer),
                    self._document(seller, day, one.items, one.customer),
                ]
            elif draw < 0.025:  # something comes back
                product, _quantity, price = one.items[0]
                day = day_of(one.sold_at) + chance.randrange(1, 15) * ONE_DAY
                if day <= LAST_DAY:
                    back.append(self._document(seller, day, [(product, -1, price)], one.customer))
        return back

    def _document(self, seller: Seller, day: date, items: list[Item], customer: str) -> Document:
        chance = seller.chance
        seconds = chance.randrange(9 * 3600, 21 * 3600)
        if seller.posting == "midnight":
            seconds = 0
        elif seller.posting == "quarters":
            seconds -= seconds % 900
        sold_at = start_of_day(day) + timedelta(seconds=seconds)
        return Document(sold_at, self._reported(seller, day), items, customer)

    def _reported(self, seller: Seller, day: date) -> datetime:
        told = start_of_day(day) + timedelta(hours=23, minutes=30)
        if seller.reports == "weekly late":
            told += (12 - day.toordinal() % 7) * ONE_DAY
        elif seller.reports == "broke down" and 0 <= (day - seller.down_from).days < 7:
            told = start_of_day(seller.down_from + 17 * ONE_DAY)
        if OUTAGE[0] <= told < OUTAGE[1] or (day >= date(2026, 10, 29) and day.month == 10 and seller.pk % 2):
            told = max(told, start_of_day(day) + timedelta(days=8))  # caught up some days after we were back
        return min(told, AT)

    def _hash(self, reference: str) -> str:
        return customer_hash(reference, self.key)

    def _written(self, seller: Seller, documents: list[Document]) -> Iterator[str]:
        # Numbers are given in the order in which documents are written, which for honest ones is that of the days.
        documents.sort(key=lambda one: (max(day_of(one.sold_at), _written_on(one)), one.sold_at))
        for number, one in enumerate(documents, start=1):
            day = day_of(one.sold_at)
            if seller.numbering == "running":
                name = f"{seller.code}-{number:07d}"
            elif seller.numbering == "daily":
                name = f"XS{day:%y%m%d}-{number:05d}"
            else:
                name = f"{seller.chance.getrandbits(48):012x}x{number}"
            late = 4 if one.reported_at - one.sold_at > _LATE else 0
            sold_at, reported_at = one.sold_at.isoformat(), one.reported_at.isoformat()
            for line, (product, quantity, price) in enumerate(one.items, start=1):
                yield copy_line(
                    (
                        *(seller.pk, name, line, self.products[product], sold_at, day, quantity),
                        *(Decimal(price).scaleb(-2), one.channel, one.customer, 6 if quantity < 0 else 1, late),
                        reported_at,
                    )
                )


def _days() -> tuple[list[date], list[float]]:
    """Every day with how much is sold on it."""
    days = [FIRST_DAY + number * ONE_DAY for number in range(DAYS)]
    weights = []
    for day in days:
        weight = 1.5 if day.weekday() >= 5 else 0.9
        if day.month == 10 and day.day <= 7:
            weight *= 2.5
        if day.month == 11 and day.day >= 6:
            weight *= 3
        if day.month == 9 and day.day >= 28:
            weight *= 1.6  # who has something in the drawer books it before the quarter ends
        weights.append(weight)
    return days, weights


def day_of(at: datetime) -> date:
    return (at + timedelta(hours=8)).date()


def _written_on(one: Document) -> date:
    """Back-dated documents are written when they are reported."""
    reported = day_of(one.reported_at)
    return reported if reported == date(2026, 10, 12) and day_of(one.sold_at).month == 9 else date.min
