"""What a quarter's purchases earn in subsidy, case by case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebates.rules.proof_shape import faults_of_generic
from rebates.rules.quantities import cents, micros
from rebates.rules.remote_subsidy import Bought, Reason, Subsidy, Terms, proof_of_subsidy, subsidy

TERMS = Terms(micros("300000"), micros("0.01"))


def proof(found: Subsidy) -> dict[str, object]:
    return proof_of_subsidy(
        found, TERMS, policy=("2026", 1), quarter="2026-Q4", up_to=6, period=6, label=lambda at: f"P{at}"
    )


@pytest.mark.parametrize(
    ("bought", "approved", "settled", "entitlement", "due", "reason", "missing"),
    [
        ([("300000", "50000")], True, "0", "500.00", "500.00", None, "0"),
        ([("299999.99", "50000")], True, "0", "0.00", "0.00", Reason.MINIMUM_MISSED, "0.01"),
        ([("200000", "0.5"), ("100000", "0")], True, "0", "0.01", "0.01", None, "0"),
        ([("300000", "0.49")], True, "0", "0.00", "0.00", None, "0"),
        ([("300000", "0")], True, "0", "0.00", "0.00", Reason.NOTHING_REMOTE, "0"),
        ([("400000", "-10")], True, "0", "0.00", "0.00", Reason.NOTHING_REMOTE, "0"),
        ([("400000", "60000"), ("-150000", "0")], True, "600", "0.00", "-600.00", Reason.MINIMUM_MISSED, "50000"),
        ([("400000", "60000"), ("-50000", "-20000")], True, "600", "400.00", "-200.00", None, "0"),
        ([], True, "0", "0.00", "0.00", Reason.MINIMUM_MISSED, "300000"),
        ([("300000", "50000")], False, "500", "0.00", "-500.00", Reason.NOT_APPROVED, "0"),
    ],
    ids=[
        "exactly the minimum is enough",
        "one cent less earns nothing",
        "half a cent rounds up",
        "less than half a cent rounds down, and is no reason",
        "nothing went into remote regions",
        "more came back from them than went there",
        "a return undoes the minimum: what was settled is taken back",
        "a return from a remote region lowers the subsidy",
        "no purchases at all",
        "no longer agreed",
    ],
)
def test_what_a_quarter_earns(
    bought: list[tuple[str, str]],
    approved: bool,
    settled: str,
    entitlement: str,
    due: str,
    reason: Reason | None,
    missing: str,
) -> None:
    parts = [Bought(at, micros(amount), micros(remote), 1) for at, (amount, remote) in enumerate(bought)]
    found = subsidy(TERMS, parts, approved=approved, settled=[(5, cents(settled))])
    assert (found.entitlement, found.amount, found.reason) == (cents(entitlement), cents(due), reason)
    assert found.missing == micros(missing)
    shown = proof(found)
    assert faults_of_generic(shown) == [] and (shown["entitlement"], shown["due"]) == (entitlement, due)


amounts = st.integers(-(10**12), 10**12)


@given(st.lists(st.tuples(amounts, amounts), max_size=6), st.booleans(), st.integers(-(10**6), 10**6))
def test_every_proof_sums_back(bought: list[tuple[int, int]], approved: bool, settled: int) -> None:
    parts = [Bought(at, amount, remote, 1) for at, (amount, remote) in enumerate(bought)]
    found = subsidy(TERMS, parts, approved=approved, settled=[(5, settled)])
    shown = proof(found)
    assert faults_of_generic(shown) == [] and cents(str(shown["due"])) == found.amount
