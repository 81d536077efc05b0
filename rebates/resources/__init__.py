"""Saying in one sentence, in the reader's language, how an amount came about: on pages, documents and exports.

One module per part of the business, listed below. Each holds ``SENTENCES``, a mapping from the rule's name in its
proofs to the function that words them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from rebates.resources import forfeiture, market_support, pools, price_protection, rebate, referral, remote_subsidy
from rebates.resources.formula import explain_formula

Explain = Callable[[Mapping[str, Any]], str]

#: Further parts of the business are added here.
_PARTS: tuple[ModuleType, ...] = (rebate, forfeiture, price_protection, market_support, remote_subsidy, pools, referral)
_BY_RULE: Mapping[str, Explain] = {rule: explain for part in _PARTS for rule, explain in part.SENTENCES.items()}


def is_worded(proof: Mapping[str, Any], kind: str = "") -> bool:
    """Whether the rule of a proof has a sentence of its own."""
    return str(proof.get("rule") or kind) in _BY_RULE


def explain(proof: Mapping[str, Any], kind: str = "") -> str:
    """The amount of a statement line in one sentence, with its numbers.

    The rule the proof follows decides, without one the ``kind`` of the line. A rule nobody has put into words is
    shown by its bare formula; a proof without formula says nothing.
    """
    return _BY_RULE.get(str(proof.get("rule") or kind), explain_formula)(proof)
