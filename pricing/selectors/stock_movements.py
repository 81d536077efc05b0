"""The documents behind a stock figure: everything that moved a product of a dealer in a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dealers.choices import AdjustmentKind
from dealers.models import InventoryLineHistory, Shipment, StockAdjustment
from pricing.models import SaleLine

#: Of each kind at most so many are shown; the figures are reckoned from all.
MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Movement:
    """One document line: ``kind`` is ``shipment``, ``sale`` or a kind of adjustment, ``units`` what it did."""

    at: datetime
    kind: str
    doc_no: str
    line_no: int
    units: int
    words: str = ""


def movements_of(*, dealer_id: int, product_id: int, first: datetime, end: datetime) -> tuple[list[Movement], bool]:
    """Movements within ``[first, end)`` by time, and whether some were left out; three queries."""
    whose = {"dealer_id": dealer_id, "product_id": product_id}
    shipments = Shipment.objects.filter(**whose, shipped_at__gte=first, shipped_at__lt=end).order_by("shipped_at")
    sales = SaleLine.objects.filter(**whose, sold_at__gte=first, sold_at__lt=end).order_by("sold_at")
    changes = StockAdjustment.objects.filter(**whose, occurred_at__gte=first, occurred_at__lt=end).exclude(change=0)
    found = [
        *(Movement(s.shipped_at, "shipment", s.doc_no, s.line_no, s.quantity) for s in shipments[: MOST_SHOWN + 1]),
        *(Movement(s.sold_at, "sale", s.doc_no, s.line_no, -s.quantity) for s in sales[: MOST_SHOWN + 1]),
        *(
            Movement(a.occurred_at, a.kind, a.doc_no, a.line_no, a.change, a.reason or a.counterparty)
            for a in changes.order_by("occurred_at")[: MOST_SHOWN + 1]
        ),
    ]
    kinds = [movement.kind if movement.kind in ("shipment", "sale") else "adjustment" for movement in found]
    cut = any(kinds.count(kind) > MOST_SHOWN for kind in ("shipment", "sale", "adjustment"))
    return sorted(found, key=_by_time), cut


def restated_counts(
    *, dealer_id: int, product_id: int, since: datetime
) -> dict[datetime, list[tuple[datetime, int, str]]]:
    """What counts said before they were restated: by count, when it was replaced, the units and the warehouse."""
    said: dict[datetime, list[tuple[datetime, int, str]]] = {}
    rows = InventoryLineHistory.objects.filter(dealer_id=dealer_id, product_id=product_id, as_of__gte=since)
    for as_of, until, units, warehouse in rows.order_by("known_until", "id").values_list(
        "as_of", "known_until", "on_hand", "warehouse"
    ):
        said.setdefault(as_of, []).append((until, units, warehouse))
    return said


def kind_words(kind: str) -> str:
    """The adjustment's kind in the reader's language; empty for shipments and sales."""
    return str(AdjustmentKind(kind).label) if kind in AdjustmentKind.values else ""


def _by_time(movement: Movement) -> tuple[datetime, bool, str, int]:
    return movement.at, movement.units < 0, movement.doc_no, movement.line_no
