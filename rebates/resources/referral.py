"""How a referral reward came about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from rebates.resources.figures import amount_text, rate_text


def _words(proof: Mapping[str, Any]) -> dict[str, str]:
    steps = {step["step"]: amount_text(step["amount"]) for step in proof["formula"]}
    facts = {fact["of"]: amount_text(fact["amount"]) for fact in proof["inputs"]}
    return {**facts, **steps, "lead": proof["subject"]["lead"], "document": proof["subject"]["document"]}


def explain_partner(proof: Mapping[str, Any]) -> str:
    """The quarter's deals together by the two rates, less what earlier deals were paid."""
    words = _words(proof) | {
        "quarter": proof["window"],
        "rate": rate_text(proof["terms"]["rate"]),
        "rate_above": rate_text(proof["terms"]["rate_above"]),
        "settled": amount_text(proof["settled_total"]),
        "due": amount_text(proof["due"]),
    }
    sentence = gettext(
        "%(lead)s became a deal of %(deal)s (%(document)s); the deals of %(quarter)s now come to %(cumulated)s and "
        "earn %(up_to)s × %(rate)s + %(exceeding)s × %(rate_above)s = %(earned)s; earlier ones were rewarded with "
        "%(settled)s, so %(due)s is due now."
    )
    return sentence % words


def explain_employee(proof: Mapping[str, Any]) -> str:
    """Rate × deal."""
    words = _words(proof) | {"rate": rate_text(proof["terms"]["rate"]), "due": amount_text(proof["due"])}
    return gettext("%(lead)s became a deal of %(deal)s (%(document)s): %(deal)s × %(rate)s = %(due)s.") % words


def explain_voucher(proof: Mapping[str, Any]) -> str:
    """The step of the ladder that the deal reached."""
    words = _words(proof) | {"due": amount_text(proof["due"])}
    return gettext("%(lead)s became a deal of %(deal)s (%(document)s): a voucher of %(due)s.") % words


SENTENCES = {
    "referral_partner": explain_partner,
    "referral_employee": explain_employee,
    "referral_voucher": explain_voucher,
}
