"""An independent reckoning, from the lines alone and in plain decimals, comes to the same amounts."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from dealers.models import Dealer, DealerTier
from pricing.choices import Flag, Verdict
from pricing.models import SaleLine, SaleLineHistory
from settlement.models import Statement, StatementLine
from settlement.selectors.inputs import inputs_of
from tests import factories
from tests.settlement.world import after, change_tier, close, dealer, half, sell, ship

pytestmark = pytest.mark.django_db
PERIODS = ["2026-08-H2", "2026-09-H1", "2026-09-H2", "2026-10-H1", "2026-10-H2"]
#: tier → (brackets, retroactive, cap), as the sample policy says.
TERMS = {
    "T1": ([("0", "0.02"), ("1000000", "0.03"), ("3000000", "0.04")], False, Decimal(500000)),
    "T2": ([("0", "0.015"), ("800000", "0.025")], False, None),
    "T3": ([("0", "0.01"), ("500000", "0.02")], True, None),
}


def earned(tier: str, base: Decimal) -> Decimal:
    brackets, retroactive, cap = TERMS[tier]
    if base <= 0:
        return Decimal("0.00")
    total = Decimal(0)
    for number, (start, rate) in enumerate(brackets):
        if base < Decimal(start):
            break
        end = Decimal(brackets[number + 1][0]) if number + 1 < len(brackets) else base
        total = base * Decimal(rate) if retroactive else total + (min(base, end) - Decimal(start)) * Decimal(rate)
    return (total if cap is None else min(total, cap)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def base_of(dealer_id: int, tier: str, quarter: list[str], cutoff: object) -> Decimal:
    """The compliant sales of the half-months that began under the tier, as known at the cutoff."""
    total = Decimal(0)
    states = [*SaleLine.objects.filter(dealer=dealer_id), *SaleLineHistory.objects.filter(dealer=dealer_id)]
    for period in quarter:
        if not DealerTier.objects.filter(dealer=dealer_id, tier=tier, valid__contains=half(period).start).exists():
            continue
        for line in states:
            known = line.known_from <= cutoff and getattr(line, "known_until", cutoff + timedelta(1)) > cutoff
            breach = line.verdict in (Verdict.BELOW_FLOOR, Verdict.ABOVE_CEILING) and not line.flags & Flag.NOT_ENFORCED
            excluded = line.flags & (Flag.OUT_OF_TERRITORY | Flag.B2B_WITHOUT_ADDENDUM)
            if known and not breach and not excluded and half(period).start <= line.sold_on < half(period).end:
                total += line.quantity * line.unit_price
    return total


@pytest.mark.parametrize("seed", range(3))
def test_both_reckonings_agree(seed: int) -> None:
    chance = random.Random(seed)
    factories.PolicyVersion()
    shops = [dealer(f"D{number}", chance.choice(["T1", "T2", "T3"])) for number in range(6)]
    for number, period in enumerate(PERIODS):
        for shop in shops:
            for _ in range(chance.randrange(4)):
                told = half(chance.choice(PERIODS[max(0, number - 3) : number + 1]))
                line = sell(
                    shop,
                    str(told),
                    f"{chance.uniform(-300_000, 900_000):.6f}",
                    known=after(period, 0) - timedelta(hours=chance.randrange(1, 200)),
                    verdict=chance.choice([None, None, None, *Verdict]),
                    flags=chance.choice([0, 0, 0, 1, 2, 4, 8]),
                )
                if chance.random() < 0.3:
                    sell(shop, str(told), "777.77", known=after(period, 0) - timedelta(minutes=1), revises=line)
            ship(shop, period, "10")
        close(period, at=after(period, 0))
        if number == 2:
            change_tier(shops[0], "T1" if shops[0].tiers.get().tier != "T1" else "T2", PERIODS[3])

    paid: dict[tuple[int, str, str], Decimal] = defaultdict(Decimal)
    for line in StatementLine.objects.select_related("statement__run"):
        paid[line.dealer_id, line.proof["program"]["tier"], line.proof["window"]] += line.amount
    cutoff = after(PERIODS[-1], 0)
    quarters = {"2026-Q3": [f"2026-{m:02}-H{h}" for m in (7, 8, 9) for h in (1, 2)], "2026-Q4": PERIODS[3:]}
    for shop in Dealer.objects.all():
        for tier in TERMS:
            for window, periods in quarters.items():
                expected = earned(tier, base_of(shop.pk, tier, periods, cutoff))
                assert paid.get((shop.pk, tier, window), Decimal(0)) == expected, (shop, tier, window)
        total = sum((statement.total for statement in Statement.objects.filter(dealer=shop)), Decimal(0))
        last = Statement.objects.get(dealer=shop, run__period=PERIODS[-1])
        assert last.closing == total


def test_the_lines_behind_each_input_sum_to_it_exactly() -> None:
    factories.PolicyVersion()
    shop = dealer("D1")
    revised = sell(shop, "2026-11-H1", "100.123456")
    sell(shop, "2026-11-H1", "-20.1", known=after("2026-11-H1", 2))
    sell(shop, "2026-11-H1", "7", verdict=Verdict.ABOVE_CEILING)
    sell(shop, "2026-11-H1", "9", verdict=Verdict.ABOVE_CEILING, flags=int(Flag.NOT_ENFORCED))
    close("2026-11-H1")
    sell(shop, "2026-11-H1", "50", known=after("2026-11-H1", 3), revises=revised)
    close("2026-11-H2")
    for line in StatementLine.objects.select_related("statement__run"):
        for share in line.proof["inputs"]:
            found = inputs_of(line, share["period"], cutoff=line.statement.run.cutoff)
            assert (
                found is not None
                and found.total.agrees
                and sum(row["amount"] for row in found.rows) == found.total.amount
            )
    assert StatementLine.objects.count() == 2
