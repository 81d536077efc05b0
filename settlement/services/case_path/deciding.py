"""The judge decides: about a proposed dismissal, and about a case in which the dealer was heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from dealers.errors import OwnWork
from dealers.foundation.money import ZERO
from dealers.models import Dealer, User
from pricing.services.violations.decisions import record_outcome
from settlement import permissions
from settlement.case_errors import (
    EvidenceMoved,
    LossMissing,
    MoreThanFull,
    NothingStands,
    OutOfProportion,
    StillHeard,
    WhyLess,
)
from settlement.choices import CaseKind, CaseOutcome, CasePaper, CaseState, EvidenceKind
from settlement.models import Case, CaseDecision, CaseEvidence
from settlement.rules.case_consequences import IN_FULL, Choice, Chosen, choose
from settlement.rules.case_fairness import Examination
from settlement.rules.case_life import CaseAct, may_judge
from settlement.selectors.case_examination import examination_of
from settlement.selectors.case_reckoning import Reckoned, deadlines_of, proven_shortfall, reckon, standing_cases
from settlement.services.case_path.acting import (
    clear_deadline,
    deliver,
    handled_by,
    locked_case,
    moment,
    move,
    set_deadline,
    spread,
    tell_investigator,
    words_given,
    write_down,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge wants to decide. ``choice`` takes less than in full, for which ``override_reason`` is needed.

    ``proven_loss`` in yuan; for price violations it is what the standing lines are short of unless said otherwise.
    ``acknowledgement`` are the judge's own words when penalty and forfeiture are out of proportion. ``seen`` is the
    fingerprint of the differences between evidence and facts that the judge was shown.
    """

    outcome: CaseOutcome
    reasons: str
    proven_loss: Decimal | None = None
    choice: Choice = IN_FULL
    override_reason: str = ""
    acknowledgement: str = ""
    seen: str = ""


@transaction.atomic
def refuse_dismissal(*, number: str, reason: str, actor: User, at: datetime) -> Case:
    """Send a case back to be investigated further. Raises :class:`~dealers.errors.OwnWork`."""
    permissions.require(actor, "cases.decide")
    why = words_given(reason)
    case = locked_case(number)
    _refuse_own_work(case, actor)
    move(case, CaseAct.REFUSE_DISMISSAL)
    set_deadline(case, deadlines_of(case.kind, at=at).investigate, at)
    case.save()
    write_down(case, CaseAct.REFUSE_DISMISSAL, why, actor=actor, at=at)
    tell_investigator(case, "case_dismissal_refused", at=at, why=why)
    return case


@transaction.atomic
def dismiss_unheard(*, number: str, reason: str, actor: User, at: datetime) -> Case:
    """Dismiss a case as proposed; the dealer never hears of it. Repeated by the same judge it changes nothing."""
    permissions.require(actor, "cases.decide")
    why = words_given(reason)
    case = locked_case(number)
    if _decided_so(case, actor, CaseOutcome.DISMISSED):
        return case
    _refuse_own_work(case, actor)
    if case.state != CaseState.DISMISSAL_PROPOSED:
        move(case, CaseAct.REFUSE_DISMISSAL)  # raises: this is about proposals only
    _dismiss(case, why, Examination(), actor, at)
    tell_investigator(case, "case_dismissed_unheard", at=at, why=why)
    return case


@transaction.atomic
def decide_case(*, number: str, verdict: Verdict, actor: User, at: datetime) -> Case:
    """Decide a case after the dealer has said its last word, or its time is over; repeated it changes nothing.

    The evidence is held against the facts of now first: what no longer stands does not count, and differences have to
    be seen before. Raises :class:`StillHeard`, :class:`EvidenceMoved`, :class:`NothingStands`, :class:`LossMissing`,
    :class:`MoreThanFull`, :class:`WhyLess`, :class:`OutOfProportion`, and :class:`~dealers.errors.OwnWork` for
    whoever had a hand in the case.
    """
    permissions.require(actor, "cases.decide")
    reasons = words_given(verdict.reasons)
    case = locked_case(number)
    if _decided_so(case, actor, verdict.outcome):
        return case
    _refuse_own_work(case, actor)
    move(case, CaseAct.DECIDE)
    if case.ready_at is None and case.due_at is not None and at < case.due_at:
        raise StillHeard(number=number, due_at=moment(case.due_at))
    # Two cases of one dealer count each other's half-months: they take turns.
    Dealer.objects.select_for_update(no_key=True).get(pk=case.dealer_id)
    found = examination_of(case, at=at)
    if verdict.outcome == CaseOutcome.DISMISSED:
        case.state = CaseState.DEALER_REPLY
        _dismiss(case, reasons, found, actor, at)
        deliver(case, CasePaper.DECISION, "case_dismissed", at=at, required=False, why=reasons)
        spread(case, at=at)
        return case
    if found.changed and verdict.seen != found.digest():
        raise EvidenceMoved(number=number, count=found.differences)
    if found.nothing_stands:
        raise NothingStands(number=number)
    decision = _confirm(case, verdict, reasons, found, actor, at)
    set_deadline(case, deadlines_of(case.kind, at=at).appeal, at)
    case.outcome, case.decided_at, case.seen_digest = verdict.outcome, at, found.digest()
    case.save()
    write_down(
        case,
        CaseAct.DECIDE,
        reasons,
        actor=actor,
        at=at,
        outcome=verdict.outcome,
        penalty=f"{decision.penalty:.2f}",
        forfeit_year=decision.forfeit_year,
        hold=decision.hold,
        override_reason=decision.override_reason,
        acknowledgement=decision.acknowledgement,
    )
    write_back(case, confirmed=True, reason=reasons, actor=actor, at=at)
    deliver(case, CasePaper.DECISION, "case_decided", at=at, why=reasons)
    spread(case, at=at)
    return case


def _confirm(case: Case, verdict: Verdict, reasons: str, found: Examination, actor: User, at: datetime) -> CaseDecision:
    reckoned = reckon(case, found)
    chosen = choose(reckoned.full, verdict.choice)
    if chosen is None:
        raise MoreThanFull(most=f"{reckoned.full.penalty:,.2f}")
    override = verdict.override_reason.strip() if chosen.lessened else ""
    if chosen.lessened and not override:
        raise WhyLess
    loss = _loss(case, verdict, found)
    balance = reckoned.proportion_of(penalty=chosen.penalty, forfeits=chosen.forfeit_year is not None, proven_loss=loss)
    out = balance is not None and balance.out
    words = verdict.acknowledgement.strip() if out else ""
    if balance is not None and out and not words:
        factor = reckoned.terms().fraud.proportionality_warning
        raise OutOfProportion(total=f"{balance.total:,.2f}", limit=f"{balance.limit:,.2f}", factor=f"{factor:f}")
    return CaseDecision.objects.create(
        case=case,
        dealer_id=case.dealer_id,
        kind=case.kind,
        outcome=verdict.outcome,
        reasons=reasons,
        proven_loss=loss,
        full_penalty=reckoned.full.penalty,
        penalty=chosen.penalty,
        full_forfeit_year=reckoned.full.forfeit_year,
        forfeit_year=chosen.forfeit_year,
        full_hold=reckoned.full.hold or "",
        hold=chosen.hold or "",
        warning=chosen.warning,
        standing=reckoned.full.standing,
        override_reason=override,
        forfeited_so_far=reckoned.forfeited if chosen.forfeit_year else ZERO,
        disproportionate=out,
        acknowledgement=words,
        findings=found.record(),
        reckoning=_proof(case, reckoned, chosen, found, override),
        decided_at=at,
        decided_by=actor,
    )


def _proof(case: Case, reckoned: Reckoned, chosen: Chosen, found: Examination, why: str) -> dict[str, Any]:
    if not reckoned.full.penalty:
        return {}
    return reckoned.proof(case, found, charged=chosen.penalty, reason=why)


def _loss(case: Case, verdict: Verdict, found: Examination) -> Decimal:
    if verdict.proven_loss is not None and verdict.proven_loss >= ZERO:
        return verdict.proven_loss
    if case.kind == CaseKind.FRAUD or verdict.proven_loss is not None:
        raise LossMissing
    return proven_shortfall(found)


def _dismiss(case: Case, reasons: str, found: Examination, actor: User, at: datetime) -> None:
    move(case, CaseAct.DISMISS)
    clear_deadline(case)
    case.outcome, case.decided_at = CaseOutcome.DISMISSED, at
    case.save()
    CaseDecision.objects.create(
        case=case,
        dealer_id=case.dealer_id,
        kind=case.kind,
        outcome=CaseOutcome.DISMISSED,
        reasons=reasons,
        findings=found.record(),
        decided_at=at,
        decided_by=actor,
    )
    write_down(case, CaseAct.DISMISS, reasons, actor=actor, at=at, outcome=CaseOutcome.DISMISSED)
    write_back(case, confirmed=False, reason=reasons, actor=actor, at=at)


def write_back(case: Case, *, confirmed: bool, reason: str, actor: User, at: datetime) -> None:
    """Let the violations in a case know what was decided; only confirmed ones count on the ladder.

    A violation that another standing decision confirmed too goes on counting, by that one.
    """
    seen = case.evidence.filter(kind=EvidenceKind.VIOLATION).values_list("summary", flat=True)
    for violation_id in sorted({int(summary["violation"]) for summary in seen}):
        outcomes = [(case.number, confirmed)]
        if not confirmed and (other := _also_confirmed_in(case, violation_id)):
            outcomes.append((other, True))
        for number, stands in outcomes:
            record_outcome(
                violation_id=violation_id, case_number=number, confirmed=stands, reason=reason, actor=actor, at=at
            )


def _also_confirmed_in(case: Case, violation_id: int) -> str:
    """The first other case about a violation whose decision against the dealer stands; empty without one."""
    about = CaseEvidence.objects.filter(
        dealer=case.dealer_id, kind=EvidenceKind.VIOLATION, reference__startswith=f"violation:{violation_id}@"
    )
    others = Case.objects.filter(pk__in=about.order_by().values("case")).exclude(pk=case.pk)
    return standing_cases(others).order_by("decided_at", "pk").values_list("number", flat=True).first() or ""


def _decided_so(case: Case, actor: User, outcome: CaseOutcome) -> bool:
    """Whether this judge has decided the very same already."""
    if not case.outcome:
        return False
    decision = CaseDecision.objects.filter(case=case).first()
    return decision is not None and decision.decided_by_id == actor.pk and decision.outcome == outcome


def _refuse_own_work(case: Case, actor: User) -> None:
    if not may_judge(actor.pk, handled_by=handled_by(case)):
        raise OwnWork
