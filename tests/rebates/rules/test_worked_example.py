"""The numbers of docs/rebates.md, reckoned by the rules that settle."""

from __future__ import annotations

from itertools import accumulate

import pytest

from rebates.rules.entitlement import entitlement
from rebates.rules.programs import INCREMENTAL, RETROACTIVE, Bracket, Program
from rebates.rules.quantities import cents, cents_text, micros


def program(method: str, brackets: list[tuple[str, str]], cap: str | None) -> Program:
    return Program(
        code="P",
        tier="T1",
        base="compliant_sales",
        window="quarter",
        method=method,
        brackets=tuple(Bracket(micros(start), micros(rate)) for start, rate in brackets),
        cap=None if cap is None else cents(cap),
    )


T1_ALL = program(INCREMENTAL, [("0", "0.02"), ("1000000", "0.03"), ("3000000", "0.04")], "500000")
T3_ALL = program(RETROACTIVE, [("0", "0.01"), ("500000", "0.02")], None)


@pytest.mark.parametrize(
    ("reckoned", "sales", "entitled", "due"),
    [
        (
            T1_ALL,
            ["700000.00", "500000.00", "-250000.00", "2150000.00"],
            ["14000.00", "26000.00", "19000.00", "84000.00"],
            ["14000.00", "12000.00", "-7000.00", "65000.00"],
        ),
        (T3_ALL, ["499999.99", "0.01"], ["5000.00", "10000.00"], ["5000.00", "5000.00"]),
    ],
    ids=["incremental with a return", "retroactive step"],
)
def test_the_guide_shows_what_the_rules_reckon(
    reckoned: Program, sales: list[str], entitled: list[str], due: list[str]
) -> None:
    amounts = [entitlement(reckoned, base).amount for base in accumulate(micros(amount) for amount in sales)]
    assert [cents_text(amount) for amount in amounts] == entitled
    settled = [0, *amounts]
    assert [cents_text(now - before) for before, now in zip(settled, amounts, strict=False)] == due
    assert sum(cents(amount) for amount in due) == amounts[-1]
