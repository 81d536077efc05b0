"""What a promotion sold per yuan spent, and what that recommends for its kind.

return = sales / spend. Below the policy's lower mark: retire; above its upper mark: expand; exactly on a mark: keep.
The comparison is made with the amounts, not with a rounded quotient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _
from pricing.choices import Recommendation
from pricing.rules.uplift import MICROS, micros, parts_to_cents, ratio


@dataclass(frozen=True, slots=True)
class Marks:
    """The policy's returns below which a kind is retired and above which it is expanded."""

    retire_below: Decimal
    expand_above: Decimal


@dataclass(frozen=True, slots=True)
class PromoReturn:
    """Sales per yuan spent; ``rate`` is None when nothing was spent. ``finding`` says how the advice came about."""

    sales: Decimal
    spend: Decimal
    rate: Decimal | None
    recommendation: str
    finding: Finding


def return_of(sales: Decimal, spend: Decimal, marks: Marks) -> PromoReturn:
    """The return and the recommendation that follows from it."""
    if spend <= 0:
        return PromoReturn(sales, spend, None, Recommendation.NONE, _no_spend(spend))
    if sales < marks.retire_below * spend:
        advice, words = Recommendation.RETIRE, _("%(sales)s ÷ %(spend)s = %(rate)s is below %(mark)s: retire.")
        mark = marks.retire_below
    elif sales > marks.expand_above * spend:
        advice, words = Recommendation.EXPAND, _("%(sales)s ÷ %(spend)s = %(rate)s is above %(mark)s: expand.")
        mark = marks.expand_above
    else:
        advice = Recommendation.KEEP
        words = _("%(sales)s ÷ %(spend)s = %(rate)s lies from %(mark)s to %(upper)s: keep.")
        mark = marks.retire_below
    rate = ratio(sales, spend)
    params = {
        "sales": format(sales, "f"),
        "spend": format(spend, "f"),
        "rate": plain(rate),
        "mark": plain(mark),
        "upper": plain(marks.expand_above),
    }
    return PromoReturn(sales, spend, rate, advice, Finding(f"return_{advice}", Severity.INFO, words, params))


def spend_by_channel(
    named: Mapping[int, Decimal], shared: Decimal, sales: Mapping[int, Decimal], channels: tuple[int, ...]
) -> dict[int, Decimal]:
    """Spend per channel of sale: what was spent for one channel, and the shared rest in proportion to their sales.

    Channels that sold nothing (or took back more) bear none of the rest, unless none sold: then all bear alike.
    """
    weights = {channel: max(Decimal(0), sales.get(channel, Decimal(0))) for channel in channels}
    if not any(weights.values()):
        weights = dict.fromkeys(channels, Decimal(1))
    parts = {channel: micros(shared) * micros(weights[channel]) for channel in channels}
    shares = parts_to_cents(parts, MICROS * sum(micros(weight) for weight in weights.values()))
    return {channel: named.get(channel, Decimal(0)) + shares[channel] for channel in channels}


def plain(number: Decimal) -> str:
    """A rate without needless zeros, at least two places: ``2.50``, ``3.141593``."""
    text = format(number.normalize(), "f")
    whole, _point, places = text.partition(".")
    return f"{whole}.{places.ljust(2, '0')}"


def _no_spend(spend: Decimal) -> Finding:
    return Finding(
        "no_spend",
        Severity.INFO,
        _("Recorded spend is %(spend)s; without spend there is no return, and no recommendation."),
        {"spend": format(spend, "f")},
    )
