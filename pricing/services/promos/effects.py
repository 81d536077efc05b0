"""What a change of promo prices means for lines already reported."""

from __future__ import annotations

from datetime import datetime

from pricing.models import PromoRequest


def promo_prices_changed(request: PromoRequest, *, since: datetime, at: datetime) -> None:
    """Have the lines the promotion could decide judged again: those sold since ``since`` within its window."""
