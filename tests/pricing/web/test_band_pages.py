"""Keeping bands in the portal: who may, what is shown before the confirmation, and files there and back."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.imports import import_records
from dealers.choices import Door, Role
from dealers.foundation.clock import business_day, now
from dealers.models import Dealer, FeedDelivery, QuarantinedLine
from pricing.choices import BandScope
from pricing.models import PriceBand, PromoRequest, SaleLine
from tests import factories
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db

ROLES = ("policy_manager", "channel_manager", "legal_reviewer", "finance_clerk", "auditor", "dealer_owner")
PAGES = [
    # page                policy channel legal clerk auditor owner
    ("/bands/{pk}/", "200 200 200 403 200 403"),
    ("/bands/compare/", "200 200 200 403 200 403"),
    ("/bands/coverage/", "200 200 200 403 200 403"),
    ("/bands/coverage/gaps.csv", "200 200 200 403 200 403"),
    ("/bands/export.csv", "200 200 200 403 200 200"),
    ("/bands/new/", "200 200 403 403 403 403"),
    ("/bands/{pk}/change/", "200 403 403 403 403 403"),
    ("/bands/{pk}/end/", "200 403 403 403 403 403"),
    ("/bands/import/", "200 403 403 403 403 403"),
]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_opens_its_pages_and_no_other(role: str) -> None:
    band = factories.PriceBand()
    client = visitor(Role(role), **({"dealer": factories.Dealer()} if role == "dealer_owner" else {}))
    expected = {page: int(row.split()[ROLES.index(role)]) for page, row in PAGES}
    assert {page: client.get(page.format(pk=band.pk)).status_code for page, _row in PAGES} == expected


def form_of(band: PriceBand, **changes: Any) -> dict[str, Any]:
    tomorrow = business_day(now()) + timedelta(days=1)
    said = {
        "sku": band.product.sku,
        "scope": band.scope,
        "region": "",
        "city_tier": "",
        "floor": "950",
        "ceiling": "1200",
        "enforcement": band.enforcement,
        "legal_basis": band.legal_basis_id or "",
        "valid_from": tomorrow.isoformat(),
        "last_day": "",
        "reason": "new street price",
    }
    return {**said, **changes}


def sell(dealer: Dealer, sku: str, region: str, *prices: str) -> None:
    """Lines sold an hour ago."""
    at = (now() - timedelta(hours=1)).isoformat(timespec="seconds")
    records = [
        {"doc_no": f"S{number}", "line_no": 1, "sold_at": at, "sku": sku, "quantity": 1, "region": region}
        | {"unit_price": price}
        for number, price in enumerate(prices)
    ]
    assert import_records(kind="sales", records=records, actor=None, door=Door.API, dealer=dealer).quarantined == 0


def test_the_page_says_how_many_lines_get_another_result_before_anything_changes() -> None:
    band = factories.PriceBand(product=factories.Product(sku="A1"))
    dealer = factories.Dealer(home_region=factories.City(code="HZ"))
    sell(dealer, "A1", "HZ", "940", "1000", "800")
    day = business_day(SaleLine.objects.first().sold_at).isoformat()
    client = visitor(Role.POLICY_MANAGER)
    page = client.post(f"/bands/{band.pk}/change/", form_of(band, valid_from=day))
    effect = page.context["effect"]
    assert page.status_code == 200
    assert (effect["effect"].examined, effect["effect"].touched, effect["effect"].changed) == (3, 3, 1)
    assert [(row["before_code"], row["after_code"], row["count"]) for row in effect["rows"]] == [
        ("in_band", "below_floor", 1)
    ]
    assert PriceBand.objects.count() == 1, "nothing is written before the confirmation"
    seen = page.context["plan"].seen
    done = client.post(f"/bands/{band.pk}/change/", form_of(band, valid_from=day, confirm="1", seen=seen))
    assert done.status_code == 302
    assert PriceBand.objects.filter(superseded_at=None).count() == 2


def test_a_change_made_meanwhile_is_shown_instead_of_overwritten() -> None:
    band = factories.PriceBand()
    client = visitor(Role.POLICY_MANAGER)
    seen = client.post(f"/bands/{band.pk}/change/", form_of(band)).context["plan"].seen
    client.post(f"/bands/{band.pk}/change/", form_of(band, floor="930", confirm="1", seen=seen))
    again = client.post(f"/bands/{band.pk}/change/", form_of(band, floor="940", confirm="1", seen=seen))
    assert "Somebody changed these bands meanwhile" in again.content.decode()
    assert again.context["plan"].corrected.floor == 930
    assert not PriceBand.objects.filter(floor=940).exists()


def test_an_enforced_floor_without_basis_is_warned_of() -> None:
    band = factories.PriceBand()
    page = visitor(Role.POLICY_MANAGER).post(f"/bands/{band.pk}/change/", form_of(band, legal_basis=""))
    assert any("no legal basis" in caution for caution in page.context["cautions"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"floor": "1300"}, "ceiling"),
        ({"floor": "９００"}, "floor"),
        ({"floor": "1e3"}, "floor"),
        ({"ceiling": "-1"}, "ceiling"),
        ({"last_day": "2020-01-01"}, "last_day"),
        ({"valid_from": "0001-01-01"}, "valid_from"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_form_with_a_fault_names_the_field(changes: dict[str, str], field: str) -> None:
    band = factories.PriceBand()
    page = visitor(Role.POLICY_MANAGER).post(f"/bands/{band.pk}/change/", form_of(band, **changes))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]


def test_a_channel_manager_sets_bands_for_its_own_regions_only() -> None:
    own, other = factories.City(code="OWN"), factories.City(code="OTHER")
    product = factories.Product()
    band = PriceBand(product=product, scope=BandScope.REGION, enforcement="recommended")
    client = visitor(Role.CHANNEL_MANAGER, regions=[own.parent])
    assert client.post("/bands/new/", form_of(band, region=own.code)).context["plan"].possible
    assert client.post("/bands/new/", form_of(band, region=other.code)).status_code == 422
    assert client.post("/bands/new/", form_of(band, scope="national")).status_code == 422


def test_a_band_ends_from_its_page() -> None:
    band = factories.PriceBand()
    client = visitor(Role.POLICY_MANAGER)
    on = (business_day(now()) + timedelta(days=3)).isoformat()
    page = client.post(f"/bands/{band.pk}/end/", {"on": on, "reason": "gone"})
    done = client.post(
        f"/bands/{band.pk}/end/", {"on": on, "reason": "gone", "confirm": "1", "seen": page.context["plan"].seen}
    )
    assert done.status_code == 302
    band.refresh_from_db()
    assert band.valid.upper.isoformat() == on
    assert client.post(f"/bands/{band.pk}/end/", {"on": "2026-01-01", "reason": "x"}).status_code == 422


def test_the_history_shows_corrected_versions_and_compares_two() -> None:
    band = factories.PriceBand()
    client = visitor(Role.POLICY_MANAGER)
    seen = client.post(f"/bands/{band.pk}/change/", form_of(band)).context["plan"].seen
    client.post(f"/bands/{band.pk}/change/", form_of(band, confirm="1", seen=seen))
    page = client.get(f"/bands/{band.pk}/")
    assert [row["state"] for row in page.context["rows"]] == ["ahead", "in_force"]
    assert [(row["left"], row["right"]) for row in page.context["compared"] if row["differs"]] == [("900.00", "950.00")]
    assert "new street price" in page.content.decode()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_exported_comes_in_again_as_duplicates(ending: str) -> None:
    city = factories.City(code="HZ")
    basis = factories.LegalBasis(reference="LB-1", valid_until=date(2027, 1, 1))
    first = factories.PriceBand(floor="899.5", legal_basis=basis, valid=(date(2026, 1, 1), date(2026, 6, 1)))
    factories.PriceBand(product=first.product, floor="0.123456", valid=(date(2026, 6, 1), None))
    factories.PriceBand(scope=BandScope.REGION, region=city, legal_basis=None, enforcement="recommended")
    factories.PriceBand(scope=BandScope.CITY_TIER, city_tier=2)
    client = visitor(Role.POLICY_MANAGER)
    answer = client.get(f"/bands/export.{ending}?any=1")
    content = b"".join(answer.streaming_content)
    receipt = upload(client, f"bands.{ending}", content)
    assert (receipt.accepted, receipt.duplicates, receipt.revised, receipt.quarantined) == (0, 4, 0, 0)


def upload(client: Client, name: str, content: bytes) -> FeedDelivery:
    answer = client.post("/bands/import/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return FeedDelivery.objects.get(receipt=answer["Location"].rstrip("/").rpartition("/")[2])


def test_an_imported_table_answers_with_its_receipt_and_its_refused_rows() -> None:
    factories.Product(sku="A1")
    table = (
        "sku,scope,scope_code,floor,ceiling,enforcement,valid_from\n"
        "A1,national,,900,1200,recommended,2026-12-01\nZZ,national,,900,1200,recommended,2026-12-01\n"
    )
    receipt = upload(visitor(Role.POLICY_MANAGER), "bands.csv", table.encode())
    assert (receipt.accepted, receipt.quarantined) == (1, 1)
    assert QuarantinedLine.objects.get(delivery=receipt).code == "unknown_sku"


def test_a_file_that_is_no_table_of_bands_is_refused_whole() -> None:
    client = visitor(Role.POLICY_MANAGER)
    answer = client.post("/bands/import/", {"file": SimpleUploadedFile("bands.csv", b"a,b\n1,2\n")})
    assert answer.status_code == 422
    assert "Nothing was stored" in answer.content.decode()


@pytest.mark.parametrize("page", ["/bands/?any=1", "/bands/compare/?before=2025-01-01", "/bands/coverage/", "{series}"])
def test_pages_of_bands_cost_the_same_at_any_length(page: str) -> None:
    person = factories.User(role=Role.POLICY_MANAGER)
    client = signed_in(person)
    city = factories.City()
    series = factories.PriceBand(scope=BandScope.REGION, region=city, valid=(date(2020, 1, 1), date(2020, 1, 2)))
    counts = []
    for start in (1, 20):
        for number in range(start, start + 12):
            factories.PriceBand(scope=BandScope.REGION, region=factories.City())
            factories.PriceBand(
                product=series.product,
                scope=BandScope.REGION,
                region=city,
                valid=(date(2020, 1, 1) + timedelta(days=number), date(2020, 1, 2) + timedelta(days=number)),
            )
        address = page.format(series=f"/bands/{series.pk}/")
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_dealer_exports_the_bands_of_its_own_places() -> None:
    dealer = factories.Dealer()
    factories.PriceBand(scope=BandScope.REGION, region=dealer.home_region)
    factories.PriceBand(scope=BandScope.REGION, region=factories.City())
    answer = visitor(Role.DEALER_OWNER, dealer=dealer).get("/bands/export.csv")
    rows = io.BytesIO(b"".join(answer.streaming_content)).read().decode("utf-8-sig").splitlines()
    assert len(rows) == 2


def test_the_page_of_what_applies_names_promotions_for_a_dealer_in_sight() -> None:
    band = factories.PriceBand(product=factories.Product(sku="A1"))
    dealer = factories.Dealer(code="D1", home_region=factories.City(code="HZ"))
    today = business_day(now())
    made = PromoRequest.objects.create(
        code="P-1",
        state="approved",
        window=(today, today + timedelta(days=9)),
        budget=1,
        created_at=factories.LONG_AGO,
        approved_at=factories.LONG_AGO,
    )
    made.items.create(product=band.product, promo_price=850)
    made.dealers.add(dealer)
    page = "/bands/what-applies/?sku=A1&region=HZ"
    client = visitor(Role.POLICY_MANAGER)
    assert [item.request.code for item in client.get(page).context["promos"]] == ["P-1"]
    other = factories.Dealer(code="D2")
    assert client.get(f"{page}&dealer={other.code}").context["promos"] == []
    assert client.get(f"{page}&dealer=NOBODY").context["unknown_dealer"]
    own = visitor(Role.DEALER_OWNER, dealer=dealer).get(page)
    assert [item.request.code for item in own.context["promos"]] == ["P-1"]
