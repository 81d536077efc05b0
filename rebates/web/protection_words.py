"""Price protection put into words: why nothing is credited, and the units receipt by receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from rebates.rules.price_protection import Protection, Zero
from rebates.rules.quantities import micros_text

ZEROS: Mapping[Zero, str | Promise] = {
    Zero.NOT_COUNTED: gettext_lazy("No recent count of its stock"),
    Zero.COUNT_TOO_OLD: gettext_lazy("Its last count is too old"),
    Zero.NOTHING_ON_HAND: gettext_lazy("Nothing on hand"),
    Zero.RECEIVED_TOO_LONG_AGO: gettext_lazy("What is on hand came too long ago"),
    Zero.PROTECTED_ALREADY: gettext_lazy("Protected by an earlier fall already"),
}


def zero_words(zero: Zero | None) -> str | Promise:
    """Why nothing is credited; empty when something is."""
    return "" if zero is None else ZEROS[zero]


def layer_rows(protection: Protection) -> dict[str, Any]:
    """Prices in full, and the receipts whose units are credited."""
    fall = protection.fall
    return {
        "old": micros_text(fall.old),
        "new": micros_text(fall.new),
        "difference": micros_text(fall.old - fall.new),
        "layers": [
            {
                "document": layer.receipt[0],
                "line": layer.receipt[1],
                "received_at": layer.received_at,
                "held": layer.held,
                "protected_before": layer.protected_before,
                "credited": layer.credited,
            }
            for layer in protection.layers
        ],
    }
