"""Every examination there is: which rule in which version, over which windows, on which facts. One explicit table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dealers.foundation.periods import WindowKind
from settlement.choices import SignalRule
from settlement.rules.signals import adjustments as adjustments_rule
from settlement.rules.signals import back_dating as back_dating_rule
from settlement.rules.signals import beyond_stock as beyond_stock_rule
from settlement.rules.signals import bracket_burst as bracket_burst_rule
from settlement.rules.signals import circles as circles_rule
from settlement.rules.signals import customer_share as customer_share_rule
from settlement.rules.signals import dealer_trades as dealer_trades_rule
from settlement.rules.signals import digits as digits_rule
from settlement.rules.signals import digits_2 as digits_rule_2
from settlement.rules.signals import duplicates as duplicates_rule
from settlement.rules.signals.signal import Signal
from settlement.selectors.signals import (
    adjustments,
    back_dating,
    beyond_stock,
    bracket_burst,
    customer_share,
    digits,
    duplicates,
    trades,
)
from settlement.selectors.signals.asked import Asked, Evidence, Found
from settlement.signal_terms import SignalTerms

_QUARTER = frozenset({WindowKind.QUARTER})
_HALF_MONTH = frozenset({WindowKind.HALF_MONTH})


@dataclass(frozen=True, slots=True)
class Examination:
    """A rule in one version with where its facts and evidence come from, and the windows it looks at."""

    rule: SignalRule
    version: int
    windows: frozenset[WindowKind]
    read: Callable[[Asked, Any], Iterable[tuple[Any, Any]]]
    find: Callable[[Any, Any], Iterator[Signal]]
    evidence: Callable[[Asked, Sequence[Found]], list[Evidence]]

    def examine(self, asked: Asked, terms: SignalTerms) -> list[Found]:
        """What the rule finds in the window by these limits; one reduction, whatever the number of lines."""
        limits = terms.of(self.rule)
        return [Found(signal, hint) for facts, hint in self.read(asked, limits) for signal in self.find(facts, limits)]


#: What a live run asks, in the order pages show it.
LIVE = (
    Examination(
        SignalRule.DUPLICATES,
        duplicates_rule.VERSION,
        _QUARTER,
        duplicates.read,
        duplicates_rule.find,
        duplicates.evidence,
    ),
    Examination(
        SignalRule.BEYOND_STOCK,
        beyond_stock_rule.VERSION,
        _QUARTER,
        beyond_stock.read,
        beyond_stock_rule.find,
        beyond_stock.evidence,
    ),
    Examination(
        SignalRule.DEALER_TRADES,
        dealer_trades_rule.VERSION,
        _QUARTER,
        trades.read_dealer_trades,
        dealer_trades_rule.find,
        trades.evidence_of_trades,
    ),
    Examination(
        SignalRule.CIRCLES,
        circles_rule.VERSION,
        _QUARTER,
        trades.read_circles,
        circles_rule.find,
        trades.evidence_of_trades,
    ),
    Examination(
        SignalRule.CUSTOMER_SHARE,
        customer_share_rule.VERSION,
        _QUARTER,
        customer_share.read,
        customer_share_rule.find,
        customer_share.evidence,
    ),
    Examination(
        SignalRule.BRACKET_BURST,
        bracket_burst_rule.VERSION,
        frozenset(WindowKind),
        bracket_burst.read,
        bracket_burst_rule.find,
        bracket_burst.evidence,
    ),
    Examination(
        SignalRule.BACK_DATING,
        back_dating_rule.VERSION,
        _HALF_MONTH,
        back_dating.read,
        back_dating_rule.find,
        back_dating.evidence,
    ),
    Examination(SignalRule.DIGITS, digits_rule.VERSION, _QUARTER, digits.read, digits_rule.find, digits.evidence),
    Examination(
        SignalRule.ADJUSTMENTS,
        adjustments_rule.VERSION,
        _QUARTER,
        adjustments.read,
        adjustments_rule.find,
        adjustments.evidence,
    ),
)
#: Versions on trial, which only a run in shadow asks.
ON_TRIAL = (
    Examination(SignalRule.DIGITS, digits_rule_2.VERSION, _QUARTER, digits.read, digits_rule_2.find, digits.evidence),
)


def examinations(versions: Mapping[str, int]) -> tuple[Examination, ...]:
    """The live examinations, with the versions named for their rules. Raises KeyError for an unknown one."""
    known = {(one.rule.value, one.version): one for one in (*LIVE, *ON_TRIAL)}
    return tuple(known[one.rule.value, versions.get(one.rule.value, one.version)] for one in LIVE)
