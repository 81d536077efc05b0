"""How a rebate came about."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from rebates.choices import Base
from rebates.resources.figures import amount_text, rate_text


def explain_rebate(proof: Mapping[str, Any]) -> str:
    """The formula with its numbers, the cap, the rounding, what was settled before, and what is due."""
    earned = Decimal(proof["earned"])
    words = {
        "base_kind": Base(proof["program"]["base"]).label,
        "program": proof["program"]["code"],
        "window": proof["window"],
        "up_to": proof["up_to"],
        "base": amount_text(proof["base"]),
        "formula": " + ".join(
            f"{amount_text(part['amount'])} × {rate_text(part['rate'])}" for part in proof["formula"]
        ),
        "earned": amount_text(proof["earned"]),
        "cap": amount_text(proof["program"]["cap"] or "0"),
        "entitlement": amount_text(proof["entitlement"]),
        "settled": amount_text(proof["settled_total"]),
        "due": amount_text(proof["due"]),
    }
    if not proof["formula"]:
        sentence = gettext(
            "%(base_kind)s in %(window)s up to %(up_to)s came to %(base)s, on which %(program)s earns nothing; "
            "%(settled)s was settled before, so %(due)s is due now."
        )
    elif proof["capped"]:
        sentence = gettext(
            "%(base_kind)s in %(window)s up to %(up_to)s came to %(base)s, on which %(program)s earns %(formula)s "
            "= %(earned)s, capped at %(cap)s; %(settled)s was settled before, so %(due)s is due now."
        )
    elif earned != Decimal(proof["entitlement"]):
        sentence = gettext(
            "%(base_kind)s in %(window)s up to %(up_to)s came to %(base)s, on which %(program)s earns %(formula)s "
            "= %(earned)s, rounded to %(entitlement)s; %(settled)s was settled before, so %(due)s is due now."
        )
    else:
        sentence = gettext(
            "%(base_kind)s in %(window)s up to %(up_to)s came to %(base)s, on which %(program)s earns %(formula)s "
            "= %(earned)s; %(settled)s was settled before, so %(due)s is due now."
        )
    return sentence % words


SENTENCES = {"rebate": explain_rebate}
