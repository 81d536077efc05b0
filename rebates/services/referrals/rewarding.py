"""What a deal earns whoever referred it: a credit for a partner dealer, an entry to be paid for other people."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from dealers.foundation.half_months import HalfMonth
from dealers.foundation.periods import Quarter
from dealers.models import User
from rebates.choices import CreditKind, PayoutState, Referrer
from rebates.errors import RewardPaid, SupportReasonMissing
from rebates.models import Lead, ReferralReward
from rebates.permissions import require
from rebates.rules.lead_life import LeadAct
from rebates.rules.referral_reward import (
    PartnerTerms,
    VoucherStep,
    employee_proof,
    partner_proof,
    voucher_of,
    voucher_proof,
)
from rebates.selectors.leads import quarter_before
from rebates.services.credits import NewCredit, record_credits, reverse_credit
from rebates.services.referrals.acting import locked_lead, move
from rebates.terms import rebates_terms

REWARD_LOCK = 0x5257


def grant_reward(lead: Lead, *, at: datetime) -> ReferralReward | None:
    """Reward the confirmed deal of a locked lead; None, with the reason on record, when it earns nothing."""
    assert lead.deal_confirmed_at is not None and lead.deal_amount is not None
    quarter, period = str(Quarter.containing(lead.deal_confirmed_at)), HalfMonth.containing(at)
    proof = _proof(lead, quarter, period)
    amount = Decimal(proof["due"])
    if amount <= 0:
        move(lead, LeadAct.DENY, actor=None, at=at, note=gettext_noop("By the policy nothing is due for this deal."))
        return None
    credit = None
    if lead.referrer == Referrer.PARTNER:
        assert lead.partner_id is not None
        asked = NewCredit(
            dealer_id=lead.partner_id,
            kind=CreditKind.REFERRAL,
            program=lead.number,
            reference=f"referral:{lead.number}",
            for_period=period,
            base=lead.deal_amount,
            amount=amount,
            proof=proof,
        )
        credit = record_credits([asked], actor=None, at=at)[0]
    reward = ReferralReward.objects.create(
        lead=lead,
        referrer=lead.referrer,
        partner_id=lead.partner_id if lead.referrer == Referrer.PARTNER else None,
        quarter=quarter,
        base=lead.deal_amount,
        amount=amount,
        proof=proof,
        credit=credit,
        granted_at=at,
    )
    move(lead, LeadAct.REWARD, actor=None, at=at)
    return reward


@transaction.atomic
def take_reward_back(*, number: str, reason: str, actor: User, at: datetime) -> Lead:
    """Take a reward back: a partner's by a reversing credit, other people's while no approved list names it."""
    require(actor, "referrals.take_back")
    lead = locked_lead(actor, number)
    if not reason.strip():
        raise SupportReasonMissing
    move(lead, LeadAct.TAKE_BACK, actor=actor, at=at, note=reason.strip())
    reward = ReferralReward.objects.select_for_update(of=("self",)).select_related("credit", "payout").get(lead=lead)
    if reward.payout is not None and reward.payout.state != PayoutState.RELEASED:
        raise RewardPaid
    if reward.credit is not None:
        reverse_credit(reward.credit, reason=reason.strip(), actor=actor, at=at)
    reward.cancelled_at = at
    reward.save(update_fields=["cancelled_at"])
    return lead


def _proof(lead: Lead, quarter: str, period: HalfMonth) -> dict[str, Any]:
    terms = rebates_terms(lead.policy).referrals
    assert lead.deal_amount is not None
    shown: dict[str, Any] = {
        "period": str(period),
        "policy": (lead.policy.code, lead.policy.version),
        "subject": {"lead": lead.number, "document": f"{lead.doc_no}/{lead.line_no}"},
    }
    match lead.referrer:
        case Referrer.PARTNER:
            assert lead.partner_id is not None
            with connection.cursor() as cursor:  # two deals of a partner are never reckoned at once
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [REWARD_LOCK, lead.partner_id])
            before, paid = quarter_before(lead.partner_id, quarter)
            partner = PartnerTerms(terms.partner.rate, terms.partner.above, terms.partner.rate_above)
            return partner_proof(
                amount=lead.deal_amount, before=before, paid=paid, terms=partner, window=quarter, **shown
            )
        case Referrer.EMPLOYEE:
            return employee_proof(amount=lead.deal_amount, rate=terms.employee_rate, **shown)
        case _:
            ladder = [VoucherStep(step.start, step.voucher) for step in terms.customer_vouchers]
            return voucher_proof(amount=lead.deal_amount, voucher=voucher_of(lead.deal_amount, ladder), **shown)
