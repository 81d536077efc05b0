"""What has been earned and not been settled: the statement a dealer would get if the half-month ended now.

The very sources and rules of a settlement give it, with the facts known now; nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer
from dealers.selectors.policies import policy_in_force
from dealers.selectors.purchases import ALL_DEALERS, Shard
from settlement.rules.statements import DraftStatement
from settlement.selectors.progress import OneDealer
from settlement.selectors.questions import RunQuestion
from settlement.selectors.reckoning import books_before, latest_closed, reckoned_statements

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class AccruedSum:
    """Everything of a kind, program and window that dealers of a tier and home region have coming; in yuan."""

    kind: str
    program: str
    window: str
    for_period: str
    tier: str
    region_id: int | None
    dealers: int
    amount: Decimal


def accruing(dealer_id: int, *, at: datetime) -> DraftStatement | None:
    """The dealer's statement as of now, with the proof of every line; None while no policy is in force.

    A fixed number of queries, narrowed to the dealer.
    """
    return next(_reckoned(at, OneDealer(dealer_id)), None)


def accrued_now(*, at: datetime, shard: Shard = ALL_DEALERS) -> list[AccruedSum]:
    """The accrual estimate of the whole company at an instant, by kind, program, window, tier and home region.

    As many queries as one calculation of a half-month; memory holds the sums, not the lines.
    """
    homes = dict(Dealer.objects.values_list("pk", "home_region"))
    amounts: dict[tuple[str, str, str, str, str, int | None], int] = defaultdict(int)
    dealers: dict[tuple[str, str, str, str, str, int | None], set[int]] = defaultdict(set)
    for statement in _reckoned(at, shard):
        for line in statement.lines:
            window = str(line.proof.get("window", ""))
            key = (
                line.kind,
                line.program,
                window,
                line.for_period,
                statement.tier,
                homes.get(statement.dealer_id),
            )
            amounts[key] += line.amount
            dealers[key].add(statement.dealer_id)
    ordered = sorted(amounts, key=lambda key: (*key[:5], key[5] or 0))
    return [AccruedSum(*key, dealers=len(dealers[key]), amount=amounts[key] * _CENT) for key in ordered]


def _reckoned(at: datetime, shard: Shard) -> Iterator[DraftStatement]:
    period, latest = HalfMonth.containing(at), latest_closed()
    if latest is not None and latest >= period:
        period = latest.next()
    policy = policy_in_force(period.start)
    if policy is None:
        return
    yield from reckoned_statements(RunQuestion(period, at, policy, books_before(period), {}, shard, expected=()))
