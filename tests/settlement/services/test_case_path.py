"""The way of a case: heard, replied to, decided by another person, applied by the clock, appealed, overturned."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from dealers.choices import Announcement, HoldKind, NoticeKind, Role
from dealers.errors import NotPermitted, OwnWork
from dealers.foundation.half_months import HalfMonth
from dealers.models import AuditRecord, Notice, SupplyHold, WebhookEvent
from pricing.choices import ViolationState
from pricing.models import Violation
from rebates.models import Credit, Forfeiture
from rebates.rules.proof_shape import faults_of_generic
from settlement.case_errors import (
    AppealTimeOver,
    CaseStateRefused,
    LossMissing,
    MoreThanFull,
    NobodyToHear,
    NothingToReview,
    OutOfProportion,
    ReplyTimeOver,
    StillHeard,
    WhyLess,
)
from settlement.choices import (
    AppealOutcome,
    CaseKind,
    CaseOutcome,
    CasePaper,
    CaseState,
    ConsequenceKind,
    DeliveryProof,
)
from settlement.errors import CaseNotFound, ReasonMissing
from settlement.models import Case, CaseConsequence, CaseDecision
from settlement.rules.case_consequences import Choice
from settlement.selectors.case_examination import examination_of
from settlement.services.case_path.appealing import appeal, decide_appeal
from settlement.services.case_path.applying import apply_case, apply_decided_cases
from settlement.services.case_path.deciding import dismiss_unheard, refuse_dismissal
from settlement.services.case_path.hearing import extend_reply, mark_opened
from settlement.services.case_path.reversing import settle_review
from settlement.services.case_path.sweeping import sweep_cases
from settlement.services.case_path.working import propose_dismissal, take_case
from tests import factories
from tests.breaches import AFTER, breach, market
from tests.settlement.casework import (
    APPLIED,
    DECIDED,
    OPENED,
    REPLIED,
    Stage,
    accused,
    applied,
    contracted,
    decided,
    handed_over,
    heard,
    judged,
    people,
    priced,
    replied,
    signal,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER):
        yield


@pytest.fixture
def of() -> Stage:
    market()
    return people(factories.Dealer(code="D1"))


def test_a_dealer_is_told_with_proof_and_has_three_working_days(of: Stage) -> None:
    case = heard(of, priced(of, "800"))
    assert (case.state, case.due_at and case.due_at.isoformat()) == (
        CaseState.DEALER_REPLY,
        "2026-11-23T16:00:00+00:00",
    )
    proof = case.deliveries.get()
    assert (proof.paper, proof.proof, proof.to) == (CasePaper.CHARGE, DeliveryProof.NOTICE, of.owner.username)
    assert Notice.objects.filter(recipient=of.owner, kind=NoticeKind.CASE, params__reason="case_heard").exists()
    assert WebhookEvent.objects.get(kind=Announcement.CASE_CHANGED).data["state"] == "dealer_reply"
    for _ in range(2):
        mark_opened(case=case, actor=of.owner, at=REPLIED)
    assert case.deliveries.get(proof=DeliveryProof.OPENED).at == REPLIED


def test_fraud_has_five_working_days(of: Stage) -> None:
    case = heard(of, accused(of))
    assert case.due_at is not None and case.due_at.isoformat() == "2026-11-25T16:00:00+00:00"


def test_a_dealer_without_people_cannot_be_heard(of: Stage) -> None:
    case = priced(of, "800")
    type(of.owner).objects.filter(pk=of.owner.pk).update(is_active=False)
    with pytest.raises(NobodyToHear):
        heard(of, case)


def test_the_judge_waits_for_the_last_word_or_the_end_of_the_time(of: Stage) -> None:
    case = heard(of, priced(of, "800"))
    replied(of, case, final=False)
    with pytest.raises(StillHeard):
        judged(of, case)
    end = Case.objects.get(pk=case.pk).due_at
    assert end is not None
    assert judged(of, case, at=end).state == CaseState.DECIDED


def test_silence_ends_with_the_sweep_and_once(of: Stage) -> None:
    case = heard(of, priced(of, "800"))
    assert case.due_at is not None
    assert sweep_cases(at=case.due_at - timedelta(seconds=1)) == 0
    assert [sweep_cases(at=case.due_at) for _ in range(2)] == [1, 0]
    assert Notice.objects.filter(recipient=of.judge, params__reason="case_ready").count() == 1
    with pytest.raises(ReplyTimeOver):
        replied(of, case, at=case.due_at)


def test_time_may_be_extended_with_a_reason_also_afterwards(of: Stage) -> None:
    case = heard(of, priced(of, "800"))
    given: dict[str, Any] = {"number": case.number, "actor": of.investigator}
    with pytest.raises(ReasonMissing):
        extend_reply(days=2, reason=" ", at=REPLIED, **given)
    longer = extend_reply(days=2, reason="owner is ill", at=REPLIED, **given)
    assert longer.due_at is not None and longer.due_at.isoformat() == "2026-11-25T16:00:00+00:00"
    sweep_cases(at=longer.due_at)
    assert extend_reply(days=1, reason="asked for it", at=longer.due_at, **given).ready_at is None
    replied(of, case, at=longer.due_at)


def test_a_reply_sent_twice_is_one(of: Stage) -> None:
    case = heard(of, priced(of, "800"))
    for _ in range(2):
        replied(of, case)
    assert case.entries.filter(act="reply").count() == 1


def test_nobody_but_the_dealer_replies_and_not_before_it_is_asked(of: Stage) -> None:
    case = priced(of, "800")
    with pytest.raises(CaseNotFound):
        replied(of, case)
    heard(of, case)
    stranger = factories.User(role=Role.DEALER_OWNER, dealer=factories.Dealer(code="D2"))
    with pytest.raises(CaseNotFound):
        replied(of, case, actor=stranger)
    with pytest.raises(NotPermitted):
        replied(of, case, actor=of.judge)


def test_whoever_had_a_hand_in_it_never_decides(of: Stage) -> None:
    case = heard(of, priced(of, "800"))
    replied(of, case)
    with pytest.raises(NotPermitted):
        judged(of, case, judge=of.investigator)
    type(of.investigator).objects.filter(pk=of.investigator.pk).update(role=Role.RISK_JUDGE)
    of.investigator.refresh_from_db()
    with pytest.raises(OwnWork):
        judged(of, case, judge=of.investigator)


def test_the_first_half_month_is_a_warning(of: Stage) -> None:
    case = applied(of, priced(of, "800"))
    assert case.state == CaseState.APPLIED
    assert [(row.kind, row.reference) for row in case.consequences.all()] == [(ConsequenceKind.WARNING, "notice")]
    violation = Violation.objects.get()
    assert (violation.state, violation.confirmed_in) == (ViolationState.CONFIRMED, case.number)
    assert not Credit.objects.exists() and not SupplyHold.objects.exists()


def test_the_second_is_a_penalty_and_the_third_a_doubled_one_with_a_hold(of: Stage) -> None:
    applied(of, priced(of, "800", period="2026-10-H1"))
    second = applied(of, priced(of, "800", period="2026-10-H2"))
    third = applied(of, priced(of, "0.10", quantity=2, period="2026-11-H1"))
    penalties = [CaseConsequence.objects.get(case=case, kind="penalty") for case in (second, third)]
    # short by 100, but at least 1,000; short by 2 x 899.90 = 1,799.80, doubled
    assert [row.amount for row in penalties] == [Decimal("-1000.00"), Decimal("-3599.60")]
    credits = Credit.objects.order_by("pk")
    assert [faults_of_generic(credit.proof) for credit in credits] == [[], []]
    assert [credit.proof["due"] for credit in credits] == ["-1000.00", "-3599.60"]
    hold = SupplyHold.objects.get()
    assert (hold.kind, hold.evidence) == (HoldKind.PRICE, {"case": third.number})


def test_an_unconfirmed_half_month_does_not_count_on_the_ladder(of: Stage) -> None:
    decided(of, priced(of, "800", period="2026-10-H1"), outcome=CaseOutcome.DISMISSED)
    case = decided(of, priced(of, "800", period="2026-10-H2"))
    assert CaseDecision.objects.get(case=case).standing == 1


def test_applied_twice_it_follows_once(of: Stage) -> None:
    applied(of, priced(of, "800", period="2026-10-H1"))
    case = applied(of, priced(of, "800", period="2026-10-H2"))
    assert apply_case(number=case.number, at=APPLIED) is False
    assert apply_decided_cases(at=APPLIED) == 0
    assert Credit.objects.count() == 1


def test_less_than_in_full_takes_a_reason_and_more_is_refused(of: Stage) -> None:
    applied(of, priced(of, "800", period="2026-10-H1"))
    case = priced(of, "800", period="2026-10-H2")
    heard(of, case)
    replied(of, case)
    with pytest.raises(MoreThanFull):
        judged(of, case, choice=Choice(penalty=Decimal("1000.01")))
    with pytest.raises(WhyLess):
        judged(of, case, choice=Choice(penalty=Decimal("400")))
    judged(of, case, choice=Choice(penalty=Decimal("400")), override_reason="First sale of a trainee.")
    apply_decided_cases(at=APPLIED)
    credit = Credit.objects.get()
    assert credit.amount == Decimal("-400.00")
    assert faults_of_generic(credit.proof) == []
    assert credit.proof["subject"]["reason"] == "First sale of a trainee."


def test_fraud_forfeits_the_year_and_costs_the_contract_amount(of: Stage) -> None:
    contracted(of.dealer, "50000")
    case = applied(of, accused(of), proven_loss=Decimal("60000"), choice=Choice(hold=True))
    assert {row.kind: row.amount for row in case.consequences.all()} == {
        ConsequenceKind.PENALTY: Decimal("-50000.00"),
        ConsequenceKind.FORFEITURE: None,
        ConsequenceKind.HOLD: None,
    }
    assert (Forfeiture.objects.get().year, Forfeiture.objects.get().reference) == (2026, case.number)
    assert SupplyHold.objects.get().kind == HoldKind.FRAUD
    assert faults_of_generic(Credit.objects.get().proof) == []


def test_out_of_proportion_has_to_be_acknowledged_in_words(of: Stage) -> None:
    contracted(of.dealer, "50000")
    case = heard(of, accused(of))
    replied(of, case)
    with pytest.raises(LossMissing):
        judged(of, case)
    with pytest.raises(OutOfProportion) as refused:
        judged(of, case, proven_loss=Decimal("38461.53"))
    assert (refused.value.params["total"], refused.value.params["limit"]) == ("50,000.00", "49,999.99")
    judged(of, case, proven_loss=Decimal("38461.53"), acknowledgement="Third time, and planned.")
    decision = CaseDecision.objects.get()
    assert (decision.disproportionate, decision.acknowledgement) == (True, "Third time, and planned.")


def test_an_appeal_is_heard_by_a_third_person_within_ten_working_days(of: Stage) -> None:
    case = decided(of, priced(of, "800"))
    assert case.due_at is not None and case.due_at.isoformat() == "2026-12-03T16:00:00+00:00"
    with pytest.raises(AppealTimeOver):
        appeal(number=case.number, grounds="wrong", actor=of.owner, at=case.due_at)
    for _ in range(2):
        filed = appeal(number=case.number, grounds="wrong", actor=of.owner, at=DECIDED)
    assert filed.state == CaseState.APPEALED
    with pytest.raises(AppealTimeOver):
        appeal(number=case.number, grounds="something else", actor=of.owner, at=DECIDED)
    given: dict[str, Any] = {"number": case.number, "outcome": AppealOutcome.UPHELD, "reasons": "right", "at": APPLIED}
    with pytest.raises(OwnWork):
        decide_appeal(actor=of.judge, **given)
    assert decide_appeal(actor=of.manager, **given).state == CaseState.UPHELD


def test_an_undecided_appeal_keeps_what_follows_waiting(of: Stage) -> None:
    applied(of, priced(of, "800", period="2026-10-H1"))
    case = decided(of, priced(of, "800", period="2026-10-H2"))
    appeal(number=case.number, grounds="wrong", actor=of.owner, at=DECIDED)
    assert apply_decided_cases(at=APPLIED) == 0
    decide_appeal(number=case.number, outcome=AppealOutcome.UPHELD, reasons="right", actor=of.third, at=APPLIED)
    assert apply_decided_cases(at=APPLIED) == 1
    assert Credit.objects.get().amount == Decimal("-1000.00")


def test_overturned_everything_comes_back_and_the_ladder_falls(of: Stage) -> None:
    first = applied(of, priced(of, "800", period="2026-10-H1"))
    second = applied(of, priced(of, "800", period="2026-10-H2"))
    third = applied(of, priced(of, "800", period="2026-11-H1"))
    assert [-row.amount for row in Credit.objects.order_by("pk")] == [Decimal("1000.00"), Decimal("2000.00")]
    appeal(number=first.number, grounds="approved by phone", actor=of.owner, at=APPLIED)
    for _ in range(2):
        decide_appeal(
            number=first.number, outcome=AppealOutcome.OVERTURNED, reasons="it was", actor=of.third, at=APPLIED
        )
    # The second becomes the first (a warning), the third the second (1,000 without a hold).
    charged = [sum(credit.amount for credit in Credit.objects.filter(program=one.number)) for one in (second, third)]
    assert charged == [0, Decimal("-1000.00")]
    assert SupplyHold.objects.get().lifted_at == APPLIED
    assert Violation.objects.exclude(confirmed_in="").count() == 2
    assert Case.objects.get(pk=first.pk).state == CaseState.OVERTURNED
    assert {row.kind for row in first.consequences.filter(reverses__isnull=False)} == {ConsequenceKind.WARNING}


def test_a_violation_two_cases_confirmed_counts_until_both_are_overturned(of: Stage) -> None:
    first = decided(of, priced(of, "800", period="2026-10-H1"))
    more = breach(of.dealer, "700", period=HalfMonth.parse("2026-10-H1"), doc_no="S-later")
    second = handed_over(of, more)
    heard(of, second)
    replied(of, second)
    judged(of, second, seen=examination_of(second, at=DECIDED).digest())
    assert first.pk != second.pk and more.pk == Violation.objects.get().pk
    for case, state, confirmed_in in (
        (first, ViolationState.CONFIRMED, second.number),
        (second, ViolationState.NOT_CONFIRMED, ""),
    ):
        appeal(number=case.number, grounds="approved by phone", actor=of.owner, at=APPLIED)
        decide_appeal(
            number=case.number, outcome=AppealOutcome.OVERTURNED, reasons="it was", actor=of.third, at=APPLIED
        )
        violation = Violation.objects.get()
        assert (violation.state, violation.confirmed_in) == (state, confirmed_in)


def test_a_judges_own_amount_is_flagged_when_the_ladder_falls(of: Stage) -> None:
    first = applied(of, priced(of, "800", period="2026-10-H1"))
    own = {"choice": Choice(penalty=Decimal("300")), "override_reason": "small"}
    second = applied(of, priced(of, "800", period="2026-10-H2"), **own)
    appeal(number=first.number, grounds="approved", actor=of.owner, at=APPLIED)
    decide_appeal(number=first.number, outcome=AppealOutcome.OVERTURNED, reasons="was", actor=of.third, at=APPLIED)
    second.refresh_from_db()
    assert second.review_since == APPLIED
    assert Notice.objects.filter(params__reason="case_ladder_fell").exists()
    # As the first half-month it is a warning in full: nothing of the amount may be kept.
    settle_review(number=second.number, keep=True, reason="looked at", actor=of.judge, at=APPLIED)
    assert sum(credit.amount for credit in Credit.objects.filter(program=second.number)) == 0
    with pytest.raises(NothingToReview):
        settle_review(number=second.number, keep=True, reason="looked at", actor=of.judge, at=APPLIED)


def test_a_proposed_dismissal_is_decided_by_a_judge_and_the_dealer_never_hears_of_it(of: Stage) -> None:
    case = take_case(number=priced(of, "800").number, actor=of.investigator, at=OPENED)
    propose_dismissal(number=case.number, reason="typing error", actor=of.investigator, at=OPENED)
    assert refuse_dismissal(number=case.number, reason="ask again", actor=of.judge, at=OPENED).state == "investigating"
    propose_dismissal(number=case.number, reason="typing error", actor=of.investigator, at=OPENED)
    for _ in range(2):
        done = dismiss_unheard(number=case.number, reason="agreed", actor=of.judge, at=DECIDED)
    assert (done.state, Violation.objects.get().state) == (CaseState.DISMISSED, ViolationState.NOT_CONFIRMED)
    assert not Notice.objects.filter(recipient=of.owner).exists()
    with pytest.raises(CaseStateRefused):
        heard(of, case)


def test_every_change_of_state_is_in_the_audit_trail(of: Stage) -> None:
    applied(of, priced(of, "800"))
    acts = AuditRecord.objects.filter(action__startswith="case.").order_by("pk").values_list("action", flat=True)
    assert list(acts) == [
        "case.open",
        "case.add_evidence",
        "case.investigate",
        "case.hear_dealer",
        "case.reply",
        "case.decide",
        "case.apply",
    ]


@pytest.mark.parametrize(
    ("kind", "hold"),
    [
        (CaseKind.AFTERSALES, HoldKind.AFTERSALES),
        (CaseKind.DOCUMENT, HoldKind.DOCUMENT),
        (CaseKind.TERRITORY, HoldKind.CONTRACT),
    ],
)
def test_other_breaches_are_warned_about_first_and_held_then(of: Stage, kind: CaseKind, hold: HoldKind) -> None:
    first = applied(of, accused(of, kind=kind, facts=f"{kind}:2026-10-H1", period="2026-10-H1"))
    second = applied(of, accused(of, kind=kind, facts=f"{kind}:2026-11-H1", evidence=signal(2)))
    assert [row.kind for case in (first, second) for row in case.consequences.all()] == ["warning", "hold"]
    assert (SupplyHold.objects.get().kind, SupplyHold.objects.get().lifted_at) == (hold, None)
    appeal(number=first.number, grounds="it was there", actor=of.owner, at=APPLIED)
    decide_appeal(number=first.number, outcome=AppealOutcome.OVERTURNED, reasons="it was", actor=of.third, at=APPLIED)
    assert SupplyHold.objects.get().lifted_at == APPLIED
    assert not Credit.objects.exists()
