"""What INVRPT and SLSRPT have in common: article numbers, days, purposes."""

from __future__ import annotations

from collections.abc import Iterator

from dealers.foundation.trade_messages.dates import Stretch, edifact_stretch
from dealers.foundation.trade_messages.lines import GTIN, OWN, SKU, ItemNumber, items_of
from dealers.foundation.trade_messages.segments import Segment

#: Numberings of articles (7143). The supplier is HQ, so its numbers are our SKUs.
EDIFACT_ITEMS = {
    **dict.fromkeys(("EN", "SRV", "UP", "UEN"), GTIN),
    **dict.fromkeys(("SA", "VN", "VP", "SK", "MF", "SS"), SKU),
    **dict.fromkeys(("IN", "BP"), OWN),
}
#: Message functions (1225): original, and those that say the same or more of it. Replacing ones carry a revision.
ORIGINALS = frozenset({"", "9", "7", "6", "31", "43"})
REPLACING = frozenset({"5"})


def items_of_line(segment: Segment) -> tuple[ItemNumber, ...]:
    """The article numbers of LIN (third element) or of PIA (second to sixth)."""
    return items_of(_pairs(segment), EDIFACT_ITEMS)


def _pairs(segment: Segment) -> Iterator[tuple[str, str]]:
    for at in (3,) if segment.tag == "LIN" else range(2, 7):
        yield segment.get(at, 2), segment.get(at)


def stretch_of(segment: Segment) -> Stretch | None:
    """The days of a DTM segment."""
    return edifact_stretch(segment.get(1, 2), segment.get(1, 3))
