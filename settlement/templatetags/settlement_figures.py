"""Differences on the finance pages."""

from __future__ import annotations

from decimal import Decimal

from django import template

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
def rate(share: object) -> str:
    """``{{ "0.025000"|rate }}``: 2.5%, every digit that counts and none that does not."""
    figure = (Decimal(str(share)) * 100).normalize()
    return f"{figure:f}%"
