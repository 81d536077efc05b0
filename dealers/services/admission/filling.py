"""What an applicant tells us, one step at a time, and the papers it hands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import ApplicationState, DocumentKind
from dealers.errors import NotFound, Refused
from dealers.foundation.clock import business_day
from dealers.foundation.file_kinds import PDF, PICTURES
from dealers.models import Application, ApplicationPaper, ApplicationRegion, Region
from dealers.rules.admission_life import EDITABLE
from dealers.services.admission.acting import ApplicationStateRefused, applicant_of, locked_application, touch
from dealers.services.admission.mails import write_mail
from dealers.services.audit import record_audit
from dealers.services.files import erase_files, keep_file

#: A paper is a scan or a photograph.
PAPERS = (PDF, *PICTURES)
#: How many papers, replaced ones included, one application may hand in.
MOST_PAPERS = 40
#: What stays out of the audit trail.
_PERSONAL = frozenset({"contact", "phone", "email", "bank", "bank_account"})


class TooManyPapers(Refused):
    code = "too_many_papers"
    sentence = _("No more than %(most)s documents can be handed in, replaced ones included.")
    status = 422


class LastDayMissing(Refused):
    code = "last_day_missing"
    sentence = _("Give the last day on which this certificate is valid.")
    status = 422


class PaperExpired(Refused):
    code = "paper_expired"
    sentence = _("It ran out on %(last_day)s; hand in a valid one.")
    status = 422


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A document as it is handed in; ``last_day`` is the last one on which it is valid, None for no end."""

    kind: DocumentKind
    filename: str
    content: bytes | UploadedFile
    name: str = ""
    number: str = ""
    last_day: date | None = None


@transaction.atomic
def save_facts(*, application: Application, facts: dict[str, Any], at: datetime) -> Application:
    """Keep some facts of a step; what is not named stays. The trail says which changed, not what personal ones say.

    Raises :class:`~dealers.services.admission.acting.ApplicationStateRefused` once headquarters checks them.
    """
    application = _editable(application)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, value in facts.items():
        old = getattr(application, name)
        if old == value:
            continue
        setattr(application, name, value)
        before[name], after[name] = (None, "changed") if name in _PERSONAL else (old, value)
    if not after:
        return application
    if "email" in after:
        application.email_confirmed_at = None
    touch(application, at)
    application.save()
    if application.state != ApplicationState.DRAFT:
        record_audit(
            actor=applicant_of(application),
            action="application.change",
            subject=application,
            at=at,
            before=before,
            after=after,
        )
    if "email" in after and application.email:
        write_mail("begun", application=application, at=at, once_for=application.email[:60])
    return application


@transaction.atomic
def save_consent(*, application: Application, at: datetime) -> Application:
    """Note that the applicant agrees that we keep the data for the application."""
    application = _editable(application)
    if application.consent_at is None:
        application.consent_at = at
        touch(application, at)
        application.save()
    return application


@transaction.atomic
def save_regions(*, application: Application, regions: Sequence[Region], at: datetime) -> Application:
    """Where the applicant wants to sell; a city within a province that is named too is left out."""
    application = _editable(application)
    provinces = {region.pk for region in regions if region.parent_id is None}
    wanted = {region.pk for region in regions if region.parent_id not in provinces}
    asked = {row.region_id: row for row in application.regions.all()}
    if asked.keys() == wanted:
        return application
    application.regions.exclude(region__in=wanted).delete()
    ApplicationRegion.objects.bulk_create(
        [ApplicationRegion(application=application, region_id=pk) for pk in sorted(wanted - asked.keys())]
    )
    touch(application, at)
    application.save()
    if application.state != ApplicationState.DRAFT:
        record_audit(
            actor=applicant_of(application),
            action="application.change",
            subject=application,
            at=at,
            before={"regions": sorted(asked)},
            after={"regions": sorted(wanted)},
        )
    return application


@transaction.atomic
def hand_in_paper(*, application: Application, paper: NewPaper, at: datetime) -> ApplicationPaper:
    """Keep a document; of all but qualification certificates and other papers it replaces the one before.

    A certificate replaces the one of the same name. Raises :class:`TooManyPapers`, :class:`LastDayMissing`,
    :class:`PaperExpired`, or what :func:`~dealers.services.files.keep_file` raises; nothing is kept then.
    """
    application = _editable(application)
    if application.papers.count() >= MOST_PAPERS:
        raise TooManyPapers(most=MOST_PAPERS)
    if paper.kind.must_expire and paper.last_day is None:
        raise LastDayMissing()
    if paper.last_day is not None and paper.last_day < business_day(at):
        raise PaperExpired(last_day=paper.last_day.isoformat())
    file = keep_file(
        actor=applicant_of(application),
        name=paper.filename,
        content=paper.content,
        dealer_id=None,
        at=at,
        accepts=PAPERS,
    )
    standing = application.papers.filter(kind=paper.kind, replaced_at=None)
    if paper.kind in (DocumentKind.QUALIFICATION, DocumentKind.OTHER):
        standing = standing.filter(name=paper.name.strip())
    standing.update(replaced_at=at)
    handed_in = ApplicationPaper.objects.create(
        application=application,
        kind=paper.kind,
        name=paper.name.strip()[:100],
        number=paper.number.strip()[:64],
        last_day=paper.last_day,
        file=file,
        handed_in_at=at,
    )
    touch(application, at)
    application.save()
    record_audit(
        actor=applicant_of(application),
        action="application.hand_in",
        subject=application,
        at=at,
        after={"paper": paper.kind, "last_day": paper.last_day, "sha256": file.sha256},
    )
    return handed_in


@transaction.atomic
def take_paper_back(*, application: Application, paper_id: int, at: datetime) -> None:
    """Take a document back; from a draft it is erased, later it stays beside what replaced it.

    Raises :class:`~dealers.errors.NotFound`.
    """
    application = _editable(application)
    paper = application.papers.filter(pk=paper_id, replaced_at=None).first()
    if paper is None:
        raise NotFound(what=_("document"), key=paper_id)
    if application.state == ApplicationState.DRAFT:
        paper.delete()
        erase_files([paper.file_id])
    else:
        paper.replaced_at = at
        paper.save(update_fields=["replaced_at"])
    touch(application, at)
    application.save()
    record_audit(
        actor=applicant_of(application),
        action="application.take_back",
        subject=application,
        at=at,
        after={"paper": paper.kind},
    )


@transaction.atomic
def confirm_email(*, application: Application, at: datetime) -> None:
    """Note that the applicant reads the mails sent to the address it gave."""
    application = locked_application(application.pk)
    if application.email_confirmed_at is None:
        application.email_confirmed_at = at
        application.save(update_fields=["email_confirmed_at"])
        record_audit(actor=applicant_of(application), action="application.confirm_email", subject=application, at=at)


def _editable(application: Application) -> Application:
    application = locked_application(application.pk)
    if application.state not in EDITABLE:
        label = ApplicationState(application.state).label
        raise ApplicationStateRefused(number=application.number, state=label)
    return application
