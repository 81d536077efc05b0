"""What is due now: earned by the window, less what it has settled."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebates.rules.dues import DealerFacts, Due, Settled, TierSpan, counting, dues, tier_at
from rebates.rules.programs import INCREMENTAL, RETROACTIVE, Bracket, Program, WindowProgram
from rebates.rules.proof import faults_of, proof_of
from rebates.rules.quantities import cents, cents_text, micros

FOREVER = 10**6
T1 = (TierSpan("T1", 0, FOREVER),)
BRACKETS = (("0", "0.02"), ("50000", "0.03"))


def reckoned(
    up_to: int,
    *,
    code: str = "T1-ALL",
    tier: str = "T1",
    method: str = INCREMENTAL,
    brackets: Sequence[tuple[str, str]] = BRACKETS,
    cap: str | None = None,
    periods: Sequence[int] = (),
    window: str = "Q",
    current: bool = True,
    offered: bool = True,
    categories: frozenset[str] | None = None,
) -> WindowProgram:
    program = Program(
        code,
        tier,
        "compliant_sales",
        "quarter",
        method,
        tuple(Bracket(micros(start), micros(rate)) for start, rate in brackets),
        categories,
        None if cap is None else cents(cap),
    )
    return WindowProgram(program, "2026", 1, window, tuple(periods or range(up_to + 1)), up_to, current, offered)


def settle(
    program: WindowProgram,
    sums: Sequence[tuple[int, str]],
    *,
    period: int | None = None,
    tiers: Sequence[TierSpan] = T1,
    settled: Sequence[tuple[int, str]] = (),
    late: Sequence[str] = (),
    settled_base: str = "0",
) -> list[Due]:
    facts = DealerFacts(
        tiers,
        [("compliant_sales", at, 0, micros(amount), 1) for at, amount in sums],
        {program.key: [Settled(at, cents(amount), micros(settled_base)) for at, amount in settled]} if settled else {},
        late,
    )
    index = counting([program], {0: frozenset()})
    return dues(facts, index, {program.key: program}, program.up_to if period is None else period)


def amounts(found: Sequence[Due]) -> list[str]:
    return [cents_text(due.amount) for due in found]


def test_of_1080_earned_140_were_settled_first_and_940_are_due_at_the_end() -> None:
    program = reckoned(5, brackets=(("0", "0.02"),))
    assert amounts(settle(program, [(0, "7000"), (5, "47000")], settled=[(0, "140")])) == ["940.00"]


def test_the_first_period_of_a_window_is_due_in_full() -> None:
    assert amounts(settle(reckoned(0), [(0, "7000")])) == ["140.00"]


def test_reaching_a_retroactive_bracket_pays_for_the_whole_window() -> None:
    program = reckoned(1, method=RETROACTIVE)
    assert amounts(settle(program, [(0, "40000"), (1, "10000")], settled=[(0, "800")])) == ["700.00"]


def test_returns_after_the_settlement_are_taken_back() -> None:
    assert amounts(settle(reckoned(1), [(0, "7000"), (1, "-2000")], settled=[(0, "140")])) == ["-40.00"]


def test_more_returns_than_sales_take_back_everything_and_no_more() -> None:
    assert amounts(settle(reckoned(1), [(0, "7000"), (1, "-9000")], settled=[(0, "140")])) == ["-140.00"]


def test_returns_below_a_cap_that_was_reached_are_reckoned_from_the_whole_base() -> None:
    program = reckoned(2, cap="1500")
    assert amounts(settle(program, [(0, "90000"), (1, "-20000")], settled=[(0, "1500")])) == ["0.00"]
    assert amounts(settle(program, [(0, "90000"), (1, "-40000")], settled=[(0, "1500")])) == ["-500.00"]


def test_a_base_without_anything_due_is_still_explained() -> None:
    assert amounts(settle(reckoned(1), [(0, "7000")], settled=[(0, "140")])) == ["0.00"]


def test_nothing_sold_and_nothing_settled_makes_no_line() -> None:
    assert settle(reckoned(1), []) == []
    assert settle(reckoned(1), [(0, "500"), (1, "-500")]) == []


def test_facts_that_vanish_are_taken_back_in_full() -> None:
    assert amounts(settle(reckoned(1), [], settled=[(0, "140")])) == ["-140.00"]


def test_a_half_month_counts_under_the_tier_at_its_start() -> None:
    tiers = (TierSpan("T2", 0, 2), TierSpan("T1", 2, FOREVER))
    (due,) = settle(reckoned(3), [(0, "1000"), (1, "1000"), (2, "1000"), (3, "1000")], tiers=tiers)
    assert [(part.period, part.tier) for part in due.inputs] == [(2, "T1"), (3, "T1")]
    assert cents_text(due.amount) == "40.00"


def test_a_tier_left_behind_settles_only_what_changed() -> None:
    tiers = (TierSpan("T1", 0, 2), TierSpan("T2", 2, FOREVER))
    assert settle(reckoned(3), [(0, "1000"), (3, "500")], tiers=tiers, settled=[(0, "20")]) == []
    assert amounts(settle(reckoned(3), [(0, "1500"), (3, "500")], tiers=tiers, settled=[(0, "20")])) == ["10.00"]


def test_a_dealer_without_tier_has_no_program() -> None:
    assert settle(reckoned(0), [(0, "1000")], tiers=()) == []


def test_a_program_no_longer_offered_settles_only_what_changed() -> None:
    program = reckoned(3, offered=False, periods=(0, 1))
    assert settle(program, [(0, "1000"), (3, "9")], settled=[(0, "20")]) == []
    assert amounts(settle(program, [(0, "1100"), (3, "9")], settled=[(0, "20")])) == ["2.00"]


def test_an_earlier_window_is_reckoned_only_where_late_facts_arrived() -> None:
    program = reckoned(5, current=False)
    assert settle(program, [(0, "1000")], period=6, settled=[(5, "10")], settled_base="500") == []
    (due,) = settle(program, [(0, "1000")], period=6, settled=[(5, "10")], settled_base="500", late=["Q"])
    assert (cents_text(due.amount), due.program.up_to) == ("10.00", 5)


def test_late_facts_above_a_cap_are_shown_with_nothing_due() -> None:
    program = reckoned(5, current=False, cap="10")
    found = settle(program, [(0, "1000")], period=6, settled=[(5, "10")], settled_base="500", late=["Q"])
    assert amounts(found) == ["0.00"]


def test_only_the_categories_of_a_program_count() -> None:
    phones = reckoned(0, code="PHONES", categories=frozenset({"phones"}))
    everything = reckoned(0, code="ALL")
    index = counting([phones, everything], {0: frozenset(), 1: frozenset({phones.key})})
    sums = [("compliant_sales", 0, 0, micros("100"), 1), ("compliant_sales", 0, 1, micros("1000"), 2)]
    found = dues(DealerFacts(T1, sums, {}), index, {p.key: p for p in (phones, everything)}, 0)
    assert [(due.program.program.code, cents_text(due.amount)) for due in found] == [
        ("ALL", "22.00"),
        ("PHONES", "20.00"),
    ]


@pytest.mark.parametrize(("period", "tier"), [(1, ""), (2, "T1"), (4, "T1"), (5, "T2"), (9, "")])
def test_tiers_hold_from_their_first_half_month_up_to_their_end(period: int, tier: str) -> None:
    assert tier_at((TierSpan("T1", 2, 5), TierSpan("T2", 5, 9)), period) == tier


MOVES = st.lists(st.decimals("-60000", "120000", places=6), min_size=6, max_size=6)


@given(moves=MOVES, method=st.sampled_from([INCREMENTAL, RETROACTIVE]), cap=st.none() | st.just("2500"))
def test_what_the_periods_of_a_window_pay_adds_up_to_what_the_window_earned(moves, method, cap) -> None:  # type: ignore[no-untyped-def]
    settled: list[tuple[int, str]] = []
    sums = [(at, str(amount)) for at, amount in enumerate(moves)]
    for at in range(6):
        for due in settle(reckoned(at, method=method, cap=cap), sums[: at + 1], settled=settled):
            settled.append((at, cents_text(due.amount)))
    in_one = settle(reckoned(5, method=method, cap=cap), sums)
    assert sum(cents(amount) for _, amount in settled) == sum(due.amount for due in in_one)


@given(moves=MOVES, parts=st.integers(1, 5), method=st.sampled_from([INCREMENTAL, RETROACTIVE]))
def test_how_facts_were_delivered_does_not_matter(moves, parts, method) -> None:  # type: ignore[no-untyped-def]
    whole = [(at, str(amount)) for at, amount in enumerate(moves)]
    split = [(at, str(amount)) for at, total in enumerate(moves) for amount in [total - parts, *[1] * parts]]
    program = reckoned(5, method=method)
    assert amounts(settle(program, whole)) == amounts(settle(program, split[::-1]))


@given(moves=MOVES, method=st.sampled_from([INCREMENTAL, RETROACTIVE]), cap=st.none() | st.just("2500"))
def test_every_proof_adds_up_and_a_changed_one_does_not(moves, method, cap) -> None:  # type: ignore[no-untyped-def]
    sums = [(at, str(amount)) for at, amount in enumerate(moves)]
    for due in settle(reckoned(5, method=method, cap=cap), sums, settled=[(1, "12.34")]):
        proof = proof_of(due, 5, str)
        assert faults_of(proof) == []
        assert "due" in faults_of({**proof, "due": "987654.32"})
        assert faults_of({**proof, "base": "987654321.12"})
        if due.base > 0:
            assert "formula" in faults_of({**proof, "formula": [{**part, "rate": "0.5"} for part in proof["formula"]]})
