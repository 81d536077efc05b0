"""What a dealer reports, one value a line. Decimals stay decimals; instants carry their offset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class SaleLine:
    """One line of a sale; a customer's return has a negative ``quantity``. ``unit_price`` is in yuan, tax included.

    Raises ``ValueError`` for an instant without offset and ``TypeError`` for a float where a decimal belongs, before
    anything is sent.
    """

    doc_no: str
    line_no: int
    sold_at: datetime
    sku: str
    quantity: int
    unit_price: Decimal
    region: str
    revision: int = 1
    channel: str = "retail"
    customer: str | None = None

    def __post_init__(self) -> None:
        _require_offset("sold_at", self.sold_at)
        if isinstance(self.unit_price, float):
            raise TypeError("unit_price is a float; give a Decimal, so that no fen is lost")

    def as_json(self) -> dict[str, Any]:
        line: dict[str, Any] = {
            "doc_no": self.doc_no,
            "line_no": self.line_no,
            "sold_at": self.sold_at.isoformat(),
            "sku": self.sku,
            "quantity": self.quantity,
            "unit_price": format(self.unit_price, "f"),
            "region": self.region,
            "revision": self.revision,
            "channel": self.channel,
        }
        if self.customer is not None:
            line["customer"] = self.customer
        return line


@dataclass(frozen=True)
class StockLine:
    """What was counted of one product in one warehouse."""

    sku: str
    on_hand: int
    in_transit: int = 0
    warehouse: str = ""

    def as_json(self) -> dict[str, Any]:
        line: dict[str, Any] = {"sku": self.sku, "on_hand": self.on_hand, "in_transit": self.in_transit}
        if self.warehouse:
            line["warehouse"] = self.warehouse
        return line


def _require_offset(name: str, instant: datetime) -> None:
    if instant.utcoffset() is None:
        raise ValueError(f"{name} has no offset; give an instant such as 2026-11-05T09:12:00+08:00")
