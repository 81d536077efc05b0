"""How what a forfeited year cancels and takes back came about."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from rebates.resources.figures import amount_text


def explain_cancellation(proof: Mapping[str, Any]) -> str:
    """Which rebate is cancelled because of which decision."""
    sentence = gettext(
        "The rebates of %(year)s are forfeited (%(decision)s): the rebate of %(rebate)s that %(program)s shows in "
        "full for %(window)s is cancelled."
    )
    return _given_back(proof) or sentence % {**_words(proof), "rebate": _sum(proof, "rebate")}


def explain_clawback(proof: Mapping[str, Any]) -> str:
    """What had been settled and is taken back because of which decision."""
    sentence = gettext(
        "The rebates of %(year)s are forfeited (%(decision)s): what %(program)s had settled for %(window)s, "
        "%(rebate)s less %(cancelled)s cancelled already, is taken back; %(before)s was taken back before."
    )
    words = {
        "rebate": _sum(proof, "rebate"),
        "cancelled": amount_text(f"{-_total(proof, 'cancelled_before'):f}"),
        "before": amount_text(f"{-Decimal(proof['settled_total']):f}"),
    }
    return _given_back(proof) or sentence % {**_words(proof), **words}


def _given_back(proof: Mapping[str, Any]) -> str:
    if "lifted" not in proof["reasons"]:
        return ""
    sentence = gettext(
        "The forfeiture of the rebates of %(year)s (%(decision)s) was lifted: the %(due)s it cost %(program)s in "
        "%(window)s are given back."
    )
    return sentence % {**_words(proof), "due": amount_text(proof["due"])}


def _words(proof: Mapping[str, Any]) -> dict[str, Any]:
    return {**proof["subject"], "window": proof["window"]}


def _total(proof: Mapping[str, Any], name: str) -> Decimal:
    return sum((Decimal(part["amount"]) for part in proof["inputs"] if part["of"] == name), Decimal("0.00"))


def _sum(proof: Mapping[str, Any], name: str) -> str:
    return amount_text(f"{_total(proof, name):f}")


SENTENCES = {"forfeiture": explain_cancellation, "clawback": explain_clawback}
