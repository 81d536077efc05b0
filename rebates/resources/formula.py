"""The bare formula of a proof of the general shape, for rules nobody has put into words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from rebates.resources.figures import amount_text

_SIGNS = {"*": "×", "-": "−", "/": "÷"}


def explain_formula(proof: Mapping[str, Any]) -> str:
    """``100.00 − 90.00 = 10.00; 10.00 × 7 = 70.00``, what was settled before, and what is due."""
    steps = [step for step in proof.get("formula", ()) if "how" in step]
    if not steps:
        return ""
    words = {
        "formula": "; ".join(f"{_filled(step)} = {amount_text(step['amount'])}" for step in steps),
        "settled": amount_text(proof.get("settled_total", "0.00")),
        "due": amount_text(proof["due"]),
    }
    if not proof.get("settled"):
        return gettext("%(formula)s; %(due)s is due now.") % words
    return gettext("%(formula)s; %(settled)s was settled before, so %(due)s is due now.") % words


def _filled(step: Mapping[str, Any]) -> str:
    """A formula with its numbers in the places of their names; functions keep their name."""
    numbers = step["numbers"]

    def shown(found: re.Match[str]) -> str:
        text = found[0]
        return amount_text(numbers[text]) if text in numbers else _SIGNS.get(text, text)

    return re.sub(r"[a-z][a-z0-9_]*|[-*/]", shown, step["how"])
