"""What the fall of list prices costs in price protection: facts of all dealers at once, decided by the rule.

The number of statements depends neither on falls nor on dealers nor on products, and dealers are read one after the
other: an estimate holds the goods of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from dealers.foundation.bulk_plans import plan_as_usual, plan_for_bulk
from dealers.models import PolicyVersion
from dealers.selectors.dated_stock import AskedInstant, StockQuestion, dated_stock
from dealers.selectors.list_prices import PriceStep
from dealers.selectors.purchases import ALL_DEALERS, ChosenDealers
from rebates.rules.price_protection import Protection, Window, Zero
from rebates.selectors.price_falls import PriceFall, falls_in_force
from rebates.selectors.protection_chains import Step, credited, step_of
from rebates.terms import PriceProtectionTerms, rebates_terms


class DealerProtection(NamedTuple):
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
    asked = set(falls)
    if not asked:
        return
    before = _earlier_falls(asked, terms, known_at)
    window = window_of(terms)
    instants = {fall: min(fall.at, at) for fall in asked.union(before)}
    steps: dict[int, list[Step]] = {}
    for fall, instant in sorted(instants.items(), key=lambda pair: pair[0].day):
        steps.setdefault(fall.product_id, []).append(step_of(fall, instant, window, asked=fall in asked))
    question = StockQuestion(
        [_asked_instant(*pair, terms) for pair in {(fall.product_id, instant) for fall, instant in instants.items()}],
        at if known_at is None else known_at,
        shard=ALL_DEALERS if dealers is None else ChosenDealers(ids=tuple(dealers)),
    )
    with transaction.atomic():
        with connection.cursor() as cursor:
            plan_for_bulk(cursor)
        for dealer_id, held in dated_stock(question):
            for product_id, step, _stock, protection in credited(held, steps):
                if step.asked:
                    yield DealerProtection(dealer_id, product_id, protection)
        with connection.cursor() as cursor:
            plan_as_usual(cursor)


def sums_by_dealer(found: Iterable[DealerProtection]) -> list[DealerSum]:
    """What each dealer is credited over all products, the largest amount first."""
    sums: dict[int, DealerSum] = {}
    for row in found:
        if row.dealer_id not in sums:
            sums[row.dealer_id] = DealerSum(row.dealer_id)
        sums[row.dealer_id].add(row.protection)
    return sorted(sums.values(), key=lambda total: (-total.amount, total.dealer_id))


def _earlier_falls(
    asked: Collection[PriceFall], terms: PriceProtectionTerms, known_at: datetime | None
) -> list[PriceFall]:
    """Falls in force within the window before: those further back concern no unit received within it."""
    first = min(fall.day for fall in asked) - timedelta(days=terms.window_days)
    last: dict[int, date] = {}
    for fall in asked:
        last[fall.product_id] = max(fall.day, last.get(fall.product_id, fall.day))
    found = falls_in_force(after=first, until=max(last.values()), products=last.keys(), known_at=known_at)
    return [fall for fall in found if fall not in asked and fall.day < last[fall.product_id]]


def _asked_instant(product_id: int, at: datetime, terms: PriceProtectionTerms) -> AskedInstant:
    came_from = at - timedelta(days=terms.window_days)
    counted_after = came_from - timedelta(hours=terms.snapshot_max_age_hours)
    return AskedInstant(product_id, at, counted_after, came_from, terms.include_in_transit)
