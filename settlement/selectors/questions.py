"""What a calculation, a verification or a backtest asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from dealers.foundation.half_months import HalfMonth
from dealers.models import PolicyVersion
from dealers.selectors.purchases import ALL_DEALERS, Shard
from settlement.models.runs import EDITION


@dataclass(frozen=True, slots=True)
class Books:
    """What had been settled before a half-month: nothing, or every one from ``first`` to ``latest``."""

    first: int | None = None
    latest: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunQuestion:
    """Which statements are asked for. ``openings`` are opening balances in cents.

    ``expected`` names the dealers that get a statement also without facts or balance; empty means every active one.
    ``settled`` asks for a half-month that is closed already as it was settled then, by the ``edition`` of that time.
    """

    period: HalfMonth
    cutoff: datetime
    policy: PolicyVersion
    books: Books
    openings: Mapping[int, int]
    shard: Shard = ALL_DEALERS
    expected: Collection[int] | None = None
    settled: bool = False
    edition: int = EDITION
