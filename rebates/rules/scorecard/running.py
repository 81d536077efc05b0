"""How much of a quarter is over."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Days of the quarter so far, the present one included, and all of its days."""

    days: int
    of: int

    @property
    def is_over(self) -> bool:
        return self.days >= self.of

    def share_of(self, amount: Decimal) -> Decimal:
        """The part of a whole quarter's amount that belongs to the days so far."""
        return amount if self.is_over else amount * self.days / self.of
