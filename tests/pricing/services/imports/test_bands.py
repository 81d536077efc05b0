"""Price bands from tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dealers.models import AuditRecord
from pricing.choices import BandScope
from pricing.models import LegalBasis, PriceBand
from pricing.services.imports.bands import BANDS
from tests import factories
from tests.tables import changed, counts, refusals, remark_codes, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]
HEADER = "sku,scope,scope_code,floor,ceiling,enforcement,valid_from,valid_to,legal_basis,legal_basis_until"
ROW = "A1,national,,900,1200,enforced,2026-01-01,,LB-1,2027-01-01"


@pytest.fixture
def world() -> None:
    factories.Product(sku="A1")
    factories.City(code="C1")


def table(*rows: str, header: str = HEADER) -> str:
    return "\n".join((header, *rows)) + "\n"


def standing() -> list[tuple[Decimal, date, date | None]]:
    rows = PriceBand.objects.filter(superseded_at=None).order_by("valid")
    return [(row.floor, row.valid.lower, row.valid.upper) for row in rows]


def test_every_scope_has_its_place_and_the_same_file_again_is_all_duplicates() -> None:
    rows = (
        ROW,
        changed(ROW, HEADER, scope="city_tier", scope_code="2"),
        changed(ROW, HEADER, scope="region", scope_code="C1"),
    )
    assert counts(take(BANDS, table(*rows))) == (3, 0, 0, 0)
    assert counts(take(BANDS, table(*reversed(rows)))) == (0, 3, 0, 0)
    places = PriceBand.objects.values_list("scope", "region__code", "city_tier")
    assert set(places) == {("national", None, None), ("city_tier", None, 2), ("region", "C1", None)}


def test_a_legal_basis_is_recorded_once() -> None:
    take(BANDS, table(ROW, changed(ROW, HEADER, scope="city_tier", scope_code="2")))
    basis = LegalBasis.objects.get()
    assert (basis.reference, basis.valid_until, basis.bands.count()) == ("LB-1", date(2027, 1, 1), 2)


def test_other_content_starts_a_new_range_and_ends_the_earlier() -> None:
    take(BANDS, table(ROW))
    delivery = take(BANDS, table(changed(ROW, HEADER, floor="950", valid_from="2026-06-01")))
    assert counts(delivery) == (0, 0, 1, 0)
    assert standing() == [
        (Decimal(900), date(2026, 1, 1), date(2026, 6, 1)),
        (Decimal(950), date(2026, 6, 1), None),
    ]
    assert AuditRecord.objects.get(action="band.close").after["valid"] == "[2026-01-01, 2026-06-01)"


def test_another_legal_basis_is_other_content_and_supersedes_from_the_same_day() -> None:
    take(BANDS, table(ROW))
    assert counts(take(BANDS, table(changed(ROW, HEADER, legal_basis="LB-2")))) == (0, 0, 1, 0)
    assert PriceBand.objects.get(superseded_at=None).legal_basis.reference == "LB-2"
    assert PriceBand.objects.exclude(superseded_at=None).get().legal_basis.reference == "LB-1"


def test_what_was_touched_is_told_with_its_first_day() -> None:
    told = []
    take(BANDS, table(ROW), then=lambda taking: told.append((taking.touched.products, taking.touched.since)))
    take(BANDS, table(ROW), then=lambda taking: told.append((taking.touched.products, taking.touched.since)))
    assert told == [({PriceBand.objects.get().product_id}, date(2026, 1, 1)), (set(), None)]


def test_an_enforced_floor_without_legal_basis_is_taken_with_a_remark() -> None:
    header = HEADER.removesuffix(",valid_to,legal_basis,legal_basis_until")
    delivery = take(BANDS, table("A1,national,,900,1200,enforced,2026-01-01", header=header))
    assert (delivery.accepted, remark_codes(delivery)) == (1, ["floor_without_basis"])


def test_floor_may_equal_ceiling() -> None:
    assert take(BANDS, table(changed(ROW, HEADER, floor="1200"))).accepted == 1


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (changed(ROW, HEADER, sku="ZZ"), "sku", "unknown_sku"),
        (changed(ROW, HEADER, scope="world"), "scope", "bad_choice"),
        (changed(ROW, HEADER, scope_code="C1"), "scope_code", "scope_code_not_empty"),
        (changed(ROW, HEADER, scope="city_tier", scope_code="4"), "scope_code", "bad_choice"),
        (changed(ROW, HEADER, scope="city_tier"), "scope_code", "bad_choice"),
        (changed(ROW, HEADER, scope="region"), "scope_code", "missing_value"),
        (changed(ROW, HEADER, scope="region", scope_code="C9"), "scope_code", "unknown_region"),
        (changed(ROW, HEADER, floor=""), "floor", "number_missing"),
        (changed(ROW, HEADER, floor="-1"), "floor", "number_too_small"),
        (changed(ROW, HEADER, ceiling="1,200".replace(",", " ")), "ceiling", "number_with_gap"),
        (changed(ROW, HEADER, ceiling="899.99"), "ceiling", "ceiling_below_floor"),
        (changed(ROW, HEADER, enforcement="strict"), "enforcement", "bad_choice"),
        (changed(ROW, HEADER, valid_from="01.01.2026"), "valid_from", "not_a_date"),
        (changed(ROW, HEADER, valid_to="2025-01-01"), "valid_to", "range_is_empty"),
        (changed(ROW, HEADER, legal_basis=""), "legal_basis_until", "basis_until_without_basis"),
        (changed(ROW, HEADER, legal_basis_until="soon"), "legal_basis_until", "not_a_date"),
    ],
)
def test_a_broken_band_names_its_column(row: str, column: str, code: str) -> None:
    delivery = take(BANDS, table(changed(ROW, HEADER, scope=BandScope.REGION, scope_code="C1"), row))
    assert refusals(delivery) == [(3, column, code)]
    assert counts(delivery) == (1, 0, 0, 1)
