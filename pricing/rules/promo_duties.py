"""Who may decide a review step: the right office, and nobody about their own.

Whoever drafted or submitted a request never decides about it, and whoever decided its legal review has no say in
its budget. Somebody may stand in for an approver who is away, with the authority that approver would have had: nobody
lends what they may not use themselves, and a vote in the meeting is personal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dealers.choices import Role
from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _
from pricing.choices import Authority

#: The roles that hold an authority. A higher authority does not decide a lower step: the policy names one for each.
HOLDERS: Mapping[str, tuple[str, ...]] = {
    Authority.LEGAL: (Role.LEGAL_REVIEWER,),
    Authority.MARKETING_DIRECTOR: (Role.MARKETING_DIRECTOR,),
    Authority.GENERAL_MANAGER: (Role.GENERAL_MANAGER,),
    Authority.GM_OFFICE_MEETING: (Role.GM_OFFICE_MEMBER, Role.GENERAL_MANAGER),
}
#: Who closes or returns what the meeting has before it.
CHAIR = Role.GENERAL_MANAGER


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with the office held; `stands_in_for` are those away today whose deputy it is."""

    id: int
    role: str
    stands_in_for: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """Who already has a part in a submission, by the ids of people."""

    proposers: frozenset[int] = frozenset()
    #: Who passed the legal review, and in whose place.
    legal_deciders: frozenset[int] = frozenset()

    @property
    def barred(self) -> frozenset[int]:
        """Everybody who may not decide about the budget."""
        return self.proposers | self.legal_deciders

    def barred_from(self, authority: str) -> frozenset[int]:
        """Everybody who may not decide a step of that authority."""
        return self.proposers if authority == Authority.LEGAL else self.barred


def holds(role: str, authority: str) -> bool:
    """Whether people of that role decide or vote where `authority` is asked for."""
    return role in HOLDERS[authority]


def absent_decider(person: Person, authority: str, parts: Parts) -> int | None:
    """In whose place `person` decides a step of `authority`; None when nobody is stood in for."""
    if authority == Authority.GM_OFFICE_MEETING:
        return None
    away = (
        absent.id
        for absent in person.stands_in_for
        if holds(absent.role, authority) and absent.id not in parts.barred_from(authority)
    )
    return next(away, None)


def objection_to_reviewer(person: Person, authority: str, parts: Parts) -> Finding | None:
    """Why `person` may not decide a step of `authority`, or None."""
    if not holds(person.role, authority) and absent_decider(person, authority, parts) is None:
        return Finding("not_the_authority", Severity.ERROR, _("This step is decided by another office than yours."))
    if person.id in parts.proposers:
        return Finding(
            "own_request", Severity.ERROR, _("You drafted or submitted this request; somebody else has to decide it.")
        )
    if authority != Authority.LEGAL and person.id in parts.legal_deciders:
        return Finding(
            "decided_the_legal_review",
            Severity.ERROR,
            _("You decided the legal review of this request; somebody else has to decide its budget."),
        )
    return None
