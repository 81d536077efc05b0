"""Sub-ranges of new-generation bills: a bill is a packet of notes of 0.01 yuan, numbered from 1.

``start-end`` names the notes that are handed over, both ends included, so the amount is
(end − start + 1) × 0.01 yuan. A bill without sub-range is handed over whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from dealers.foundation.money import CENT
from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _

_SHAPE = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")


@dataclass(frozen=True, slots=True, order=True)
class BillRange:
    """The notes ``start`` to ``end`` of a bill, both included."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 1 <= self.start <= self.end:
            raise ValueError(f"there is no sub-range {self.start}-{self.end}")

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"

    @property
    def amount(self) -> Decimal:
        """Its worth in yuan, exactly."""
        return (self.end - self.start + 1) * CENT

    def overlaps(self, other: BillRange) -> bool:
        """Whether a note is in both."""
        return self.start <= other.end and other.start <= self.end


def parse_bill_range(text: str) -> BillRange | None:
    """Read ``start-end``. Empty, and the ``0`` of a packet that cannot be divided, mean the whole bill: None.

    Raises ``Refused``.
    """
    written = "".join(text.split())
    if written in ("", "0"):
        return None
    found = _SHAPE.fullmatch(written)
    if found is None:
        raise Refused("bill_range_shape", _("is not a sub-range; write it like 1-108000, each at most 12 digits"))
    start, end = int(found[1]), int(found[2])
    if start < 1:
        raise Refused("bill_range_start", _("begins at 0; the notes of a bill are numbered from 1"))
    if end < start:
        raise Refused("bill_range_order", _("ends before it begins"))
    return BillRange(start, end)
