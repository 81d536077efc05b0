"""Legal bases on their pages: who may, evidence there and back, and what the end of one changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.imports import import_records
from dealers.choices import Door, Role
from dealers.foundation.clock import business_day, now
from pricing.models import LegalBasis
from tests import factories
from tests.visitors import visitor

pytestmark = pytest.mark.django_db

ROLES = ("legal_reviewer", "policy_manager", "channel_manager", "finance_clerk", "dealer_owner")
PAGES = [
    # page                                  legal policy channel clerk owner
    ("/legal-bases/", "200 200 200 403 403"),
    ("/legal-bases/{pk}/", "200 200 200 403 403"),
    ("/legal-bases/{pk}/the-day-it-ends/", "200 200 200 403 403"),
    ("/legal-bases/new/", "200 403 403 403 403"),
    ("/legal-bases/{pk}/renew/", "200 403 403 403 403"),
]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_opens_its_pages_and_no_other(role: str) -> None:
    basis = factories.PriceBand().legal_basis
    client = visitor(Role(role), **({"dealer": factories.Dealer()} if role == "dealer_owner" else {}))
    expected = {page: int(row.split()[ROLES.index(role)]) for page, row in PAGES}
    assert {page: client.get(page.format(pk=basis.pk)).status_code for page, _row in PAGES} == expected


def filled(**changes: Any) -> dict[str, Any]:
    ahead = business_day(now()) + timedelta(days=200)
    proof = SimpleUploadedFile("opinion.pdf", b"%PDF-1.7\nopinion")
    return {"reference": "LB-9", "last_day": ahead.isoformat(), "summary": "Below 15 %", "file": proof} | changes


def test_a_basis_is_recorded_and_its_evidence_is_handed_out_safely() -> None:
    client = visitor(Role.LEGAL_REVIEWER)
    answer = client.post("/legal-bases/new/", filled())
    assert answer.status_code == 302
    proof = LegalBasis.objects.get(reference="LB-9").evidence.get()
    file = visitor(Role.AUDITOR).get(f"/legal-bases/{proof.basis_id}/evidence/{proof.pk}/")
    assert (file.content, file["X-Content-Type-Options"]) == (b"%PDF-1.7\nopinion", "nosniff")
    assert file["Content-Disposition"].startswith("attachment")
    assert visitor(Role.FINANCE_CLERK).get(f"/legal-bases/{proof.basis_id}/evidence/{proof.pk}/").status_code == 403
    other = factories.LegalBasis()
    assert client.get(f"/legal-bases/{other.pk}/evidence/{proof.pk}/").status_code == 404


def test_a_file_that_is_not_what_its_name_says_is_refused_in_the_form() -> None:
    answer = visitor(Role.LEGAL_REVIEWER).post(
        "/legal-bases/new/", filled(file=SimpleUploadedFile("opinion.pdf", b"MZ\x90\x00"))
    )
    assert answer.status_code == 422
    assert not LegalBasis.objects.exists()


def test_renewing_says_beforehand_how_many_bands_follow() -> None:
    basis = factories.PriceBand(legal_basis=factories.LegalBasis(valid_until=date(2030, 1, 1))).legal_basis
    client = visitor(Role.LEGAL_REVIEWER)
    assert client.get(f"/legal-bases/{basis.pk}/renew/").context["carried"] == 1
    answer = client.post(f"/legal-bases/{basis.pk}/renew/", filled(last_day="2031-12-31"))
    assert answer.status_code == 302
    assert LegalBasis.objects.order_by("-pk")[0].bands.count() == 1


def test_the_day_it_ends_is_told_with_dealers_and_lines() -> None:
    basis = factories.LegalBasis(valid_until=business_day(now()) + timedelta(days=20))
    product = factories.PriceBand(legal_basis=basis, product=factories.Product(sku="A1")).product
    factories.PriceBand(legal_basis=basis, enforcement="recommended")
    dealer = factories.Dealer(home_region=factories.City(code="HZ"))
    at = (now() - timedelta(hours=1)).isoformat(timespec="seconds")
    records = [
        {"doc_no": f"S{number}", "line_no": 1, "sold_at": at, "sku": product.sku, "quantity": 2, "region": "HZ"}
        | {"unit_price": price}
        for number, price in enumerate(("800", "1000"))
    ]
    import_records(kind="sales", records=records, actor=None, door=Door.API, dealer=dealer)
    page = visitor(Role.POLICY_MANAGER).get(f"/legal-bases/{basis.pk}/the-day-it-ends/")
    assert (page.context["floors"], page.context["lines"], page.context["dealers"]) == (1, 1, 1)
    assert page.context["shortfall"] == 200
    elsewhere = visitor(Role.CHANNEL_MANAGER, regions=[factories.Province()])
    assert elsewhere.get(f"/legal-bases/{basis.pk}/the-day-it-ends/").context["dealers"] == 0


@pytest.mark.parametrize("page", ["/legal-bases/", "/legal-bases/{pk}/", "/legal-bases/{pk}/the-day-it-ends/"])
def test_pages_cost_the_same_at_any_length(page: str) -> None:
    client = visitor(Role.POLICY_MANAGER)
    basis = factories.LegalBasis(valid_until=date(2030, 1, 1))
    counts = []
    for _round in range(2):
        for _number in range(10):
            factories.PriceBand(legal_basis=basis)
            factories.LegalBasis()
        client.get(page.format(pk=basis.pk))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page.format(pk=basis.pk)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
