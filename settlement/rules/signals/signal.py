"""What a rule found: the sentence, whom it is about, and in which window."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.term_values import whole
from settlement.choices import SignalRule

#: How many of something a limit asks for.
Count = Annotated[int, whole(1, 1_000_000)]
_CENT, _TENTH, _HUNDRED = Decimal("0.01"), Decimal("0.1"), Decimal(100)


@dataclass(frozen=True, slots=True)
class Signal:
    """One finding about one dealer. ``subject`` tells several of a rule in one window apart.

    ``amount`` is what is at stake in yuan, for sorting. ``said`` is for headquarters and may name other dealers;
    ``told`` is what the dealer itself may read, the same sentence when it is None.
    """

    rule: SignalRule
    dealer_id: int
    window: str
    said: Finding
    amount: Decimal = Decimal(0)
    subject: str = ""
    told: Finding | None = None

    @property
    def facts(self) -> str:
        """What the finding is about: the same in every run that finds it."""
        return f"{self.window}:{self.subject}" if self.subject else self.window


def sentence(rule: SignalRule, message: str, **numbers: object) -> Finding:
    """The sentence of a signal with its numbers."""
    return Finding(f"signal_{rule}", Severity.WARNING, message, numbers)


def yuan(amount: Decimal) -> str:
    """An amount as a sentence shows it: ``¥12,345.60``."""
    return f"¥{amount.quantize(_CENT, ROUND_HALF_UP):,}"


def percent(part: Decimal | int, whole: Decimal | int) -> str:
    """A share as a sentence shows it: ``12.5%``; 0 of 0 is ``0.0%``."""
    share = Decimal(part) / Decimal(whole) if whole else Decimal(0)
    return f"{(share * _HUNDRED).quantize(_TENTH, ROUND_HALF_UP)}%"


def times(part: Decimal, whole: Decimal) -> str:
    """A multiple as a sentence shows it: ``3.5``."""
    return str((part / whole).quantize(_TENTH, ROUND_HALF_UP))
