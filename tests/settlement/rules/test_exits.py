"""Which half-month clears the account of a dealer that has left, case by case."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from settlement.rules.exits import Settled, clearing_period


def day(number: int) -> datetime:
    return datetime(2026, 11, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "cutoff", "closed", "expected"),
    [
        (9, 20, [], None),  # the last day lies after this half-month
        (10, 11, [], None),  # not on record by the cutoff
        (10, 12, [], 10),
        (10, 20, [(9, 20)], 10),  # an earlier half-month clears nothing, whatever it knew
        (11, 20, [(10, 11)], 11),  # its own half-month was settled before it was on record
        (11, 20, [(10, 12)], 10),
        (13, 25, [(10, 11), (11, 20), (12, 22)], 11),
    ],
)
def test_the_account_is_cleared_once(
    period: int, cutoff: int, closed: list[tuple[int, int]], expected: int | None
) -> None:
    settled = [Settled(number, day(at)) for number, at in closed]
    assert clearing_period(10, day(12), period=period, cutoff=day(cutoff), closed=settled) == expected
