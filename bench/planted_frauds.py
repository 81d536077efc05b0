"""Frauds of every kind, planted among honest sales: each so that one rule is to find it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import connection

from bench.honest_sales import AT, FIRST_DAY, ONE_DAY, Document, HonestSales, Seller, day_of
from dealers.foundation.clock import start_of_day
from settlement.choices import SignalRule

EDGES = {"T1": 1_000_000, "T2": 800_000, "T3": 500_000}
QUARTER_ENDS = date(2026, 10, 1)
_KINDS = ("copies", "borrows", "stock", "trades", "ring", "customer", "burst", "dates", "digits", "losses")


class PlantedFrauds(HonestSales):
    """The same dealers, ``plants`` of them for every kind of fraud; ``planted`` says by which rule to be found."""

    def __init__(
        self, sellers: list[Seller], prices: list[int], products: list[int], plants: int, dice: random.Random
    ) -> None:
        super().__init__(sellers, prices, products)
        self.planted: dict[SignalRule, set[int]] = defaultdict(set)
        self.lent: list[Document] = []
        chosen = dice.sample(sellers, plants * len(_KINDS))
        self.plans: dict[int, str] = {}
        for place, kind in enumerate(_KINDS):
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

    def _copies(self, seller: Seller, documents: list[Document]) -> list[Document]:
        """Documents of October once more, some days later."""
        own = [
            one for one in documents if date(2026, 10, 1) <= day_of(one.sold_at) < date(2026, 10, 20) and one.fen > 0
        ]
        while len([one for one in own if _is_telling(one)]) < 10:
            own.append(self._large(seller, date(2026, 10, seller.chance.randrange(2, 19))))
        telling = [one for one in own if _is_telling(one)]
        copied = telling[: max(10, len(documents) // 8)]
        known = {id(one) for one in documents}
        self.planted[SignalRule.DUPLICATES].add(seller.pk)
        return [
            *documents,
            *(one for one in own if id(one) not in known),
            *(self._again(one, 15) for one in copied),
        ]

    def _borrows(self, seller: Seller, documents: list[Document]) -> list[Document]:
        """Documents another dealer had reported."""
        if len(self.lent) < 6:
            donor = self.sellers[0] if self.sellers[0] is not seller else self.sellers[1]
            self.lent += [self._large(donor, date(2026, 10, 5)) for _number in range(6)]
        self.planted[SignalRule.DUPLICATES].add(seller.pk)
        lent = [one for one in self.lent if _is_telling(one) and day_of(one.sold_at) >= date(2026, 10, 1)]
        while len(lent) < 6:
            lent.append(self._large(seller, date(2026, 10, 6)))
            documents.append(lent[-1])
        return [*documents, *(self._again(one, 12) for one in seller.chance.sample(lent, 6))]

    def _again(self, one: Document, days: int) -> Document:
        later = one.sold_at + days * ONE_DAY
        return replace(one, sold_at=later, reported_at=min(max(later, one.reported_at) + ONE_DAY, AT), number="")

    def _large(self, seller: Seller, day: date) -> Document:
        items = [(product, 3, self.prices[product] + 30_000) for product in seller.chance.sample(seller.products, 3)]
        return self._document(seller, day, items, self._hash(f"L{seller.pk}:{seller.chance.random()}"))

    def _stock(self, seller: Seller, documents: list[Document]) -> list[Document]:
        self.planted[SignalRule.BEYOND_STOCK].add(seller.pk)
        return documents

    def _trades(self, seller: Seller, documents: list[Document]) -> list[Document]:
        """A tenth of the quarter's sales to another dealer, under its credit code."""
        other = seller.chance.choice([one for one in self.sellers if one is not seller])
        self.planted[SignalRule.DEALER_TRADES].add(seller.pk)
        return documents + self._sold_to(seller, self._hash(other.uscc), documents, share=0.1)

    def _ring(self, seller: Seller, documents: list[Document]) -> list[Document]:
        """Rings of three (and what is left over), each seller naming the next in another way."""
        place = self.ring.index(seller)
        ring = self.ring[place - place % 3 : place - place % 3 + 3] if len(self.ring) - place % 3 > 1 else self.ring
        if len(ring) < 2:
            ring = self.ring[-2:] if len(self.ring) > 1 else [seller, self.sellers[0]]
        following = ring[(ring.index(seller) + 1) % len(ring)]
        reference = (following.uscc, following.code.lower(), following.uscc.lower())[place % 3]
        for rule in (SignalRule.CIRCLES, SignalRule.DEALER_TRADES):
            self.planted[rule].add(seller.pk)
        return documents + self._sold_to(seller, self._hash(reference), documents, share=0.08)

    def _sold_to(self, seller: Seller, customer: str, documents: list[Document], *, share: float) -> list[Document]:
        of_quarter = sum(one.fen for one in documents if day_of(one.sold_at) >= QUARTER_ENDS)
        each = max(700_000, round(of_quarter * share / 4))
        product = seller.products[0]
        quantity = max(1, each // self.prices[product])
        return [
            self._document(
                seller, date(2026, 10, 8 + 3 * number), [(product, quantity, self.prices[product])], customer
            )
            for number in range(4)
        ]

    def _customer(self, seller: Seller, documents: list[Document]) -> list[Document]:
        """One name for a good third of what is sold over the counter."""
        customer = self._hash(f"friend of {seller.pk}")
        self.planted[SignalRule.CUSTOMER_SHARE].add(seller.pk)
        documents = documents + [
            self._document(seller, date(2026, 10, 2 + number % 27), [self._item(seller) for _line in range(3)], "")
            for number in range(40)
        ]
        retail = [one for one in documents if one.channel == 1 and day_of(one.sold_at) >= QUARTER_ENDS and one.fen > 0]
        total = sum(one.fen for one in retail)
        product = seller.products[1]
        quantity = max(1, max(total, 6_000_000) // 2 // 8 // self.prices[product])
        return documents + [
            self._document(seller, date(2026, 10, 3 + number), [(product, quantity, self.prices[product])], customer)
            for number in range(8)
        ]

    def _burst(self, seller: Seller, documents: list[Document]) -> list[Document]:
        """Just short of the bracket all quarter, just over it in the last days, and most of that back in October."""
        edge = EDGES[seller.tier] * 100
        own = [one for one in documents if not QUARTER_ENDS <= day_of(one.sold_at) < date(2026, 11, 1)]
        so_far = sum(one.fen for one in own if day_of(one.sold_at) < QUARTER_ENDS)
        while so_far > edge * 0.8:  # a dealer as large as this one reaches it honestly: sell less
            own = [one for one in own if seller.chance.random() < 0.7]
            so_far = sum(one.fen for one in own if day_of(one.sold_at) < QUARTER_ENDS)
        product, price = seller.products[2], 40_000
        missing = int(edge * 0.86) - so_far
        own += [
            self._document(seller, FIRST_DAY + number * ONE_DAY, [(product, max(1, missing // 80 // price), price)], "")
            for number in range(80)
        ]
        reached = sum(one.fen for one in own if day_of(one.sold_at) < QUARTER_ENDS)
        quantity = (int(edge * 1.03) - reached) // 4 // price + 1
        burst = [
            self._document(seller, QUARTER_ENDS - (1 + number) * ONE_DAY, [(product, quantity, price)], "")
            for number in range(4)
        ]
        back = [
            self._document(seller, date(2026, 10, 5 + number), [(product, -(quantity * 8 // 10), price)], "")
            for number in range(4)
        ]
        self.planted[SignalRule.BRACKET_BURST].add(seller.pk)
        return own + burst + back

    def _dates(self, seller: Seller, documents: list[Document]) -> list[Document]:
        """Sales of the last days of September's second half that nobody had heard of until the middle of October."""
        self.planted[SignalRule.BACK_DATING].add(seller.pk)
        seller.reports, seller.numbering = "daily", "running"
        seller_days = [replace(one, reported_at=self._reported(seller, day_of(one.sold_at))) for one in documents]
        late = [
            replace(
                self._document(seller, date(2026, 9, 28 + number % 3), [self._item(seller), self._item(seller)], ""),
                reported_at=start_of_day(date(2026, 10, 12)) + timedelta(hours=11),
            )
            for number in range(max(12, len(documents) // 12))
        ]
        return seller_days + late

    def _digits(self, seller: Seller, documents: list[Document]) -> list[Document]:
        """Amounts as people invent them (every first digit alike) at minutes people like, on a sample large enough."""
        chance = seller.chance
        seller.posting = "till"
        invented = []
        for _number in range(700):
            fen = chance.randrange(1, 10) * 10 ** chance.choice((3, 4, 5, 6)) + chance.randrange(1, 900)
            one = self._document(seller, FIRST_DAY + chance.randrange(90) * ONE_DAY, [(seller.products[3], 1, fen)], "")
            minute = chance.choice((0, 10, 15, 20, 30, 30, 45, 50, 8, 38))
            hour = one.sold_at.replace(minute=minute, second=0)
            invented.append(replace(one, sold_at=hour))
        self.planted[SignalRule.DIGITS].add(seller.pk)
        return documents + invented

    def _losses(self, seller: Seller, documents: list[Document]) -> list[Document]:
        self.planted[SignalRule.ADJUSTMENTS].add(seller.pk)
        return documents

    def plant_findings(self) -> None:
        """Losses and what the stock check found: a little everywhere, much with those planted."""
        with connection.cursor() as cursor:
            for seller in self.sellers:
                plan = self.plans.get(seller.pk, "")
                if plan == "stock" or seller.chance.random() < 0.1:
                    self._stock_found(cursor, seller, much=plan == "stock")
                if plan == "losses" or seller.chance.random() < 0.3:
                    self._declare(cursor, seller, much=plan == "losses")

    def _stock_found(self, cursor: Any, seller: Seller, *, much: bool) -> None:
        cursor.execute(
            "INSERT INTO pricing_stockfinding"
            " (dealer_id, product_id, code, opened_at, closed_at, units, params, found_at)"
            " SELECT %s, %s, 'stock_oversold', %s, %s, greatest(40, sum(quantity) / 8) * %s / 8 + 1, '{}', %s"
            " FROM pricing_salestally WHERE dealer_id = %s AND period >= %s",
            [
                *(seller.pk, self.products[seller.products[0]], AT - 30 * ONE_DAY, AT, 8 if much else 1, AT - ONE_DAY),
                *(seller.pk, _period(date(2026, 10, 1))),
            ],
        )

    def _declare(self, cursor: Any, seller: Seller, *, much: bool) -> None:
        cursor.execute(
            "INSERT INTO dealers_stockadjustment (dealer_id, doc_no, line_no, revision, product_id, warehouse, kind,"
            " change, occurred_at, counterparty, reason, known_from, delivery_id)"
            " SELECT %s, 'PD1', 1, 1, %s, '', 'damage', -greatest(1, %s * (60 + sum(quantity) / 8) / 40), %s, '',"
            " '破损', %s, 1"
            " FROM pricing_salestally WHERE dealer_id = %s AND period >= %s",
            [
                *(seller.pk, self.products[seller.products[0]], 40 if much else seller.chance.randrange(1, 4)),
                *(AT - 20 * ONE_DAY, AT - 19 * ONE_DAY, seller.pk, _period(date(2026, 10, 1))),
            ],
        )


def _is_telling(one: Document) -> bool:
    return one.fen >= 50_000 and len(one.items) > 1 and bool(one.customer)


def _period(day: date) -> int:
    return day.year * 24 + (day.month - 1) * 2 + (0 if day.day < 16 else 1)
