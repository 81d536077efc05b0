"""What headquarters takes back of the stock a dealer has when its contract ends, and at which price.

The price is what the units cost; less needs a reason, and so does every unit that is not taken back. Units that no
purchase on record brought have no such price: they stay with the dealer unless headquarters names one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from dealers.choices import ReturnState
from dealers.foundation.money import round_money
from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _
from dealers.foundation.transitions import TransitionTable

OFFER, CONFIRM, OBJECT, FIX, REDRAW = "offer", "confirm", "object", "fix", "redraw"

_S = ReturnState
RETURN_LIFE = TransitionTable(
    "stock return list",
    {
        (_S.DRAFT, OFFER): _S.OFFERED,
        (_S.DRAFT, REDRAW): _S.SUPERSEDED,
        (_S.OFFERED, CONFIRM): _S.CONFIRMED,
        (_S.OFFERED, OBJECT): _S.OBJECTED,
        (_S.OFFERED, FIX): _S.FIXED,
        (_S.OFFERED, REDRAW): _S.SUPERSEDED,
        (_S.OBJECTED, OFFER): _S.OFFERED,
        (_S.OBJECTED, FIX): _S.FIXED,
        (_S.OBJECTED, REDRAW): _S.SUPERSEDED,
        (_S.CONFIRMED, FIX): _S.FIXED,
        (_S.CONFIRMED, REDRAW): _S.SUPERSEDED,
    },
    initial=_S.DRAFT,
)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What is to become of the units of one line; ``cost`` is None when no purchase explains them."""

    units: int
    cost: Decimal | None
    accepted: int
    price: Decimal
    reason: str

    @property
    def amount(self) -> Decimal:
        """What headquarters owes for the line, rounded half up once."""
        return round_money(self.accepted * self.price)


def check_line(line: TakenBack) -> None:
    """Raises :class:`~dealers.foundation.refusals.Refused` with what is wrong, in words for the person who typed."""
    if not 0 <= line.accepted <= line.units:
        raise Refused(
            "accepted_out_of_range", _("%(accepted)s of %(units)s units cannot be taken back"),
            accepted=line.accepted, units=line.units,
        )  # fmt: skip
    if line.price < 0 or (line.cost is not None and line.price > line.cost):
        raise Refused(
            "price_above_cost", _("the price %(price)s lies above the purchase price %(cost)s"),
            price=line.price, cost=line.cost,
        )  # fmt: skip
    less = line.accepted < line.units or (line.cost is not None and line.accepted and line.price < line.cost)
    if (less or (line.cost is None and line.accepted)) and not line.reason:
        raise Refused("reason_missing", _("say why: fewer units, another price or no purchase on record"))
