"""What one line of a message reports, in words of the trade and not yet of a dealer.

Values are the texts of the message; a value that cannot be told from it is empty and says so later, when the line is
checked like any other. ``fault`` is why the reader itself would not take the line as it stands.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _

GTIN = "gtin"
SKU = "sku"
#: A number that only the sender's own books know.
OWN = "own"
_MOST_CODES_NAMED = 50


@dataclass(frozen=True, slots=True)
class ItemNumber:
    """A number of the article and by whose numbering."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class LineFault:
    """Why a reader does not take a line as it stands: the field it is about, and a code of `dealers.problems`."""

    field: str
    value: str
    code: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TradeLine:
    """What stock and sales have in common. ``places`` tells segment number and element of a field."""

    segment: int
    items: tuple[ItemNumber, ...]
    location: str
    places: Mapping[str, tuple[int, str]]
    fault: LineFault | None = None


@dataclass(frozen=True, slots=True)
class StockLine(TradeLine):
    """A count of one article at one place (empty: the only one) at an instant."""

    as_of: str = ""
    on_hand: str = ""
    in_transit: str = ""


@dataclass(frozen=True, slots=True)
class TradeSale(TradeLine):
    """A sale or return. ``needs`` names an agreement of the dealer without which the line is not taken."""

    doc_no: str = ""
    line_no: str = ""
    sold_at: str = ""
    quantity: str = ""
    unit_price: str = ""
    revision: str = ""
    customer: str = ""
    needs: tuple[str, ...] = ()


class Lines:
    """The lines of one message while they are read, and what was seen beside them."""

    def __init__(self) -> None:
        self.not_read: Counter[tuple[str, str]] = Counter()
        self._remarks: list[Finding] = []

    def skip(self, where: str, code: str) -> None:
        """Count something that is neither stock nor a sale."""
        if (where, code) in self.not_read or len(self.not_read) < _MOST_CODES_NAMED:
            self.not_read[where, code[:20]] += 1

    def remark(self, code: str, message: str, /, *, segment: int | None = None, **params: Any) -> None:
        if len(self._remarks) < _MOST_CODES_NAMED:
            self._remarks.append(Finding(code, Severity.INFO, message, params, line=segment))

    def remarks(self) -> list[Finding]:
        """What is worth saying about the message as a whole."""
        if not self.not_read:
            return list(self._remarks)
        said = ", ".join(f"{where} {code} ({count})" for (where, code), count in sorted(self.not_read.items()))
        sentence = _("These say neither stock nor sales and were not read: %(codes)s.")
        return [*self._remarks, Finding("codes_not_read", Severity.INFO, sentence, {"codes": said[:1_500]})]


def items_of(pairs: Iterable[tuple[str, str]], kinds: Mapping[str, str]) -> tuple[ItemNumber, ...]:
    """The article numbers among pairs of qualifier and number, by a table of qualifiers."""
    return tuple(ItemNumber(kinds[code], number) for code, number in pairs if number and code in kinds)
