"""Forgetting newcomers of whom nothing came: drafts nobody went on with, and the people behind ended applications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from dealers.choices import ApplicationState
from dealers.models import AdmissionInvitation, Application
from dealers.rules.admission_life import UNSUCCESSFUL
from dealers.selectors.admission import admission_terms
from dealers.services.audit import record_audit
from dealers.services.files import erase_files
from dealers.terms import AdmissionTerms

_AT_ONCE = 200
#: What is about people; the company's own facts and the decision stay.
_FORGOTTEN = {"contact": "", "phone": "", "email": "", "bank": "", "bank_account": ""}


@dataclass(frozen=True, slots=True)
class Erased:
    """How many drafts are gone, and of how many ended applications the personal data."""

    drafts: int
    ended: int


def erase_applications(*, at: datetime) -> Erased:
    """Erase what the policy no longer lets us keep. Safe to run twice and at once; nothing without a policy."""
    terms = admission_terms(at)
    if terms is None:
        return Erased(0, 0)
    drafts = ended = 0
    while batch := _erase_drafts(terms, at):
        drafts += batch
    while batch := _erase_ended(terms, at):
        ended += batch
    return Erased(drafts, ended)


@transaction.atomic
def _erase_drafts(terms: AdmissionTerms, at: datetime) -> int:
    """Drafts that were never handed in are removed whole; an audit record with the number alone stays."""
    untouched = at - timedelta(days=terms.draft_days)
    never = Q(state=ApplicationState.DRAFT) | Q(state=ApplicationState.WITHDRAWN, submitted_at=None)
    old = Application.objects.select_for_update(skip_locked=True).filter(never, changed_at__lt=untouched)
    found = list(old.order_by("pk")[:_AT_ONCE])
    for application in found:
        files = list(application.papers.values_list("file_id", flat=True))
        invitation = application.invitation_id
        record_audit(actor=None, action="application.erase", subject=application, at=at, after={"why": "abandoned"})
        application.delete()
        erase_files(files)
        AdmissionInvitation.objects.filter(pk=invitation or 0).update(email="")
    return len(found)


@transaction.atomic
def _erase_ended(terms: AdmissionTerms, at: datetime) -> int:
    """Of those that were refused or withdrawn the people, papers and messages are forgotten; facts and reasons stay."""
    long_ago = at - timedelta(days=terms.unsuccessful_days)
    old = Application.objects.select_for_update(skip_locked=True).filter(
        state__in=UNSUCCESSFUL, erased_at=None, ended_at__lt=long_ago
    )
    found = list(old.order_by("pk")[:_AT_ONCE])
    for application in found:
        files = [*application.papers.values_list("file_id", flat=True), application.contract_file_id]
        application.papers.all().delete()
        application.messages.all().delete()
        application.mails.all().delete()
        for name, empty in _FORGOTTEN.items():
            setattr(application, name, empty)
        application.contract_file, application.erased_at = None, at
        application.save()
        erase_files(file for file in files if file is not None)
        AdmissionInvitation.objects.filter(pk=application.invitation_id or 0).update(email="")
        record_audit(actor=None, action="application.erase", subject=application, at=at, after={"why": "ended"})
    return len(found)
