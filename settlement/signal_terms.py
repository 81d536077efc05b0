"""What the policy says about fraud signals: from where on each rule calls something a signal.

All of it is optional. What is absent has the default of the rule (:mod:`settlement.rules.signals`), which is written
down in docs/signals.md with what it was measured to find.
"""

from __future__ import annotations

from typing import Any

from dealers.foundation.term_values import Days
from dealers.foundation.terms import Terms
from settlement.choices import SignalRule
from settlement.rules.signals.adjustments import Limits as AdjustmentLimits
from settlement.rules.signals.back_dating import Limits as BackDatingLimits
from settlement.rules.signals.beyond_stock import Limits as StockLimits
from settlement.rules.signals.bracket_burst import Limits as BurstLimits
from settlement.rules.signals.circles import Limits as CircleLimits
from settlement.rules.signals.customer_share import Limits as CustomerLimits
from settlement.rules.signals.dealer_trades import Limits as TradeLimits
from settlement.rules.signals.digits import Limits as DigitLimits
from settlement.rules.signals.duplicates import Limits as DuplicateLimits


class SignalTerms(Terms):
    """The limits of every rule; how far back the nightly run looks, and for how long a rule may be suppressed."""

    look_back_days: Days = 45
    longest_suppression_days: Days = 180
    duplicates: DuplicateLimits = DuplicateLimits()
    beyond_stock: StockLimits = StockLimits()
    dealer_trades: TradeLimits = TradeLimits()
    circles: CircleLimits = CircleLimits()
    customer_share: CustomerLimits = CustomerLimits()
    bracket_burst: BurstLimits = BurstLimits()
    back_dating: BackDatingLimits = BackDatingLimits()
    digits: DigitLimits = DigitLimits()
    adjustments: AdjustmentLimits = AdjustmentLimits()

    def of(self, rule: SignalRule) -> Any:
        """The limits of one rule."""
        return getattr(self, rule.value)
