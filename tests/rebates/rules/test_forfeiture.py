"""Forfeited rebates add up to nothing whatever happens in which order; lifted, they add up to what they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebates.rules.forfeiture import (
    CLAWBACK,
    FORFEITURE,
    Part,
    YearWindow,
    cancellations,
    proof_of_cancellation,
    sum_of,
)
from rebates.rules.proof_shape import faults_of_generic


def label(period: int) -> str:
    return f"P{period}"


@pytest.mark.parametrize(
    ("rebates", "forfeitures", "clawbacks", "now", "forfeited", "expected"),
    [
        ([], [], [], 10000, True, [(FORFEITURE, -10000)]),
        ([(1, 14000)], [], [], 12000, True, [(FORFEITURE, -12000), (CLAWBACK, -14000)]),
        ([(1, 14000)], [], [], 0, True, [(CLAWBACK, -14000)]),
        ([(1, 14000)], [], [], -7000, True, [(FORFEITURE, 7000), (CLAWBACK, -14000)]),
        ([(1, 140), (2, 120)], [(2, -120)], [(2, -140)], 50, True, [(FORFEITURE, -50)]),
        ([(1, 140), (2, 120)], [(2, -120)], [(2, -140)], 50, False, [(FORFEITURE, 120), (CLAWBACK, 140)]),
        ([(1, 140)], [(2, -120), (3, 120)], [(2, -140), (3, 140)], 0, False, []),
        (
            [(1, 140), (2, 120)],
            [(2, -120), (3, 120)],
            [(2, -140), (3, 140)],
            5,
            True,
            [(FORFEITURE, -5), (CLAWBACK, -260)],
        ),
        ([], [], [], 0, True, []),
    ],
    ids=[
        "a rebate that appears in full is cancelled",
        "and what was settled before is taken back",
        "what was settled is taken back without a rebate now",
        "a negative rebate is cancelled upwards",
        "what is settled and cancelled is left alone",
        "lifted, both kinds are given back to the cent",
        "what was given back is not given back again",
        "imposed again, everything is taken back again",
        "nothing to cancel gives no line",
    ],
)
def test_what_a_window_cancels(
    rebates: list[Part],
    forfeitures: list[Part],
    clawbacks: list[Part],
    now: int,
    forfeited: bool,
    expected: list[tuple[str, int]],
) -> None:
    window = YearWindow("T1-ALL", "2026-Q4", 8, rebates, forfeitures, clawbacks, now, up_to=9)
    found = cancellations([window], forfeited=forfeited, period=9)
    assert [(line.kind, line.amount) for line in found] == expected
    for line in found:
        proof = proof_of_cancellation(line, period=9, policy=("2026", 1), label=label, year=2026, decisions=["case:1"])
        assert faults_of_generic(proof) == [] and proof["due"] == f"{line.amount / 100:.2f}"


#: What a half-month brings: the rebate due, and whether the year is forfeited at its cutoff.
course = st.lists(st.tuples(st.integers(-10_000, 10_000), st.booleans()), min_size=1, max_size=12)


@given(course)
def test_rebates_and_cancellations_add_up_to_nothing_while_forfeited_and_to_the_rebates_otherwise(
    halves: list[tuple[int, bool]],
) -> None:
    settled: dict[str, list[Part]] = {"rebate": [], FORFEITURE: [], CLAWBACK: []}
    for period, (due, forfeited) in enumerate(halves):
        window = YearWindow("P", "2026", period, *(list(parts) for parts in settled.values()), due, period)
        lines = cancellations([window], forfeited=forfeited, period=period)
        settled["rebate"].append((period, due))
        for line in lines:
            settled[line.kind].append((period, line.amount))
        assert sum(sum_of(parts) for parts in settled.values()) == (0 if forfeited else sum_of(settled["rebate"]))
