"""Signals in words: what each rule looks for, and the stored sentence in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from dealers.foundation.findings import Finding
from settlement.choices import SignalRule

#: What each rule looks for, for people who have not read its page.
RULE_HELP: Mapping[SignalRule, str | Promise] = {
    SignalRule.DUPLICATES: gettext_lazy("The same goods, quantities, prices and customer under another document."),
    SignalRule.BEYOND_STOCK: gettext_lazy("More reported as sold than the stock can bear."),
    SignalRule.DEALER_TRADES: gettext_lazy("The end customer is itself a dealer."),
    SignalRule.CIRCLES: gettext_lazy("Goods sold from dealer to dealer until they are back."),
    SignalRule.CUSTOMER_SHARE: gettext_lazy("One customer buys an implausible part of everything."),
    SignalRule.BRACKET_BURST: gettext_lazy("A bracket crossed in a burst whose goods come back afterwards."),
    SignalRule.BACK_DATING: gettext_lazy("Sales of the last days that were reported long after."),
    SignalRule.DIGITS: gettext_lazy("Amounts or times as people invent them."),
    SignalRule.ADJUSTMENTS: gettext_lazy("Declared losses or surpluses beyond what dealers have."),
}


def window_words(window: str) -> str:
    """A half-month, quarter or year as it is said: 2026-11 first half, 2026 Q4."""
    begin, _dash, end = window.rpartition("-")
    if end in ("H1", "H2"):
        said = _("%(month)s first half") if end == "H1" else _("%(month)s second half")
        return said % {"month": begin}
    if end.startswith("Q"):
        return _("%(year)s quarter %(number)s") % {"year": begin, "number": end[1:]}
    return window


def sentence_of(record: Mapping[str, Any]) -> str:
    """A stored sentence of a signal in the reader's language."""
    found = Finding.from_record(record)
    params = dict(found.params)
    if "window" in params:
        params["window"] = window_words(str(params["window"]))
    return Finding(found.code, found.severity, found.message, params).render()


def told_in_both_languages(rule: str, record: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What a dealer is shown of a signal: the name of the rule and a sentence that names nobody else, by language."""
    told: dict[str, dict[str, str]] = {"title": {}, "text": {}}
    for language in ("en", "zh-hans"):
        with override(language):
            told["title"][language] = str(SignalRule(rule).label)
            told["text"][language] = sentence_of(record)
    return told
