"""What a cumulative base has earned by a program's brackets."""

from __future__ import annotations

from typing import NamedTuple

from rebates.rules.programs import RETROACTIVE, Program
from rebates.rules.quantities import PICOS_PER_CENT, cents_of_picos


class Slice(NamedTuple):
    """The part of the base between two bracket edges (micros, ``end`` excluded), and what it earned (picos)."""

    start: int
    end: int | None
    rate: int
    amount: int
    earned: int


class Entitlement(NamedTuple):
    """``earned`` (picos) is the sum of the slices, ``amount`` (cents) the same after cap and rounding.

    ``rate`` is that of the bracket the base has reached.
    """

    slices: tuple[Slice, ...]
    rate: int
    earned: int
    capped: bool
    amount: int


def entitlement(program: Program, base: int) -> Entitlement:
    """Reckon ``base`` (micros). Brackets are half-open; a base of zero or below has earned nothing.

    Incremental: each slice earns at its own rate. Retroactive: the whole base earns at the rate reached. The cap
    comes last, then the only rounding.
    """
    if base <= 0:
        return Entitlement((), program.brackets[0].rate, 0, False, 0)
    slices = _whole(program, base) if program.method == RETROACTIVE else _sliced(program, base)
    earned = sum(part.earned for part in slices)
    capped = program.cap is not None and earned > program.cap * PICOS_PER_CENT
    amount = program.cap if capped and program.cap is not None else cents_of_picos(earned)
    return Entitlement(tuple(slices), slices[-1].rate, earned, capped, amount)


def _sliced(program: Program, base: int) -> list[Slice]:
    slices: list[Slice] = []
    brackets = program.brackets
    for number, bracket in enumerate(brackets):
        if number and base < bracket.start:
            break
        end = brackets[number + 1].start if number + 1 < len(brackets) else None
        amount = (base if end is None or base < end else end) - bracket.start
        slices.append(Slice(bracket.start, end, bracket.rate, amount, amount * bracket.rate))
    return slices


def _whole(program: Program, base: int) -> list[Slice]:
    brackets = program.brackets
    reached = max(number for number, bracket in enumerate(brackets) if bracket.start <= base)
    end = brackets[reached + 1].start if reached + 1 < len(brackets) else None
    rate = brackets[reached].rate
    return [Slice(brackets[reached].start, end, rate, base, base * rate)]
