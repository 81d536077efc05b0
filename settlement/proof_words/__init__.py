"""The words of every rule whose proof has the general shape: one module per part of the business, listed below.

Each module holds ``RULES``, a mapping from the rule's name in its proofs to its :class:`RuleWords`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from settlement.proof_words import (
    adjustments,
    forfeiture,
    general,
    market_support,
    penalty,
    pools,
    price_protection,
    referral,
    remote_subsidy,
)
from settlement.proof_words.words import RuleWords

#: Further parts of the business are added here, one to a line.
_PARTS: tuple[ModuleType, ...] = (
    adjustments,
    forfeiture,
    pools,
    price_protection,
    market_support,
    remote_subsidy,
    referral,
    penalty,
    general,
)
_RULES: Mapping[str, RuleWords] = {rule: words for part in _PARTS for rule, words in part.RULES.items()}


def words_of(proof: Mapping[str, Any]) -> RuleWords:
    """The words of the rule a proof follows; an unknown rule is shown by its name."""
    rule = str(proof.get("rule", ""))
    return _RULES.get(rule) or RuleWords(rule.replace("_", " "), {})
