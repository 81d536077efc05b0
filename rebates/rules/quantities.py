"""Money and rates as whole numbers of their smallest unit.

A base is kept in millionths of a yuan (*micros*: a quantity times a unit price of six places), a rate in millionths,
so what a base earns is a whole number of millionths of millionths (*picos*); a result is a whole number of *cents*
(fen). Sums, products and the one rounding at the end are exact and need no context.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

MICRO_PLACES = 6
PICO_PLACES = 12
CENT_PLACES = 2
PICOS_PER_CENT = 10 ** (PICO_PLACES - CENT_PLACES)
MICROS_PER_CENT = 10 ** (MICRO_PLACES - CENT_PLACES)


def scaled(value: Decimal | str, places: int) -> int:
    """``value`` as a whole number of its ``places``-th decimal. Raises ValueError when it is finer than that."""
    number = Decimal(value)
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(f"{value} is not a number")
    whole = int("".join(map(str, digits)) or "0")
    shift = exponent + places
    if shift >= 0:
        whole *= int(10**shift)
    else:
        whole, rest = divmod(whole, 10**-shift)
        if rest:
            raise ValueError(f"{value} has more than {places} places")
    return -whole if sign else whole


def micros(value: Decimal | str) -> int:
    return scaled(value, MICRO_PLACES)


def cents(value: Decimal | str) -> int:
    return scaled(value, CENT_PLACES)


def rounded(amount: int, unit: int) -> int:
    """``amount`` in whole ``unit``, half up: away from zero when exactly between."""
    return (amount + unit // 2) // unit if amount >= 0 else -((-amount + unit // 2) // unit)


def cents_of_picos(picos: int) -> int:
    return rounded(picos, PICOS_PER_CENT)


def cents_of_micros(amount: int) -> int:
    return rounded(amount, MICROS_PER_CENT)


def cents_text(amount: int) -> str:
    """An amount in full, with two decimals."""
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    return f"{sign}{amount // 100}.{amount % 100:02d}"


def micros_text(amount: int) -> str:
    """A base or rate in full: no exponent, at least two decimals, no zeros beyond them."""
    if amount % MICROS_PER_CENT == 0:
        return cents_text(amount // MICROS_PER_CENT)
    return _written(amount, MICRO_PLACES)


def picos_text(amount: int) -> str:
    """What a base earned before rounding, in full: at least two decimals, no zeros beyond them."""
    if amount % PICOS_PER_CENT == 0:
        return cents_text(amount // PICOS_PER_CENT)
    return _written(amount, PICO_PLACES)


#: For bracket edges and rates, which are the same few in every proof.
known_text = lru_cache(maxsize=4096)(micros_text)


def _written(amount: int, places: int) -> str:
    digits = str(abs(amount)).rjust(places + 1, "0")
    return f"{'-' if amount < 0 else ''}{digits[:-places]}.{digits[-places:].rstrip('0').ljust(CENT_PLACES, '0')}"
