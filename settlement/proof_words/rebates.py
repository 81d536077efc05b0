"""The proof of a rebate read out row by row; its shape is its own (:mod:`rebates.rules.proof`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from rebates.resources.figures import rate_text
from rebates.rules.programs import COMPLIANT_SALES, RETROACTIVE
from settlement.proof_words.rows import Row, half_month_words, money

_ZERO = "0"


def rebate_rows(proof: Mapping[str, Any]) -> Iterator[Row]:
    """Base, slices, cap, rounding, what was settled before, what is due."""
    program = proof["program"]
    sales = program["base"] == COMPLIANT_SALES
    base = gettext("Base: compliant sales of the window") if sales else gettext("Base: purchases of the window")
    yield Row(base, head=True)
    for part in proof.get("inputs", ()):
        note = f"{part['tier']} · " + gettext("%(n)s lines") % {"n": part["lines"]}
        yield Row(half_month_words(part["period"]), note=note, value=money(part["amount"]), of=part["period"])
    if not proof.get("inputs"):
        yield Row(gettext("No line counts into this base."), value=money(_ZERO))
    categories = program.get("categories", "all")
    yield Row(
        gettext("Base"),
        note="" if categories == "all" else ", ".join(categories),
        value=money(proof["base"]),
        total=True,
    )
    whole = program.get("method") == RETROACTIVE
    yield Row(gettext("Whole base at the rate reached") if whole else gettext("Each slice at its own rate"), head=True)
    for part in proof["formula"]:
        earned = money(part["earned"])
        formula = f"{money(part['amount'])} × {rate_text(part['rate'])} = {earned}"
        yield Row(_slice(part), value=earned, formula=formula)
    if not proof["formula"]:
        yield Row(gettext("A base of zero or below earns nothing."), value=money(_ZERO))
    yield Row(gettext("Earned in the window so far"), value=money(proof["earned"]), total=True)
    yield from _ending(proof, program.get("cap"))


def _slice(part: Mapping[str, Any]) -> str:
    start = money(part["from"])
    if part["to"] is None:
        return gettext("from %(from)s") % {"from": start}
    return gettext("from %(from)s to below %(to)s") % {"from": start, "to": money(part["to"])}


def _ending(proof: Mapping[str, Any], cap: str | None) -> Iterator[Row]:
    if cap is not None:
        reached = gettext("reached: what is earned above it is cut off")
        said = reached if proof["capped"] else gettext("not reached")
        yield Row(gettext("Cap of the window"), value=money(cap), formula=said)
    yield Row(gettext("Rounded half up to the fen, once"), value=money(proof["entitlement"]))
    for part in proof.get("settled", ()):
        label = gettext("settled in %(period)s") % {"period": half_month_words(part["period"])}
        yield Row(label, value=money(format(-Decimal(part["amount"]), "f")))
    entitled, settled, due = (money(proof[name]) for name in ("entitlement", "settled_total", "due"))
    yield Row(gettext("Due now"), value=due, formula=f"{entitled} − {settled} = {due}", total=True)
