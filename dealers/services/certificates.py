"""Papers of active dealers: handed in by either side, confirmed by somebody else at headquarters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from dealers.choices import CertificateState, DocumentKind, NoticeKind
from dealers.errors import NotFound, OwnWork, Refused
from dealers.foundation.clock import business_day
from dealers.foundation.file_kinds import PDF, PICTURES
from dealers.models import Certificate, Dealer, User
from dealers.permissions import can, require
from dealers.selectors.certificates import visible_certificates
from dealers.selectors.supply import paper_words
from dealers.selectors.visibility import visible_dealers
from dealers.services.audit import record_audit
from dealers.services.certificate_sweep import sweep_certificates, take_turn
from dealers.services.files import keep_file
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell

_PAPERS = (PDF, *PICTURES)


class CertificateDecided(Refused):
    code = "certificate_decided"
    sentence = _("This certificate was decided on already.")


class CertificateEnds(Refused):
    code = "certificate_ends"
    sentence = _("Give a last day from today on; a qualification certificate cannot be without one.")
    status = 400


class CertificateRemarkMissing(Refused):
    code = "certificate_remark_missing"
    sentence = _("Give a reason; the dealer reads it.")
    status = 400


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """A paper as it is handed in; good up to and including ``last_day``, or without end."""

    kind: DocumentKind
    filename: str
    content: bytes | UploadedFile
    name: str = ""
    number: str = ""
    first_day: date | None = None
    last_day: date | None = None


@transaction.atomic
def hand_in_certificate(*, dealer: Dealer, paper: NewCertificate, actor: User, at: datetime) -> Certificate:
    """Hand in a renewed or further paper; it counts once somebody else has confirmed it.

    Raises :class:`CertificateEnds` or what :func:`~dealers.services.files.keep_file` raises.
    """
    require(actor, "certificates.hand_in")
    if not visible_dealers(actor).filter(pk=dealer.pk).exists():
        raise NotFound(what=_("dealer"), key=dealer.code)
    today = business_day(at)
    first, last = paper.first_day or today, paper.last_day
    if (last is None and paper.kind.must_expire) or (last is not None and (last < today or last < first)):
        raise CertificateEnds()
    file = keep_file(
        actor=actor, name=paper.filename, content=paper.content, dealer_id=dealer.pk, at=at, accepts=_PAPERS
    )
    certificate = Certificate.objects.create(
        dealer=dealer,
        kind=paper.kind,
        name=paper.name.strip()[:100],
        number=paper.number.strip()[:64],
        file=file,
        valid=DateRange(first, last + timedelta(days=1) if last else None),
        state=CertificateState.SUBMITTED,
        handed_in_by=actor,
        handed_in_at=at,
    )
    record_audit(
        actor=actor,
        action="certificate.hand_in",
        subject=certificate,
        at=at,
        dealer_id=dealer.pk,
        after={"kind": paper.kind, "name": certificate.name, "first_day": first, "last_day": last},
    )
    deciders = [
        person for person in managers_of_dealers([dealer.pk]).get(dealer.pk, []) if can(person, "certificates.confirm")
    ]
    _tell(certificate, "paper_submitted", [one for one in deciders if one.pk != actor.pk], at)
    return certificate


@transaction.atomic
def decide_certificate(
    *, certificate: Certificate, confirm: bool, remark: str, actor: User, at: datetime
) -> Certificate:
    """Confirm a paper or decline it with a reason; not by whoever handed it in.

    A confirmed one takes the place of those with the same kind and name from its first day on, and lifts the hold their
    expiry led to once it is in force. Raises :class:`~dealers.errors.OwnWork`, :class:`CertificateDecided` or
    :class:`CertificateRemarkMissing`.
    """
    certificate = _locked(certificate, actor)
    if certificate.state != CertificateState.SUBMITTED:
        raise CertificateDecided()
    if certificate.handed_in_by_id == actor.pk:
        raise OwnWork()
    if not confirm and not remark.strip():
        raise CertificateRemarkMissing()
    if confirm:
        _make_room(certificate, actor, at)
    state = CertificateState.CONFIRMED if confirm else CertificateState.DECLINED
    _close(certificate, state, actor, at, remark)
    if confirm:
        sweep_certificates(at=at)
    people = people_of_dealers([certificate.dealer_id]).get(certificate.dealer_id, [])
    _tell(certificate, f"paper_{state.value}", people, at)
    return certificate


@transaction.atomic
def retire_certificate(*, certificate: Certificate, remark: str, actor: User, at: datetime) -> Certificate:
    """Say that a confirmed paper is needed no longer; a hold for its expiry is lifted."""
    certificate = _locked(certificate, actor)
    if certificate.state != CertificateState.CONFIRMED:
        raise CertificateDecided()
    if not remark.strip():
        raise CertificateRemarkMissing()
    _close(certificate, CertificateState.RETIRED, actor, at, remark)
    sweep_certificates(at=at)
    return certificate


def _locked(certificate: Certificate, actor: User) -> Certificate:
    require(actor, "certificates.confirm")
    if not visible_certificates(actor).filter(pk=certificate.pk).exists():
        raise NotFound(what=_("certificate"), key=certificate.pk)
    take_turn()
    return Certificate.objects.select_for_update(of=("self",)).select_related("dealer").get(pk=certificate.pk)


def _make_room(certificate: Certificate, actor: User, at: datetime) -> None:
    """End the confirmed ones of the series where the new one begins; one that begins no earlier is replaced whole."""
    first = certificate.valid.lower or business_day(at)
    series = Certificate.objects.select_for_update().filter(
        dealer=certificate.dealer,
        kind=certificate.kind,
        name=certificate.name,
        state=CertificateState.CONFIRMED,
        valid__overlap=certificate.valid,
    )
    for older in series:
        before = {"valid": str(older.valid), "state": older.state}
        if older.valid.lower is not None and older.valid.lower >= first:
            older.state = CertificateState.RETIRED
        else:
            older.valid = (older.valid.lower, first)
        older.save(update_fields=["state", "valid"])
        record_audit(
            actor=actor,
            action="certificate.replace",
            subject=older,
            at=at,
            dealer_id=older.dealer_id,
            before=before,
            after={"state": older.state, "until": first},
        )


def _close(certificate: Certificate, state: CertificateState, actor: User, at: datetime, remark: str) -> None:
    before = certificate.state
    certificate.state, certificate.remark = state, remark.strip()[:500]
    certificate.decided_by, certificate.decided_at = actor, at
    certificate.save(update_fields=["state", "remark", "decided_by", "decided_at"])
    record_audit(
        actor=actor,
        action=f"certificate.{state.value}",
        subject=certificate,
        at=at,
        reason=certificate.remark,
        dealer_id=certificate.dealer_id,
        before={"state": before},
        after={"state": state},
    )


def _tell(certificate: Certificate, reason: str, people: list[User], at: datetime) -> None:
    last = certificate.valid.upper - timedelta(days=1) if certificate.valid.upper else None
    for person in people:
        with translation.override(person.language):
            words = paper_words(certificate.kind, certificate.name)
        tell(
            recipients=[person],
            kind=NoticeKind.AGREEMENT,
            key=f"{reason}:{certificate.pk}",
            params={
                "reason": reason,
                "dealer": certificate.dealer.name,
                "paper": words,
                "last_day": last.isoformat() if last else "—",
                "remark": certificate.remark,
            },
            at=at,
            url="/certificates/",
        )
