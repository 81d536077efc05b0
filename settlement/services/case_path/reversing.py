"""Taking back what followed from a case, to the cent and by new entries only; and what that changes for later cases."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from dealers.errors import OwnWork
from dealers.foundation.money import ZERO
from dealers.models import SupplyHold, User
from dealers.services.holds import lift_hold
from rebates.models import Credit, Forfeiture
from rebates.services.credits import reverse_credit
from rebates.services.forfeitures import lift_forfeiture
from settlement import permissions
from settlement.case_errors import NothingToReview
from settlement.choices import ConsequenceKind
from settlement.models import Case, CaseConsequence, CaseDecision
from settlement.rules.case_life import CaseStep, may_judge
from settlement.selectors.case_examination import examination_of
from settlement.selectors.case_reckoning import later_on_the_ladder, reckon
from settlement.services.case_path.acting import (
    handled_by,
    locked_case,
    spread,
    tell_dealer,
    tell_judges,
    words_given,
    write_down,
)
from settlement.services.case_path.applying import chosen_now, follow


def reverse_consequences(case: Case, *, reason: str, at: datetime) -> int:
    """Reverse everything that followed from a case and has not been reversed yet; how many. Repeating it does nothing.

    Penalties come back by a credit that refers to the first, forfeited rebates with all that was earned meanwhile,
    holds are lifted. In the caller's transaction, the case locked.
    """
    standing = case.consequences.filter(reverses__isnull=True, reversal__isnull=True).order_by("pk")
    rows = [_reversed(case, row, reason, at) for row in standing]
    CaseConsequence.objects.bulk_create(rows)
    return len(rows)


def ladder_fell(case: Case, *, at: datetime) -> int:
    """After a decision fell: look at the later cases whose place on the ladder counted it; how many were touched.

    Where the judge had taken the full consequence it is reckoned again at the lower place, by new entries. Where the
    judge had chosen an amount of its own, a judge looks at the case again.
    """
    return sum(_fall(number, case.number, at) for number in _later_numbers(case))


@transaction.atomic
def settle_review(*, number: str, keep: bool, reason: str, actor: User, at: datetime) -> Case:
    """A judge looked again at a case whose place on the ladder fell: keep its own amount, or reckon it anew in the same
    share of the lower step.

    An amount above what the lower place allows is never kept. Raises :class:`NothingToReview`.
    """
    permissions.require(actor, "cases.decide")
    why = words_given(reason)
    case = locked_case(number)
    if not may_judge(actor.pk, handled_by=handled_by(case)):
        raise OwnWork
    if case.review_since is None:
        raise NothingToReview(number=number)
    decision = CaseDecision.objects.get(case=case)
    allowed = reckon(case, examination_of(case, at=at), at_most=decision.standing).full.penalty
    if not keep or decision.penalty > allowed:
        _again(case, decision, why, actor, at, in_share=not keep)
    case.review_since = None
    case.save()
    write_down(case, CaseStep.RECKON_AGAIN, why, actor=actor, at=at, kept=keep)
    return case


def _reversed(case: Case, row: CaseConsequence, reason: str, at: datetime) -> CaseConsequence:
    """Undo one consequence, and the row that says so."""
    made, amount = row.reference, None
    key = row.reference.partition(":")[2]
    if row.kind == ConsequenceKind.PENALTY:
        back = reverse_credit(Credit.objects.get(pk=key), reason=reason, actor=None, at=at)
        made, amount = f"credit:{back.pk}", back.amount
    elif row.kind == ConsequenceKind.FORFEITURE:
        imposed = Forfeiture.objects.get(pk=key)
        lifted = lift_forfeiture(
            dealer=case.dealer, year=imposed.year, reference=case.number, reason=reason, actor=None, at=at
        )
        made = f"forfeiture:{lifted.pk}"
    elif row.kind == ConsequenceKind.HOLD:
        hold = SupplyHold.objects.select_for_update().get(pk=key)
        if hold.lifted_at is None:
            lift_hold(hold=hold, actor=None, at=at, note=reason)
    return CaseConsequence(
        case=case,
        dealer_id=case.dealer_id,
        kind=row.kind,
        round=row.round,
        reference=made,
        amount=amount,
        reason=reason,
        reverses=row,
        applied_at=at,
    )


def _later_numbers(case: Case) -> list[str]:
    return list(later_on_the_ladder(case).values_list("case__number", flat=True))


def _fall(number: str, because_of: str, at: datetime) -> bool:
    case = locked_case(number)
    decision = CaseDecision.objects.get(case=case)
    reckoned = reckon(case, examination_of(case, at=at), at_most=decision.standing)
    if reckoned.full.standing == decision.standing or case.applied_at is None:
        return False  # not counted after all; or not applied yet, and reckoned by then
    place = reckoned.full.standing
    write_down(case, CaseStep.LADDER_FELL, actor=None, at=at, because_of=because_of, standing=place)
    if decision.override_reason:
        case.review_since = at
        case.save()
        tell_judges(case, "case_ladder_fell", at=at, other=because_of)
    else:
        _again(case, decision, because_of, None, at)
    return True


def _again(
    case: Case, decision: CaseDecision, why: str, actor: User | None, at: datetime, *, in_share: bool = False
) -> None:
    """Replace what followed by what follows at the present place on the ladder, if that is another amount or hold."""
    found = examination_of(case, at=at)
    chosen = chosen_now(decision, reckon(case, found, at_most=decision.standing), in_share=in_share)
    applied = case.consequences.filter(reverses__isnull=True, reversal__isnull=True)
    charged = -sum((row.amount for row in applied if row.amount is not None), Decimal(0))
    held = any(row.kind == ConsequenceKind.HOLD for row in applied)
    if (charged, held) == (chosen.penalty, chosen.hold is not None):
        return
    latest = case.consequences.order_by("-round").values_list("round", flat=True).first() or 1
    reverse_consequences(case, reason=why, at=at)
    follow(case, decision, found, at=at, round_=latest + 1, in_share=in_share)
    if actor is None:
        write_down(case, CaseStep.RECKON_AGAIN, why, actor=None, at=at, penalty=f"{chosen.penalty or ZERO:.2f}")
    tell_dealer(case, "case_reckoned_again", at=at)
    spread(case, at=at)
