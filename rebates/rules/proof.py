"""A due in a form that explains itself, and the check that its parts sum back exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rebates.rules.dues import Due
from rebates.rules.programs import Program, WindowProgram
from rebates.rules.quantities import (
    PICO_PLACES,
    PICOS_PER_CENT,
    cents,
    cents_of_picos,
    cents_text,
    known_text,
    micros,
    micros_text,
    picos_text,
    scaled,
)

RULE = "rebate"
ROUNDING = "half_up_cent"

Label = Callable[[int], str]


def shown_program(program: Program, policy: str, version: int) -> dict[str, object]:
    """The policy version and the rule row, as a proof shows them."""
    return {
        "policy": {"code": policy, "version": version},
        "program": {
            "code": program.code,
            "tier": program.tier,
            "categories": "all" if program.categories is None else sorted(program.categories),
            "base": program.base,
            "window": program.window,
            "method": program.method,
            "brackets": [{"from": micros_text(b.start), "rate": micros_text(b.rate)} for b in program.brackets],
            "cap": None if program.cap is None else cents_text(program.cap),
            **({"pooling": "alliance"} if program.pooled else {}),
        },
    }


def proof_of(due: Due, period: int, label: Label) -> dict[str, Any]:
    """Everything ``due`` follows from, settled in half-month ``period``; ``label`` writes a half-month's name."""
    reckoned = due.program
    earned = due.entitlement
    return {
        "rule": RULE,
        **_shown(reckoned),
        "window": reckoned.window,
        "period": label(period),
        "up_to": label(reckoned.up_to),
        "inputs": [
            {"period": label(part.period), "tier": part.tier, "lines": part.lines, "amount": micros_text(part.amount)}
            for part in due.inputs
        ],
        "base": micros_text(due.base),
        "formula": [
            {
                "from": known_text(part.start),
                "to": None if part.end is None else known_text(part.end),
                "rate": known_text(part.rate),
                "amount": micros_text(part.amount),
                "earned": picos_text(part.earned),
            }
            for part in earned.slices
        ],
        "earned": picos_text(earned.earned),
        "capped": earned.capped,
        "rounding": ROUNDING,
        "entitlement": cents_text(earned.amount),
        "settled": [{"period": label(part.period), "amount": cents_text(part.due)} for part in due.settled],
        "settled_total": cents_text(sum(part.due for part in due.settled)),
        "due": cents_text(due.amount),
    }


def _shown(reckoned: WindowProgram) -> dict[str, object]:
    return reckoned.shown or shown_program(reckoned.program, reckoned.policy, reckoned.version)


def faults_of(proof: Mapping[str, Any]) -> list[str]:
    """Where the parts of a proof do not sum back, as names of its fields; empty when every step holds."""
    base = micros(proof["base"])
    formula = proof["formula"]
    earned = sum(_picos(part["earned"]) for part in formula)
    cap = proof["program"]["cap"]
    limit = None if cap is None else cents(cap) * PICOS_PER_CENT
    checks = {
        "inputs": sum(micros(part["amount"]) for part in proof["inputs"]) == base,
        "formula": all(micros(p["amount"]) * micros(p["rate"]) == _picos(p["earned"]) for p in formula)
        and sum(micros(part["amount"]) for part in formula) == max(base, 0)
        and _follows_brackets(proof),
        "earned": earned == _picos(proof["earned"]),
        "capped": proof["capped"] == (limit is not None and earned > limit),
        "entitlement": cents_of_picos(earned if limit is None else min(earned, limit)) == cents(proof["entitlement"]),
        "settled_total": sum(cents(part["amount"]) for part in proof["settled"]) == cents(proof["settled_total"]),
        "due": cents(proof["entitlement"]) - cents(proof["settled_total"]) == cents(proof["due"]),
    }
    return [name for name, holds in checks.items() if not holds]


def _follows_brackets(proof: Mapping[str, Any]) -> bool:
    """Whether the slices are those the program's own brackets cut from the base."""
    program = proof["program"]
    base = micros(proof["base"])
    brackets = [(micros(part["from"]), micros(part["rate"])) for part in program["brackets"]]
    reached = [bracket for bracket in brackets if bracket[0] <= base] if base > 0 else []
    if program["method"] == "retroactive":
        expected = [(start, rate, base) for start, rate in reached[-1:]]
    else:
        ends = [start for start, _ in reached[1:]] + [base]
        expected = [(start, rate, end - start) for (start, rate), end in zip(reached, ends, strict=False)]
    return expected == [(micros(p["from"]), micros(p["rate"]), micros(p["amount"])) for p in proof["formula"]]


def _picos(text: str) -> int:
    return scaled(text, PICO_PLACES)
