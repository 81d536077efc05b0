#!/usr/bin/env python3
"""Reckon a statement again from its JSON, without Halfmoon.

    python3 verify_statement.py statement.json [--sha256 DIGEST]

Takes the JSON of a statement as it is downloaded from its page or by ``GET statements/{period}`` (also with ``.json``),
the output of ``export_statements --format json``, or the proof of one line. Every line is recomputed from the facts,
terms and brackets in its proof and printed; then the lines are added up to the balances. Ends with 0 when everything
adds up, with 1 and the first thing that does not, with 2 when the file cannot be read.

Needs Python 3.10 and nothing else. Amounts are exact fractions; each line is rounded once, half up, to the fen.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import operator
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

CENT = Fraction(1, 100)
#: Proofs write intermediate amounts with twelve places at most.
FINEST = Fraction(1, 10**12)
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class Fault(Exception):
    """Something does not add up."""


def number(text: Any) -> Fraction:
    """A number of the file; only plain decimal text counts, never a float."""
    if isinstance(text, bool) or not isinstance(text, (str, int)):
        raise Fault(f"{text!r} is not a number written as text")
    if isinstance(text, str) and not _DECIMAL.fullmatch(text):
        raise Fault(f"{text!r} is not a number")
    return Fraction(text)


def rounded(value: Fraction, unit: Fraction) -> Fraction:
    """Half up: away from zero when exactly between."""
    whole = (2 * abs(value) + unit) // (2 * unit)
    return unit * (whole if value >= 0 else -whole)


def plain(value: Fraction) -> str:
    scaled = rounded(value, FINEST) / FINEST
    digits = str(abs(int(scaled))).rjust(13, "0")
    return f"{'-' if scaled < 0 else ''}{digits[:-12]}.{digits[-12:].rstrip('0').ljust(2, '0')}"


def must(what: str, stated: Fraction, reckoned: Fraction) -> None:
    if stated != reckoned:
        raise Fault(f"{what} is {plain(stated)}, but comes to {plain(reckoned)}")


# Formulas of proofs: names, whole numbers, + - * /, min, max, at_least. Everything else is refused.

_SIGNS: Mapping[type, Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_FUNCTIONS: Mapping[str, Callable[..., Fraction]] = {
    "min": min,
    "max": max,
    "at_least": lambda value, threshold: Fraction(value >= threshold),
}


def formula(text: str, known: Mapping[str, Fraction]) -> tuple[Fraction, set[str]]:
    """The value of a formula, and the names it uses."""
    used: set[str] = set()

    def value(node: ast.AST) -> Fraction:
        if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
            return _SIGNS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return Fraction(node.value)
        if isinstance(node, ast.Name):
            if node.id not in known:
                raise Fault(f"formula {text}: nothing in the proof is called {node.id}")
            used.add(node.id)
            return known[node.id]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
            return _FUNCTIONS[node.func.id](*(value(argument) for argument in node.args))
        raise Fault(f"formula {text} is not understood")

    try:
        return value(ast.parse(text, mode="eval").body), used
    except (SyntaxError, ZeroDivisionError, TypeError, RecursionError) as error:
        raise Fault(f"formula {text}: {error}") from None


def step(part: Mapping[str, Any], known: Mapping[str, Fraction], name: str) -> str:
    """Recompute one step; its numbers must be those known by their names. Returns it in words."""
    exact, used = formula(part["how"], known)
    shown = {key: number(text) for key, text in part["numbers"].items()}
    for key in sorted(used | shown.keys()):
        if key not in used or key not in shown or shown[key] != known[key]:
            raise Fault(f"{name}: {key} is not the {key} of the facts above")
    must(name, number(part["amount"]), rounded(exact, FINEST))
    return f"{name}: {part['how']} = {part['amount']}"


def general(proof: Mapping[str, Any]) -> Iterator[str]:
    """A proof of named facts, terms and steps."""
    known: dict[str, Fraction] = {}
    for fact in proof["inputs"]:
        if "how" in fact:
            own = {key: number(text) for key, text in fact["numbers"].items()}
            yield step(fact, own, fact["of"])
        known[fact["of"]] = known.get(fact["of"], Fraction(0)) + number(fact["amount"])
    for name, total in known.items():
        yield f"{name} = {plain(total)}"
    known.update({name: number(text) for name, text in proof.get("terms", {}).items()})
    earned = Fraction(0)
    for part in proof["formula"]:
        yield step(part, known, part["step"])
        earned = known[part["step"]] = number(part["amount"])
    must("what is earned", number(proof["earned"]), earned)
    cap = proof.get("cap")
    yield from ending(proof, earned, None if cap is None else number(cap))


def rebate(proof: Mapping[str, Any]) -> Iterator[str]:
    """A proof of a base cut by the brackets of a program."""
    program = proof["program"]
    base = sum((number(part["amount"]) for part in proof["inputs"]), Fraction(0))
    must("the base", number(proof["base"]), base)
    yield f"base = {plain(base)} from {len(proof['inputs'])} half-months"
    expected = slices(program, base)
    stated = [(number(p["from"]), number(p["rate"]), number(p["amount"])) for p in proof["formula"]]
    if stated != expected:
        raise Fault("the slices are not those the program's brackets cut from the base")
    earned = Fraction(0)
    for (_start, rate, amount), part in zip(expected, proof["formula"], strict=True):
        must(f"the slice from {part['from']}", number(part["earned"]), amount * rate)
        earned += amount * rate
        yield f"{plain(amount)} x {plain(rate)} = {plain(amount * rate)}"
    must("what is earned", number(proof["earned"]), earned)
    cap = program["cap"]
    yield from ending(proof, earned, None if cap is None else number(cap))


def slices(program: Mapping[str, Any], base: Fraction) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Start, rate and amount of each slice; the brackets are half-open and a base of zero or below earns nothing."""
    brackets = [(number(part["from"]), number(part["rate"])) for part in program["brackets"]]
    reached = [bracket for bracket in brackets if bracket[0] <= base] if base > 0 else []
    if program["method"] == "retroactive":
        return [(start, rate, base) for start, rate in reached[-1:]]
    ends = [start for start, _rate in reached[1:]] + [base]
    return [(start, rate, end - start) for (start, rate), end in zip(reached, ends, strict=True)]


def ending(proof: Mapping[str, Any], earned: Fraction, cap: Fraction | None) -> Iterator[str]:
    """Cap, rounding, what was settled before, what is due."""
    within = earned if cap is None else min(earned, cap)
    if proof["capped"] != (within != earned):
        raise Fault(f"capped is {proof['capped']}, but {plain(earned)} against a cap of {proof.get('cap')}")
    if within != earned:
        yield f"cap = {plain(within)}"
    entitled = number(proof["entitlement"])
    if proof["rounding"] == "largest_remainder":
        if abs(entitled - within) >= CENT:
            raise Fault(f"the entitlement {plain(entitled)} is not within a fen of {plain(within)}")
    elif proof["rounding"] == "half_up_cent":
        must("the entitlement", entitled, rounded(within, CENT))
    else:
        raise Fault(f"the rounding {proof['rounding']!r} is not known")
    settled = sum((number(part["amount"]) for part in proof["settled"]), Fraction(0))
    must("what was settled before", number(proof["settled_total"]), settled)
    must("what is due", number(proof["due"]), entitled - settled)
    yield f"{plain(entitled)} - {plain(settled)} settled before = {plain(entitled - settled)} due"


def check_line(line: Mapping[str, Any], say: Callable[[str], None]) -> Fraction:
    """Recompute one line; its amount must be what its proof says is due."""
    where = f"line {line['line_no']}"
    say(f"{where} {line['kind']} {line['program']} for {line['for_period']}: {line['amount']}")
    proof = line["proof"]
    try:
        if "formula" not in proof:
            raise Fault("the proof holds no calculation")
        for said in rebate(proof) if proof.get("rule") == "rebate" else general(proof):
            say(f"    {said}")
        must("the amount", number(line["amount"]), number(proof["due"]))
        if proof.get("rule") == "rebate":
            must("the base", number(line["base"]), number(proof["base"]))
    except KeyError as error:
        raise Fault(f"{where}: the proof has no {error}") from None
    except Fault as fault:
        raise Fault(f"{where}: {fault}") from None
    return number(line["amount"])


def check_statement(statement: Mapping[str, Any], say: Callable[[str], None]) -> None:
    """Recompute every line of a statement and its balances."""
    name = statement.get("document") or "statement"
    say(f"{name}: {statement['period']}, dealer {statement['dealer']}")
    numbers = [line["line_no"] for line in statement["lines"]]
    if numbers != list(range(1, len(numbers) + 1)):
        raise Fault(f"the lines are numbered {numbers}")
    total = sum((check_line(line, say) for line in statement["lines"]), Fraction(0))
    must("the total of the lines", number(statement["total"]), total)
    opening, closing = number(statement["opening"]), number(statement["closing"])
    must("the closing balance", closing, opening + total)
    if "previous_closing" in statement:
        before, paid = number(statement["previous_closing"]), number(statement["paid_since"])
        must("the opening balance", opening, before - paid)
        say(f"previous closing {plain(before)} - paid since {plain(paid)} = opening {plain(opening)}")
    say(f"opening {plain(opening)} + lines {plain(total)} = closing {plain(closing)}")
    if "minimum_payout" in statement:
        # A dealer that has left is paid everything: the clearing statement and its supplements know no minimum.
        minimum = Fraction(0) if statement.get("role") else number(statement["minimum_payout"])
        paid_out = closing if closing > 0 and closing >= minimum else Fraction(0)
        must("the payable amount", number(statement["payable"]), paid_out)
        say(f"payable {plain(paid_out)}")


def check(content: Any, say: Callable[[str], None]) -> int:
    """Recompute whatever the file holds; returns how many lines there were."""
    parts = content if isinstance(content, list) else [content]
    lines = 0
    for part in parts:
        if not isinstance(part, dict):
            raise Fault("the file holds neither statements nor lines")
        if "lines" in part:
            check_statement(part, say)
            lines += len(part["lines"])
        else:
            check_line(part, say)
            lines += 1
    return lines


def main(arguments: list[str]) -> int:
    options = argparse.ArgumentParser(description="Reckon a statement again from its JSON.")
    options.add_argument("file", help="the JSON; - reads standard input")
    options.add_argument("--sha256", metavar="DIGEST", help="the digest the file must have")
    options.add_argument("--quiet", action="store_true", help="print the verdict only")
    asked = options.parse_args(arguments)
    try:
        data = sys.stdin.buffer.read() if asked.file == "-" else Path(asked.file).read_bytes()
        content = json.loads(data.decode("utf-8-sig"), parse_float=lambda text: text)
    except (OSError, ValueError, RecursionError) as error:
        print(f"cannot read {asked.file}: {error}", file=sys.stderr)
        return 2
    try:
        digest = hashlib.sha256(data).hexdigest()
        if asked.sha256 and digest != asked.sha256.strip().lower():
            raise Fault(f"the file has the digest {digest}, not {asked.sha256}")
        lines = check(content, (lambda text: None) if asked.quiet else print)
    except KeyError as error:
        print(f"FAULT: the file has no {error}")
        return 1
    except Fault as fault:
        print(f"FAULT: {fault}")
        return 1
    print(f"everything adds up: {lines} line{'' if lines == 1 else 's'} recomputed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
