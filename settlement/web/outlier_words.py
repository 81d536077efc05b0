"""Why a statement stands out, in a sentence with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from settlement.proof_words.rows import half_month_words

_SENTENCES: Mapping[str, Any] = {
    "deviates": _(
        "%(now)s a day against a mean of %(mean)s (like halves before: %(halves)s): %(score)s standard deviations, "
        "%(change)s in all."
    ),
    "ratio": _(
        "%(ratio)s times the mean of %(mean)s a day (like halves before: %(halves)s): %(now)s, %(change)s in all."
    ),
    "from_nothing": _("Earned nothing before (like halves looked at: %(halves)s); now %(now)s a day."),
    "first_payment": _("First payment ever: %(payable)s."),
    "negative": _("Negative balance: %(closing)s are carried forward."),
    "owes": _("Negative balance since %(since)s: %(closing)s are carried forward."),
    "capped": _("The cap of a program is reached; what is earned above it is cut off."),
    "adjusted": _("Adjustments of %(adjustments)s."),
}
_AMOUNTS = frozenset({"now", "mean", "change", "payable", "closing", "adjustments"})


def finding_words(finding: Mapping[str, str]) -> str:
    """The sentence of a finding as it is kept with the review; an unknown one is shown by its code."""
    sentence = _SENTENCES.get(finding["code"])
    if sentence is None:
        return finding["code"]
    return str(sentence) % {name: _shown(name, text) for name, text in finding.items()}


def _shown(name: str, text: str) -> str:
    if name == "since":
        return half_month_words(text)
    if name not in _AMOUNTS:
        return text
    amount = Decimal(text)
    return f"{'−' if amount < 0 else ''}¥{abs(amount):,.2f}"
