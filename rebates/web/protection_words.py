"""Price protection put into words: why nothing is credited, and the units receipt by receipt."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise

from rebates.resources.price_protection import REASONS
from rebates.rules.price_protection import Protection, Zero
from rebates.rules.quantities import micros_text


def zero_words(zero: Zero | None) -> str | Promise:
    """Why nothing is credited; empty when something is."""
    return "" if zero is None else REASONS[zero]


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
