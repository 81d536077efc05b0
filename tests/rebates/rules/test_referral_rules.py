"""Which referrals count, which deals are drawn, and what they earn."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from rebates.rules.proof_shape import faults_of_generic
from rebates.rules.referral_checks import (
    LeadFacts,
    Refusal,
    plain_company,
    refusal_of,
)
from rebates.rules.referral_reward import (
    PartnerTerms,
    VoucherStep,
    is_sampled,
    partner_entitlement,
    partner_proof,
    voucher_of,
)
from tests.pricing.promo_stage import moment

NOW = moment("2026-11-10 10:00")
GOOD = {"at": NOW, "phone": "p", "company": "c", "referrer_phone": "r"}
PARTNER = PartnerTerms(Decimal("0.05"), Decimal(100000), Decimal("0.08"))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, None),
        ({"referrer_phone": "p"}, Refusal.SELF_REFERRAL),
        ({"bought_before": True}, Refusal.OWN_CUSTOMER),
        ({"accepted_before": [NOW - timedelta(days=29, hours=23)]}, Refusal.DUPLICATE),
        ({"accepted_before": [NOW - timedelta(days=30)]}, None),
        ({"from_device": 4, "from_address": 4, "from_referrer": 4}, None),
        ({"from_device": 5}, Refusal.TOO_MANY_FROM_DEVICE),
        ({"from_address": 5}, Refusal.TOO_MANY_FROM_ADDRESS),
        ({"from_referrer": 5}, Refusal.TOO_MANY_FROM_REFERRER),
        # A flood learns nothing about customers.
        ({"from_device": 5, "accepted_before": [NOW]}, Refusal.TOO_MANY_FROM_DEVICE),
    ],
)
def test_a_lead_counts_unless_a_reason_is_named(changed: dict[str, object], expected: Refusal | None) -> None:
    facts = LeadFacts(**{**GOOD, **changed})  # type: ignore[arg-type]
    assert refusal_of(facts, duplicate_days=30, most_a_day=5) is expected


@pytest.mark.parametrize("written", ["杭州（云帆）贸易有限公司", "杭州(云帆)贸易", "杭州云帆 贸易有限责任公司"])
def test_a_company_is_the_same_whatever_its_form_and_brackets(written: str) -> None:
    assert plain_company(written) == "杭州云帆贸易"


def test_about_a_tenth_is_drawn_always_the_same_and_differently_under_another_key() -> None:
    numbers = [f"RL-2611-{number:05d}" for number in range(10_000)]
    drawn = {number for number in numbers if is_sampled(number, Decimal("0.1"), "key")}
    assert 900 < len(drawn) < 1100
    assert drawn == {number for number in numbers if is_sampled(number, Decimal("0.1"), "key")}
    other = {number for number in numbers if is_sampled(number, Decimal("0.1"), "another")}
    assert len(drawn & other) < 200
    assert not any(is_sampled(number, Decimal(0), "key") for number in numbers)
    assert all(is_sampled(number, Decimal(1), "key") for number in numbers)


@pytest.mark.parametrize(
    ("cumulated", "earned"),
    [("0", "0.00"), ("60000", "3000.00"), ("100000", "5000.00"), ("100000.01", "5000.00"), ("150000", "9000.00")],
)
def test_a_partner_earns_more_on_what_exceeds_the_edge(cumulated: str, earned: str) -> None:
    assert partner_entitlement(Decimal(cumulated), PARTNER) == Decimal(earned)


def test_the_rewards_of_a_quarter_are_what_its_whole_amount_earns() -> None:
    deals = [Decimal("33333.33"), Decimal("81234.56"), Decimal("0.99"), Decimal("20000")]
    for order in (deals, deals[::-1]):
        before = paid = Decimal(0)
        for deal in order:
            proof = partner_proof(
                amount=deal, before=before, paid=paid, terms=PARTNER, window="2026-Q4", period="2026-11-H1"
            )
            assert faults_of_generic(proof) == []
            before, paid = before + deal, paid + Decimal(proof["due"])
        assert paid == partner_entitlement(before, PARTNER)


def test_a_voucher_is_that_of_the_step_reached() -> None:
    ladder = [VoucherStep(Decimal(1000), Decimal(50)), VoucherStep(Decimal(5000), Decimal(200))]
    assert [voucher_of(Decimal(amount), ladder) for amount in (999, 1000, 4999, 5000)] == [0, 50, 50, 200]
    assert voucher_of(Decimal(9), []) == 0
