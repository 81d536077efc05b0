"""The life of a promotion request: one table of states and acts, and what the clock does by itself."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _
from dealers.foundation.transitions import TransitionTable
from pricing.choices import PromoState


class PromoAct(StrEnum):
    """What can be done to a request."""

    EDIT = "edit"
    SUBMIT = "submit"
    OPEN_REVIEW = "open_review"
    PASS_LEGAL = "pass_legal"
    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"
    WITHDRAW = "withdraw"
    START = "start"
    END = "end"
    EVALUATE = "evaluate"


#: A submission passes through `submitted` within one transaction: its legal review opens with it.
PROMO_LIFE = TransitionTable(
    "promotion request",
    {
        (PromoState.DRAFT, PromoAct.EDIT): PromoState.DRAFT,
        (PromoState.DRAFT, PromoAct.SUBMIT): PromoState.SUBMITTED,
        (PromoState.DRAFT, PromoAct.WITHDRAW): PromoState.WITHDRAWN,
        (PromoState.RETURNED, PromoAct.EDIT): PromoState.RETURNED,
        (PromoState.RETURNED, PromoAct.SUBMIT): PromoState.SUBMITTED,
        (PromoState.RETURNED, PromoAct.WITHDRAW): PromoState.WITHDRAWN,
        (PromoState.SUBMITTED, PromoAct.OPEN_REVIEW): PromoState.LEGAL_REVIEW,
        (PromoState.LEGAL_REVIEW, PromoAct.PASS_LEGAL): PromoState.BUDGET_REVIEW,
        (PromoState.LEGAL_REVIEW, PromoAct.REJECT): PromoState.REJECTED,
        (PromoState.LEGAL_REVIEW, PromoAct.RETURN): PromoState.RETURNED,
        (PromoState.LEGAL_REVIEW, PromoAct.WITHDRAW): PromoState.WITHDRAWN,
        (PromoState.BUDGET_REVIEW, PromoAct.APPROVE): PromoState.APPROVED,
        (PromoState.BUDGET_REVIEW, PromoAct.REJECT): PromoState.REJECTED,
        (PromoState.BUDGET_REVIEW, PromoAct.RETURN): PromoState.RETURNED,
        (PromoState.BUDGET_REVIEW, PromoAct.WITHDRAW): PromoState.WITHDRAWN,
        (PromoState.APPROVED, PromoAct.WITHDRAW): PromoState.WITHDRAWN,
        (PromoState.APPROVED, PromoAct.START): PromoState.RUNNING,
        (PromoState.RUNNING, PromoAct.END): PromoState.ENDED,
        (PromoState.ENDED, PromoAct.EVALUATE): PromoState.EVALUATED,
        # Facts that arrive late are judged again; the earlier judgement stays on record.
        (PromoState.EVALUATED, PromoAct.EVALUATE): PromoState.EVALUATED,
    },
    initial=PromoState.DRAFT,
)

#: States in which HQ has the request on its table.
IN_REVIEW = (PromoState.SUBMITTED, PromoState.LEGAL_REVIEW, PromoState.BUDGET_REVIEW)
#: States in which the request is its applicant's to change.
WITH_APPLICANT = (PromoState.DRAFT, PromoState.RETURNED)
#: States in which a request claims its products, regions and days: it is added up for routing and may conflict.
CLAIMING = (*IN_REVIEW, PromoState.APPROVED, PromoState.RUNNING, PromoState.ENDED, PromoState.EVALUATED)


def objection_to_withdrawal(state: str, starts_on: date, today: date) -> Finding | None:
    """Why the request may not be withdrawn today, or None. Once submitted, only before its first day."""
    if not PROMO_LIFE.allows(state, PromoAct.WITHDRAW):
        return Finding(
            "promo_not_withdrawable", Severity.ERROR, _("The request can no longer be withdrawn in its present state.")
        )
    if state not in WITH_APPLICANT and today >= starts_on:
        return Finding(
            "promo_started",
            Severity.ERROR,
            _("The promotion started on %(day)s; it can be withdrawn only before its start."),
            {"day": starts_on.isoformat()},
        )
    return None


def acts_of_the_clock(state: str, starts_on: date, ends_on: date, today: date) -> tuple[PromoAct, ...]:
    """What the calendar does to an approved promotion by itself: it starts and it ends, in that order."""
    acts: list[PromoAct] = []
    if state == PromoState.APPROVED and today >= starts_on:
        acts.append(PromoAct.START)
        state = PromoState.RUNNING
    if state == PromoState.RUNNING and today >= ends_on:
        acts.append(PromoAct.END)
    return tuple(acts)
