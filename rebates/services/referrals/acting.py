"""What every act on a lead has in common: the lock, the state, the record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dealers.errors import NotPermitted
from dealers.principals import MachineClient
from dealers.services.audit import record_audit
from pricing.services.promos.acting import Actor, audit_actor, label_of, person_of
from rebates.choices import LeadState
from rebates.errors import LeadNotFound, LeadStateRefused
from rebates.models import Lead, LeadStep
from rebates.permissions import require
from rebates.rules.lead_life import LEAD_LIFE, LeadAct
from rebates.selectors.leads import visible_leads

__all__ = ["Actor", "audit_actor", "label_of", "locked_lead", "move", "person_of", "require_act", "require_decider"]


def locked_lead(actor: Any, number: str) -> Lead:
    """The lead, if the actor may see it, locked until the transaction ends. Raises :class:`LeadNotFound`."""
    key = visible_leads(actor).filter(number=number).values_list("pk", flat=True).first()
    if key is None:
        raise LeadNotFound(key=number)
    return Lead.objects.select_for_update(of=("self",)).select_related("policy").get(pk=key)


def require_decider(actor: Actor, capability: str, *, scope: str) -> None:
    """Raises ``NotPermitted`` unless a person's role has the capability, or a system of HQ a key with the scope."""
    if not isinstance(actor, MachineClient):
        require(actor, capability)
    elif not (actor.is_hq_system and actor.may(scope)):
        raise NotPermitted(capability=capability)


def require_act(lead: Lead, act: LeadAct) -> None:
    """Raises :class:`LeadStateRefused` when ``act`` is not possible now."""
    if not LEAD_LIFE.allows(lead.state, act):
        raise LeadStateRefused(number=lead.number, state=LeadState(lead.state).label)


def move(lead: Lead, act: LeadAct, *, actor: Actor | None, at: datetime, note: str = "") -> None:
    """Do ``act`` on a locked lead: its next state, saved with whatever was changed, the step and the audit record."""
    require_act(lead, act)
    before = lead.state
    lead.state, lead.reason = LeadState(LEAD_LIFE.next(lead.state, act)), note
    lead.save()
    note_step(lead, act, actor=actor, at=at, note=note, before=before)


def note_step(lead: Lead, act: str, *, actor: Actor | None, at: datetime, note: str = "", before: str = "") -> None:
    """Record what was done with a lead; personal data stays out of the trail."""
    LeadStep.objects.create(
        lead=lead,
        act=act,
        state=lead.state,
        note=note,
        at=at,
        by="" if actor is None else label_of(actor),
        by_hq=actor is not None and actor.dealer_id is None,
    )
    record_audit(
        actor=None if actor is None else audit_actor(actor),
        action=f"lead.{act}",
        subject=lead,
        at=at,
        reason=note,
        before={"state": before} if before else None,
        after={"state": lead.state, "dealer": lead.dealer_id},
        dealer_id=lead.dealer_id,
    )
