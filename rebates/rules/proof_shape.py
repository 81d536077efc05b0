"""The one shape of every proof that is not a rebate's, how to make one, and the check that it sums back exactly.

A proof reads from top to bottom like a calculation on paper::

    {
      "rule": "price_protection",                        what kind of reckoning this is
      "policy": {"code": "2026", "version": 3},          absent where no policy decides (an adjustment)
      "row": "rebates.price_protection",                 the rule row in the policy document, optional
      "terms": {"window_days": "30"},                    the numbers of that row the formula uses
      "period": "2026-11-H1",                            the half-month that settles it; absent in a credit's proof
      "window": "2026-Q4", "up_to": "2026-11-H1",        optional: the window reckoned, and up to where
      "subject": {"price_change": "PC-12"},              optional: what it is about, as texts
      "reasons": ["snapshot_too_old"],                   optional: why it is zero, or less, as codes
      "inputs": [                                        the facts; those of one name are added up
        {"of": "old_price", "amount": "100.00"},
        {"of": "new_price", "amount": "90.00"},
        {"of": "units", "doc": "FH-1", "at": "2026-11-02", "amount": "5"},
        {"of": "units", "doc": "FH-2", "at": "2026-11-01", "amount": "2"}
      ],
      "formula": [                                       steps; each may use inputs, terms and earlier steps by name
        {"step": "fall", "how": "old_price - new_price",
         "numbers": {"old_price": "100.00", "new_price": "90.00"}, "amount": "10.00"},
        {"step": "credit", "how": "fall * units", "numbers": {"fall": "10.00", "units": "7"}, "amount": "70.00"}
      ],
      "earned": "70.00",                                 the last step (0 without one)
      "cap": null, "capped": false,                      cut off above, if anything
      "rounding": "half_up_cent",                        once, at the end
      "entitlement": "70.00",
      "settled": [{"period": "2026-10-H2", "amount": "0.00"}], "settled_total": "0.00",
      "due": "70.00"                                     the amount of the statement line
    }

An input may show its own reckoning in the same way: ``{"of": "shortfall", "doc": "A-1", "how": "(edge - price) *
quantity", "numbers": {"edge": …, "price": …, "quantity": …}, "amount": "30.00"}``. It may say the half-month it
belongs to (``period``), its tier, and of how many ``lines`` it was summed: those named ``purchases``,
``remote_purchases`` or ``compliant_sales`` with a period then open to the lines behind them. :func:`prove` fills in
every number and amount, so that nobody writes them by hand. Numbers are texts: exact, at least two decimals for
amounts, never floats. What each name means to people is said in :mod:`settlement.proof_words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rebates.rules.arithmetic import NotAFormula, names_in, reckon

HALF_UP_CENT = "half_up_cent"
#: A share of a total that was split so that the cents add up: the exact share, or up to one cent beside it.
LARGEST_REMAINDER = "largest_remainder"
#: Steps are written with so many places at most; a division that does not end is rounded half up there.
PLACES = 12

Number = Decimal | int | str
#: A step before it is reckoned: its name and its formula.
Step = tuple[str, str]


def prove(
    *,
    rule: str,
    period: str = "",
    inputs: Iterable[Mapping[str, Any]] = (),
    terms: Mapping[str, Number] | None = None,
    steps: Sequence[Step] = (),
    policy: tuple[str, int] | None = None,
    row: str = "",
    cap: Number | None = None,
    settled: Iterable[tuple[str, Number]] = (),
    rounding: str = HALF_UP_CENT,
    entitlement: Number | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A proof with every number filled in; ``due`` is what the statement line says.

    ``inputs`` say ``of`` and either ``amount`` or ``how`` with ``numbers``, and whatever else tells of them. Of
    ``more`` only what is not empty is kept (``window``, ``up_to``, ``subject``, ``reasons``). ``entitlement`` is
    given for shares by the largest remainder alone. Raises :class:`~rebates.rules.arithmetic.NotAFormula`.
    """
    facts = [_input(given) for given in inputs]
    named = {name: number_text(value) for name, value in (terms or {}).items()}
    texts = {name: _sum_text([fact for fact in facts if fact["of"] == name]) for name in {f["of"] for f in facts}}
    texts |= named
    formula = []
    for step, how in steps:
        made = _reckoned(how, texts)
        formula.append({"step": step, **made})
        texts[step] = made["amount"]
    earned = Fraction(formula[-1]["amount"]) if formula else Fraction(0)
    limit = None if cap is None else Fraction(cap)
    capped = limit is not None and earned > limit
    within = limit if capped and limit is not None else earned
    entitled = cent_text(within) if entitlement is None else cent_text(Fraction(entitlement))
    before = [{"period": name, "amount": cent_text(Fraction(amount))} for name, amount in settled]
    total = sum((Fraction(part["amount"]) for part in before), Fraction(0))
    return {
        "rule": rule,
        **({"policy": {"code": policy[0], "version": policy[1]}} if policy else {}),
        **({"row": row} if row else {}),
        **({"terms": named} if named else {}),
        **({"period": period} if period else {}),
        **{name: value for name, value in more.items() if value},
        "inputs": facts,
        "formula": formula,
        "earned": _decimal(earned),
        "cap": None if limit is None else cent_text(limit),
        "capped": capped,
        "rounding": rounding,
        "entitlement": entitled,
        "settled": before,
        "settled_total": cent_text(total),
        "due": cent_text(Fraction(entitled) - total),
    }


def faults_of_generic(proof: Mapping[str, Any]) -> list[str]:
    """Where the parts of a proof do not sum back, as names of its fields; empty when every step holds."""
    try:
        return [*_faults(proof)]
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        return [f"unreadable: {error}"]


def _faults(proof: Mapping[str, Any]) -> Iterable[str]:
    for number, fact in enumerate(proof["inputs"], start=1):
        if "how" in fact and not _holds(fact, {name: Fraction(text) for name, text in fact["numbers"].items()}):
            yield f"inputs {number} {fact['of']}"
    known = {**_sums(proof["inputs"]), **{name: Fraction(text) for name, text in proof.get("terms", {}).items()}}
    for part in proof["formula"]:
        if not _holds(part, known):
            yield f"formula {part['step']}"
        known[part["step"]] = Fraction(part["amount"])
    earned = Fraction(proof["formula"][-1]["amount"]) if proof["formula"] else Fraction(0)
    limit = None if proof.get("cap") is None else Fraction(proof["cap"])
    if earned != Fraction(proof["earned"]):
        yield "earned"
    if proof["capped"] != (limit is not None and earned > limit):
        yield "capped"
    exact = earned if limit is None else min(earned, limit)
    entitled = Fraction(proof["entitlement"])
    if proof["rounding"] == LARGEST_REMAINDER:
        if abs(entitled - exact) >= Fraction(1, 100):
            yield "entitlement"
    elif proof["rounding"] != HALF_UP_CENT or entitled != Fraction(cent_text(exact)):
        yield "entitlement"
    settled = sum((Fraction(part["amount"]) for part in proof["settled"]), Fraction(0))
    if settled != Fraction(proof["settled_total"]):
        yield "settled_total"
    if entitled - settled != Fraction(proof["due"]):
        yield "due"


def _holds(part: Mapping[str, Any], known: Mapping[str, Fraction]) -> bool:
    """Whether the numbers shown are the known ones and the amount is what the formula makes of them."""
    try:
        names = names_in(part["how"])
        shown = {name: Fraction(text) for name, text in part["numbers"].items()}
        same = shown == {name: known[name] for name in names if name in known} and all(name in known for name in names)
        return same and _rounded(reckon(part["how"], known), PLACES) == Fraction(part["amount"]) * 10**PLACES
    except NotAFormula:
        return False


def _input(given: Mapping[str, Any]) -> dict[str, Any]:
    fact = dict(given)
    if "how" in fact:
        fact |= _reckoned(fact["how"], {name: number_text(value) for name, value in fact["numbers"].items()})
    else:
        fact["amount"] = number_text(fact["amount"])
    return fact


def _reckoned(how: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """A formula with its numbers and its amount, which is written whole when every number is."""
    numbers = {name: texts[name] for name in names_in(how) if name in texts}
    value = reckon(how, {name: Fraction(text) for name, text in numbers.items()})
    whole = value.denominator == 1 and not any("." in text for text in numbers.values())
    return {"how": how, "numbers": numbers, "amount": str(value) if whole else _decimal(value)}


def _sum_text(facts: Iterable[Mapping[str, Any]]) -> str:
    amounts = [fact["amount"] for fact in facts]
    total = sum((Fraction(amount) for amount in amounts), Fraction(0))
    return _decimal(total) if any("." in amount for amount in amounts) else str(total)


def _sums(inputs: Iterable[Mapping[str, Any]]) -> dict[str, Fraction]:
    sums: dict[str, Fraction] = {}
    for fact in inputs:
        sums[fact["of"]] = sums.get(fact["of"], Fraction(0)) + Fraction(fact["amount"])
    return sums


def number_text(value: Number) -> str:
    """A number in full, without exponent: whole where given whole, else at least two decimals and none needless."""
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    return _decimal(Fraction(text)) if "." in text else str(Fraction(text))


def _decimal(value: Fraction) -> str:
    return _written(_rounded(value, PLACES), PLACES)


def cent_text(amount: Fraction) -> str:
    """An amount rounded half up to the cent, away from zero when exactly between."""
    return _written(_rounded(amount, 2), 2)


def _rounded(value: Fraction, places: int) -> int:
    scaled = abs(value) * 10**places
    whole: int = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return -whole if value < 0 else whole


def _written(scaled: int, places: int) -> str:
    digits = str(abs(scaled)).rjust(places + 1, "0")
    decimals = digits[-places:].rstrip("0").ljust(2, "0")
    return f"{'-' if scaled < 0 else ''}{digits[:-places]}.{decimals}"
