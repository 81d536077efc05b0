"""Numbers of a proof as a sentence writes them."""

from __future__ import annotations

from decimal import Decimal


def amount_text(text: str) -> str:
    """An amount with its thousands apart: ``1,234,567.89``."""
    return f"{Decimal(text):,f}"


def rate_text(text: str) -> str:
    """A rate in percent without needless zeros: ``1.5%``."""
    percent = (Decimal(text) * 100).normalize()
    return f"{percent:f}%"
