"""A synthetic company of honest dealers with some frauds of every kind planted among them.

Honest is not tidy: weekends and holidays are strong, the week of 11 November is a multiple of others, some dealers have
one large business customer with a standing order, some report a week late, some after a breakdown of their own, all
of them late when our system was down; documents are cancelled and written anew, goods come back, tills post at
midnight or by the quarter of an hour, neighbours help each other out. What is planted is told with the company.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from dealers.foundation.clock import start_of_day
from dealers.models import Dealer, DealerTier, Product, Region, SystemOutage
from dealers.services.staging import copy_line, copy_lines, temporary_table
from pricing.rules.customer_references import customer_hash, hash_key
from settlement.choices import SignalRule

FIRST_DAY, LAST_DAY = date(2026, 7, 1), date(2026, 11, 9)
#: When the company is looked at.
AT = datetime(2026, 11, 10, 2, tzinfo=UTC)
#: Our own system was down for the last three days of October and longer.
OUTAGE = (start_of_day(date(2026, 10, 29)), start_of_day(date(2026, 11, 2)))
EDGES = {"T1": 1_000_000, "T2": 800_000, "T3": 500_000}
QUARTER_ENDS = date(2026, 10, 1)
_DAYS = (LAST_DAY - FIRST_DAY).days + 1
_DAY = timedelta(days=1)
_LATE = timedelta(days=7)
_COLUMNS = (
    "dealer_id",
    "doc_no",
    "line_no",
    "product_id",
    "sold_at",
    "sold_on",
    "quantity",
    "unit_price",
    "channel",
    "customer",
    "verdict",
    "flags",
    "reported_at",
)
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
class Company:
    """Who is honest and who is not: the dealers planted by the rule that is to find them."""

    dealers: int
    lines: int = 0
    planted: dict[SignalRule, set[int]] = field(default_factory=lambda: defaultdict(set))

    @property
    def dishonest(self) -> set[int]:
        return set().union(*self.planted.values()) if self.planted else set()


@dataclass(slots=True)
class _Seller:
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


def build(*, dealers: int, lines: int, plants: int, seed: int = 1) -> Company:
    """Make the company in an empty database: ``plants`` dealers for every kind of fraud, all others honest."""
    dice = random.Random(seed)
    company = Company(dealers)
    with transaction.atomic():
        prices, products, region = _goods(dice)
        sellers = _sellers(dealers, lines, len(products), dice)
        maker = _Maker(company, sellers, prices, products, plants, dice)
        with connection.cursor() as cursor:
            temporary_table(
                cursor,
                "fraud_lines",
                "dealer_id bigint, doc_no text, line_no int, product_id bigint, sold_at timestamptz, sold_on date,"
                " quantity int, unit_price numeric, channel int, customer text, verdict int, flags int,"
                " reported_at timestamptz",
            )
            company.lines = copy_lines(cursor, "fraud_lines", _COLUMNS, maker.lines())
            _store(cursor, region)
        maker.plant_findings()
        SystemOutage.objects.create(span=OUTAGE, reason="the data centre was flooded", recorded_at=OUTAGE[1])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return company


def _goods(dice: random.Random) -> tuple[list[int], list[int], int]:
    region = Region.objects.create(code="P1", name_zh="省", name_en="Province", kind="province")
    goods = Product.objects.bulk_create(
        Product(sku=f"F{number:04d}", name_zh="商品", name_en="Goods", category="all", industry="electronics")
        for number in range(400)
    )
    # From some yuan to some ten thousand, few of them at round prices.
    prices = [max(500, round(dice.lognormvariate(9.6, 1.5))) for _product in goods]
    return prices, [product.pk for product in goods], region.pk


def _sellers(dealers: int, lines: int, products: int, dice: random.Random) -> list[_Seller]:
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
            _Seller(
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
                down_from=FIRST_DAY + chance.randrange(_DAYS - 20) * _DAY,
            )
        )
    return sellers


class _Maker:
    """Writes every dealer's documents, honest ones first and the planted ones among them."""

    def __init__(
        self,
        company: Company,
        sellers: list[_Seller],
        prices: list[int],
        products: list[int],
        plants: int,
        dice: random.Random,
    ) -> None:
        self.company, self.sellers, self.prices, self.products, self.dice = company, sellers, prices, products, dice
        self.key = hash_key(settings.CUSTOMER_HASH_KEY)
        self.days = _days()
        self.lent: list[Document] = []
        chosen = dice.sample(sellers, plants * 10)
        self.plans: dict[int, str] = {}
        kinds = ("copies", "borrows", "stock", "trades", "ring", "customer", "burst", "dates", "digits", "losses")
        for place, kind in enumerate(kinds):
            for seller in chosen[place * plants : (place + 1) * plants]:
                self.plans[seller.pk] = kind
        self.ring = [seller for seller in chosen if self.plans[seller.pk] == "ring"]

    def lines(self) -> Iterator[str]:
        for seller in self.sellers:
            documents = self._honest(seller)
            plan = self.plans.get(seller.pk, "")
            if plan:
                documents = getattr(self, f"_{plan}")(seller, documents)
            elif len(self.lent) < 200:
                self.lent += [one for one in documents if len(one.items) > 1 and one.customer][:10]
            yield from self._written(seller, documents)

    # -- honest -----------------------------------------------------------------------------------------------------

    def _honest(self, seller: _Seller) -> list[Document]:
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
                self._document(seller, LAST_DAY - 9 * _DAY, [(seller.products[0], 2, 90_000)], self._hash(other.uscc))
            )
        return documents

    def _item(self, seller: _Seller) -> Item:
        chance = seller.chance
        product = chance.choice(seller.products)
        price = self.prices[product] * (100 - seller.discount) // 100 * chance.randrange(97, 104) // 100
        return product, chance.choices((1, 2, 3, 5), (70, 20, 7, 3))[0], max(price, 100)

    def _standing_orders(self, seller: _Seller) -> list[Document]:
        """Every sixth dealer has one or two businesses that order the same every week, one of them much."""
        chance = seller.chance
        if seller.pk % 6 or seller.documents < 80:
            return []
        documents = []
        for number in range(chance.choice((1, 1, 2))):
            items = [
                (product, chance.randrange(2, 9), self.prices[product]) for product in chance.sample(seller.products, 3)
            ]
            day = FIRST_DAY + chance.randrange(7) * _DAY
            while day <= LAST_DAY:
                one = self._document(seller, day, list(items), self._hash(f"B{seller.pk}:{number}"))
                documents.append(replace(one, channel=2))
                day += 7 * _DAY
        return documents

    def _taken_back(self, seller: _Seller, documents: list[Document]) -> list[Document]:
        chance = seller.chance
        back = []
        for one in documents:
            draw = chance.random()
            if draw < 0.004:  # cancelled in full and written anew
                day = min(_day_of(one.sold_at) + _DAY, LAST_DAY)
                items = [(product, -quantity, price) for product, quantity, price in one.items]
                back += [
                    self._document(seller, day, items, one.customer),
                    self._document(seller, day, one.items, one.customer),
                ]
            elif draw < 0.025:  # something comes back
                product, _quantity, price = one.items[0]
                day = _day_of(one.sold_at) + chance.randrange(1, 15) * _DAY
                if day <= LAST_DAY:
                    back.append(self._document(seller, day, [(product, -1, price)], one.customer))
        return back

    def _document(self, seller: _Seller, day: date, items: list[Item], customer: str) -> Document:
        chance = seller.chance
        seconds = chance.randrange(9 * 3600, 21 * 3600)
        if seller.posting == "midnight":
            seconds = 0
        elif seller.posting == "quarters":
            seconds -= seconds % 900
        sold_at = start_of_day(day) + timedelta(seconds=seconds)
        return Document(sold_at, self._reported(seller, day), items, customer)

    def _reported(self, seller: _Seller, day: date) -> datetime:
        told = start_of_day(day) + timedelta(hours=23, minutes=30)
        if seller.reports == "weekly late":
            told += (12 - day.toordinal() % 7) * _DAY
        elif seller.reports == "broke down" and 0 <= (day - seller.down_from).days < 7:
            told = start_of_day(seller.down_from + 17 * _DAY)
        if OUTAGE[0] <= told < OUTAGE[1] or (day >= date(2026, 10, 29) and day.month == 10 and seller.pk % 2):
            told = max(told, start_of_day(day) + timedelta(days=8))  # caught up some days after we were back
        return min(told, AT)

    def _hash(self, reference: str) -> str:
        return customer_hash(reference, self.key)

    # -- planted ----------------------------------------------------------------------------------------------------

    def _copies(self, seller: _Seller, documents: list[Document]) -> list[Document]:
        """Documents of October once more, some days later."""
        own = [
            one for one in documents if date(2026, 10, 1) <= _day_of(one.sold_at) < date(2026, 10, 20) and one.fen > 0
        ]
        while len([one for one in own if _is_telling(one)]) < 10:
            own.append(self._large(seller, date(2026, 10, seller.chance.randrange(2, 19))))
        telling = [one for one in own if _is_telling(one)]
        copied = telling[: max(10, len(documents) // 8)]
        known = {id(one) for one in documents}
        self.company.planted[SignalRule.DUPLICATES].add(seller.pk)
        return [
            *documents,
            *(one for one in own if id(one) not in known),
            *(self._again(one, 15) for one in copied),
        ]

    def _borrows(self, seller: _Seller, documents: list[Document]) -> list[Document]:
        """Documents another dealer had reported."""
        if len(self.lent) < 6:
            donor = self.sellers[0] if self.sellers[0] is not seller else self.sellers[1]
            self.lent += [self._large(donor, date(2026, 10, 5)) for _number in range(6)]
        self.company.planted[SignalRule.DUPLICATES].add(seller.pk)
        lent = [one for one in self.lent if _is_telling(one) and _day_of(one.sold_at) >= date(2026, 10, 1)]
        while len(lent) < 6:
            lent.append(self._large(seller, date(2026, 10, 6)))
            documents.append(lent[-1])
        return [*documents, *(self._again(one, 12) for one in seller.chance.sample(lent, 6))]

    def _again(self, one: Document, days: int) -> Document:
        later = one.sold_at + days * _DAY
        return replace(one, sold_at=later, reported_at=min(max(later, one.reported_at) + _DAY, AT), number="")

    def _large(self, seller: _Seller, day: date) -> Document:
        items = [(product, 3, self.prices[product] + 30_000) for product in seller.chance.sample(seller.products, 3)]
        return self._document(seller, day, items, self._hash(f"L{seller.pk}:{seller.chance.random()}"))

    def _stock(self, seller: _Seller, documents: list[Document]) -> list[Document]:
        self.company.planted[SignalRule.BEYOND_STOCK].add(seller.pk)
        return documents

    def _trades(self, seller: _Seller, documents: list[Document]) -> list[Document]:
        """A tenth of the quarter's sales to another dealer, under its credit code."""
        other = seller.chance.choice([one for one in self.sellers if one is not seller])
        self.company.planted[SignalRule.DEALER_TRADES].add(seller.pk)
        return documents + self._sold_to(seller, self._hash(other.uscc), documents, share=0.1)

    def _ring(self, seller: _Seller, documents: list[Document]) -> list[Document]:
        """Rings of three (and what is left over), each seller naming the next in another way."""
        place = self.ring.index(seller)
        ring = self.ring[place - place % 3 : place - place % 3 + 3] if len(self.ring) - place % 3 > 1 else self.ring
        if len(ring) < 2:
            ring = self.ring[-2:] if len(self.ring) > 1 else [seller, self.sellers[0]]
        following = ring[(ring.index(seller) + 1) % len(ring)]
        reference = (following.uscc, following.code.lower(), following.uscc.lower())[place % 3]
        for rule in (SignalRule.CIRCLES, SignalRule.DEALER_TRADES):
            self.company.planted[rule].add(seller.pk)
        return documents + self._sold_to(seller, self._hash(reference), documents, share=0.08)

    def _sold_to(self, seller: _Seller, customer: str, documents: list[Document], *, share: float) -> list[Document]:
        of_quarter = sum(one.fen for one in documents if _day_of(one.sold_at) >= QUARTER_ENDS)
        each = max(700_000, round(of_quarter * share / 4))
        product = seller.products[0]
        quantity = max(1, each // self.prices[product])
        return [
            self._document(
                seller, date(2026, 10, 8 + 3 * number), [(product, quantity, self.prices[product])], customer
            )
            for number in range(4)
        ]

    def _customer(self, seller: _Seller, documents: list[Document]) -> list[Document]:
        """One name for a good third of what is sold over the counter."""
        customer = self._hash(f"friend of {seller.pk}")
        self.company.planted[SignalRule.CUSTOMER_SHARE].add(seller.pk)
        documents = documents + [
            self._document(seller, date(2026, 10, 2 + number % 27), [self._item(seller) for _line in range(3)], "")
            for number in range(40)
        ]
        retail = [one for one in documents if one.channel == 1 and _day_of(one.sold_at) >= QUARTER_ENDS and one.fen > 0]
        total = sum(one.fen for one in retail)
        product = seller.products[1]
        quantity = max(1, max(total, 6_000_000) // 2 // 8 // self.prices[product])
        return documents + [
            self._document(seller, date(2026, 10, 3 + number), [(product, quantity, self.prices[product])], customer)
            for number in range(8)
        ]

    def _burst(self, seller: _Seller, documents: list[Document]) -> list[Document]:
        """Just short of the bracket all quarter, just over it in the last days, and most of that back in October."""
        edge = EDGES[seller.tier] * 100
        own = [one for one in documents if not QUARTER_ENDS <= _day_of(one.sold_at) < date(2026, 11, 1)]
        so_far = sum(one.fen for one in own if _day_of(one.sold_at) < QUARTER_ENDS)
        while so_far > edge * 0.8:  # a dealer as large as this one reaches it honestly: sell less
            own = [one for one in own if seller.chance.random() < 0.7]
            so_far = sum(one.fen for one in own if _day_of(one.sold_at) < QUARTER_ENDS)
        product, price = seller.products[2], 40_000
        missing = int(edge * 0.86) - so_far
        own += [
            self._document(seller, FIRST_DAY + number * _DAY, [(product, max(1, missing // 80 // price), price)], "")
            for number in range(80)
        ]
        reached = sum(one.fen for one in own if _day_of(one.sold_at) < QUARTER_ENDS)
        quantity = (int(edge * 1.03) - reached) // 4 // price + 1
        burst = [
            self._document(seller, QUARTER_ENDS - (1 + number) * _DAY, [(product, quantity, price)], "")
            for number in range(4)
        ]
        back = [
            self._document(seller, date(2026, 10, 5 + number), [(product, -(quantity * 8 // 10), price)], "")
            for number in range(4)
        ]
        self.company.planted[SignalRule.BRACKET_BURST].add(seller.pk)
        return own + burst + back

    def _dates(self, seller: _Seller, documents: list[Document]) -> list[Document]:
        """Sales of the last days of September's second half that nobody had heard of until the middle of October."""
        self.company.planted[SignalRule.BACK_DATING].add(seller.pk)
        seller.reports, seller.numbering = "daily", "running"
        seller_days = [replace(one, reported_at=self._reported(seller, _day_of(one.sold_at))) for one in documents]
        late = [
            replace(
                self._document(seller, date(2026, 9, 28 + number % 3), [self._item(seller), self._item(seller)], ""),
                reported_at=start_of_day(date(2026, 10, 12)) + timedelta(hours=11),
            )
            for number in range(max(12, len(documents) // 12))
        ]
        return seller_days + late

    def _digits(self, seller: _Seller, documents: list[Document]) -> list[Document]:
        """Amounts as people invent them (every first digit alike) at minutes people like, on a sample large enough."""
        chance = seller.chance
        seller.posting = "till"
        invented = []
        for _number in range(700):
            fen = chance.randrange(1, 10) * 10 ** chance.choice((3, 4, 5, 6)) + chance.randrange(1, 900)
            one = self._document(seller, FIRST_DAY + chance.randrange(90) * _DAY, [(seller.products[3], 1, fen)], "")
            minute = chance.choice((0, 10, 15, 20, 30, 30, 45, 50, 8, 38))
            hour = one.sold_at.replace(minute=minute, second=0)
            invented.append(replace(one, sold_at=hour))
        self.company.planted[SignalRule.DIGITS].add(seller.pk)
        return documents + invented

    def _losses(self, seller: _Seller, documents: list[Document]) -> list[Document]:
        self.company.planted[SignalRule.ADJUSTMENTS].add(seller.pk)
        return documents

    # -- written down -----------------------------------------------------------------------------------------------

    def _written(self, seller: _Seller, documents: list[Document]) -> Iterator[str]:
        # Numbers are given in the order in which documents are written, which for honest ones is that of the days.
        documents.sort(key=lambda one: (max(_day_of(one.sold_at), _written_on(one)), one.sold_at))
        for number, one in enumerate(documents, start=1):
            day = _day_of(one.sold_at)
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

    def plant_findings(self) -> None:
        """Losses and what the stock check found: a little everywhere, much with those planted."""
        with connection.cursor() as cursor:
            for seller in self.sellers:
                plan = self.plans.get(seller.pk, "")
                if plan == "stock" or seller.chance.random() < 0.1:
                    self._stock_found(cursor, seller, much=plan == "stock")
                if plan == "losses" or seller.chance.random() < 0.3:
                    self._declare(cursor, seller, much=plan == "losses")

    def _stock_found(self, cursor: Any, seller: _Seller, *, much: bool) -> None:
        cursor.execute(
            "INSERT INTO pricing_stockfinding"
            " (dealer_id, product_id, code, opened_at, closed_at, units, params, found_at)"
            " SELECT %s, %s, 'stock_oversold', %s, %s, greatest(40, sum(quantity) / 8) * %s / 8 + 1, '{}', %s"
            " FROM pricing_salestally WHERE dealer_id = %s AND period >= %s",
            [
                *(seller.pk, self.products[seller.products[0]], AT - 30 * _DAY, AT, 8 if much else 1, AT - _DAY),
                *(seller.pk, _period(date(2026, 10, 1))),
            ],
        )

    def _declare(self, cursor: Any, seller: _Seller, *, much: bool) -> None:
        cursor.execute(
            "INSERT INTO dealers_stockadjustment (dealer_id, doc_no, line_no, revision, product_id, warehouse, kind,"
            " change, occurred_at, counterparty, reason, known_from, delivery_id)"
            " SELECT %s, 'PD1', 1, 1, %s, '', 'damage', -greatest(1, %s * (60 + sum(quantity) / 8) / 40), %s, '',"
            " '破损', %s, 1"
            " FROM pricing_salestally WHERE dealer_id = %s AND period >= %s",
            [
                *(seller.pk, self.products[seller.products[0]], 40 if much else seller.chance.randrange(1, 4)),
                *(AT - 20 * _DAY, AT - 19 * _DAY, seller.pk, _period(date(2026, 10, 1))),
            ],
        )


def _days() -> tuple[list[date], list[float]]:
    """Every day with how much is sold on it."""
    days = [FIRST_DAY + number * _DAY for number in range(_DAYS)]
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


def _is_telling(one: Document) -> bool:
    return one.fen >= 50_000 and len(one.items) > 1 and bool(one.customer)


def _day_of(at: datetime) -> date:
    return (at + timedelta(hours=8)).date()


def _written_on(one: Document) -> date:
    """Back-dated documents are written when they are reported."""
    reported = _day_of(one.reported_at)
    return reported if reported == date(2026, 10, 12) and _day_of(one.sold_at).month == 9 else date.min


def _period(day: date) -> int:
    return day.year * 24 + (day.month - 1) * 2 + (0 if day.day < 16 else 1)


def _store(cursor: Any, region: int) -> None:
    cursor.execute(
        "INSERT INTO pricing_saleline (dealer_id, doc_no, line_no, revision, product_id, region_id, sold_at, sold_on,"
        " quantity, unit_price, channel, customer, verdict, flags, reported_at, known_from, delivery_id)"
        " SELECT dealer_id, doc_no, line_no, 1, product_id, %s, sold_at, sold_on, quantity, unit_price, channel,"
        " customer, verdict, flags, reported_at, reported_at, 1 FROM fraud_lines",
        [region],
    )
    cursor.execute(
        "INSERT INTO pricing_salestally (dealer_id, category, period, known_at, delivery_id, lines, quantity, amount,"
        " earning_lines, earning, breach_lines, breach)"
        " SELECT dealer_id, 'all', extract(year FROM sold_on)::int * 24 + (extract(month FROM sold_on)::int - 1) * 2"
        " + CASE WHEN extract(day FROM sold_on) < 16 THEN 0 ELSE 1 END, %s, 1, count(*), sum(quantity),"
        " sum(quantity * unit_price), count(*), sum(quantity * unit_price), 0, 0 FROM fraud_lines GROUP BY 1, 3",
        [AT - _DAY],
    )


def multiply(company: Company, copies: int) -> None:
    """Add ``copies`` further honest dealers for each honest one, in the database and so in seconds.

    A twin has its own customers, prices a little off and no trades with dealers; nobody twins a planted fraud.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE honest AS SELECT id, row_number() OVER (ORDER BY id) AS place FROM dealers_dealer"
            " WHERE NOT id = ANY(%s)",
            [sorted(company.dishonest)],
        )
        cursor.execute("SELECT count(*), (SELECT max(id) FROM dealers_dealer) FROM honest")
        honest, highest = cursor.fetchone()
        for copy in range(1, copies + 1):
            params = {"copy": copy, "first": highest + (copy - 1) * honest}
            for sql in _TWINS:
                cursor.execute(sql, params)
        cursor.execute("SELECT setval(pg_get_serial_sequence('dealers_dealer', 'id'), max(id)) FROM dealers_dealer")
        cursor.execute("SELECT count(*) FROM pricing_saleline")
        company.lines = cursor.fetchone()[0]
        company.dealers += honest * copies
        cursor.execute("DROP TABLE honest")
        cursor.execute("ANALYZE")


_TWINS = (
    """
    INSERT INTO dealers_dealer (id, code, name, uscc, industry, annual_revenue, activated_on, state, created_at)
    SELECT %(first)s + h.place, d.code || '-' || %(copy)s, d.name || %(copy)s,
        '9' || lpad((%(first)s + h.place)::text, 17, '0'), d.industry, d.annual_revenue, d.activated_on, 'active',
        d.created_at
    FROM honest h JOIN dealers_dealer d USING (id)
    """,
    """
    INSERT INTO dealers_dealertier (dealer_id, tier, valid, reason)
    SELECT %(first)s + h.place, t.tier, t.valid, '' FROM honest h JOIN dealers_dealertier t ON t.dealer_id = h.id
    """,
    """
    INSERT INTO pricing_saleline (dealer_id, doc_no, line_no, revision, product_id, region_id, sold_at, sold_on,
        quantity, unit_price, channel, customer, verdict, flags, reported_at, known_from, delivery_id)
    SELECT %(first)s + h.place, l.doc_no, line_no, 1, product_id, region_id, sold_at, sold_on, quantity,
        round(unit_price * (1 + 0.013 * %(copy)s), 2), channel,
        CASE customer WHEN '' THEN '' ELSE md5(customer || %(copy)s) END, verdict, flags, reported_at, known_from, 1
    FROM honest h JOIN pricing_saleline l ON l.dealer_id = h.id
    """,
    """
    INSERT INTO pricing_salestally (dealer_id, category, period, known_at, delivery_id, lines, quantity, amount,
        earning_lines, earning, breach_lines, breach)
    SELECT %(first)s + h.place, category, period, known_at, 1, lines, quantity, amount * (1 + 0.013 * %(copy)s),
        earning_lines, earning * (1 + 0.013 * %(copy)s), 0, 0
    FROM honest h JOIN pricing_salestally t ON t.dealer_id = h.id
    """,
    """
    INSERT INTO pricing_stockfinding (dealer_id, product_id, code, opened_at, closed_at, units, params, found_at)
    SELECT %(first)s + h.place, product_id, code, opened_at, closed_at, units, params, found_at
    FROM honest h JOIN pricing_stockfinding f ON f.dealer_id = h.id
    """,
    """
    INSERT INTO dealers_stockadjustment (dealer_id, doc_no, line_no, revision, product_id, warehouse, kind, change,
        occurred_at, counterparty, reason, known_from, delivery_id)
    SELECT %(first)s + h.place, doc_no, line_no, 1, product_id, warehouse, kind, change, occurred_at, '', reason,
        known_from, 1
    FROM honest h JOIN dealers_stockadjustment a ON a.dealer_id = h.id
    """,
)
