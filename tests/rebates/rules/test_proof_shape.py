"""A proof is filled in, adds up, and whoever changes one number of it is told where."""

from __future__ import annotations

import copy
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from rebates.rules.arithmetic import NotAFormula, names_in, reckon
from rebates.rules.proof_shape import LARGEST_REMAINDER, faults_of_generic, prove


def protection() -> dict[str, Any]:
    """Two layers of seven units, each ten yuan cheaper, part of it settled before."""
    return prove(
        rule="price_protection",
        policy=("2026", 3),
        period="2026-11-H1",
        window="2026-Q4",
        subject={"price_change": "PC-12"},
        terms={"window_days": 30},
        inputs=[
            {"of": "old_price", "amount": "100.00"},
            {"of": "new_price", "amount": "90.00"},
            {"of": "units", "doc": "FH-1", "amount": 5},
            {"of": "units", "doc": "FH-2", "amount": 2},
        ],
        steps=[("fall", "old_price - new_price"), ("credit", "fall * units")],
        settled=[("2026-10-H2", "20.00")],
    )


def test_every_number_of_a_proof_is_filled_in() -> None:
    proof = protection()
    assert proof["formula"] == [
        {
            "step": "fall",
            "how": "old_price - new_price",
            "numbers": {"old_price": "100.00", "new_price": "90.00"},
            "amount": "10.00",
        },
        {"step": "credit", "how": "fall * units", "numbers": {"fall": "10.00", "units": "7"}, "amount": "70.00"},
    ]
    assert (proof["earned"], proof["entitlement"], proof["settled_total"], proof["due"]) == (
        "70.00",
        "70.00",
        "20.00",
        "50.00",
    )
    assert faults_of_generic(proof) == []


def test_an_input_shows_its_own_reckoning() -> None:
    line = {"of": "shortfall", "doc": "A-1", "how": "(edge - price) * quantity"}
    proof = prove(
        rule="penalty",
        period="2026-11-H1",
        terms={"minimum": "1000"},
        inputs=[{**line, "numbers": {"edge": "100.00", "price": "89.995", "quantity": 3}}],
        steps=[("penalty", "-max(shortfall, minimum)")],
    )
    assert proof["inputs"][0]["amount"] == "30.015"
    assert proof["due"] == "-1000.00"
    assert faults_of_generic(proof) == []


@pytest.mark.parametrize(
    ("earned", "cap", "entitled", "capped"),
    [
        ("10.005", None, "10.01", False),
        ("-10.005", None, "-10.01", False),
        ("10.004999", None, "10.00", False),
        ("10.005", "10.00", "10.00", True),
        ("10.00", "10.00", "10.00", False),
        ("-5.00", "10.00", "-5.00", False),
    ],
)
def test_the_cap_comes_before_the_only_rounding(earned: str, cap: str | None, entitled: str, capped: bool) -> None:
    proof = prove(
        rule="any", period="2026-11-H1", inputs=[{"of": "given", "amount": earned}], steps=[("all", "given")], cap=cap
    )
    assert (proof["entitlement"], proof["capped"]) == (entitled, capped)
    assert faults_of_generic(proof) == []


def test_nothing_earned_is_a_proof_too() -> None:
    proof = prove(rule="any", period="2026-11-H1", reasons=["snapshot_too_old"])
    assert (proof["due"], proof["reasons"], faults_of_generic(proof)) == ("0.00", ["snapshot_too_old"], [])


def test_a_share_by_the_largest_remainder_is_within_a_cent_of_the_exact_one() -> None:
    def share(amount: str) -> list[str]:
        inputs = [{"of": "pool", "amount": "10.00"}, {"of": "own", "amount": 1}, {"of": "all", "amount": 3}]
        steps = [("share", "pool * own / all")]
        return faults_of_generic(
            prove(
                rule="share",
                period="2026-11-H1",
                inputs=inputs,
                steps=steps,
                rounding=LARGEST_REMAINDER,
                entitlement=amount,
            )
        )

    assert share("3.33") == share("3.34") == []
    assert share("3.35") == ["entitlement"]


#: What is altered in the proof above, and what is named for it.
ALTERED: dict[str, tuple[Callable[[Any], None], str]] = {
    "a fact": (lambda p: p["inputs"][0].update(amount="101.00"), "formula fall"),
    "units of a layer": (lambda p: p["inputs"][3].update(amount="3"), "formula credit"),
    "a number of a step": (lambda p: p["formula"][1]["numbers"].update(fall="11.00"), "formula credit"),
    "the amount of a step": (lambda p: p["formula"][0].update(amount="11.00"), "formula fall"),
    "a formula": (lambda p: p["formula"][1].update(how="fall * units * units"), "formula credit"),
    "a step without its numbers": (lambda p: p["formula"][1].update(numbers={}), "formula credit"),
    "a name from nowhere": (lambda p: p["formula"][1].update(how="fall * wishes"), "formula credit"),
    "what is earned": (lambda p: p.update(earned="71.00"), "earned"),
    "the cap": (lambda p: p.update(cap="60.00"), "capped"),
    "the entitlement": (lambda p: p.update(entitlement="71.00"), "entitlement"),
    "the rounding": (lambda p: p.update(rounding="up"), "entitlement"),
    "an earlier settlement": (lambda p: p["settled"][0].update(amount="21.00"), "settled_total"),
    "what is due": (lambda p: p.update(due="51.00"), "due"),
    "a field missing": (lambda p: p.pop("settled"), "unreadable: 'settled'"),
    "a number that is none": (lambda p: p["inputs"][0].update(amount="ten"), "unreadable: Invalid literal"),
}


@pytest.mark.parametrize("deed", ALTERED)
def test_whatever_is_altered_is_named(deed: str) -> None:
    proof = copy.deepcopy(protection())
    alter, named = ALTERED[deed]
    alter(proof)
    assert faults_of_generic(proof)[0].startswith(named)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("a + b * 2", 8),
        ("(a + b) * 2", 10),
        ("a - b - 1", -2),
        ("-a + -(b)", -5),
        ("a / b", Fraction(2, 3)),
        ("max(a, b, 1) - min(a, b)", 1),
        ("at_least(b, 3) * a + at_least(a, 3)", 2),
    ],
)
def test_formulas_are_reckoned_exactly(formula: str, value: Fraction) -> None:
    assert reckon(formula, {"a": Fraction(2), "b": Fraction(3)}) == value


@pytest.mark.parametrize(
    "formula", ["", "a +", "a b", "(a", "a)", "a / (b - b)", "c", "min(a", "at_least(a)", "__import__", "a ** b", "1e5"]
)
def test_what_is_no_formula_is_refused(formula: str) -> None:
    with pytest.raises(NotAFormula):
        reckon(formula, {"a": Fraction(2), "b": Fraction(3)})


def test_names_are_told_once_in_their_order() -> None:
    assert names_in("max(b, a) * b - min(c, 1)") == ("b", "a", "c")
