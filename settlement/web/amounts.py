"""Amounts as people type them into the forms of finance."""

from __future__ import annotations

from decimal import Decimal

from dealers.foundation.money import parse_decimal
from dealers.foundation.refusals import Refused
from settlement.errors import AmountUnreadable


def typed_amount(text: str) -> Decimal | None:
    """The amount in yuan, None for an empty field; separators of thousands and a currency sign are passed over.

    Raises :class:`AmountUnreadable`.
    """
    plain = text.strip().replace(",", "").replace("，", "").removeprefix("¥").removeprefix("￥").strip()
    if not plain:
        return None
    try:
        return parse_decimal(plain, max_digits=18, places=2)
    except Refused as refused:
        raise AmountUnreadable(given=text.strip()[:40]) from refused
