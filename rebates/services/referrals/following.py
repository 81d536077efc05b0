"""What the assigned dealer does: call, give up, report the deal as a sale line it has reported."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dealers.errors import NotPermitted
from dealers.foundation.money import round_money
from dealers.models import User
from pricing.models import SaleLine
from rebates.errors import DealUnknown, DealUsedBefore, SupportReasonMissing
from rebates.models import Lead, LeadAssignment
from rebates.permissions import can
from rebates.rules.lead_life import LeadAct
from rebates.services.referrals.acting import Actor, locked_lead, move, require_act


@transaction.atomic
def follow_up(*, number: str, note: str, actor: Actor, at: datetime) -> Lead:
    """Record that the customer was called, with what came of it; a call after its hour stays a breach."""
    lead = own_lead(actor, number)
    require_act(lead, LeadAct.FOLLOW_UP)
    _require(note)
    running = LeadAssignment.objects.select_for_update().get(lead=lead, ended_at=None)
    running.followed_up_at = at
    if running.due_at <= at:
        running.breached_at = running.due_at
    running.save()
    move(lead, LeadAct.FOLLOW_UP, actor=actor, at=at, note=note.strip())
    return lead


@transaction.atomic
def give_up(*, number: str, note: str, actor: Actor, at: datetime) -> Lead:
    """Close a lead that came to nothing, saying why."""
    lead = own_lead(actor, number)
    _require(note)
    move(lead, LeadAct.LOSE, actor=actor, at=at, note=note.strip())
    return lead


@transaction.atomic
def report_deal(*, number: str, doc_no: str, line_no: int, actor: Actor, at: datetime) -> Lead:
    """Name the reported sale line that the lead became; its amount is quantity × price as reported.

    The goods were sold after the lead came in, a line stands for one lead only, and a return is no deal. Raises
    :class:`DealUnknown` or :class:`DealUsedBefore`.
    """
    lead = own_lead(actor, number)
    require_act(lead, LeadAct.REPORT_DEAL)
    line = SaleLine.objects.filter(dealer=lead.dealer_id, doc_no=doc_no.strip(), line_no=line_no).first()
    if line is None or line.quantity <= 0 or line.sold_at < lead.received_at:
        raise DealUnknown(doc_no=doc_no, line_no=line_no)
    if Lead.objects.filter(dealer=lead.dealer_id, doc_no=line.doc_no, line_no=line.line_no).exists():
        raise DealUsedBefore(doc_no=doc_no, line_no=line_no)
    lead.doc_no, lead.line_no = line.doc_no, line.line_no
    lead.deal_amount = round_money(line.quantity * line.unit_price)
    move(lead, LeadAct.REPORT_DEAL, actor=actor, at=at, note=f"{line.doc_no}/{line.line_no}")
    return lead


def own_lead(actor: Actor, number: str) -> Lead:
    """The actor's own lead, locked. Raises :class:`~dealers.errors.NotPermitted` for HQ."""
    lead = locked_lead(actor, number)
    if actor.dealer_id is None or (isinstance(actor, User) and not can(actor, "referrals.follow")):
        raise NotPermitted(capability="referrals.follow")
    return lead


def _require(note: str) -> None:
    if not note.strip():
        raise SupportReasonMissing
