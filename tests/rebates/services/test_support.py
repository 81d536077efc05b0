"""From the plan to the statement: money lies in one pot at a time, and whoever gave it does not judge it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Sum

from dealers.choices import Role
from dealers.errors import NotPermitted, OwnWork
from dealers.models import DealerTier, Notice, WebhookEvent
from rebates.choices import SupportPaper, SupportState
from rebates.errors import (
    AmountTooHigh,
    NotExecutedYet,
    PaperMissing,
    ProofUsedBefore,
    QuotaExceeded,
    QuotaMissing,
    SupportInvalid,
    SupportNotFound,
    SupportReasonMissing,
    SupportStateRefused,
)
from rebates.models import Credit, SupportActivity, SupportQuota, SupportStep
from rebates.rules.proof_shape import faults_of_generic
from rebates.services.support.deciding import (
    accept_proof,
    refuse_proof,
    reject_support,
    reserve_support,
    reverse_support,
    send_proof_back,
)
from rebates.services.support.executing import commit_support, hand_in_proof
from rebates.services.support.papers import remove_paper
from rebates.services.support.plans import ask_for_support, change_plan, plan_activity, withdraw_support
from rebates.services.support.sweeping import sweep_support
from tests import factories
from tests.pricing.promo_stage import moment
from tests.rebates.support_stage import (
    DURING,
    MONDAY,
    accepted,
    committed,
    paper,
    plan,
    planned,
    proven,
    reserved,
    stage,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Any:
    return stage()


def pots(quarter: str = "2026-Q4") -> tuple[int, ...]:
    quota = SupportQuota.objects.get(quarter=quarter)
    sums = SupportStep.objects.filter(quota=quota).aggregate(
        p=Sum("planned"), r=Sum("reserved"), c=Sum("committed"), s=Sum("spent")
    )
    kept = (quota.planned, quota.reserved, quota.committed, quota.spent)
    assert kept == tuple(sums.values()), "the pots are the sums of the steps"
    return tuple(int(amount) for amount in kept)


def test_money_moves_from_pot_to_pot_and_ends_as_one_credit(cast: Any) -> None:
    number = planned(cast, "20000").number
    assert pots() == (20000, 0, 0, 0)
    reserve_support(number=number, amount=Decimal(18000), reason="预算偏高", actor=cast.channel, at=MONDAY)
    assert pots() == (0, 18000, 0, 0)
    paper(cast, number, SupportPaper.CONTRACT, b"contract")
    commit_support(number=number, amount=Decimal(16000), supplier="星光", actor=cast.owner, at=MONDAY)
    assert pots() == (0, 0, 16000, 0)
    paper(cast, number, SupportPaper.PROOF, b"photo", DURING)
    hand_in_proof(number=number, claimed=Decimal(15500), repeat_reason="", actor=cast.owner, at=DURING)
    assert pots() == (0, 0, 16000, 0)
    activity = accept_proof(
        number=number, amount=Decimal("15000.50"), reason="一张发票不符", actor=cast.director, at=DURING
    )
    assert pots() == (0, 0, 0, 15000) and activity.state == SupportState.ACCEPTED
    credit = Credit.objects.get()
    assert (credit.kind, credit.amount, credit.dealer_id) == ("market_support", Decimal("15000.50"), cast.dealer.pk)
    assert faults_of_generic(credit.proof) == [] and credit.proof["due"] == "15000.50"
    assert [file["paper"] for file in credit.proof["files"]] == ["contract", "proof"]
    assert all(len(file["sha256"]) == 64 for file in credit.proof["files"])
    told = WebhookEvent.objects.filter(kind="support.decided").order_by("pk").values_list("data__state", flat=True)
    assert list(told) == ["reserved", "accepted"]


def test_all_pots_together_never_exceed_the_quota(cast: Any) -> None:
    reserved(cast, "30000")
    draft = plan_activity(plan=plan("20000.01"), actor=cast.owner, at=MONDAY)
    with pytest.raises(QuotaExceeded) as refusal:
        ask_for_support(number=draft.number, actor=cast.owner, at=MONDAY)
    assert "20,000.00" in str(refusal.value)
    planned(cast, "20000")
    assert pots() == (20000, 30000, 0, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupportQuota.objects.update(spent=Decimal("0.01"))


def test_a_tier_that_changes_inside_the_quarter_changes_the_next_quota_only(cast: Any) -> None:
    DealerTier.objects.filter(dealer=cast.dealer).update(valid=(date(2026, 1, 1), date(2026, 11, 16)))
    DealerTier.objects.create(dealer=cast.dealer, tier="T1", valid=(date(2026, 11, 16), None))
    november = moment("2026-11-20 10:00")
    planned(cast, "1000", november, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 5))
    assert SupportQuota.objects.get(quarter="2026-Q4").granted == 50000


def test_a_dealer_without_tier_or_a_quarter_without_policy_has_no_quota(cast: Any) -> None:
    draft = plan_activity(plan=plan(starts_on=date(2027, 1, 5), ends_on=date(2027, 1, 9)), actor=cast.owner, at=MONDAY)
    with pytest.raises(QuotaMissing):
        ask_for_support(number=draft.number, actor=cast.owner, at=MONDAY)


def test_a_plan_outside_the_territory_or_in_the_past_is_not_asked_for(cast: Any) -> None:
    elsewhere = factories.City(code="C777")
    draft = plan_activity(plan=plan(regions=(elsewhere.code,)), actor=cast.owner, at=MONDAY)
    with pytest.raises(SupportInvalid) as refusal:
        ask_for_support(number=draft.number, actor=cast.owner, at=DURING)
    assert {finding.code for finding in refusal.value.findings} == {"begun", "not_own_region"}


def test_a_form_sent_twice_plans_once(cast: Any) -> None:
    first = plan_activity(plan=plan(), actor=cast.owner, at=MONDAY, key="form-1")
    assert plan_activity(plan=plan(), actor=cast.owner, at=MONDAY, key="form-1").pk == first.pk


def test_less_than_asked_and_every_no_need_a_reason(cast: Any) -> None:
    number = planned(cast).number
    with pytest.raises(SupportReasonMissing):
        reserve_support(number=number, amount=Decimal(1), reason=" ", actor=cast.channel, at=MONDAY)
    with pytest.raises(SupportReasonMissing):
        reject_support(number=number, reason="", actor=cast.channel, at=MONDAY)
    with pytest.raises(AmountTooHigh):
        reserve_support(number=number, amount=Decimal(20001), reason="", actor=cast.channel, at=MONDAY)


def test_a_rejected_plan_is_changed_and_asked_for_again(cast: Any) -> None:
    number = planned(cast).number
    reject_support(number=number, reason="太贵", actor=cast.channel, at=MONDAY)
    assert pots() == (0, 0, 0, 0)
    change_plan(number=number, plan=plan("9000"), actor=cast.owner, at=MONDAY)
    assert ask_for_support(number=number, actor=cast.owner, at=MONDAY).budget == 9000
    assert pots() == (9000, 0, 0, 0)


def test_a_commitment_needs_a_contract_and_a_claim_needs_proof_after_the_beginning(cast: Any) -> None:
    number = reserved(cast).number
    with pytest.raises(PaperMissing):
        commit_support(number=number, amount=Decimal(20000), supplier="", actor=cast.owner, at=MONDAY)
    number = committed(cast, "10000").number
    with pytest.raises(NotExecutedYet):
        hand_in_proof(number=number, claimed=Decimal(1), repeat_reason="", actor=cast.owner, at=MONDAY)
    with pytest.raises(PaperMissing):
        hand_in_proof(number=number, claimed=Decimal(1), repeat_reason="", actor=cast.owner, at=DURING)
    paper(cast, number, SupportPaper.PROOF, b"x", DURING)
    with pytest.raises(AmountTooHigh):
        hand_in_proof(number=number, claimed=Decimal("10000.01"), repeat_reason="", actor=cast.owner, at=DURING)


def test_the_same_file_proves_twice_only_with_a_word_from_both_sides(cast: Any) -> None:
    accepted(cast, "10000", b"same invoice")
    with pytest.raises(ProofUsedBefore) as refusal:
        proven(cast, "5000", b"same invoice")
    assert "MS-2610-D0001-001" in str(refusal.value)
    second = SupportActivity.objects.get(state=SupportState.COMMITTED)
    hand_in_proof(
        number=second.number, claimed=Decimal(5000), repeat_reason="一张发票两项", actor=cast.owner, at=DURING
    )
    with pytest.raises(ProofUsedBefore):
        accept_proof(number=second.number, amount=Decimal(5000), reason="", actor=cast.director, at=DURING)
    accept_proof(number=second.number, amount=Decimal(5000), reason="已核对原件", actor=cast.director, at=DURING)
    assert pots() == (0, 0, 0, 15000)


def test_what_another_dealer_handed_in_is_seen_by_headquarters_only(cast: Any) -> None:
    accepted(cast, "10000", b"same invoice")
    cast.dealer = factories.Dealer(code="D0002", home_region=cast.dealer.home_region)
    cast.owner = factories.User(role=Role.DEALER_OWNER, dealer=cast.dealer)
    number = proven(cast, "5000", b"same invoice").number
    with pytest.raises(ProofUsedBefore) as refusal:
        accept_proof(number=number, amount=Decimal(5000), reason="", actor=cast.director, at=DURING)
    assert "D0001" in str(refusal.value)


def test_a_file_taken_out_again_proves_nothing(cast: Any) -> None:
    number = committed(cast).number
    kept = paper(cast, number, SupportPaper.PROOF, b"x", DURING)
    assert paper(cast, number, SupportPaper.PROOF, b"x", DURING).pk == kept.pk
    remove_paper(number=number, key=kept.pk, actor=cast.owner, at=DURING)
    with pytest.raises(PaperMissing):
        hand_in_proof(number=number, claimed=Decimal(1), repeat_reason="", actor=cast.owner, at=DURING)


def test_whoever_reserved_does_not_judge_and_whoever_judged_does_not_take_back(cast: Any) -> None:
    number = proven(cast).number
    cast.channel.role = Role.MARKETING_DIRECTOR
    cast.channel.save()
    with pytest.raises(OwnWork):
        accept_proof(number=number, amount=Decimal(1), reason="x", actor=cast.channel, at=DURING)
    with pytest.raises(NotPermitted):
        accept_proof(number=number, amount=Decimal(1), reason="x", actor=cast.owner, at=DURING)
    accept_proof(number=number, amount=Decimal(20000), reason="", actor=cast.approver, at=DURING)
    with pytest.raises(OwnWork):
        reverse_support(number=number, reason="x", actor=cast.approver, at=DURING)


def test_accepting_twice_pays_once(cast: Any) -> None:
    number = accepted(cast).number
    with pytest.raises(SupportStateRefused):
        accept_proof(number=number, amount=Decimal(20000), reason="", actor=cast.director, at=DURING)
    assert Credit.objects.count() == 1


def test_a_paid_one_is_taken_back_by_another_credit_only(cast: Any) -> None:
    number = accepted(cast).number
    reverse_support(number=number, reason="发票作废", actor=cast.approver, at=DURING)
    assert list(Credit.objects.order_by("pk").values_list("amount", flat=True)) == [20000, -20000]
    assert pots() == (0, 0, 0, 0)


def test_proof_sent_back_stays_committed_and_refused_proof_is_released(cast: Any) -> None:
    number = proven(cast).number
    activity = send_proof_back(number=number, reason="缺少照片", actor=cast.director, at=DURING)
    assert pots() == (0, 0, 20000, 0) and activity.claimed is None
    paper(cast, number, SupportPaper.PROOF, b"photo", DURING)
    hand_in_proof(number=number, claimed=Decimal(20000), repeat_reason="", actor=cast.owner, at=DURING)
    refuse_proof(number=number, reason="虚假发票", actor=cast.director, at=DURING)
    assert pots() == (0, 0, 0, 0) and not Credit.objects.exists()


def test_unused_money_lapses_at_its_instant_however_late_the_sweep_comes(cast: Any) -> None:
    number = reserved(cast).number
    assert sweep_support(at=moment("2026-10-27 23:59")).lapsed == 0
    late = moment("2026-11-30 12:00")
    assert sweep_support(at=late).lapsed == 1 and sweep_support(at=late).lapsed == 0
    step = SupportStep.objects.get(act="lapse")
    assert step.at == moment("2026-10-28 00:00") and pots() == (0, 0, 0, 0)
    assert SupportActivity.objects.get(number=number).state == SupportState.LAPSED


def test_a_plan_lapses_with_its_quarter_and_a_commitment_when_its_proof_is_overdue(cast: Any) -> None:
    planned(cast, "5000")
    committed(cast, "10000")
    assert sweep_support(at=moment("2026-12-12 00:00")).lapsed == 1
    assert sweep_support(at=moment("2027-01-01 00:00")).lapsed == 1
    assert sorted(SupportStep.objects.filter(act="lapse").values_list("at", flat=True)) == [
        moment("2026-12-12 00:00"),
        moment("2027-01-01 00:00"),
    ]


def test_the_dealer_is_reminded_once_before_the_money_lapses(cast: Any) -> None:
    reserved(cast)
    assert sweep_support(at=moment("2026-10-24 00:00")).reminded == 0
    assert sweep_support(at=moment("2026-10-25 00:00")).reminded == 1
    assert sweep_support(at=moment("2026-10-25 00:15")).reminded == 0
    assert Notice.objects.filter(params__reason="support_reserved_ends", recipient=cast.owner).count() == 1


def test_a_dealer_gives_up_before_handing_in_and_not_after(cast: Any) -> None:
    withdraw_support(number=committed(cast, "10000").number, reason="取消", actor=cast.owner, at=MONDAY)
    assert pots() == (0, 0, 0, 0)
    with pytest.raises(SupportStateRefused):
        withdraw_support(number=proven(cast, "10000").number, reason="", actor=cast.owner, at=DURING)


def test_nobody_touches_what_is_not_theirs_to_see(cast: Any) -> None:
    number = planned(cast).number
    draft = plan_activity(plan=plan(), actor=cast.owner, at=MONDAY).number
    other = factories.User(role=Role.DEALER_OWNER, dealer=factories.Dealer(code="D0009"))
    elsewhere = factories.User(role=Role.CHANNEL_MANAGER, regions=[factories.City(code="C900")])
    for person, asked in ((other, number), (elsewhere, number), (cast.channel, draft)):
        with pytest.raises((SupportNotFound, NotPermitted)):
            if person.dealer_id:
                withdraw_support(number=asked, reason="", actor=person, at=MONDAY)
            else:
                reserve_support(number=asked, amount=Decimal(1), reason="x", actor=person, at=MONDAY)


def test_a_step_is_never_changed(cast: Any) -> None:
    planned(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        SupportStep.objects.update(amount=1)


def test_a_promotion_of_ones_own_may_be_named_and_no_other(cast: Any) -> None:
    with pytest.raises(SupportInvalid):
        plan_activity(plan=plan(promo="PR-NONE"), actor=cast.owner, at=MONDAY)
