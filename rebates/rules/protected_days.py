"""What the falls of one day bring a dealer: one amount over all products, less what the day has settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from rebates.rules.dues import Settled
from rebates.rules.price_protection import CreditedLayer, Protection
from rebates.rules.proof_shape import HALF_UP_CENT, faults_of_generic
from rebates.rules.quantities import cents_of_micros, cents_text, known_text, micros_text

RULE = "price_protection"
ROW = "rebates.price_protection"
#: Said when what was settled for a day rested on a fall that was corrected away.
NO_FALL = "no_fall_left"


class Occasion(StrEnum):
    """Why a day is settled: its prices fell in the half-month, or late facts concern it."""

    PRESENT = "present"
    LATE = "late"


class ProtectedProduct(NamedTuple):
    """A product whose price fell, and what a dealer is credited for it. ``came`` says it was received lately."""

    sku: str
    came: bool
    found: Protection

    @property
    def concerns(self) -> bool:
        """Whether the dealer held or received it, so that it wants to know why nothing is credited."""
        return self.came or self.found.stock.on_hand > 0


@dataclass(frozen=True, slots=True)
class ProtectionTerms:
    """The terms in force on the day, as the proof shows them."""

    policy: str
    version: int
    window_days: int
    snapshot_max_age_hours: int
    include_in_transit: bool


@dataclass(frozen=True, slots=True)
class DayDue:
    """One line of a statement before it is written; ``worth`` in micros, ``entitlement`` and ``amount`` in cents."""

    day: date
    products: tuple[ProtectedProduct, ...]
    worth: int
    entitlement: int
    settled: tuple[Settled, ...]
    amount: int


_SKU = attrgetter("sku")


def day_due(
    day: date, products: Sequence[ProtectedProduct], settled: Sequence[Settled], occasion: Occasion
) -> DayDue | None:
    """What is due for the falls of a day; None when there is nothing to say.

    The credits of all products are added up and rounded once. A present day is shown, also with nothing due, when
    the dealer held or received one of the products; a day that late facts concern only when its amount changes.
    """
    shown = tuple(sorted((one for one in products if one.concerns), key=_SKU))
    worth = sum(one.found.worth for one in shown)
    entitlement = cents_of_micros(worth)
    amount = entitlement - sum(part.due for part in settled)
    if not amount and not (occasion is Occasion.PRESENT and shown):
        return None
    return DayDue(day, shown, worth, entitlement, tuple(settled), amount)


def proof_of_day(
    due: DayDue, terms: ProtectionTerms, *, period: str, up_to: str, names: Sequence[str]
) -> dict[str, Any]:
    """Everything a day's amount follows from, product by product, in the shape every proof has.

    ``names`` are the half-months of what was settled before, in its order. Written out by hand and not by
    :func:`~rebates.rules.proof_shape.prove`: a dealer may hold hundreds of products, and there are thousands of
    dealers.
    """
    worth = micros_text(due.worth)
    return {
        "rule": RULE,
        "policy": {"code": terms.policy, "version": terms.version},
        "row": ROW,
        "terms": {
            "window_days": str(terms.window_days),
            "snapshot_max_age_hours": str(terms.snapshot_max_age_hours),
            "include_in_transit": str(int(terms.include_in_transit)),
        },
        "period": period,
        "window": due.day.isoformat(),
        "up_to": up_to,
        **_reasons(due),
        "inputs": [_shown(product) for product in due.products],
        "formula": [{"step": "protected", "how": "credit", "numbers": {"credit": worth}, "amount": worth}]
        if due.products
        else [],
        "earned": worth,
        "cap": None,
        "capped": False,
        "rounding": HALF_UP_CENT,
        "entitlement": cents_text(due.entitlement),
        "settled": [
            {"period": name, "amount": cents_text(part.due)} for name, part in zip(names, due.settled, strict=True)
        ],
        "settled_total": cents_text(sum(part.due for part in due.settled)),
        "due": cents_text(due.amount),
    }


def faults_of_protection(proof: dict[str, Any]) -> list[str]:
    """Where a proof does not sum back: the general shape, and the receipts behind each product's units."""
    faults = faults_of_generic(proof)
    for fact in proof["inputs"]:
        layers = fact["layers"]
        sums = sum(int(layer["amount"]) for layer in layers) == int(fact["numbers"]["units"])
        each = all(
            int(layer["amount"]) == int(layer["numbers"]["held"]) - int(layer["numbers"]["protected_before"])
            for layer in layers
        )
        if not (sums and each):
            faults.append(f"layers {fact['doc']}")
    return faults


def _reasons(due: DayDue) -> dict[str, list[str]]:
    """Why nothing is credited at all, each reason once."""
    if due.worth:
        return {}
    reasons = sorted({str(one.found.zero) for one in due.products if one.found.zero is not None})
    return {"reasons": reasons or [NO_FALL]}


def _shown(product: ProtectedProduct) -> dict[str, Any]:
    found = product.found
    return {
        "of": "credit",
        "doc": product.sku,
        **({"at": _instant(found.stock.counted_at)} if found.stock.counted_at else {}),
        "on_hand": str(found.stock.on_hand),
        **({"reason": found.zero.value} if found.zero is not None else {}),
        "how": "(old_price - new_price) * units",
        "numbers": {
            "old_price": known_text(found.fall.old),
            "new_price": known_text(found.fall.new),
            "units": str(found.units),
        },
        "amount": micros_text(found.worth),
        "layers": [_layer(layer) for layer in found.layers],
    }


def _layer(layer: CreditedLayer) -> dict[str, Any]:
    document, line = layer.receipt
    return {
        "of": "units",
        "doc": f"{document}/{line}",
        "at": _instant(layer.received_at),
        "how": "held - protected_before",
        "numbers": {"held": str(layer.held), "protected_before": str(layer.protected_before)},
        "amount": str(layer.credited),
    }


@lru_cache(maxsize=1 << 14)
def _instant(at: datetime) -> str:
    return at.isoformat(timespec="minutes")
