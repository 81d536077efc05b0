"""Differences on the finance pages."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from dealers.foundation.money import round_money

register = template.Library()


@register.filter
def less(now: Decimal | None, then: Decimal | None) -> Decimal | None:
    """``{{ now|less:then|signed_money }}``: the difference, nothing when one of the two is not known."""
    return None if now is None or then is None else now - then


@register.filter
def per(amount: Decimal | None, days: int) -> Decimal | None:
    """``{{ total|per:days|money }}``: an amount a day, to the cent."""
    return None if amount is None or not days else round_money(amount / days)


@register.filter
def negated(amount: object) -> Decimal:
    """``{{ part.amount|negated|money }}``: what is taken off."""
    return -Decimal(str(amount))


@register.filter
def side(balance: Decimal) -> str:
    """``{{ balance|side }} {{ balance|magnitude|money }}``: on which side of the books a balance stands."""
    return _("Dr") if balance > 0 else _("Cr") if balance < 0 else ""


@register.filter
def magnitude(balance: Decimal) -> Decimal:
    """A balance without its sign."""
    return abs(balance)


@register.filter
def rate(share: object) -> str:
    """``{{ "0.025000"|rate }}``: 2.5%, every digit that counts and none that does not."""
    figure = (Decimal(str(share)) * 100).normalize()
    return f"{figure:f}%"
