"""Recording, renewing and proving legal bases. A version is never altered; a renewal is another one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from dealers.choices import Door, NoticeKind, Role
from dealers.foundation.clock import business_day
from dealers.models import FeedDelivery, QuarantinedLine, User
from dealers.selectors.policies import policy_at
from dealers.services.audit import record_audit
from dealers.services.deliveries import detail_of
from dealers.services.files import keep_file
from dealers.services.imports.importing import import_rows, wait_for_turn
from dealers.services.imports.sources import RecordSource
from dealers.services.notices import tell
from dealers.terms import dealers_terms
from pricing.errors import (
    BandRefused,
    BasisEndRefused,
    BasisKnown,
    BasisRenewedAlready,
    EvidenceMissing,
    SummaryMissing,
)
from pricing.models import LegalBasis, LegalBasisEvidence, PriceBand
from pricing.permissions import require
from pricing.selectors.legal_bases import carried_bands, ending_bases, floors_that_stop, versions_of
from pricing.services.bands import judge_bands_again
from pricing.services.imports.bands import BANDS, record_of

Evidence = Sequence[tuple[str, bytes | UploadedFile]]


@transaction.atomic
def record_basis(
    *, reference: str, valid_until: date, summary: str, evidence: Evidence, actor: User, at: datetime
) -> LegalBasis:
    """Record the first version of a legal basis with its evidence.

    Raises :class:`BasisKnown`, :class:`BasisEndRefused`, :class:`SummaryMissing`, :class:`EvidenceMissing`, or what
    :func:`~dealers.services.files.keep_file` raises; nothing is stored then.
    """
    require(actor, "bases.record")
    _take_turn()
    if LegalBasis.objects.filter(reference=reference).exists():
        raise BasisKnown(reference=reference)
    _require_end(valid_until, business_day(at))
    basis = _written(reference, valid_until, summary, evidence, actor, at)
    record_audit(actor=actor, action="legal_basis.record", subject=basis, at=at, after=_said(basis))
    return basis


@transaction.atomic
def renew_basis(
    *, basis: LegalBasis, valid_until: date, summary: str, evidence: Evidence, actor: User, at: datetime
) -> tuple[LegalBasis, FeedDelivery | None]:
    """Record a version with a later end, and let every band that names the old one name it from then on.

    The bands change on the day the old version ends, or today when it has ended: what was sold without a legal basis
    in force is never judged by one recorded later. Returns the version and the receipt of the bands, if any.
    """
    require(actor, "bases.record")
    _take_turn()
    newest = versions_of(basis).first()
    if newest is None or newest.pk != basis.pk:
        raise BasisRenewedAlready(reference=basis.reference)
    today = business_day(at)
    _require_end(valid_until, max(today, basis.valid_until or today))
    renewed = _written(basis.reference, valid_until, summary, evidence, actor, at)
    record_audit(
        actor=actor, action="legal_basis.renew", subject=renewed, at=at, before=_said(basis), after=_said(renewed)
    )
    return renewed, _carry_over(basis, renewed, renewal_day(basis, today), actor)


@transaction.atomic
def add_evidence(
    *, basis: LegalBasis, name: str, content: bytes | UploadedFile, note: str, actor: User, at: datetime
) -> LegalBasisEvidence:
    """Attach one more document to a legal basis."""
    require(actor, "bases.record")
    proof = _attached(basis, name, content, note, actor, at)
    record_audit(
        actor=actor,
        action="legal_basis.add_evidence",
        subject=basis,
        at=at,
        after={"file": proof.file.name, "sha256": proof.file.sha256, "note": note},
    )
    return proof


def renewal_day(basis: LegalBasis, today: date) -> date:
    """The first day on which bands would name a renewed version."""
    return today if basis.valid_until is None else max(today, basis.valid_until)


def remind_of_ending_bases(*, at: datetime) -> int:
    """Tell policy managers and legal reviewers, once per warning, which legal bases end soon; how many were told.

    The days before are those of the policy in force (``dealers.admission.document_warning_days``). A basis on which
    no floor hangs any more, because it was renewed or its bands ended, reminds nobody.
    """
    policy = policy_at(at)
    if policy is None:
        return 0
    warnings = sorted(dealers_terms(policy).admission.document_warning_days)
    today = business_day(at)
    keepers = list(User.objects.filter(is_active=True, role__in=[Role.POLICY_MANAGER, Role.LEGAL_REVIEWER]))
    told = 0
    for basis in ending_bases(after=today, until=date.fromordinal(today.toordinal() + warnings[-1])):
        assert basis.valid_until is not None
        left = (basis.valid_until - today).days
        warning = next(days for days in warnings if left <= days)
        told += tell(
            recipients=keepers,
            kind=NoticeKind.POLICY,
            key=f"legal_basis:{basis.pk}:{warning}",
            params={
                "reason": "legal_basis_ends",
                "reference": basis.reference,
                "until": basis.valid_until.isoformat(),
                "days": left,
                "floors": floors_that_stop(basis).count(),
            },
            at=at,
            url=f"/legal-bases/{basis.pk}/the-day-it-ends/",
        )
    return told


def _carry_over(old: LegalBasis, new: LegalBasis, from_day: date, actor: User) -> FeedDelivery | None:
    records = [_renewed_record(band, new, from_day) for band in carried_bands(old, from_day=from_day)]
    if not records:
        return None
    source = RecordSource(records, BANDS.layout, filename=f"{new.reference} → {new.valid_until}")
    delivery = import_rows(BANDS, source, actor=actor, door=Door.PORTAL, then=judge_bands_again)
    refused = QuarantinedLine.objects.filter(delivery=delivery).first()
    if refused is not None:
        raise BandRefused(detail=detail_of(refused))
    return delivery


def _renewed_record(band: PriceBand, basis: LegalBasis, from_day: date) -> dict[str, str]:
    record = record_of(band, basis)
    record["valid_from"] = max(from_day, band.valid.lower or from_day).isoformat()
    return record


def _written(
    reference: str, valid_until: date, summary: str, evidence: Evidence, actor: User, at: datetime
) -> LegalBasis:
    if not summary.strip():
        raise SummaryMissing
    if not evidence:
        raise EvidenceMissing
    basis = LegalBasis.objects.create(
        reference=reference, valid_until=valid_until, summary=summary.strip(), recorded_at=at, recorded_by=actor
    )
    for name, content in evidence:
        _attached(basis, name, content, "", actor, at)
    return basis


def _attached(
    basis: LegalBasis, name: str, content: bytes | UploadedFile, note: str, actor: User, at: datetime
) -> LegalBasisEvidence:
    file = keep_file(actor=actor, name=name, content=content, dealer_id=None, at=at)
    return LegalBasisEvidence.objects.create(basis=basis, file=file, note=note, added_by=actor, added_at=at)


def _require_end(valid_until: date, after: date) -> None:
    if valid_until <= after:
        raise BasisEndRefused(day=after.isoformat())


def _said(basis: LegalBasis) -> dict[str, object]:
    return {"reference": basis.reference, "valid_until": basis.valid_until, "summary": basis.summary}


def _take_turn() -> None:
    """Bases are made by imports of bands too; one at a time."""
    with connection.cursor() as cursor:
        wait_for_turn(cursor, BANDS)
