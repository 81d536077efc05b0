"""Amounts and rates: rounding, splitting and strict reading.

Amounts have two places, unit prices and rates up to six. Rounding is half up and happens once, at the end
of a statement line's formula; whatever is split adds up to the whole again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
RATE_STEP = Decimal("0.000001")

# Rounding must never depend on the precision some library left in the thread's context.
_EXACT = Context(prec=MAX_PREC, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN)
_LONGEST_NUMBER = 64
_PLAIN_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def round_money(amount: Decimal) -> Decimal:
    """Round to fen, half up (away from zero when exactly between)."""
    return _rounded(amount, CENT)


def round_rate(rate: Decimal) -> Decimal:
    """Round a rate or unit price to six places, half up."""
    return _rounded(rate, RATE_STEP)


def with_cents(price: Decimal) -> Decimal:
    """A price without the zeros beyond its second place, which say nothing; the number is the same."""
    cents = _rounded(price, CENT)
    return cents if cents == price else price.normalize(_EXACT)


def split_largest_remainder(
    total: Decimal, weights: Mapping[str, Decimal], *, step: Decimal = CENT
) -> dict[str, Decimal]:
    """Split `total` in proportion to `weights`; the shares sum to it exactly.

    Every share is first cut down to whole steps (fen, unless told otherwise); the steps left over go to the
    largest remainders, ties in key order. A negative total is split like its opposite. Raises ValueError when
    there is nothing to be in proportion to, a weight is negative, or the total is finer than the step.
    """
    if any(weight < 0 for weight in weights.values()):
        raise ValueError("a total cannot be split by a negative weight")
    whole = sum((Fraction(weight) for weight in weights.values()), Fraction(0))
    if whole == 0:
        raise ValueError("a total cannot be split when no weight is above zero")
    steps = Fraction(total) / Fraction(step)
    if steps.denominator != 1:
        raise ValueError(f"{total} is finer than {step} and cannot be split into such steps")

    keys = sorted(weights)
    quotas = {key: abs(steps) * Fraction(weights[key]) / whole for key in keys}
    shares = {key: int(quota) for key, quota in quotas.items()}
    left_over = int(abs(steps)) - sum(shares.values())
    by_remainder = sorted(keys, key=lambda key: shares[key] - quotas[key])  # stable, so ties keep key order
    for key in by_remainder[:left_over]:
        shares[key] += 1
    sign = -1 if total < 0 else 1
    return {key: _EXACT.multiply(step, Decimal(sign * shares[key])) + 0 for key in keys}


def parse_decimal(text: str, *, max_digits: int, places: int) -> Decimal:
    """Read a plain decimal such as `-12.50`, exactly as a `numeric(max_digits, places)` column can hold it.

    Only ASCII digits, an optional leading minus and a decimal point are taken. `Decimal` itself would also take
    full-width and Arabic digits, underscores, exponents and NaN, so the shape is checked first. Spaces around
    the number and zeros beyond the allowed places do no harm. Raises `Refused` naming what is wrong.
    """
    number = text.strip(" ")
    if len(number) > _LONGEST_NUMBER:
        raise Refused("number_too_long", _("has more than %(limit)s characters"), limit=_LONGEST_NUMBER)
    if not _PLAIN_DECIMAL.fullmatch(number):
        raise _shape_refusal(number)
    integer, _point, fraction = number.lstrip("-").partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > places:
        if places == 0:
            raise Refused("not_a_whole_number", _("must be a whole number"))
        raise Refused("too_many_places", _("has more than %(places)s decimal places"), places=places)
    if len(integer.lstrip("0")) > max_digits - places:
        raise Refused(
            "number_too_large", _("has more than %(digits)s digits before the point"), digits=max_digits - places
        )
    value = Decimal(number)
    return value if value else abs(value)  # there is no minus zero in the books


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    rounded = value.quantize(step, rounding=ROUND_HALF_UP, context=_EXACT)
    return rounded if rounded else abs(rounded)


def _shape_refusal(number: str) -> Refused:
    """Why this is no plain decimal, in the words that help to repair it."""
    if not number:
        return Refused("number_missing", _("is empty where a number is needed"))
    if not number.isascii():
        return Refused("number_not_ascii", _("must be written with the digits 0 to 9 in half width"))
    if "," in number:
        return Refused("number_with_separator", _("must have no thousands separator; write 1234.50"))
    if "_" in number or any(character.isspace() for character in number):
        return Refused("number_with_gap", _("must have no space or underscore inside the number"))
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+", number):
        return Refused("number_with_exponent", _("must be written out in full, without an exponent"))
    if number.startswith("+"):
        return Refused("number_with_plus", _("must be written without a plus sign"))
    return Refused("not_a_number", _("is not a number; write it like 1234.50"))
