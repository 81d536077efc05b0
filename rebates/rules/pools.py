"""Members of an alliance reach the brackets of a program together, and share what that earns by contribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dealers.foundation.money import split_largest_remainder
from rebates.rules.dues import Input, Settled
from rebates.rules.entitlement import Entitlement, entitlement
from rebates.rules.programs import RETROACTIVE, Program, WindowProgram
from rebates.rules.proof_shape import HALF_UP_CENT, LARGEST_REMAINDER, prove
from rebates.rules.quantities import (
    MICROS_PER_CENT,
    PICOS_PER_CENT,
    cents_text,
    known_text,
    micros_text,
    picos_text,
    rounded,
)

RULE = "pooled_rebate"
#: With fewer others than these a total would be another dealer's figure.
OTHERS_TO_HIDE_AMONG = 2
_MILLION = 10**6


@dataclass(frozen=True, slots=True)
class Pool:
    """The contributions (micros) by member, what they earned together, and each member's share (cents).

    ``counting`` is the sum of the contributions above zero, in proportion to which is shared.
    """

    contributions: Mapping[str, int]
    base: int
    counting: int
    entitlement: Entitlement
    shares: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PooledDue:
    """One member's line before it is written; ``amount`` in cents. ``member`` is its code."""

    program: WindowProgram
    alliance: str
    member: str
    pool: Pool
    inputs: tuple[Input, ...]
    settled: tuple[Settled, ...]

    @property
    def base(self) -> int:
        return self.pool.contributions.get(self.member, 0)

    @property
    def share(self) -> int:
        return self.pool.shares.get(self.member, 0)

    @property
    def amount(self) -> int:
        return self.share - sum(part.due for part in self.settled)

    @property
    def code(self) -> str:
        """What the line is called: a window's own part of the same program is another line."""
        return pooled_code(self.program.program.code, self.alliance)


def pooled_code(program: str, alliance: str) -> str:
    return f"{program}@{alliance}"


def pool_of(program: Program, contributions: Mapping[str, int]) -> Pool:
    """Reckon the sum of the contributions by the program's own rule and split it by the largest remainder.

    Who contributed nothing, or less than nothing because of returns, has no share; its returns lower the sum all the
    same. Brackets and cap hold for the pool. Ties go by the members' codes.
    """
    base = sum(contributions.values())
    counting = {member: amount for member, amount in contributions.items() if amount > 0}
    earned = entitlement(program, base)
    shares: dict[str, int] = {}
    if earned.amount and counting:
        weights = {member: Decimal(amount) for member, amount in counting.items()}
        split = split_largest_remainder(Decimal(earned.amount), weights, step=Decimal(1))
        shares = {member: int(share) for member, share in split.items()}
    return Pool(contributions, base, sum(counting.values()), earned, shares)


def shows_totals(pool: Pool, member: str) -> bool:
    """Whether a member may see the pool's totals: what it would learn is no single other dealer's figure."""
    others = sum(1 for other, amount in pool.contributions.items() if amount and other != member)
    return others == 0 or others >= OTHERS_TO_HIDE_AMONG


def pool_rate(pool: Pool) -> int:
    """What the pool's rebate is of the contributions it is shared over, in millionths, half up; 0 of nothing."""
    if not pool.counting:
        return 0
    exact = Fraction(pool.entitlement.amount * MICROS_PER_CENT, pool.counting) * _MILLION
    return rounded(exact.numerator, exact.denominator)


def proof_of_pooled(due: PooledDue, period: int, label: Callable[[int], str]) -> dict[str, Any]:
    """What a member's share follows from; with fewer than two others only its own figures and the pool's rate."""
    reckoned = due.program
    program = reckoned.program
    own = [
        {
            "of": program.base,
            "period": label(part.period),
            "tier": part.tier,
            "lines": part.lines,
            "amount": micros_text(part.amount),
        }
        for part in due.inputs
    ] or [{"of": program.base, "amount": "0.00"}]
    shown = shows_totals(due.pool, due.member)
    inputs, terms, steps = _openly(due) if shown else _covertly(due)
    return prove(
        rule=RULE,
        policy=(reckoned.policy, reckoned.version),
        row=f"rebates.programs.{program.code}",
        program=reckoned.shown.get("program"),
        period=label(period),
        window=reckoned.window,
        up_to=label(reckoned.up_to),
        subject={"program": program.code, "alliance": due.alliance},
        reasons=[] if shown else ["totals_hidden"],
        inputs=[*own, *inputs],
        terms=terms,
        steps=steps,
        rounding=LARGEST_REMAINDER if shown else HALF_UP_CENT,
        entitlement=cents_text(due.share) if shown else None,
        settled=[(label(part.period), cents_text(part.due)) for part in due.settled],
    )


_Shown = tuple[list[dict[str, Any]], dict[str, str], list[tuple[str, str]]]


def _openly(due: PooledDue) -> _Shown:
    """The whole reckoning: the pool, its slices, cap and rounding, and the share."""
    program, pool = due.program.program, due.pool
    earned = pool.entitlement
    own = program.base
    within = min(earned.earned, program.cap * PICOS_PER_CENT) if program.cap is not None else earned.earned
    inputs = [
        {"of": "others", "amount": micros_text(pool.base - due.base)},
        {"of": "others_counting", "amount": micros_text(pool.counting - max(due.base, 0))},
        {"of": "pool_rounding", "amount": picos_text(earned.amount * PICOS_PER_CENT - within)},
    ]
    terms = {f"from_{number}": known_text(part.start) for number, part in enumerate(program.brackets, start=1)}
    terms |= {f"rate_{number}": known_text(part.rate) for number, part in enumerate(program.brackets, start=1)}
    steps = [("pool", f"{own} + others"), *_slices(program)]
    whole = "earned"
    if program.cap is not None:
        terms["pool_cap"] = cents_text(program.cap)
        steps.append(("within_cap", "min(earned, pool_cap)"))
        whole = "within_cap"
    steps.append(("pool_entitlement", f"{whole} + pool_rounding"))
    if pool.counting:
        steps.append(("counting", f"max({own}, 0) + others_counting"))
        steps.append(("share", f"pool_entitlement * max({own}, 0) / counting"))
    return inputs, terms, steps


def _slices(program: Program) -> list[tuple[str, str]]:
    """What the pool earns by the program's brackets, as steps that end with ``earned``."""
    last = len(program.brackets)
    if program.method == RETROACTIVE:
        rates = [f"at_least(pool, from_{n}) * (rate_{n} - rate_{n - 1})" for n in range(2, last + 1)]
        return [("reached_rate", " + ".join(["rate_1", *rates])), ("earned", "max(pool, 0) * reached_rate")]
    steps = []
    for number in range(1, last + 1):
        upper = "pool" if number == last else f"min(pool, from_{number + 1})"
        steps.append((f"slice_{number}", f"max({upper} - from_{number}, 0) * rate_{number}"))
    return [*steps, ("earned", " + ".join(name for name, _ in steps))]


def _covertly(due: PooledDue) -> _Shown:
    """The member's own figures, the rate the pool came to (six places), and what rounding it and the split moved."""
    rate = pool_rate(due.pool)
    moved = due.share * PICOS_PER_CENT - max(due.base, 0) * rate
    inputs = [{"of": "share_rounding", "amount": picos_text(moved)}]
    how = f"max({due.program.program.base}, 0) * pool_rate + share_rounding"
    return inputs, {"pool_rate": known_text(rate)}, [("share", how)]
