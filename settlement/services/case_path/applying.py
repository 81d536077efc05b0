"""What follows from a decision, applied by the clock: each consequence once, with the row it made.

Before anything is applied the evidence is held against the facts once more. Other facts than the judge saw keep the
consequences waiting until a judge has seen them; what no longer stands is then left out.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from dealers.choices import HoldKind
from dealers.errors import OwnWork
from dealers.foundation.money import ZERO, round_money
from dealers.models import User
from dealers.services.holds import place_hold
from rebates.choices import CreditKind
from rebates.services.credits import NewCredit, record_credits
from rebates.services.forfeitures import impose_forfeiture
from settlement import permissions
from settlement.case_errors import EvidenceMoved, NothingToReview
from settlement.choices import ConsequenceKind
from settlement.models import Case, CaseConsequence, CaseDecision
from settlement.rules.case_consequences import Choice, Chosen, choose
from settlement.rules.case_fairness import Examination
from settlement.rules.case_life import APPLICABLE_STATES, CASE_LIFE, CaseAct, CaseStep, may_judge
from settlement.selectors.case_examination import examination_of
from settlement.selectors.case_reckoning import Reckoned, period_of, reckon
from settlement.services.case_path.acting import (
    handled_by,
    locked_case,
    spread,
    tell_dealer,
    tell_judges,
    write_down,
)

_AT_ONCE = 200


def apply_decided_cases(*, at: datetime) -> int:
    """Apply what decided cases lead to; how many were applied. Each in a transaction of its own, safe to run twice."""
    waiting = Case.objects.filter(
        state__in=APPLICABLE_STATES, applied_at__isnull=True, held_back_at__isnull=True, decided_at__lte=at
    )
    numbers = waiting.order_by("decided_at", "pk").values_list("number", flat=True)
    return sum(apply_case(number=number, at=at) for number in list(numbers[:_AT_ONCE]))


@transaction.atomic
def apply_case(*, number: str, at: datetime) -> bool:
    """Apply what follows from one case; False when there is nothing to do now, or a judge has to look first.

    An appeal that is undecided keeps everything waiting.
    """
    case = locked_case(number)
    if case.state not in APPLICABLE_STATES or case.applied_at is not None:
        return False
    decision = CaseDecision.objects.get(case=case)
    found = examination_of(case, at=at)
    if found.digest() != case.seen_digest:
        _hold_back(case, found, at)
        return False
    follow(case, decision, found, at=at)
    case.applied_at = at
    if CASE_LIFE.allows(case.state, CaseAct.APPLY):
        case.state = CASE_LIFE.next(case.state, CaseAct.APPLY)
    case.save()
    write_down(case, CaseAct.APPLY, actor=None, at=at, consequences=_named(case))
    tell_dealer(case, "case_applied", at=at)
    spread(case, at=at)
    return True


@transaction.atomic
def see_changes(*, number: str, seen: str, actor: User, at: datetime) -> Case:
    """A judge has seen how the facts changed since the decision; the consequences follow from what still stands.

    ``seen`` is the fingerprint of the differences shown. Raises :class:`EvidenceMoved` when there are others by now.
    """
    permissions.require(actor, "cases.decide")
    case = locked_case(number)
    if not may_judge(actor.pk, handled_by=handled_by(case)):
        raise OwnWork
    if case.held_back_at is None:
        if case.seen_digest == seen:
            return case
        raise NothingToReview(number=number)
    found = examination_of(case, at=at)
    if found.digest() != seen:
        raise EvidenceMoved(number=number, count=found.differences)
    case.seen_digest, case.held_back_at = seen, None
    case.save()
    write_down(case, CaseStep.SEE_CHANGES, actor=actor, at=at, differences=found.differences)
    return case


def follow(
    case: Case,
    decision: CaseDecision,
    found: Examination,
    *,
    at: datetime,
    round_: int = 1,
    in_share: bool = False,
) -> None:
    """Record the consequences of a decision on the evidence that stands, in the caller's transaction.

    Never more than was decided: the amount and the step are those of the decision, or less by the facts of now; with
    ``in_share`` the same share of what follows in full as was decided.
    """
    if found.nothing_stands:
        return
    reckoned = reckon(case, found, at_most=decision.standing)
    chosen = chosen_now(decision, reckoned, in_share=in_share)
    rows = []
    if chosen.penalty > ZERO:
        rows.append(_penalty(case, reckoned, chosen, found, decision.override_reason, at, round_))
    if chosen.forfeit_year is not None and round_ == 1:
        rows.append(_forfeiture(case, chosen.forfeit_year, decision.reasons, at))
    if chosen.hold is not None:
        rows.append(_hold(case, chosen.hold, at, round_))
    if chosen.warning:
        rows.append(_row(case, ConsequenceKind.WARNING, "notice", None, decision.reasons, at, round_))
    CaseConsequence.objects.bulk_create(rows)


def chosen_now(decision: CaseDecision, reckoned: Reckoned, *, in_share: bool = False) -> Chosen:
    """The judge's choice, cut down to what the policy still allows on the evidence that stands.

    With ``in_share`` a penalty that was lessened is lessened in the same share again.
    """
    full = reckoned.full
    penalty = min(decision.penalty, full.penalty)
    if in_share and decision.full_penalty:
        penalty = min(penalty, round_money(full.penalty * decision.penalty / decision.full_penalty))
    wish = Choice(
        penalty=penalty,
        forfeit=decision.forfeit_year is not None and full.forfeit_year is not None,
        hold=bool(decision.hold) and (full.hold or full.may_hold) is not None,
    )
    chosen = choose(full, wish)
    assert chosen is not None, "less than in full is always allowed"
    return chosen


def _penalty(
    case: Case, reckoned: Reckoned, chosen: Chosen, found: Examination, why: str, at: datetime, round_: int
) -> CaseConsequence:
    step = reckoned.step
    base = found.shortfall if step is not None else reckoned.contract.amount if reckoned.contract else ZERO
    multiple = step.step.multiple if step is not None else reckoned.terms().fraud.penalty_rate_of_contract
    credit = NewCredit(
        dealer_id=case.dealer_id,
        kind=CreditKind.PENALTY,
        program=case.number,
        reference=f"case:{case.number}:{round_}",
        for_period=period_of(case),
        amount=-chosen.penalty,
        proof=reckoned.proof(case, found, charged=chosen.penalty, reason=why),
        base=base,
        rate=multiple or Decimal(1),
    )
    made = record_credits([credit], actor=None, at=at)[0]
    return _row(case, ConsequenceKind.PENALTY, f"credit:{made.pk}", made.amount, why or case.charge, at, round_)


def _forfeiture(case: Case, year: int, reasons: str, at: datetime) -> CaseConsequence:
    made = impose_forfeiture(dealer=case.dealer, year=year, reference=case.number, reason=reasons, actor=None, at=at)
    return _row(case, ConsequenceKind.FORFEITURE, f"forfeiture:{made.pk}", None, reasons, at, 1)


def _hold(case: Case, kind: HoldKind, at: datetime, round_: int) -> CaseConsequence:
    made = place_hold(
        dealer=case.dealer, kind=kind, reason="case_decided", actor=None, at=at, evidence={"case": case.number}
    )
    return _row(case, ConsequenceKind.HOLD, f"hold:{made.pk}", None, case.number, at, round_)


def _row(
    case: Case, kind: ConsequenceKind, made: str, amount: Decimal | None, reason: str, at: datetime, round_: int
) -> CaseConsequence:
    return CaseConsequence(
        case=case,
        dealer_id=case.dealer_id,
        kind=kind,
        round=round_,
        reference=made,
        amount=amount,
        reason=reason,
        applied_at=at,
    )


def _named(case: Case) -> list[str]:
    return [f"{row.kind} {row.reference}" for row in case.consequences.filter(reverses__isnull=True)]


def _hold_back(case: Case, found: Examination, at: datetime) -> None:
    if case.held_back_at is None:
        case.held_back_at = at
        case.save()
        write_down(case, CaseStep.HOLD_BACK, actor=None, at=at, differences=found.differences)
        tell_judges(case, "case_held_back", at=at)
