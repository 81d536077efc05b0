"""What headquarters decides about a deal: confirmed or not, called back where it was drawn, then rewarded or not."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from dealers.errors import OwnWork
from dealers.services.audit import record_audit
from pricing.models import SaleLine
from rebates.choices import CallBack
from rebates.errors import DealUnknown, LeadStateRefused, SupportReasonMissing
from rebates.models import Lead, LeadStep
from rebates.rules.lead_life import LeadAct
from rebates.rules.referral_reward import is_sampled
from rebates.services.referrals.acting import (
    Actor,
    audit_actor,
    label_of,
    locked_lead,
    move,
    note_step,
    person_of,
    require_act,
    require_decider,
)
from rebates.services.referrals.rewarding import grant_reward
from rebates.terms import rebates_terms


@transaction.atomic
def confirm_deal(*, number: str, actor: Actor, at: datetime) -> Lead:
    """Confirm the deal by its sale line as it stands now; unless it was drawn for a call-back, the reward follows.

    Whoever referred the customer never confirms the deal. The draw is a keyed hash of the lead's number.
    """
    require_decider(actor, "referrals.assign", scope="referrals:decide")
    lead = locked_lead(actor, number)
    require_act(lead, LeadAct.CONFIRM_DEAL)
    if lead.employee_id == actor.pk:
        raise OwnWork
    assert lead.line_no is not None
    line = SaleLine.objects.filter(dealer=lead.dealer_id, doc_no=lead.doc_no, line_no=lead.line_no).first()
    if line is None or line.quantity <= 0:
        raise DealUnknown(doc_no=lead.doc_no, line_no=lead.line_no)
    lead.deal_confirmed_at, lead.confirmed_by = at, person_of(actor)
    lead.sampled = is_sampled(lead.number, rebates_terms(lead.policy).referrals.sample_rate, settings.CUSTOMER_HASH_KEY)
    move(lead, LeadAct.CONFIRM_DEAL, actor=actor, at=at)
    if not lead.sampled:
        grant_reward(lead, at=at)
    return lead


@transaction.atomic
def reject_deal(*, number: str, reason: str, actor: Actor, at: datetime) -> Lead:
    """Say that the line is not this customer's deal; the dealer may name another."""
    require_decider(actor, "referrals.assign", scope="referrals:decide")
    lead = locked_lead(actor, number)
    require_act(lead, LeadAct.REJECT_DEAL)
    if not reason.strip():
        raise SupportReasonMissing
    lead.doc_no, lead.line_no, lead.deal_amount = "", None, None
    move(lead, LeadAct.REJECT_DEAL, actor=actor, at=at, note=reason.strip())
    return lead


@transaction.atomic
def record_call_back(*, number: str, outcome: CallBack, note: str, actor: Actor, at: datetime) -> Lead:
    """Record what the customer of a drawn deal said. Only a confirmation lets the reward go.

    A customer who does not confirm leaves no reward and a mark for the investigators. Whoever confirmed the deal does
    not make the call, be it a person or a key.
    """
    require_decider(actor, "referrals.call_back", scope="referrals:call_back")
    lead = locked_lead(actor, number)
    if not lead.sampled or lead.call_back:
        raise LeadStateRefused(number=lead.number, state=lead.get_state_display())
    require_act(lead, LeadAct.REWARD)
    if actor.pk in (lead.confirmed_by_id, lead.employee_id) or label_of(actor) == _confirmed_by(lead):
        raise OwnWork
    if not note.strip():
        raise SupportReasonMissing
    lead.call_back, lead.called_back_at, lead.called_back_by = outcome, at, person_of(actor)
    lead.save(update_fields=["call_back", "called_back_at", "called_back_by"])
    note_step(lead, "call_back", actor=actor, at=at, note=note.strip())
    if outcome == CallBack.CONFIRMED:
        grant_reward(lead, at=at)
        return lead
    move(lead, LeadAct.DENY, actor=None, at=at, note=note.strip())
    record_audit(
        actor=audit_actor(actor),
        action="lead.signal",
        subject=lead,
        at=at,
        reason=note.strip(),
        after={"signal": "call_back_failed", "document": lead.doc_no, "amount": f"{lead.deal_amount:f}"},
        dealer_id=lead.dealer_id,
    )
    return lead


def _confirmed_by(lead: Lead) -> str:
    """Who confirmed the deal as the steps name it; keys have no row of a person."""
    step = LeadStep.objects.filter(lead=lead, act=LeadAct.CONFIRM_DEAL).order_by("-pk").first()
    return step.by if step else ""
