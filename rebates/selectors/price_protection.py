"""What the fall of list prices costs in price protection: facts of all dealers at once, decided by the rule.

The number of statements depends on how many different instants the falls have, never on dealers or products.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from dealers.models import PolicyVersion
from dealers.selectors.list_prices import PriceStep
from dealers.selectors.stock_layers import LayeredStock, layered_stock
from rebates.rules.price_protection import Fall, HeldLayer, Protection, Stock, Window, Zero, protections_of
from rebates.rules.quantities import micros
from rebates.selectors.price_falls import PriceFall, falls_in_force
from rebates.terms import PriceProtectionTerms, rebates_terms

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class DealerProtection:
    """The credit of one dealer for the fall of one product."""

    dealer_id: int
    product_id: int
    protection: Protection


@dataclass(slots=True)
class DealerSum:
    """What one dealer is credited over all products of a change; ``amount`` in cents."""

    dealer_id: int
    units: int = 0
    amount: int = 0
    products: int = 0
    zeros: Counter[Zero] = field(default_factory=Counter)

    def add(self, protection: Protection) -> None:
        self.units += protection.units
        self.amount += protection.amount
        self.products += protection.units > 0
        if protection.zero is not None:
            self.zeros[protection.zero] += 1


def terms_of(policy: PolicyVersion) -> PriceProtectionTerms:
    return rebates_terms(policy).price_protection


def window_of(terms: PriceProtectionTerms) -> Window:
    """The policy's terms as the rule takes them."""
    return Window(timedelta(days=terms.window_days), timedelta(hours=terms.snapshot_max_age_hours))


def proposed_falls(steps: Iterable[PriceStep]) -> list[PriceFall]:
    """The falls among proposed prices."""
    return [
        PriceFall(step.line.product_id, step.line.valid_from, step.before, step.line.price)
        for step in steps
        if step.falls and step.before is not None
    ]


def protections(
    falls: Iterable[PriceFall],
    terms: PriceProtectionTerms,
    *,
    at: datetime,
    dealers: Collection[int] | None = None,
    known_at: datetime | None = None,
) -> Iterator[DealerProtection]:
    """What each dealer would be credited for these falls, with the facts there are at ``at``.

    A fall that lies ahead is reckoned as if it came now: an estimate. Earlier falls of the same products within the
    window come first, because their units are protected already. Dealers that neither counted nor received the
    product lately are left out. ``known_at`` leaves out facts received later.
    """
    asked = list(falls)
    window = window_of(terms)
    by_product: dict[int, list[PriceFall]] = {}
    for fall in asked:
        by_product.setdefault(fall.product_id, []).append(fall)
    if not by_product:
        return
    before = _earlier_falls(asked, terms, known_at)
    instants = {fall: min(fall.at, at) for fall in (*before, *asked)}
    at_instant: dict[datetime, set[int]] = {}
    for fall, instant in instants.items():
        at_instant.setdefault(instant, set()).add(fall.product_id)
    stocks = {instant: _stocks(instant, products, terms, dealers, known_at) for instant, products in at_instant.items()}
    counted: dict[int, set[int]] = {}
    for found in stocks.values():
        for dealer_id, product_id in found:
            counted.setdefault(product_id, set()).add(dealer_id)
    came = _received_lately(by_product.keys(), window, max(instants[fall] for fall in asked), dealers, known_at)
    for product_id, of_product in by_product.items():
        earlier = [fall for fall in before if fall.product_id == product_id]
        chain = sorted({*earlier, *of_product}, key=lambda fall: fall.day)
        rules = [Fall(instants[fall], micros(fall.old), micros(fall.new)) for fall in chain]
        for dealer_id in sorted(counted.get(product_id, set()) | came.get(product_id, set())):
            held = [(rule, stocks[rule.at].get((dealer_id, product_id), Stock())) for rule in rules]
            for fall, protection in zip(chain, protections_of(held, window), strict=True):
                if fall in of_product:
                    yield DealerProtection(dealer_id, product_id, protection)


def sums_by_dealer(found: Iterable[DealerProtection]) -> list[DealerSum]:
    """What each dealer is credited over all products, the largest amount first."""
    sums: dict[int, DealerSum] = {}
    for row in found:
        sums.setdefault(row.dealer_id, DealerSum(row.dealer_id)).add(row.protection)
    return sorted(sums.values(), key=lambda total: (-total.amount, total.dealer_id))


def _earlier_falls(asked: list[PriceFall], terms: PriceProtectionTerms, known_at: datetime | None) -> list[PriceFall]:
    """Falls in force within the window before: those further back concern no unit received within it."""
    first = min(fall.day for fall in asked) - timedelta(days=terms.window_days)
    last: dict[int, date] = {}
    for fall in asked:
        last[fall.product_id] = max(fall.day, last.get(fall.product_id, fall.day))
    found = falls_in_force(after=first, until=max(last.values()), products=last.keys(), known_at=known_at)
    return [fall for fall in found if fall not in asked and fall.day < last[fall.product_id]]


def _stocks(
    instant: datetime,
    products: Collection[int],
    terms: PriceProtectionTerms,
    dealers: Collection[int] | None,
    known_at: datetime | None,
) -> Mapping[Pair, Stock]:
    found = layered_stock(
        at=instant,
        products=products,
        dealers=dealers,
        known_at=known_at,
        with_in_transit=terms.include_in_transit,
    )
    return {(row.dealer_id, row.product_id): _as_rule(row) for row in found}


def _as_rule(row: LayeredStock) -> Stock:
    layers = tuple(HeldLayer((layer.doc_no, layer.line_no), layer.at, layer.units) for layer in row.layers.layers)
    return Stock(row.counted_at, row.on_hand, layers)


def _received_lately(
    products: Collection[int],
    window: Window,
    until: datetime,
    dealers: Collection[int] | None,
    known_at: datetime | None,
) -> dict[int, set[int]]:
    """By product, the dealers it was shipped to within the window, whether they count their stock or not."""
    narrowed = "" if dealers is None else " AND dealer_id = ANY(%(dealers)s)"
    if known_at is not None:
        narrowed += " AND known_from <= %(known_at)s"
    params: dict[str, Any] = {
        "products": list(products),
        "since": until - window.received_within,
        "until": until,
        "dealers": None if dealers is None else list(dealers),
        "known_at": known_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT product_id, dealer_id FROM dealers_shipment"
            " WHERE product_id = ANY(%(products)s) AND shipped_at >= %(since)s AND shipped_at < %(until)s"
            f" AND quantity > 0{narrowed}",
            params,
        )
        came: dict[int, set[int]] = {}
        for product_id, dealer_id in cursor.fetchall():
            came.setdefault(product_id, set()).add(dealer_id)
        return came
