"""What time does to leads: a reminder, the breach at its instant, and forgetting whom nobody needs to call any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Q

from dealers.models import PolicyVersion
from dealers.services.audit import AuditEvent, record_audits
from dealers.services.notices import managers_of_dealers
from rebates.choices import LeadState
from rebates.models import Lead, LeadAssignment
from rebates.services.referrals.assigning import tell_dealer, tell_people
from rebates.terms import rebates_terms

REMIND_BEFORE = timedelta(hours=6)
CLOSED = (LeadState.LOST, LeadState.REWARDED, LeadState.DENIED, LeadState.TAKEN_BACK)
_BATCH = 200


@dataclass(frozen=True)
class Swept:
    breached: int
    reminded: int
    erased: int


def sweep_leads(*, at: datetime) -> Swept:
    """Record breaches, remind, erase. Safe to run twice and at once; a breach carries the instant that was due."""
    breached = reminded = erased = 0
    while batch := _breach_batch(at):
        breached += batch
    while batch := _remind_batch(at):
        reminded += batch
    for policy in PolicyVersion.objects.filter(pk__in=Lead.objects.filter(_erasable()).values("policy").distinct()):
        erased += _erase(policy, at)
    return Swept(breached, reminded, erased)


@transaction.atomic
def _breach_batch(at: datetime) -> int:
    due = Q(followed_up_at=None, ended_at=None, breached_at=None, due_at__lte=at)
    found = _locked(due)
    LeadAssignment.objects.filter(pk__in=[one.pk for one in found]).update(breached_at=F("due_at"))
    record_audits(
        AuditEvent(
            actor=None,
            action="lead.breach",
            subject=one.lead,
            at=one.due_at,
            after={"due_at": one.due_at.isoformat()},
            dealer_id=one.dealer_id,
        )
        for one in found
    )
    managers = managers_of_dealers({one.dealer_id for one in found}) if found else {}
    for one in found:
        key = f"lead-breach-{one.pk}"
        tell_dealer(one.lead, "lead_breached", due_at=one.due_at, at=at, key=key)
        tell_people(one.lead, managers.get(one.dealer_id, []), "lead_breached", due_at=one.due_at, at=at, key=key)
    return len(found)


@transaction.atomic
def _remind_batch(at: datetime) -> int:
    soon = Q(followed_up_at=None, ended_at=None, breached_at=None, reminded_at=None, due_at__lte=at + REMIND_BEFORE)
    found = _locked(soon)
    LeadAssignment.objects.filter(pk__in=[one.pk for one in found]).update(reminded_at=at)
    for one in found:
        tell_dealer(one.lead, "lead_due", due_at=one.due_at, at=at, key=f"lead-due-{one.pk}")
    return len(found)


def _locked(condition: Q) -> list[LeadAssignment]:
    rows = LeadAssignment.objects.select_for_update(skip_locked=True, of=("self",)).filter(condition)
    return list(rows.select_related("lead__dealer").order_by("pk")[:_BATCH])


def _erasable() -> Q:
    return Q(state__in=CLOSED, erased_at=None)


@transaction.atomic
def _erase(policy: PolicyVersion, at: datetime) -> int:
    """Forget phone, contact and wish of leads that were closed long enough ago; the keyed hashes stay for matching."""
    long_ago = at - timedelta(days=rebates_terms(policy).referrals.keep_contact_days)
    old = Lead.objects.filter(_erasable(), policy=policy).annotate(closed=Max("steps__at")).filter(closed__lt=long_ago)
    return Lead.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:5000])).update(
        phone="", contact="", wish="", referrer_name="", erased_at=at
    )
