"""Who may stand in for an approver who is away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dealers.choices import Role
from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _
from pricing.rules.promo_duties import Person

#: For each office that decides alone, those who may stand in: the same one, or one above it.
STAND_INS: Mapping[str, tuple[str, ...]] = {
    Role.LEGAL_REVIEWER: (Role.LEGAL_REVIEWER, Role.GENERAL_MANAGER),
    Role.MARKETING_DIRECTOR: (Role.MARKETING_DIRECTOR, Role.GENERAL_MANAGER),
    Role.GENERAL_MANAGER: (Role.GENERAL_MANAGER,),
}
LONGEST_DAYS = 92


def objection_to_delegation(
    delegator: Person, delegate: Person, recorder: Person, first: date, end: date, today: date
) -> Finding | None:
    """Why this may not be recorded, or None. `end` is the first day on which it no longer holds.

    A vote in the office meeting is personal. People record their own absence; the general manager may do it for
    somebody who cannot, and never to take an office over alone.
    """
    if delegator.role == Role.GM_OFFICE_MEMBER:
        return _no(
            "vote_is_personal",
            _("A vote in the meeting is personal and cannot be delegated; the vote can be closed without you."),
        )
    if delegator.role not in STAND_INS:
        return _no("nothing_to_delegate", _("Only people who decide reviews alone can be stood in for."))
    if recorder.id != delegator.id and (recorder.role != Role.GENERAL_MANAGER or recorder.id == delegate.id):
        return _no("not_your_absence", _("People record their own absence; the general manager may for somebody else."))
    if delegate.id == delegator.id or delegate.role not in STAND_INS[delegator.role]:
        return _no("not_a_stand_in", _("Choose somebody of the same office, or of the one above it."))
    if end <= first:
        return _no("range_empty", _("The last day must not lie before the first."))
    if first < today:
        return _no("range_past", _("An absence is recorded from today on; what was decided stays decided."))
    if (end - first).days > LONGEST_DAYS:
        return Finding(
            "range_long",
            Severity.ERROR,
            _("A delegation lasts at most %(days)s days; record a further one then."),
            {"days": LONGEST_DAYS},
        )
    return None


def _no(code: str, message: str) -> Finding:
    return Finding(code, Severity.ERROR, message)
