"""One row of a calculation in words, and how its numbers are written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from rebates.resources.figures import rate_text
from settlement.proof_words.words import Unit


@dataclass(frozen=True, slots=True)
class Row:
    """``head`` opens a part, ``total`` closes one; ``of`` is the key of the lines behind the row."""

    label: str
    value: str = ""
    formula: str = ""
    note: str = ""
    total: bool = False
    head: bool = False
    of: str = ""


def money(text: str) -> str:
    """An amount of yuan with every digit it has: ``1,234.56``, ``−0.005``."""
    amount = Decimal(text)
    places = max(2, -int(amount.normalize().as_tuple().exponent))
    return f"{'−' if amount < 0 else ''}{abs(amount):,.{places}f}"


def shown(text: str, unit: Unit) -> str:
    """A number of a proof as its unit is written; one given whole is a count and stays whole."""
    if unit is Unit.MONEY and "." in text:
        return money(text)
    if unit is Unit.RATE:
        return rate_text(text)
    amount = Decimal(text).normalize()
    return f"{'−' if amount < 0 else ''}{abs(amount):,f}"


def half_month_words(period: str) -> str:
    """``2026-11 first half``, in the active language."""
    month, _dash, half = period.rpartition("-")
    if half not in ("H1", "H2"):
        return period
    return (gettext("%(month)s first half") if half == "H1" else gettext("%(month)s second half")) % {"month": month}
