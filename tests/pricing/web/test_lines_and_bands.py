"""Price bands and sale lines on their pages: who sees which, why a line was judged so, and at what cost."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.imports import import_records
from dealers.choices import Door, Role
from dealers.foundation.clock import now
from dealers.models import Dealer, Product
from pricing.models import PriceBand, SaleLine
from tests import factories
from tests.visitors import visitor

pytestmark = pytest.mark.django_db

COLUMNS = (
    "policy_manager",
    "finance_clerk",
    "legal_reviewer",
    "administrator",
    "own_owner",
    "other_owner",
    "far_manager",
)
MATRIX = [
    # page               policy clerk legal admin own other far
    ("/bands/", "200 403 200 403 200 200 200"),
    ("/bands/what-applies/", "200 403 200 403 200 200 200"),
    ("/sale-lines/", "200 200 403 403 200 200 200"),
    ("{line}", "200 200 403 403 200 404 404"),
]


@pytest.fixture
def product() -> Product:
    """Allowed between 900 and 1,200 everywhere, and the floor enforced."""
    return factories.PriceBand(product=factories.Product(sku="A1")).product


@pytest.fixture
def dealer(product: Product) -> Dealer:
    return factories.Dealer(code="D1", home_region=factories.City(code="HZ"))


def sell(dealer: Dealer, *lines: dict[str, object]) -> None:
    """Report sales of an hour ago at 1,000 unless told otherwise."""
    at = (now() - timedelta(hours=1)).isoformat(timespec="seconds")
    common = {"line_no": 1, "sold_at": at, "sku": "A1", "quantity": 1, "unit_price": "1000", "region": "HZ"}
    records: list[dict[str, Any]] = [{"doc_no": f"S{number}", **common, **line} for number, line in enumerate(lines)]
    delivery = import_records(kind="sales", records=records, actor=None, door=Door.API, dealer=dealer)
    assert delivery.quarantined == 0


def page_of(line: SaleLine) -> str:
    return f"/sale-lines/{line.dealer.code}/{line.line_no}/{line.doc_no}/"


def browser(column: str, dealer: Dealer) -> Client:
    match column:
        case "own_owner":
            return visitor(Role.DEALER_OWNER, dealer=dealer)
        case "other_owner":
            return visitor(Role.DEALER_OWNER, dealer=factories.Dealer())
        case "far_manager":
            return visitor(Role.CHANNEL_MANAGER, regions=[factories.Province()])
    return visitor(Role(column))


@pytest.mark.parametrize("column", COLUMNS)
def test_every_role_opens_its_pages_and_no_other(dealer: Dealer, column: str) -> None:
    sell(dealer, {})
    line = page_of(SaleLine.objects.select_related("dealer").get())
    client = browser(column, dealer)
    expected = {page: int(row.split()[COLUMNS.index(column)]) for page, row in MATRIX}
    assert {page: client.get(page.format(line=line)).status_code for page, _row in MATRIX} == expected


def test_a_dealer_reads_its_own_lines_only(dealer: Dealer) -> None:
    other = factories.Dealer(code="D2", home_region=dealer.home_region)
    sell(dealer, {"doc_no": "MINE"})
    sell(other, {"doc_no": "THEIRS"})
    shown = visitor(Role.DEALER_OWNER, dealer=dealer).get("/sale-lines/?dealer=D2").content.decode()
    assert "MINE" in shown
    assert "THEIRS" not in shown


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"FINE", "LOW", "AWAY"}),
        ("?verdict=3", {"LOW"}),
        ("?flag=1", {"AWAY"}),
        ("?doc=FINE", {"FINE"}),
        ("?sku=B9", set()),
        ("?period=2020-01-H1", set()),
        ("?from=2020-01-01&to=2020-01-02", set()),
        ("?after=nonsense", {"FINE", "LOW", "AWAY"}),
    ],
)
def test_lines_are_narrowed(dealer: Dealer, query: str, expected: set[str]) -> None:
    factories.City(code="SH")
    sell(dealer, {"doc_no": "FINE"}, {"doc_no": "LOW", "unit_price": "800"}, {"doc_no": "AWAY", "region": "SH"})
    rows = visitor(Role.POLICY_MANAGER).get(f"/sale-lines/{query}").context["rows"]
    assert {row["line"].doc_no for row in rows} == expected


def test_reading_on_shows_every_line_once_and_costs_the_same(dealer: Dealer) -> None:
    sell(dealer, *({"line_no": number} for number in range(1, 61)))
    reader = visitor(Role.POLICY_MANAGER)
    reader.get("/sale-lines/")
    with CaptureQueriesContext(connection) as first:
        page = reader.get("/sale-lines/")
    with CaptureQueriesContext(connection) as second:
        rest = reader.get("/sale-lines/" + page.context["next_url"])
    shown = [row["line"].pk for answer in (page, rest) for row in answer.context["rows"]]
    assert (len(shown), len(set(shown)), rest.context["next_url"]) == (60, 60, "")
    assert len(first) == len(second)
    assert not any("COUNT(*)" in query["sql"] for query in [*first, *second])


def test_the_sums_of_the_half_month_come_from_the_tally(dealer: Dealer) -> None:
    sell(dealer, {"quantity": 2}, {"unit_price": "800"})
    sums = visitor(Role.FINANCE_CLERK).get("/sale-lines/").context["sums"]
    assert (sums.lines, sums.amount, sums.earning, sums.breach_lines) == (2, Decimal(2800), Decimal(2000), 1)


def test_a_line_below_the_floor_shows_its_shortfall(dealer: Dealer) -> None:
    sell(dealer, {"unit_price": "800", "quantity": 3})
    shown = visitor(Role.DEALER_OWNER, dealer=dealer).get("/sale-lines/D1/1/S0/").content.decode()
    assert "|900.00 − 800.00| × 3" in shown
    assert "300.00" in shown
    assert "counts as a violation" in shown


def test_a_floor_without_legal_basis_is_information_only(dealer: Dealer) -> None:
    PriceBand.objects.update(legal_basis=factories.LegalBasis(valid_until=date(2026, 1, 2)))
    sell(dealer, {"unit_price": "800"})
    shown = visitor(Role.POLICY_MANAGER).get("/sale-lines/D1/1/S0/").content.decode()
    assert "No legal basis for the floor was in force" in shown


def test_a_document_number_with_a_slash_has_a_page(dealer: Dealer) -> None:
    sell(dealer, {"doc_no": "2026/11 #7?"})
    rows = visitor(Role.POLICY_MANAGER).get("/sale-lines/").content.decode()
    assert "/sale-lines/D1/1/2026/11%20%237%3F/" in rows
    assert visitor(Role.POLICY_MANAGER).get("/sale-lines/D1/1/2026/11%20%237%3F/").status_code == 200


def test_a_revised_line_shows_what_it_said_before(dealer: Dealer) -> None:
    sell(dealer, {"unit_price": "800"})
    sell(dealer, {"unit_price": "1000", "revision": 2})
    answer = visitor(Role.POLICY_MANAGER).get("/sale-lines/D1/1/S0/")
    assert [state["line"].unit_price for state in answer.context["history"]] == [Decimal(800)]


def test_a_dealer_sees_the_bands_of_the_places_it_sells_in(dealer: Dealer, product: Product) -> None:
    elsewhere = factories.City(code="XZ", city_tier=3)
    for region in (dealer.home_region, dealer.home_region.parent, elsewhere):
        factories.PriceBand(product=product, scope="region", region=region)
    factories.PriceBand(product=product, scope="city_tier", city_tier=1)
    factories.PriceBand(product=product, scope="city_tier", city_tier=3)
    own = visitor(Role.DEALER_OWNER, dealer=dealer).get("/bands/").context["rows"]
    assert sorted((row["band"].scope, row["place"]) for row in own) == [
        ("city_tier", "Tier-1 city"),
        ("national", "The whole country"),
        ("region", dealer.home_region.name_en),
        ("region", dealer.home_region.parent.name_en),
    ]
    assert len(visitor(Role.POLICY_MANAGER).get("/bands/").context["rows"]) == 6


def test_the_band_that_applies_is_named_with_its_rivals(dealer: Dealer, product: Product) -> None:
    factories.PriceBand(product=product, scope="region", region=dealer.home_region, floor=Decimal(950))
    answer = visitor(Role.DEALER_OWNER, dealer=dealer).get("/bands/what-applies/?sku=A1&region=HZ")
    assert answer.context["answer"].deciding.row.floor == Decimal(950)
    assert [str(row["outcome"][0]) for row in answer.context["candidates"]] == [
        "Decides",
        "In force, but less specific",
    ]


def test_a_dealer_asks_only_about_places_of_its_own(dealer: Dealer) -> None:
    factories.City(code="XZ")
    answer = visitor(Role.DEALER_OWNER, dealer=dealer).get("/bands/what-applies/?sku=A1&region=XZ")
    assert answer.context["answer"] is None
    assert "no such place in sight" in answer.content.decode()


def test_the_list_of_bands_costs_the_same_at_any_length() -> None:
    reader = visitor(Role.POLICY_MANAGER)
    counts = []
    for number in (10, 50):
        for _band in range(number):
            factories.PriceBand(scope="region", region=factories.City())
        reader.get("/bands/")
        with CaptureQueriesContext(connection) as asked:
            assert reader.get("/bands/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
