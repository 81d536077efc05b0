"""What a promotion brought, reckoned from its sums: uplift, return, and both by channel, dealer and product.

Every part is rounded so that the parts of a kind add up to the whole again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from dealers.foundation.findings import Finding
from dealers.foundation.money import ZERO, round_money
from pricing.choices import Bearer, Channel
from pricing.rules.promo_return import Marks, PromoReturn, return_of, spend_by_channel
from pricing.rules.uplift import MICROS, Stretch, Uplift, micros, parts_to_cents, ratio, uplift_of

_NOTHING = ZERO
CHANNELS = tuple(channel.value for channel in Channel)


@dataclass(frozen=True, slots=True)
class Sold:
    """A sum of lines; ``amount`` and ``breach`` as reported, unrounded."""

    amount: Decimal = _NOTHING
    quantity: int = 0
    lines: int = 0
    breach: Decimal = _NOTHING


@dataclass(slots=True)
class Sums:
    """The lines of a stretch of days, summed as a whole and by part (ids of dealers and products, channel numbers)."""

    whole: Sold = field(default_factory=Sold)
    dealers: dict[int, Sold] = field(default_factory=dict)
    products: dict[int, Sold] = field(default_factory=dict)
    channels: dict[int, Sold] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spent:
    """An entry of spend; a reversal is negative."""

    amount: Decimal
    borne_by: str
    channel: int | None
    dealer_id: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """The share of a channel, dealer or product (``key``) in a promotion. Nothing is spent on a single product."""

    key: int
    sales: Decimal
    quantity: int
    baseline: Decimal
    expected: Decimal
    spend: Decimal

    @property
    def uplift(self) -> Decimal:
        return self.sales - self.expected

    @property
    def uplift_rate(self) -> Decimal | None:
        return ratio(self.uplift, self.expected) if self.expected > 0 else None

    @property
    def return_rate(self) -> Decimal | None:
        return ratio(self.sales, self.spend) if self.spend > 0 else None


@dataclass(frozen=True, slots=True)
class PromoFigures:
    """A promotion judged, as the evaluation keeps it."""

    window: Stretch
    baseline: Stretch
    result: Uplift
    returned: PromoReturn
    quantity: int
    lines: int
    breach_sales: Decimal
    spend: Decimal
    brand_spend: Decimal
    channels: tuple[Part, ...]
    dealers: tuple[Part, ...]
    products: tuple[Part, ...]

    @property
    def findings(self) -> list[Finding]:
        """Why what could not be computed could not, and how the recommendation came about."""
        return [finding for finding in (self.result.finding, self.returned.finding) if finding is not None]


def judge(
    before: Sums, during: Sums, spent: Sequence[Spent], window: Stretch, baseline: Stretch, marks: Marks
) -> PromoFigures:
    """The figures of a promotion whose days in ``window`` are over."""
    result = uplift_of(during.whole.amount, before.whole.amount, window, baseline)
    spend = sum((entry.amount for entry in spent), _NOTHING)
    by_channel = _spend_of_channels(spent, {key: sold.amount for key, sold in during.channels.items()})
    by_dealer: dict[int, Decimal] = {}
    for entry in spent:
        if entry.dealer_id is not None:
            by_dealer[entry.dealer_id] = by_dealer.get(entry.dealer_id, _NOTHING) + entry.amount
    return PromoFigures(
        window=window,
        baseline=baseline,
        result=result,
        returned=return_of(result.sales, spend, marks),
        quantity=during.whole.quantity,
        lines=during.whole.lines,
        breach_sales=round_money(during.whole.breach),
        spend=spend,
        brand_spend=sum((entry.amount for entry in spent if entry.borne_by == Bearer.BRAND), _NOTHING),
        channels=_parts(before.channels, during.channels, by_channel, window.days, baseline.days),
        dealers=_parts(before.dealers, during.dealers, by_dealer, window.days, baseline.days),
        products=_parts(before.products, during.products, {}, window.days, baseline.days),
    )


def _parts(
    before: Mapping[int, Sold], during: Mapping[int, Sold], spend: Mapping[int, Decimal], days: int, of_days: int
) -> tuple[Part, ...]:
    keys = sorted({*before, *during, *spend})
    sold = {key: during.get(key, Sold()) for key in keys}
    earlier = {key: micros(before.get(key, Sold()).amount) for key in keys}
    sales = parts_to_cents({key: micros(sold[key].amount) for key in keys}, MICROS)
    baseline = parts_to_cents(earlier, MICROS)
    expected = parts_to_cents({key: amount * days for key, amount in earlier.items()}, MICROS * of_days)
    return tuple(
        Part(key, sales[key], sold[key].quantity, baseline[key], expected[key], spend.get(key, _NOTHING))
        for key in keys
    )


def _spend_of_channels(spent: Sequence[Spent], sales: Mapping[int, Decimal]) -> dict[int, Decimal]:
    if not spent:
        return {}
    named: dict[int, Decimal] = {}
    for entry in spent:
        if entry.channel is not None:
            named[entry.channel] = named.get(entry.channel, _NOTHING) + entry.amount
    shared = sum((entry.amount for entry in spent if entry.channel is None), _NOTHING)
    return spend_by_channel(named, shared, sales, CHANNELS)
