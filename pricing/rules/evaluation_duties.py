"""Who may judge what a promotion brought: nobody who asked for it, granted it, or supplied its figures."""

from __future__ import annotations

from dataclasses import dataclass

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _


@dataclass(frozen=True, slots=True)
class EvaluationParts:
    """Who already has a part in a promotion, by the ids of people."""

    proposers: frozenset[int] = frozenset()
    deciders: frozenset[int] = frozenset()
    bookkeepers: frozenset[int] = frozenset()

    @property
    def barred(self) -> frozenset[int]:
        """Everybody who does not judge it."""
        return self.proposers | self.deciders | self.bookkeepers


def objection_to_evaluator(person_id: int, parts: EvaluationParts) -> Finding | None:
    """Why a person may not judge the promotion, or None."""
    if person_id in parts.proposers:
        return _refused(
            "own_promotion", _("You drafted or submitted this promotion; somebody else has to judge what it brought.")
        )
    if person_id in parts.deciders:
        return _refused(
            "granted_the_promotion",
            _("You granted the budget of this promotion; somebody else has to judge what it brought."),
        )
    if person_id in parts.bookkeepers:
        return _refused(
            "recorded_the_spend",
            _("You recorded spend of this promotion; somebody else has to judge what it brought."),
        )
    return None


def _refused(code: str, message: str) -> Finding:
    return Finding(code, Severity.ERROR, message)
