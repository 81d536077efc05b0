"""What the page of a case shows: to headquarters with all it may do now, to the dealer with what it may say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from dealers.choices import Role
from dealers.foundation.money import ZERO
from dealers.models import User
from dealers.selectors.people import people_called, with_people_called
from settlement.case_words.timeline import stretches, timeline
from settlement.choices import CaseKind, CaseOutcome, CasePriority, CaseState
from settlement.models import Case, CaseAppeal, CaseDecision
from settlement.permissions import can
from settlement.rules.case_fairness import Examination
from settlement.rules.case_life import (
    CASE_LIFE,
    OPEN_STATES,
    CaseAct,
    may_hear_appeal,
    may_judge,
)
from settlement.rules.case_phases import Phase
from settlement.selectors.case_board import similar_cases
from settlement.selectors.case_consequences import followed_from
from settlement.selectors.case_examination import examination_of
from settlement.selectors.case_network import network_in
from settlement.selectors.case_reckoning import proven_shortfall, reckon
from settlement.selectors.cases import deliveries_in, entries_in, evidence_in, files_in, notes_on
from settlement.services.case_path.acting import handled_by, judged_by
from settlement.web.case_words import (
    consequence_row,
    evidence_row,
    facts_words,
    full_words,
    left_out_row,
    links_of,
    network_words,
    phase_rows,
    timeline_rows,
)

_WAY = (CaseState.OPENED, CaseState.INVESTIGATING, CaseState.DEALER_REPLY, CaseState.DECIDED, CaseState.APPLIED)
#: Where on the drawn way the states beside it are.
_PLACE = {
    CaseState.DISMISSAL_PROPOSED: CaseState.INVESTIGATING,
    CaseState.MERGED: CaseState.INVESTIGATING,
    CaseState.APPEALED: CaseState.DECIDED,
    CaseState.UPHELD: CaseState.APPLIED,
    CaseState.OVERTURNED: CaseState.APPLIED,
    CaseState.DISMISSED: CaseState.DECIDED,
}


def headquarters_view(case: Case, user: User, *, at: datetime) -> dict[str, Any]:
    """Everything about a case, and the acts its state and the person's part in it allow."""
    barred, judges = handled_by(case), judged_by(case)
    decision = CaseDecision.objects.select_related("decided_by").filter(case=case).first()
    shown = _common(case, decision, for_dealer=False, at=at)
    return {
        **shown,
        "network": network_words(network_in([row["evidence"] for row in shown["evidence"]])),
        "notes": list(notes_on(user, case)),
        "files": list(files_in(case)),
        "decision": decision,
        "barred": user.pk in barred and can(user, "cases.decide"),
        **_investigating(case, user),
        **_judging(case, user, barred, judges, at),
    }


def dealers_view(case: Case, user: User, *, at: datetime) -> dict[str, Any]:
    """What the dealer is told: the charge, the evidence about itself, what may follow, and until when it may speak."""
    decision = CaseDecision.objects.filter(case=case).first()
    in_time = case.due_at is not None and at < case.due_at
    return {
        **_common(case, decision, for_dealer=True, at=at),
        "files": list(files_in(case)),
        "decision": decision,
        "may_reply": can(user, "cases.reply")
        and case.state == CaseState.DEALER_REPLY
        and case.ready_at is None
        and in_time,
        "may_appeal": can(user, "cases.reply") and case.state in (CaseState.DECIDED, CaseState.APPLIED) and in_time,
        "may_hand_in": can(user, "cases.reply") and case.state == CaseState.APPEALED,
        "may_follow": full_words(reckon(case, examination_of(case, at=at)).full)
        if case.state == CaseState.DEALER_REPLY
        else [],
    }


def _common(case: Case, decision: CaseDecision | None, *, for_dealer: bool, at: datetime) -> dict[str, Any]:
    place = _WAY.index(_PLACE.get(CaseState(case.state), CaseState(case.state)))
    followed = followed_from(case, decision)
    evidence = list(evidence_in(case))
    entries = list(entries_in(case, for_dealer=for_dealer))
    deliveries = list(deliveries_in(case))
    steps = timeline(
        case,
        evidence=reversed(evidence),
        entries=entries,
        deliveries=deliveries,
        followed=followed,
        for_dealer=for_dealer,
        links_of=links_of,
    )
    appeal = CaseAppeal.objects.select_related("decided_by").filter(case=case).first()
    shown = [each for each in stretches(case, entries) if not for_dealer or each.phase != Phase.INVESTIGATION]
    return {
        "case": case,
        "own": for_dealer,
        "now": at,
        "evidence": [evidence_row(each, for_dealer=for_dealer) for each in evidence],
        "deliveries": deliveries,
        "entries": with_people_called(timeline_rows(steps)),
        "phases": phase_rows(shown, at),
        "facts": facts_words(case),
        "appeal": appeal,
        "called": people_called([appeal.filed_by if appeal else "", *(each.to for each in deliveries)]),
        "consequences": [consequence_row(each) for each in followed],
        "hold_back": case.held_back_at,
        "steps": [
            {"label": CaseState(state).label, "state": "done" if n < place else "current" if n == place else "ahead"}
            for n, state in enumerate(_WAY)
        ],
        "left_out": _left_out(decision),
    }


def _left_out(decision: CaseDecision | None) -> list[dict[str, Any]]:
    found = decision.findings.get("left_out", []) if decision else []
    return [left_out_row(each) for each in found]


def _investigating(case: Case, user: User) -> dict[str, Any]:
    may = can(user, "cases.investigate")
    unheard = case.state in (CaseState.OPENED, CaseState.INVESTIGATING)
    others: Iterable[Case] = ()
    if may and unheard:
        others = Case.objects.filter(
            dealer=case.dealer_id, kind=case.kind, state__in=(CaseState.OPENED, CaseState.INVESTIGATING)
        ).exclude(pk=case.pk)[:20]
    return {
        "may_take": may and CASE_LIFE.allows(case.state, CaseAct.INVESTIGATE),
        "may_hear": may and CASE_LIFE.allows(case.state, CaseAct.HEAR_DEALER),
        "may_propose": may and CASE_LIFE.allows(case.state, CaseAct.PROPOSE_DISMISSAL),
        "may_merge": list(others),
        "may_extend": may and case.state == CaseState.DEALER_REPLY,
        "may_add": may and case.state in OPEN_STATES,
        "may_note": can(user, "cases.note"),
        "investigators": User.objects.filter(role=Role.RISK_INVESTIGATOR, is_active=True).order_by("username")
        if may and case.state in OPEN_STATES
        else [],
        "priorities": CasePriority.choices,
    }


def _judging(case: Case, user: User, barred: set[int], judges: set[int], at: datetime) -> dict[str, Any]:
    may = can(user, "cases.decide") and may_judge(user.pk, handled_by=barred)
    ready = case.state == CaseState.DEALER_REPLY and (
        case.ready_at is not None or (case.due_at is not None and at >= case.due_at)
    )
    third = may_hear_appeal(user.pk, handled_by=barred, judged_by=judges)
    shown: dict[str, Any] = {
        "may_decide_dismissal": may and case.state == CaseState.DISMISSAL_PROPOSED,
        "may_decide": may and ready,
        "may_see_changes": may and case.held_back_at is not None,
        "may_review": may and case.review_since is not None,
        "may_hear_appeal": can(user, "cases.hear_appeal") and third and case.state == CaseState.APPEALED,
        "waits_for_third": case.state == CaseState.APPEALED and can(user, "cases.hear_appeal") and not third,
        "outcomes": CaseOutcome.choices,
    }
    if case.heard_at is not None and case.state in (CaseState.DEALER_REPLY, CaseState.DECIDED, CaseState.APPEALED):
        shown |= _prospect(case, examination_of(case, at=at))
    if case.heard_at is not None or case.outcome:
        decided = CaseDecision.objects.filter(case=case).values_list("proven_loss", flat=True).first()
        expected = case.alleged_loss if case.alleged_loss is not None else shown.get("shortfall", ZERO)
        shown["similar"] = similar_cases(case, near=expected if decided is None else decided)
    return shown


def _prospect(case: Case, found: Examination) -> dict[str, Any]:
    """What the judge looks at before deciding: what still stands, and what follows from it in full."""
    reckoned = reckon(case, found)
    loss = case.alleged_loss if case.alleged_loss is not None else proven_shortfall(found)
    balance = reckoned.proportion_of(
        penalty=reckoned.full.penalty, forfeits=reckoned.full.forfeit_year is not None, proven_loss=loss
    )
    record = found.record()
    return {
        "examined": found,
        "examination": found.digest(),
        "gone": [left_out_row(each) for each in record["left_out"]],
        "less": [left_out_row(each) for each in record["standing"] if "seen" in each],
        "shortfall": proven_shortfall(found),
        "full": reckoned.full,
        "full_words": full_words(reckoned.full),
        "contract": reckoned.contract,
        "forfeited": reckoned.forfeited,
        "balance": balance,
        "factor": reckoned.terms().fraud.proportionality_warning,
        "loss": loss,
        "is_fraud": case.kind == CaseKind.FRAUD,
    }
