"""Which requests may be approved many at a time: those nobody has to think about twice."""

from __future__ import annotations

from collections.abc import Iterable

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _
from pricing.choices import Authority, StepKind
from pricing.rules.promo_checks import Check, Outcome

#: Legal does not judge prices: a promo price below the floor is what promotions are for, and the budget's to weigh.
_NOT_LEGALS = frozenset({"band"})


def objection_to_bulk(kind: str, authority: str, checks: Iterable[Check], hits: int) -> Finding | None:
    """Why the request must be opened and decided alone, or None when it is harmless.

    Harmless is a request without any wording found, cleared or not, and whose checks say nothing but OK; legal
    leaves a warning about prices to the budget review. The meeting votes on every request by itself.
    """
    if authority == Authority.GM_OFFICE_MEETING:
        return Finding("bulk_meeting", Severity.ERROR, _("The meeting votes on each request by itself."))
    if hits:
        return Finding(
            "bulk_wordings", Severity.ERROR, _("%(count)s wordings found in the ad copy; open it."), {"count": hits}
        )
    excused = _NOT_LEGALS if kind == StepKind.LEGAL else frozenset()
    for check in checks:
        if check.outcome == Outcome.FAIL or (check.outcome == Outcome.WARN and check.code not in excused):
            return Finding(f"bulk_{check.code}", Severity.ERROR, check.message, check.params)
    return None
