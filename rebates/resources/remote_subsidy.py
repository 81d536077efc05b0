"""How a remote-area subsidy, or its zero, came about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from rebates.resources.figures import amount_text, rate_text


def explain_subsidy(proof: Mapping[str, Any]) -> str:
    """The minimum, whether it was reached and what the remote purchases earn; of a zero, why."""
    amounts = {step["step"]: amount_text(step["amount"]) for step in proof["formula"]}
    sums = proof["formula"][0]["numbers"] | proof["formula"][2]["numbers"]
    words = {
        "window": proof["window"],
        "purchases": amount_text(sums["purchases"]),
        "remote": amount_text(sums["remote_purchases"]),
        "minimum": amount_text(proof["terms"]["min_quarterly_purchases"]),
        "missing": amounts["missing"],
        "rate": rate_text(proof["terms"]["rate"]),
        "entitlement": amount_text(proof["entitlement"]),
        "settled": amount_text(proof["settled_total"]),
        "due": amount_text(proof["due"]),
    }
    return _sentence((proof.get("reasons") or [""])[0]) % words


def _sentence(reason: str) -> str:
    if reason == "minimum_missed":
        return gettext(
            "Purchases in %(window)s came to %(purchases)s, %(missing)s short of the minimum of %(minimum)s, so "
            "nothing is subsidised; %(settled)s was settled before, so %(due)s is due now."
        )
    if reason == "nothing_remote":
        return gettext(
            "Purchases in %(window)s came to %(purchases)s and reach the minimum of %(minimum)s, but none went into "
            "remote regions; %(settled)s was settled before, so %(due)s is due now."
        )
    if reason == "not_approved":
        return gettext(
            "The subsidy is not agreed for %(window)s; %(settled)s was settled before, so %(due)s is due now."
        )
    return gettext(
        "Purchases in %(window)s came to %(purchases)s and reach the minimum of %(minimum)s; those into remote regions "
        "earn %(remote)s × %(rate)s = %(entitlement)s; %(settled)s was settled before, so %(due)s is due now."
    )


SENTENCES = {"remote_subsidy": explain_subsidy}
