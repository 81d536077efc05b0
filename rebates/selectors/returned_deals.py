"""Rewarded deals whose sale no longer stands as it was rewarded: a hint for finance, which decides by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from rebates.choices import LeadState

#: How far back rewards are looked at, and how long after a sale a return of the same goods is taken for its return.
LOOKED_AT, RETURNED_WITHIN = timedelta(days=180), timedelta(days=60)
SHOWN = 50

#: Of the rewards of the last half-year: the line as it stands now, and what the same customer brought back. Without a
#: customer on the line, a return of the same product at the same price counts.
_SQL = """
SELECT l.number, l.doc_no, l.line_no, r.base, r.amount,
       round(coalesce(s.quantity * s.unit_price, 0), 2) AS now, coalesce(back.amount, 0)
FROM rebates_referralreward r
JOIN rebates_lead l ON l.id = r.lead_id AND l.state = %(rewarded)s
LEFT JOIN pricing_saleline s ON s.dealer_id = l.dealer_id AND s.doc_no = l.doc_no AND s.line_no = l.line_no
LEFT JOIN LATERAL (
    SELECT round(-sum(b.quantity * b.unit_price), 2) AS amount FROM pricing_saleline b
    WHERE b.dealer_id = s.dealer_id AND b.sold_on BETWEEN s.sold_on AND s.sold_on + %(within)s
      AND b.quantity < 0 AND b.product_id = s.product_id AND b.sold_at >= s.sold_at AND b.customer = s.customer
      AND (s.customer <> '' OR b.unit_price = s.unit_price)
) back ON true
WHERE r.cancelled_at IS NULL AND r.granted_at >= %(since)s
  AND (s.dealer_id IS NULL OR round(s.quantity * s.unit_price, 2) <> r.base OR back.amount > 0)
ORDER BY r.id DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class ReturnedDeal:
    """A reward beside its deal: ``base`` was rewarded, ``now`` is what the line says, ``returned`` what came back."""

    number: str
    doc_no: str
    line_no: int
    base: Decimal
    reward: Decimal
    now: Decimal
    returned: Decimal


def returned_deals(*, at: datetime) -> list[ReturnedDeal]:
    """Standing rewards of the last half-year whose sale line was revised, or goods of it returned; the newest first."""
    params: dict[str, Any] = {
        "rewarded": LeadState.REWARDED.value,
        "within": RETURNED_WITHIN.days,
        "since": at - LOOKED_AT,
        "most": SHOWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, params)
        return [ReturnedDeal(*row) for row in cursor.fetchall()]
