"""A forfeited year: what its rebates have brought is taken back, and what they still bring is cancelled beside it.

Both kinds of line are cumulative per program and window, so the order of imposing, late facts, negative dues and
lifting does not matter: while the year is forfeited rebates and cancellations add up to nothing, and once it is
lifted the cancellations add up to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rebates.rules.proof_shape import prove
from rebates.rules.quantities import cents_text

RULE = "forfeiture"
FORFEITURE = "forfeiture"
CLAWBACK = "clawback"

#: A half-month, and the cents it settled.
Part = tuple[int, int]


@dataclass(frozen=True, slots=True)
class YearWindow:
    """One program and window of the year: what earlier half-months settled of each kind, in cents.

    ``reached`` is the half-month up to which they reckoned it. ``now`` is the rebate that this settlement settles,
    reckoned up to half-month ``up_to``; zero without such a line.
    """

    program: str
    window: str
    reached: int
    rebates: Sequence[Part] = ()
    forfeitures: Sequence[Part] = ()
    clawbacks: Sequence[Part] = ()
    now: int = 0
    up_to: int = 0


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A line that cancels or gives back. ``target`` is what its kind adds up to for the window from now on.

    The target follows from ``rebates`` and from what was ``cancelled`` beside them; both are empty once lifted.
    """

    kind: str
    window: YearWindow
    forfeited: bool
    target: int
    settled: Sequence[Part]
    rebates: Sequence[Part] = ()
    cancelled: Sequence[Part] = ()

    @property
    def for_period(self) -> int:
        """The half-month the line belongs to: that of the rebate it cancels, or up to which the window was settled."""
        return self.window.up_to if self.forfeited and self.kind == FORFEITURE else self.window.reached

    @property
    def amount(self) -> int:
        """What is due now, in cents."""
        return self.target - sum_of(self.settled)


def cancellations(windows: Iterable[YearWindow], *, forfeited: bool, period: int) -> list[Cancellation]:
    """The lines of half-month ``period``, in the order of the windows; nothing where nothing is left to do.

    Forfeited: the rebate that appears in full now is cancelled by a ``forfeiture``; what earlier settlements paid,
    less what they cancelled themselves, is taken back by a ``clawback``. Lifted: each kind returns to zero.
    """
    decide = _cancelled if forfeited else _given_back
    return [line for window in windows for line in decide(window, period) if line.amount]


def _cancelled(window: YearWindow, period: int) -> Iterable[Cancellation]:
    if window.now:
        target = sum_of(window.forfeitures) - window.now
        now = [(period, window.now)]
        yield Cancellation(FORFEITURE, window, True, target, window.forfeitures, now, window.forfeitures)
    target = -sum_of(window.rebates) - sum_of(window.forfeitures)
    yield Cancellation(CLAWBACK, window, True, target, window.clawbacks, window.rebates, window.forfeitures)


def _given_back(window: YearWindow, period: int) -> Iterable[Cancellation]:
    yield Cancellation(FORFEITURE, window, False, 0, window.forfeitures)
    yield Cancellation(CLAWBACK, window, False, 0, window.clawbacks)


def sum_of(parts: Iterable[Part]) -> int:
    return sum(amount for _, amount in parts)


def proof_of_cancellation(
    line: Cancellation,
    *,
    period: int,
    policy: tuple[str, int],
    label: Callable[[int], str],
    year: int,
    decisions: Sequence[str],
) -> dict[str, Any]:
    """What a line follows from; ``decisions`` are the references of those that forfeit the year, or lifted it."""
    inputs = [
        {"of": name, "period": label(at), "amount": cents_text(amount)}
        for name, parts in (("rebate", line.rebates), ("cancelled_before", line.cancelled))
        for at, amount in parts
    ]
    named = {str(given["of"]) for given in inputs}
    if line.kind == FORFEITURE:
        how = "cancelled_before - rebate" if "cancelled_before" in named else "0 - rebate"
    else:
        how = "0 - rebate - cancelled_before" if "cancelled_before" in named else "0 - rebate"
    step = "cancelled" if line.kind == FORFEITURE else "taken_back"
    return prove(
        rule=line.kind,
        policy=policy,
        row="settlement.fraud.forfeit",
        period=label(period),
        window=line.window.window,
        up_to=label(line.for_period),
        subject={"program": line.window.program, "year": str(year), "decision": ", ".join(decisions)},
        reasons=["forfeited" if line.forfeited else "lifted"],
        inputs=inputs,
        steps=[(step, how)] if line.forfeited else [],
        settled=[(label(at), cents_text(amount)) for at, amount in line.settled],
    )
