"""What the names in a proof mean to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Unit(StrEnum):
    """How a number of a proof is written."""

    MONEY = "money"
    NUMBER = "number"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Name:
    """An input, a term or a step: what it is called, how it is written."""

    label: Text
    unit: Unit = Unit.MONEY


#: What is called the same in every rule.
COMMON: Mapping[str, Name] = {
    "purchases": Name(_("Purchases")),
    "remote_purchases": Name(_("Purchases into remote regions")),
    "compliant_sales": Name(_("Compliant sales")),
    "rate": Name(_("Rate"), Unit.RATE),
}


@dataclass(frozen=True, slots=True)
class RuleWords:
    """The words of one rule. ``subjects`` label what a proof is about, ``reasons`` are whole sentences by code."""

    title: Text
    names: Mapping[str, Name]
    subjects: Mapping[str, Text] = field(default_factory=dict)
    reasons: Mapping[str, Text] = field(default_factory=dict)

    def name(self, code: str) -> Name:
        """The words of a name; one nobody has put into words is shown as it is."""
        return self.names.get(code) or COMMON.get(code) or Name(code.replace("_", " "))

    def reason(self, code: str) -> Any:
        return self.reasons.get(code, code.replace("_", " "))

    def subject(self, code: str) -> Any:
        return self.subjects.get(code, code.replace("_", " "))
