"""How the price protection of a day came about."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from rebates.resources.figures import amount_text
from rebates.rules.protected_days import NO_FALL, RULE

#: Why nothing is credited, by the code a proof gives.
REASONS: Mapping[str, str | Promise] = {
    "not_counted": gettext_lazy("No recent count of its stock"),
    "count_too_old": gettext_lazy("Its last count is too old"),
    "nothing_on_hand": gettext_lazy("Nothing on hand"),
    "received_too_long_ago": gettext_lazy("What is on hand came too long ago"),
    "protected_already": gettext_lazy("Protected by an earlier fall already"),
    NO_FALL: gettext_lazy("The price was corrected and no longer falls on that day"),
}


def explain_protection(proof: Mapping[str, Any]) -> str:
    """The falls of the day, the units credited, why there are none, what was settled before, and what is due."""
    inputs = proof["inputs"]
    credited = [fact for fact in inputs if Decimal(fact["amount"])]
    words = {
        "day": proof["window"],
        "units": sum(int(fact["numbers"]["units"]) for fact in credited),
        "entitlement": amount_text(proof["entitlement"]),
        "settled": amount_text(proof["settled_total"]),
        "due": amount_text(proof["due"]),
        "reasons": gettext("; ").join(str(REASONS.get(code, code)) for code in proof.get("reasons", ())),
    }
    if len(credited) == 1:
        numbers = credited[0]["numbers"]
        words |= {
            "sku": credited[0]["doc"],
            "old": amount_text(numbers["old_price"]),
            "new": amount_text(numbers["new_price"]),
        }
        sentence = gettext(
            "%(sku)s fell from %(old)s to %(new)s on %(day)s: %(units)s units on hand had come lately enough and were "
            "not protected, which makes (%(old)s − %(new)s) × %(units)s = %(entitlement)s; %(settled)s was settled "
            "before, so %(due)s is due now."
        )
    elif credited:
        sentence = ngettext(
            "List prices of %(count)s product fell on %(day)s: %(units)s units are protected, together "
            "%(entitlement)s; %(settled)s was settled before, so %(due)s is due now.",
            "List prices of %(count)s products fell on %(day)s: %(units)s units are protected, together "
            "%(entitlement)s; %(settled)s was settled before, so %(due)s is due now.",
            len(credited),
        )
        words["count"] = len(credited)
    else:
        sentence = gettext(
            "Nothing is protected for the fall of list prices on %(day)s (%(reasons)s); %(settled)s was settled "
            "before, so %(due)s is due now."
        )
    return sentence % words


SENTENCES = {RULE: explain_protection}
