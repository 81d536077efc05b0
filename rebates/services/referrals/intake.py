"""Taking in a referred customer: checked against the limits and against earlier leads, then given to a dealer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from dealers.foundation.clock import BUSINESS_ZONE, business_day
from dealers.foundation.phones import masked_phone, plain_phone
from dealers.models import Dealer, PolicyVersion, Region, User
from dealers.personal_data import hashed
from dealers.scope import WHOLE_COMPANY, row_scope
from dealers.selectors.policies import required_policy
from rebates.choices import LeadState, Referrer
from rebates.errors import LeadInvalid, TooManyLeads
from rebates.models import Lead
from rebates.rules.referral_checks import LeadFacts, Refusal, plain_company, refusal_of
from rebates.selectors.leads import bought_before
from rebates.services.referrals.acting import Actor, label_of, note_step
from rebates.services.referrals.assigning import assign_automatically
from rebates.terms import rebates_terms

INTAKE_LOCK = 0x4C454144
_FLOOD = (Refusal.TOO_MANY_FROM_DEVICE, Refusal.TOO_MANY_FROM_ADDRESS)


@dataclass(frozen=True, slots=True)
class NewLead:
    """A customer as given. ``device`` and ``address`` tell where a form came from; ``consent`` is the tick."""

    referrer: Referrer
    referrer_name: str
    contact: str
    phone: str
    consent: bool
    company: str = ""
    referrer_phone: str = ""
    region: Region | None = None
    wish: str = ""
    employee: User | None = None
    partner: Dealer | None = None
    device: str = ""
    address: str = ""
    source: str = "form"
    external_id: str = ""


def receive_lead(*, new: NewLead, actor: Actor | None, at: datetime) -> Lead:
    """Take a customer in; the lead as it then stands: assigned, waiting, or not counted with the reason.

    Leads are taken in one after another, so that of two at once the second is the duplicate. The whole company's
    facts are asked, whoever hands it in. The same ``external_id`` of a system again gives the first lead back. Raises
    :class:`LeadInvalid`, or :class:`TooManyLeads` without storing anything when a device or address is over its limit.
    """
    phone, referrer_phone = _phones(new)
    with row_scope(WHOLE_COMPANY), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [INTAKE_LOCK])
        if new.external_id:
            known = Lead.objects.filter(source=new.source, external_id=new.external_id).first()
            if known is not None:
                return known
        policy = required_policy(business_day(at))
        terms = rebates_terms(policy).referrals
        lead = _row(new, phone, referrer_phone, policy, at)
        refusal = refusal_of(
            _facts(lead, new, at), duplicate_days=terms.duplicate_days, most_a_day=terms.max_per_device_per_day
        )
        if refusal in _FLOOD:
            raise TooManyLeads
        if refusal is not None:
            lead.state, lead.refusal = LeadState.TURNED_AWAY, refusal
            lead.phone = lead.contact = ""
        lead.save(force_insert=True)
        note_step(lead, "receive", actor=actor, at=at)
        if refusal is None:
            assign_automatically(lead, at=at)
    return lead


def _phones(new: NewLead) -> tuple[str, str]:
    phone = plain_phone(new.phone)
    if not phone:
        raise LeadInvalid("phone", _("This is no Chinese phone number; write it like 138 0013 8000 or 0571-8888 6666."))
    if not new.consent:
        raise LeadInvalid(
            "consent", _("The customer has to agree that we call; without that we may not keep the number.")
        )
    referrer_phone = plain_phone(new.referrer_phone)
    if new.referrer_phone.strip() and not referrer_phone:
        raise LeadInvalid("referrer_phone", _("Your own phone number cannot be read."))
    if new.referrer == Referrer.CUSTOMER and not referrer_phone:
        raise LeadInvalid("referrer_phone", _("Give your own phone number, so that we can thank you."))
    return phone, referrer_phone


def _row(new: NewLead, phone: str, referrer_phone: str, policy: PolicyVersion, at: datetime) -> Lead:
    own_phone = hashed("phone", referrer_phone)
    return Lead(
        number=_next_number(at),
        token=secrets.token_urlsafe(24),
        referrer=new.referrer,
        referrer_name=new.referrer_name.strip()[:100],
        referrer_phone_key=own_phone,
        referrer_phone_hint=masked_phone(referrer_phone),
        employee=new.employee,
        partner=new.partner,
        contact=new.contact.strip()[:100],
        phone=phone,
        phone_key=hashed("phone", phone),
        phone_hint=masked_phone(phone),
        company=new.company.strip()[:200],
        company_key=hashed("company", plain_company(new.company)),
        region=new.region,
        wish=new.wish.strip()[:2000],
        consent_at=at,
        device_key=hashed("device", new.device),
        address_key=hashed("address", new.address),
        source=new.source[:200],
        external_id=new.external_id,
        received_at=at,
        received_on=business_day(at),
        policy=policy,
    )


def _facts(lead: Lead, new: NewLead, at: datetime) -> LeadFacts:
    counted = Lead.objects.exclude(state=LeadState.TURNED_AWAY)
    same = counted.filter(phone_key=lead.phone_key)
    if lead.company_key:
        same = same | counted.filter(company_key=lead.company_key)
    today = Lead.objects.filter(received_on=lead.received_on)
    return LeadFacts(
        at=at,
        phone=lead.phone_key,
        company=lead.company_key,
        referrer_phone=lead.referrer_phone_key,
        accepted_before=list(same.values_list("received_at", flat=True)),
        bought_before=new.partner is not None and bought_before(new.partner.pk, lead.phone, new.phone, lead.company),
        from_device=today.filter(device_key=lead.device_key).count() if lead.device_key else 0,
        from_address=today.filter(address_key=lead.address_key).count() if lead.address_key else 0,
        from_referrer=_from_referrer(lead),
    )


def _from_referrer(lead: Lead) -> int:
    """How many the same person has referred today, whatever device was used."""
    leads = Lead.objects.filter(received_on=lead.received_on)
    if lead.employee is not None:
        return leads.filter(employee=lead.employee).count()
    if lead.referrer_phone_key:
        return leads.filter(referrer_phone_key=lead.referrer_phone_key).count()
    return 0


def _next_number(at: datetime) -> str:
    """The next number of the month; leads are taken in one after another."""
    prefix = f"RL-{at.astimezone(BUSINESS_ZONE):%y%m}-"
    return f"{prefix}{Lead.objects.filter(number__startswith=prefix).count() + 1:05d}"


def source_of(actor: Actor) -> str:
    """Where a lead comes from that a person or a system hands in."""
    return label_of(actor)
