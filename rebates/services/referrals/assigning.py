"""Giving a lead to a dealer: by territory, the same facts always to the same one, or by a channel manager."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dealers.choices import Announcement, NoticeKind
from dealers.errors import NotFound
from dealers.foundation.clock import BUSINESS_ZONE, business_day
from dealers.models import Dealer, User
from dealers.selectors.visibility import visible_dealers
from dealers.services.notices import people_of_dealers, tell
from dealers.services.webhooks import announce
from rebates.errors import LeadInvalid
from rebates.models import Lead, LeadAssignment
from rebates.rules.lead_life import LeadAct
from rebates.selectors.leads import candidates
from rebates.services.referrals.acting import Actor, label_of, locked_lead, move, require_act, require_decider
from rebates.terms import rebates_terms


def assign_automatically(lead: Lead, *, at: datetime) -> Dealer | None:
    """Assign a locked lead to the first candidate of its region; None when there is none, and HQ has to choose."""
    found = candidates(lead.region, on=business_day(at), without=_left_out(lead))
    if not found:
        return None
    _assign(lead, found[0], actor=None, at=at)
    return found[0]


@transaction.atomic
def assign_lead(*, number: str, dealer_code: str, reason: str, actor: Actor, at: datetime) -> Lead:
    """Give a lead to a dealer in the decider's sight, or take it from one that did not follow it up.

    The 24 hours begin anew; what the dealer before missed stays on record.
    """
    require_decider(actor, "referrals.assign", scope="referrals:decide")
    lead = locked_lead(actor, number)
    require_act(lead, LeadAct.ASSIGN)
    dealer = visible_dealers(actor).filter(code=dealer_code, pk__gt=0).first()
    if dealer is None:
        raise NotFound(what=_("dealer"), key=dealer_code)
    if dealer.pk == lead.partner_id:
        raise LeadInvalid("dealer", _("Whoever referred a customer does not get it assigned."))
    _assign(lead, dealer, actor=actor, at=at, reason=reason.strip())
    return lead


def _assign(lead: Lead, dealer: Dealer, *, actor: Actor | None, at: datetime, reason: str = "") -> None:
    running = LeadAssignment.objects.filter(lead=lead, ended_at=None).first()
    if running is not None:
        if running.followed_up_at is None and running.due_at <= at:
            running.breached_at = running.due_at
        running.ended_at = at
        running.save()
    hours = rebates_terms(lead.policy).referrals.follow_up_hours
    due_at = at + timedelta(hours=hours)
    LeadAssignment.objects.create(
        lead=lead,
        dealer=dealer,
        assigned_at=at,
        assigned_by="" if actor is None else label_of(actor),
        due_at=due_at,
    )
    lead.dealer = dealer
    move(lead, LeadAct.ASSIGN, actor=actor, at=at, note=reason)
    tell_dealer(lead, "lead_assigned", due_at=due_at, at=at)
    announce(
        event=Announcement.REFERRAL_ASSIGNED,
        dealer_id=dealer.pk,
        data={"number": lead.number, "due_at": due_at.isoformat()},
        at=at,
    )


def tell_dealer(lead: Lead, reason: str, *, due_at: datetime | None, at: datetime, key: str = "") -> int:
    """Tell the people of the lead's dealer."""
    people = people_of_dealers([lead.dealer_id or 0]).get(lead.dealer_id or 0, [])
    return tell_people(lead, people, reason, due_at=due_at, at=at, key=key)


def tell_people(
    lead: Lead, people: list[User], reason: str, *, due_at: datetime | None, at: datetime, key: str = ""
) -> int:
    """One notice about a lead; it names no customer."""
    return tell(
        recipients=people,
        kind=NoticeKind.REFERRAL,
        key=key or f"{reason}-{lead.pk}-{at:%Y%m%d%H%M%S}",
        params={
            "reason": reason,
            "number": lead.number,
            "dealer": lead.dealer.name if lead.dealer else "",
            "due_at": "" if due_at is None else due_at.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M"),
            "remark": lead.reason,
        },
        at=at,
        url=reverse("lead", args=[lead.number]),
    )


def _left_out(lead: Lead) -> set[int]:
    """Who referred the customer, and who had the lead before."""
    before = LeadAssignment.objects.filter(lead=lead).values_list("dealer_id", flat=True)
    return {*before, *([lead.partner_id] if lead.partner_id else [])}
