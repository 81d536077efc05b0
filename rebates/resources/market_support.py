"""How accepted market support came about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from rebates.resources.figures import amount_text


def explain_support(proof: Mapping[str, Any]) -> str:
    """The way of the money from the plan to what is accepted, and the quota it lies within."""
    amounts = {fact["of"]: amount_text(fact["amount"]) for fact in proof["inputs"]}
    words = {
        **amounts,
        "activity": proof["subject"]["activity"],
        "purpose": proof["subject"]["purpose"],
        "quarter": proof["window"],
        "quota": amount_text(proof["terms"]["quota"]),
        "due": amount_text(proof["due"]),
    }
    sentence = gettext(
        "%(activity)s “%(purpose)s”: of %(asked)s asked for, %(reserved)s was reserved and %(committed)s committed; of "
        "%(claimed)s claimed with proof %(not_accepted)s was not accepted, so %(due)s is paid, within the quota of "
        "%(quota)s for %(quarter)s."
    )
    return sentence % words


SENTENCES = {"market_support": explain_support}
