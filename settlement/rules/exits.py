"""Which statement clears the account of a dealer that has left, and what comes after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple


class Settled(NamedTuple):
    """A half-month (continuous number) that was closed with the facts known at ``cutoff``."""

    period: int
    cutoff: datetime


def clearing_period(
    last: int, known_from: datetime, *, period: int, cutoff: datetime, closed: Sequence[Settled]
) -> int | None:
    """The half-month that clears the account, as half-month ``period`` sees it; None while the dealer is there.

    The one of the last day; when that was settled before the exit was on record, the next one that knew of it.
    """
    if period < last or cutoff < known_from:
        return None
    knew = [one.period for one in closed if last <= one.period < period and one.cutoff >= known_from]
    return min(knew, default=period)
