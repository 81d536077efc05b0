"""From the name to the reward: who counts, who calls by when, what is drawn, who is paid how."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from dealers.errors import OwnWork
from dealers.models import AuditRecord, Notice, Territory
from dealers.scope import row_scope
from pricing.models import SaleLine
from rebates.choices import CallBack, LeadState, PayoutState, Referrer
from rebates.errors import (
    DealUnknown,
    DealUsedBefore,
    LeadInvalid,
    LeadNotFound,
    NothingToPay,
    PayoutDecided,
    RewardPaid,
    TooManyLeads,
)
from rebates.models import Credit, Lead, LeadAssignment, ReferralReward
from rebates.rules.proof_shape import faults_of_generic
from rebates.services.referrals import deciding
from rebates.services.referrals.assigning import assign_lead
from rebates.services.referrals.deciding import confirm_deal, record_call_back, reject_deal
from rebates.services.referrals.following import follow_up, report_deal
from rebates.services.referrals.payouts import decide_payout, prepare_payout
from rebates.services.referrals.rewarding import take_reward_back
from rebates.services.referrals.sweeping import sweep_leads
from tests.rebates.referral_stage import (
    AT,
    LATER,
    by_employee,
    by_partner,
    new_lead,
    received,
    stage,
    with_deal,
)
from tests.settlement.world import sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Any:
    return stage()


def drawn(monkeypatch: pytest.MonkeyPatch, answer: bool) -> None:
    monkeypatch.setattr(deciding, "is_sampled", lambda *_: answer)


def test_a_lead_goes_to_a_dealer_of_its_place_with_a_day_to_call(cast: Any) -> None:
    lead = received(cast)
    assert (lead.state, lead.dealer) == (LeadState.ASSIGNED, cast.first)
    assignment = lead.assignments.get()
    assert assignment.due_at == AT + timedelta(hours=24)
    assert Notice.objects.filter(recipient=cast.owner, params__reason="lead_assigned").count() == 1


def test_the_next_lead_goes_to_whoever_has_fewer_and_an_exclusive_territory_comes_first(cast: Any) -> None:
    received(cast, new_lead(cast, 1))
    assert received(cast, new_lead(cast, 2)).dealer == cast.second
    Territory.objects.filter(dealer=cast.second).update(exclusive=True)
    assert received(cast, new_lead(cast, 3)).dealer == cast.second


def test_without_a_place_headquarters_assigns(cast: Any) -> None:
    lead = received(cast, new_lead(cast, region=None))
    assert (lead.state, lead.dealer) == (LeadState.RECEIVED, None)
    assign_lead(number=lead.number, dealer_code="D0002", reason="离得近", actor=cast.channel, at=AT)
    assert Lead.objects.get().dealer == cast.second


def test_the_same_customer_within_thirty_days_is_a_duplicate_and_keeps_no_phone(cast: Any) -> None:
    received(cast, new_lead(cast, 1))
    again = received(cast, new_lead(cast, 2, phone="138-0000-0001"), AT + timedelta(days=29))
    other_name = received(cast, new_lead(cast, 3, company="云帆1贸易有限责任公司"), AT + timedelta(days=29))
    assert {again.refusal, other_name.refusal} == {"duplicate"}
    assert (again.state, again.phone, again.contact) == (LeadState.TURNED_AWAY, "", "")
    assert received(cast, new_lead(cast, 1), AT + timedelta(days=30)).state == LeadState.ASSIGNED


def test_from_one_device_or_address_five_a_day_and_the_sixth_is_not_stored(cast: Any) -> None:
    for number in range(5):
        received(cast, new_lead(cast, number, device="tablet", address="10.0.0.1"))
    for where in ({"device": "tablet"}, {"address": "10.0.0.1"}):
        with pytest.raises(TooManyLeads):
            received(cast, new_lead(cast, 9, **where))
    assert Lead.objects.count() == 5
    assert received(cast, new_lead(cast, 9, device="tablet"), AT + timedelta(days=1)).state == LeadState.ASSIGNED


def test_one_person_refers_five_a_day_whatever_device_is_used(cast: Any) -> None:
    phone = "13911112222"
    for number in range(5):
        received(cast, new_lead(cast, number, referrer_phone=phone, device=f"phone {number}"))
    assert received(cast, new_lead(cast, 9, referrer_phone=phone)).refusal == "too_many_from_referrer"


def test_nobody_refers_themselves_and_no_partner_its_own_customer(cast: Any) -> None:
    assert received(cast, new_lead(cast, 1, referrer_phone="13800000001")).refusal == "self_referral"
    line = sell(cast.partner, "2026-10-H1", "500")
    key = blake2b(settings.CUSTOMER_HASH_KEY.encode(), digest_size=32).digest()
    customer = blake2b(b"13800000002", digest_size=16, key=key).hexdigest()
    SaleLine.objects.filter(dealer=cast.partner, doc_no=line.doc_no).update(customer=customer)
    assert received(cast, by_partner(cast, 2)).refusal == "own_customer"


@pytest.mark.parametrize("changed", [{"phone": "123"}, {"consent": False}, {"referrer_phone": ""}])
def test_without_phone_consent_or_a_way_to_thank_nothing_is_taken(cast: Any, changed: dict[str, Any]) -> None:
    with pytest.raises(LeadInvalid):
        received(cast, new_lead(cast, **changed))
    assert not Lead.objects.exists()


def test_a_breach_carries_the_instant_that_was_due_however_late_anybody_looks(cast: Any) -> None:
    lead = received(cast)
    due = AT + timedelta(hours=24)
    assert sweep_leads(at=due - timedelta(hours=6)).reminded == 1
    assert sweep_leads(at=due - timedelta(seconds=1)).breached == 0
    assert sweep_leads(at=due + timedelta(days=9)).breached == 1
    assert LeadAssignment.objects.get().breached_at == due
    follow_up(number=lead.number, note="迟到", actor=cast.owner, at=due + timedelta(days=10))
    assert LeadAssignment.objects.get().breached_at == due
    assert AuditRecord.objects.get(action="lead.breach").at == due


def test_a_late_call_is_a_breach_also_when_no_sweep_ran(cast: Any) -> None:
    lead = received(cast)
    follow_up(number=lead.number, note="迟到", actor=cast.owner, at=AT + timedelta(hours=25))
    assert LeadAssignment.objects.get().breached_at == AT + timedelta(hours=24)


def test_a_lead_taken_away_leaves_the_breach_and_gives_the_next_a_full_day(cast: Any) -> None:
    lead = received(cast)
    assign_lead(number=lead.number, dealer_code="D0002", reason="超时", actor=cast.channel, at=AT + timedelta(days=2))
    first, second = LeadAssignment.objects.order_by("pk")
    assert first.breached_at == first.due_at and first.ended_at is not None
    assert second.due_at == AT + timedelta(days=3)
    with row_scope(str(cast.first.pk)), pytest.raises(LeadNotFound):
        follow_up(number=lead.number, note="x", actor=cast.owner, at=AT + timedelta(days=2))


def test_a_deal_is_a_sale_line_reported_sold_since_and_used_once(cast: Any) -> None:
    lead = received(cast, new_lead(cast, 1))
    follow_up(number=lead.number, note="x", actor=cast.owner, at=AT)
    earlier, back = sell(cast.first, "2026-10-H1", "900"), sell(cast.first, "2026-11-H2", "-900")
    for doc_no in (earlier.doc_no, back.doc_no, "NONE"):
        with pytest.raises(DealUnknown):
            report_deal(number=lead.number, doc_no=doc_no, line_no=1, actor=cast.owner, at=LATER)
    line = sell(cast.first, "2026-11-H2", "900.005")
    report_deal(number=lead.number, doc_no=line.doc_no, line_no=1, actor=cast.owner, at=LATER)
    assert Lead.objects.get().deal_amount == Decimal("900.01")
    second = received(cast, new_lead(cast, 2))
    follow_up(number=second.number, note="x", actor=cast.owner, at=AT)
    with pytest.raises(DealUsedBefore):
        report_deal(number=second.number, doc_no=line.doc_no, line_no=1, actor=cast.owner, at=LATER)
    reject_deal(number=lead.number, reason="不是同一客户", actor=cast.channel, at=LATER)
    report_deal(number=second.number, doc_no=line.doc_no, line_no=1, actor=cast.owner, at=LATER)


def test_a_partner_is_credited_and_its_deals_of_a_quarter_add_up(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(monkeypatch, False)
    for number, amount in ((1, "60000"), (2, "90000")):
        confirm_deal(number=with_deal(cast, by_partner(cast, number), amount).number, actor=cast.channel, at=LATER)
    credits = Credit.objects.order_by("pk")
    assert [(one.dealer, one.kind, one.amount) for one in credits] == [
        (cast.partner, "referral", Decimal("3000.00")),
        (cast.partner, "referral", Decimal("6000.00")),
    ]
    assert all(faults_of_generic(one.proof) == [] for one in credits)


def test_an_employee_and_a_customer_are_paid_from_a_list_and_never_credited(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn(monkeypatch, False)
    confirm_deal(number=with_deal(cast, by_employee(cast, 1)).number, actor=cast.channel, at=LATER)
    unrewarded = confirm_deal(number=with_deal(cast, new_lead(cast, 2)).number, actor=cast.channel, at=LATER)
    assert unrewarded.state == LeadState.DENIED, "the policy has no ladder of vouchers"
    assert not Credit.objects.exists()
    payout = prepare_payout(actor=cast.clerk, at=LATER)
    assert (payout.total, payout.rewards.get().referrer) == (Decimal("1000.00"), Referrer.EMPLOYEE)
    with pytest.raises(NothingToPay):
        prepare_payout(actor=cast.clerk, at=LATER)
    decide_payout(number=payout.number, approve=True, reason="", actor=cast.approver, at=LATER)
    with pytest.raises(PayoutDecided):
        decide_payout(number=payout.number, approve=False, reason="", actor=cast.approver, at=LATER)
    with pytest.raises(RewardPaid):
        take_reward_back(number=payout.rewards.get().lead.number, reason="退货", actor=cast.approver, at=LATER)


def test_a_list_given_back_lets_its_rewards_onto_another(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(monkeypatch, False)
    confirm_deal(number=with_deal(cast, by_employee(cast, 1)).number, actor=cast.channel, at=LATER)
    payout = prepare_payout(actor=cast.clerk, at=LATER)
    decide_payout(number=payout.number, approve=False, reason="缺工号", actor=cast.approver, at=LATER)
    again = prepare_payout(actor=cast.clerk, at=LATER)
    assert again.number != payout.number and again.total == payout.total
    payout.refresh_from_db()
    assert payout.state == PayoutState.RELEASED


def test_a_drawn_deal_pays_nothing_until_its_customer_confirmed(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(monkeypatch, True)
    lead = confirm_deal(number=with_deal(cast, by_partner(cast, 1)).number, actor=cast.channel, at=LATER)
    assert lead.sampled and lead.state == LeadState.DEAL_CONFIRMED and not ReferralReward.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(state=LeadState.REWARDED)
    record_call_back(number=lead.number, outcome=CallBack.CONFIRMED, note="本人确认", actor=cast.service, at=LATER)
    assert Credit.objects.get().amount == Decimal("2500.00")


def test_a_failed_call_back_pays_nothing_and_leaves_a_signal(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(monkeypatch, True)
    lead = confirm_deal(number=with_deal(cast, by_partner(cast, 1)).number, actor=cast.channel, at=LATER)
    done = record_call_back(number=lead.number, outcome=CallBack.FAILED, note="没买过", actor=cast.service, at=LATER)
    assert done.state == LeadState.DENIED and not Credit.objects.exists()
    assert AuditRecord.objects.filter(action="lead.signal").count() == 1


def test_who_referred_or_confirmed_does_not_judge(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(monkeypatch, True)
    own = new_lead(cast, 1, referrer=Referrer.EMPLOYEE, employee=cast.channel, referrer_phone="")
    number = with_deal(cast, own).number
    with pytest.raises(OwnWork):
        confirm_deal(number=number, actor=cast.channel, at=LATER)
    cast.clerk.role = "finance_approver"
    cast.clerk.save()
    drawn(monkeypatch, False)
    confirm_deal(number=with_deal(cast, by_employee(cast, 2)).number, actor=cast.channel, at=LATER)
    cast.clerk.role = "finance_clerk"
    cast.clerk.save()
    payout = prepare_payout(actor=cast.clerk, at=LATER)
    cast.clerk.role = "finance_approver"
    cast.clerk.save()
    with pytest.raises(OwnWork):
        decide_payout(number=payout.number, approve=True, reason="", actor=cast.clerk, at=LATER)


def test_a_reward_taken_back_is_reversed_and_the_next_deal_is_reckoned_without_it(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn(monkeypatch, False)
    lead = confirm_deal(number=with_deal(cast, by_partner(cast, 1), "150000").number, actor=cast.channel, at=LATER)
    take_reward_back(number=lead.number, reason="退货", actor=cast.approver, at=LATER)
    confirm_deal(number=with_deal(cast, by_partner(cast, 2), "10000").number, actor=cast.channel, at=LATER)
    assert [one.amount for one in Credit.objects.order_by("pk")] == [9000, -9000, 500]


def test_contacts_are_erased_when_a_lead_was_closed_long_ago(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(monkeypatch, False)
    lead = confirm_deal(number=with_deal(cast, by_partner(cast, 1)).number, actor=cast.channel, at=LATER)
    assert sweep_leads(at=LATER + timedelta(days=180)).erased == 0
    assert sweep_leads(at=LATER + timedelta(days=181)).erased == 1
    lead.refresh_from_db()
    assert (lead.phone, lead.contact) == ("", "") and lead.phone_key


def test_the_second_wall_shows_a_lead_to_its_dealer_and_its_partner_only(cast: Any) -> None:
    lead = received(cast, by_partner(cast, 1))
    seen = {}
    for name in ("first", "second", "partner"):
        with row_scope(str(getattr(cast, name).pk)):
            seen[name] = Lead.objects.filter(pk=lead.pk).exists()
    assert seen == {"first": True, "second": False, "partner": True}
