"""How a member's share of a pooled rebate came about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from rebates.choices import Base
from rebates.resources.figures import amount_text, rate_text


def explain_pooled(proof: Mapping[str, Any]) -> str:
    """The own contribution, the pool's figures as far as they may be seen, the share, and what is due."""
    base = proof["program"]["base"]
    steps = {step["step"]: step for step in proof["formula"]}
    words = {
        "base_kind": Base(base).label,
        "program": proof["subject"]["program"],
        "alliance": proof["subject"]["alliance"],
        "window": proof["window"],
        "up_to": proof["up_to"],
        "share": amount_text(proof["entitlement"]),
        "settled": amount_text(proof["settled_total"]),
        "due": amount_text(proof["due"]),
    }
    if "totals_hidden" in proof.get("reasons", ()):
        words["base"] = amount_text(steps["share"]["numbers"][base])
        words["rate"] = rate_text(proof["terms"]["pool_rate"])
        return (
            gettext(
                "%(base_kind)s in %(window)s up to %(up_to)s came to %(base)s; with alliance %(alliance)s "
                "%(program)s pays %(rate)s on them, a share of %(share)s; %(settled)s was settled before, so %(due)s "
                "is due now."
            )
            % words
        )
    words["base"] = amount_text(steps["pool"]["numbers"][base])
    words["pool"] = amount_text(steps["pool"]["amount"])
    words["earned"] = amount_text(steps["pool_entitlement"]["amount"])
    return (
        gettext(
            "Alliance %(alliance)s together came to %(pool)s in %(window)s up to %(up_to)s, on which %(program)s earns "
            "%(earned)s; your %(base)s of it have a share of %(share)s; %(settled)s was settled before, so %(due)s is "
            "due now."
        )
        % words
    )


SENTENCES = {"pooled_rebate": explain_pooled}
