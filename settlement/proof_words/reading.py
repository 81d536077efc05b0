"""A proof of any kind read out as a calculation: rows of words, formula and value in the active language.

Pages, documents and sentences all take their rows from here, so that dealer and headquarters read the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from dealers.foundation.clock import BUSINESS_ZONE
from rebates.rules.arithmetic import tokens
from rebates.rules.programs import COMPLIANT_SALES, PURCHASES
from settlement.proof_words import words_of
from settlement.proof_words.rebates import rebate_rows
from settlement.proof_words.rows import Row, half_month_words, money, shown
from settlement.proof_words.words import RuleWords, Unit

REBATE = "rebate"
REMOTE_PURCHASES = "remote_purchases"
#: Facts that were summed from sale lines or shipments, which can be opened half-month by half-month.
LEADING = (PURCHASES, REMOTE_PURCHASES, COMPLIANT_SALES)
_SIGNS = {"*": " × ", "/": " ÷ ", "+": " + ", "-": " − ", ",": ", "}


@dataclass(frozen=True, slots=True)
class Reading:
    """A proof in words. ``source`` names policy version and rule row, ``reasons`` say why it is zero or less."""

    title: str
    rows: tuple[Row, ...]
    source: str
    reasons: tuple[str, ...]
    about: tuple[tuple[str, str], ...]


def read_proof(proof: Mapping[str, Any]) -> Reading:
    """The calculation behind one amount; a proof without any (a line entered by hand long ago) has no rows."""
    words = words_of(proof)
    is_rebate = proof.get("rule") == REBATE
    rows = rebate_rows(proof) if is_rebate else _rows(proof, words)
    return Reading(
        title=gettext("Rebate") if is_rebate else str(words.title),
        rows=tuple(rows),
        source=_source(proof),
        reasons=tuple(str(words.reason(code)) for code in proof.get("reasons", ())),
        about=tuple((str(words.subject(code)), str(text)) for code, text in proof.get("subject", {}).items()),
    )


def explain_steps(proof: Mapping[str, Any]) -> str:
    """A proof of the general shape in one sentence, step by step, for rules without a sentence of their own."""
    words = words_of(proof)
    said = [str(words.reason(code)).rstrip("。.") for code in proof.get("reasons", ())]
    for part in proof.get("formula", ()):
        name = words.name(part["step"])
        written, value = _formula(part, words), shown(part["amount"], name.unit)
        said.append(_named(name.label, value if written == value else f"{written} = {value}"))
    if proof.get("capped"):
        said.append(gettext("capped at %(cap)s") % {"cap": money(proof["cap"])})
    if Decimal(proof.get("settled_total", "0")):
        said.append(_named(gettext("settled before"), money(proof["settled_total"])))
    if "due" in proof:
        said.append(_named(gettext("due now"), money(proof["due"])))
    return gettext("; ").join(said)


def _named(label: object, value: str) -> str:
    return gettext("%(label)s: %(value)s") % {"label": label, "value": value}


def _rows(proof: Mapping[str, Any], words: RuleWords) -> Iterator[Row]:
    if not proof.get("inputs") and not proof.get("formula"):
        return
    yield Row(gettext("What counts"), head=True)
    yield from _inputs(proof, words)
    terms = proof.get("terms", {})
    if terms:
        yield Row(gettext("Terms of the policy"), head=True)
        for code, text in terms.items():
            name = words.name(code)
            yield Row(str(name.label), value=shown(text, name.unit))
    yield Row(gettext("Calculation"), head=True)
    for part in proof["formula"]:
        name = words.name(part["step"])
        value = shown(part["amount"], name.unit)
        yield Row(str(name.label), value=value, formula=f"{_formula(part, words)} = {value}")
    yield from _ending(proof)


def _inputs(proof: Mapping[str, Any], words: RuleWords) -> Iterator[Row]:
    """Every fact; where several of one name are added up, their sum follows them."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for fact in proof["inputs"]:
        groups.setdefault(fact["of"], []).append(fact)
    for code, facts in groups.items():
        name = words.name(code)
        for fact in facts:
            yield _fact(fact, words)
            yield from (_fact(layer, words) for layer in fact.get("layers", ()))
        if len(facts) > 1:
            total = sum(Decimal(fact["amount"]) for fact in facts)
            together = gettext("%(name)s together") % {"name": name.label}
            yield Row(together, value=shown(format(total, "f"), name.unit), total=True)


def _fact(fact: Mapping[str, Any], words: RuleWords) -> Row:
    name = words.name(fact["of"])
    value = shown(fact["amount"], name.unit)
    formula = f"{_formula(fact, words)} = {value}" if "how" in fact else ""
    return Row(str(name.label), note=_note(fact, words), value=value, formula=formula, of=share_key(fact))


def _note(fact: Mapping[str, Any], words: RuleWords) -> str:
    """Where a fact comes from: document, day, half-month, tier, number of lines, and whatever is said of it."""
    told = {**fact, "at": _moment(str(fact["at"]))} if fact.get("at") else fact
    parts = [str(told[key]) for key in ("doc", "at", "tier", "note") if told.get(key)]
    if fact.get("period"):
        parts.insert(0, half_month_words(fact["period"]))
    if fact.get("lines"):
        parts.append(gettext("%(n)s lines") % {"n": fact["lines"]})
    if fact.get("reason"):
        parts.append(str(words.reason(fact["reason"])))
    return " · ".join(parts)


def _moment(kept: str) -> str:
    """A day as it is, an instant in Beijing time to the minute."""
    try:
        at = datetime.fromisoformat(kept)
    except ValueError:
        return kept
    return kept if at.tzinfo is None else f"{at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"


def share_key(fact: Mapping[str, Any]) -> str:
    """The key of the lines that can be opened behind a fact; empty when there are none."""
    return f"{fact['of']}.{fact['period']}" if fact["of"] in LEADING and fact.get("period") else ""


def _ending(proof: Mapping[str, Any]) -> Iterator[Row]:
    if proof.get("cap") is not None:
        said = gettext("reached: what is above it is cut off") if proof["capped"] else gettext("not reached")
        yield Row(gettext("Cap"), value=money(proof["cap"]), formula=said)
    if proof["rounding"] == "largest_remainder":
        yield Row(gettext("Rounded so that all shares add up to the total"), value=money(proof["entitlement"]))
    else:
        yield Row(gettext("Rounded half up to the fen, once"), value=money(proof["entitlement"]))
    for part in proof["settled"]:
        label = gettext("settled in %(period)s") % {"period": half_month_words(part["period"])}
        yield Row(label, value=money(format(-Decimal(part["amount"]), "f")))
    entitled, settled, due = (money(proof[name]) for name in ("entitlement", "settled_total", "due"))
    formula = f"{entitled} − {settled} = {due}" if proof["settled"] else ""
    yield Row(gettext("Due now"), value=due, formula=formula, total=True)


def _formula(part: Mapping[str, Any], words: RuleWords) -> str:
    """The formula with its numbers in the place of their names."""
    written: list[str] = []
    comparing: list[int] = []
    depth = 0
    for kind, text in tokens(part["how"]):
        if kind == "name":
            written.append(shown(part["numbers"][text], words.name(text).unit))
        elif kind == "number":
            written.append(shown(text, Unit.NUMBER))
        elif kind == "function":
            written.append(
                {"min": gettext("the least of"), "max": gettext("the most of")}.get(text, gettext("whether"))
            )
            written.append(" ")
            if text == "at_least":
                comparing.append(depth + 1)
        elif text in "()":
            depth += 1 if text == "(" else -1
            comparing = [level for level in comparing if level <= depth]
            written.append(text)
        elif text == "," and comparing and comparing[-1] == depth:
            written.append(" ≥ ")
        elif text == "-" and (not written or written[-1] in ("(", ", ")):
            written.append("−")
        else:
            written.append(_SIGNS.get(text, text))
    return "".join(written)


def _source(proof: Mapping[str, Any]) -> str:
    policy = proof.get("policy")
    row = proof.get("row") or (f"rebates.programs.{proof['program']['code']}" if "program" in proof else "")
    named = f"{policy['code']} v{policy['version']}" if policy else ""
    return " · ".join(part for part in (named, row) if part)
