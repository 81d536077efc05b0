"""What a pool earns and how it is shared, case by case."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebates.rules.dues import Input, Settled
from rebates.rules.pools import PooledDue, pool_of, proof_of_pooled, shows_totals
from rebates.rules.programs import INCREMENTAL, RETROACTIVE, Bracket, Program, WindowProgram
from rebates.rules.proof import shown_program
from rebates.rules.proof_shape import faults_of_generic
from rebates.rules.quantities import cents, micros


def program(method: str = INCREMENTAL, cap: str | None = None) -> Program:
    brackets = (Bracket(0, micros("0.02")), Bracket(micros("1000"), micros("0.03")))
    limit = None if cap is None else cents(cap)
    return Program("P", "T1", "compliant_sales", "quarter", method, brackets, cap=limit, pooled=True)


def due(of: Program, contributions: Mapping[str, int], member: str, settled: int = 0) -> PooledDue:
    reckoned = WindowProgram(of, "2026", 1, "2026-Q4", (1,), 1, True, True, shown=shown_program(of, "2026", 1))
    inputs = (Input(1, "T1", contributions[member], 3),)
    return PooledDue(reckoned, "AL", member, pool_of(of, contributions), inputs, (Settled(0, settled, 0),))


@pytest.mark.parametrize(
    ("of", "contributions", "earned", "shares"),
    [
        (program(), {"A": "600", "B": "600"}, "26.00", {"A": "13.00", "B": "13.00"}),
        (program(RETROACTIVE), {"A": "600", "B": "400"}, "30.00", {"A": "18.00", "B": "12.00"}),
        (program(cap="10"), {"A": "600", "B": "600"}, "10.00", {"A": "5.00", "B": "5.00"}),
        (program(cap="10"), {"A": "600", "B": "-200"}, "8.00", {"A": "8.00"}),
        (program(), {"A": "1", "B": "1", "C": "1"}, "0.06", {"A": "0.02", "B": "0.02", "C": "0.02"}),
        (program(), {"A": "0.5", "B": "0.5", "C": "0.5"}, "0.03", {"A": "0.01", "B": "0.01", "C": "0.01"}),
        (program(), {"C": "0.17", "B": "0.17", "A": "0.17"}, "0.01", {"A": "0.01", "B": "0.00", "C": "0.00"}),
        (program(), {"A": "100", "B": "-100"}, "0.00", {}),
        (program(), {"A": "-1"}, "0.00", {}),
        (program(), {}, "0.00", {}),
    ],
    ids=[
        "together they pass the bracket",
        "retroactive: the whole pool at the rate reached",
        "the cap holds for the pool, not for each",
        "a return lowers the pool below its cap, and who returned more than it sold has no share",
        "equal shares",
        "thirds of a cent that happen to come out even",
        "one cent among three goes to the first code",
        "returns eat the pool up",
        "a pool below zero earns nothing",
        "nobody",
    ],
)
def test_what_a_pool_earns_and_each_has_of_it(
    of: Program, contributions: dict[str, str], earned: str, shares: dict[str, str]
) -> None:
    pool = pool_of(of, {member: micros(amount) for member, amount in contributions.items()})
    assert pool.entitlement.amount == cents(earned)
    assert pool.shares == {member: cents(share) for member, share in shares.items()}


def test_the_total_is_shown_only_where_it_is_no_single_others_figure() -> None:
    def shown(**contributions: int) -> bool:
        return shows_totals(pool_of(program(), contributions), "A")

    assert shown(A=5) and shown(A=5, B=5, C=5) and shown(A=5, B=0)
    assert not shown(A=5, B=5) and not shown(A=5, B=5, C=0)


def test_of_two_members_neither_finds_the_others_figure_or_the_total_in_its_proof() -> None:
    text = str(proof_of_pooled(due(program(), {"A": micros("600"), "B": micros("777.77")}, "A"), 1, str))
    assert "777.77" not in text and "1377.77" not in text and "others" not in text


amounts = st.integers(-(10**10), 10**12)


@given(
    st.dictionaries(st.sampled_from("ABCDE"), amounts, min_size=1),
    st.sampled_from([INCREMENTAL, RETROACTIVE]),
    st.sampled_from([None, "10", "100000"]),
    st.integers(-1000, 1000),
)
def test_shares_add_up_to_the_pool_and_every_proof_sums_back(
    contributions: dict[str, int], method: str, cap: str | None, settled: int
) -> None:
    of = program(method, cap)
    pool = pool_of(of, contributions)
    assert sum(pool.shares.values()) == (pool.entitlement.amount if pool.counting else 0)
    for member in contributions:
        one = due(of, contributions, member, settled)
        proof = proof_of_pooled(one, 1, lambda period: f"P{period}")
        assert faults_of_generic(proof) == [] and cents(proof["due"]) == one.amount
