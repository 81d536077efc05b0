"""Legal bases: recorded with evidence, renewed and never altered, and reminded of before they end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.models import JobRun, Notice, User
from dealers.services.files import FileKindRefused
from pricing.errors import BasisEndRefused, BasisKnown, BasisRenewedAlready, EvidenceMissing, SummaryMissing
from pricing.models import LegalBasis, LegalBasisEvidence, PriceBand
from pricing.selectors.band_lookup import band_for
from pricing.services.legal_bases import add_evidence, record_basis, remind_of_ending_bases, renew_basis
from tests import factories

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 4, tzinfo=UTC)
PROOF = [("opinion.pdf", b"%PDF-1.7\nopinion")]


@pytest.fixture
def reviewer() -> User:
    person: User = factories.User(role=Role.LEGAL_REVIEWER)
    return person


def record(actor: User, **changes: Any) -> LegalBasis:
    said: dict[str, Any] = {
        "reference": "LB-9",
        "valid_until": date(2027, 1, 1),
        "summary": "Market share below 15 %",
        "evidence": PROOF,
    }
    return record_basis(**{**said, **changes}, actor=actor, at=AT)


def test_a_basis_is_recorded_with_its_evidence_by_legal_alone(reviewer: User) -> None:
    basis = record(reviewer)
    proof = LegalBasisEvidence.objects.select_related("file").get(basis=basis)
    assert (basis.recorded_by, proof.file.name, proof.file.media_type) == (reviewer, "opinion.pdf", "application/pdf")
    with pytest.raises(NotPermitted):
        record(factories.User(role=Role.POLICY_MANAGER), reference="LB-10")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"evidence": []}, EvidenceMissing),
        ({"summary": "  "}, SummaryMissing),
        ({"valid_until": date(2026, 11, 20)}, BasisEndRefused),
        ({"evidence": [("run.exe", b"MZ\x90\x00")]}, FileKindRefused),
    ],
)
def test_a_basis_needs_evidence_reason_and_a_day_ahead(
    reviewer: User, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        record(reviewer, **changes)
    assert not LegalBasis.objects.exists()


def test_a_reference_is_recorded_once_and_renewed_afterwards(reviewer: User) -> None:
    basis = record(reviewer)
    with pytest.raises(BasisKnown):
        record(reviewer, valid_until=date(2028, 1, 1))
    renewed, receipt = renew_basis(
        basis=basis, valid_until=date(2028, 1, 1), summary="again", evidence=PROOF, actor=reviewer, at=AT
    )
    assert (receipt, LegalBasis.objects.filter(reference="LB-9").count()) == (None, 2)
    with pytest.raises(BasisRenewedAlready):
        renew_basis(basis=basis, valid_until=date(2029, 1, 1), summary="x", evidence=PROOF, actor=reviewer, at=AT)
    with pytest.raises(BasisEndRefused):
        renew_basis(basis=renewed, valid_until=date(2028, 1, 1), summary="x", evidence=PROOF, actor=reviewer, at=AT)


def test_the_database_refuses_to_alter_a_basis_or_its_evidence(reviewer: User) -> None:
    record(reviewer)
    for change in (
        lambda: LegalBasis.objects.update(valid_until=date(2030, 1, 1)),
        lambda: LegalBasisEvidence.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_renewal_carries_the_bands_over_on_the_day_the_old_version_ends(reviewer: User) -> None:
    basis = record(reviewer)
    city = factories.City()
    band = factories.PriceBand(legal_basis=basis)
    factories.PriceBand(legal_basis=basis, valid=(date(2026, 1, 1), date(2026, 12, 1)))
    later = factories.PriceBand(legal_basis=basis, valid=(date(2027, 3, 1), None))
    _renewed, receipt = renew_basis(
        basis=basis, valid_until=date(2028, 1, 1), summary="again", evidence=PROOF, actor=reviewer, at=AT
    )
    assert receipt is not None and (receipt.accepted, receipt.revised, receipt.quarantined) == (0, 2, 0)
    band.refresh_from_db()
    assert band.valid.upper == date(2027, 1, 1)
    found = {
        day: band_for(product=band.product, region=city, on=day).deciding
        for day in (date(2026, 12, 31), date(2027, 1, 1), date(2028, 1, 1))
    }
    assert [answer is not None and answer.floor_enforced for answer in found.values()] == [True, True, False]
    later.refresh_from_db()
    assert later.superseded_at is not None
    assert JobRun.objects.get(task="pricing.rejudge").params["first_day"] == "2027-01-01"


def test_a_renewal_after_the_end_enforces_nothing_sold_before_it(reviewer: User) -> None:
    basis = factories.LegalBasis(reference="LB-1", valid_until=date(2026, 6, 1))
    band = factories.PriceBand(legal_basis=basis)
    renew_basis(basis=basis, valid_until=date(2028, 1, 1), summary="x", evidence=PROOF, actor=reviewer, at=AT)
    city = factories.City()
    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 11, 19), date(2026, 11, 20)]
    answers = [band_for(product=band.product, region=city, on=day).deciding for day in days]
    assert [answer is not None and answer.floor_enforced for answer in answers] == [True, False, False, True]


def test_more_evidence_may_be_added(reviewer: User) -> None:
    basis = factories.LegalBasis()
    add_evidence(basis=basis, name="note.txt", content=b"more", note="from counsel", actor=reviewer, at=AT)
    assert basis.evidence.get().note == "from counsel"


def at_day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def test_keepers_are_reminded_once_at_sixty_and_once_at_fifteen_days(reviewer: User) -> None:
    factories.PolicyVersion(valid=(date(2026, 1, 1), None))
    Notice.objects.all().delete()
    end = date(2026, 12, 20)
    factories.PriceBand(legal_basis=factories.LegalBasis(reference="LB-7", valid_until=end))
    told = {
        before: remind_of_ending_bases(at=at_day(end - timedelta(days=before)))
        for before in (61, 60, 59, 16, 15, 14, 1, 0)
    }
    people = User.objects.filter(role__in=[Role.LEGAL_REVIEWER, Role.POLICY_MANAGER]).count()
    assert told == {61: 0, 60: people, 59: 0, 16: 0, 15: people, 14: 0, 1: 0, 0: 0}
    notice = Notice.objects.filter(recipient=reviewer).order_by("pk")[0]
    assert (notice.params["days"], notice.params["floors"]) == (60, 1)


def test_nobody_is_reminded_of_a_basis_on_which_no_floor_hangs() -> None:
    factories.PolicyVersion(valid=(date(2026, 1, 1), None))
    end = date(2026, 12, 20)
    factories.LegalBasis(valid_until=end)
    factories.PriceBand(legal_basis=factories.LegalBasis(valid_until=end), valid=(date(2026, 1, 1), end))
    factories.PriceBand(legal_basis=factories.LegalBasis(valid_until=end), enforcement="recommended")
    assert remind_of_ending_bases(at=at_day(end - timedelta(days=10))) == 0
    assert PriceBand.objects.count() == 2
