"""The stock pages: a dealer's own, headquarters' list of findings, and the documents behind a figure."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
import python_calamine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealers.choices import AdjustmentKind, Role
from dealers.foundation.clock import as_if_at
from pricing.models import StockFinding
from pricing.services.stock_check import check_stock
from tests import factories
from tests.pricing.stock_stage import Shelf, moment, shelf
from tests.visitors import visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with as_if_at(moment(30)):
        yield


def told(place: Shelf) -> Shelf:
    """Two receipts at different prices, some sales, and three units that nobody can account for."""
    place.shipped(5, 10, "800").shipped(11, 10, "750").counted(10, 20).sold(12, 4).counted(16, 23)
    return place.sold(20, 7).adjusted(21, AdjustmentKind.SAMPLE, 1)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(answer.content.decode().split())


def test_a_dealer_sees_what_it_has_and_how_long_it_lasts() -> None:
    place = told(shelf())
    page = visitor(Role.DEALER_OWNER, dealer=place.dealer).get("/stock/")
    (row,) = page.context["rows"]
    assert (row["shelf"].on_hand, row["cover"].sold, row["cover"].known_days, row["hint"]) == (15, 11, 28, "enough")
    assert "About 0.39 sell a day." in page.content.decode()


def test_a_product_shows_layers_and_every_stretch_with_its_sentence() -> None:
    place = told(shelf())
    page = text(visitor(Role.DEALER_OWNER, dealer=place.dealer), f"/stock/of/{place.dealer.code}/{place.product.sku}/")
    assert "The count of 2026-03-16 12:00 shows 23 units." in page
    assert "13 / 10" not in page and "10 / 10" in page and "¥15,500.00" in page
    assert "No receipt is known for these units" in page
    assert "Since the last count" in page


def test_the_documents_behind_a_stretch_are_listed_with_the_stock_after_each() -> None:
    place = told(shelf())
    browser = visitor(Role.DEALER_OWNER, dealer=place.dealer)
    page = browser.get(f"/stock/of/{place.dealer.code}/{place.product.sku}/")
    stretch = next(row for row in page.context["windows"] if row["window"].opened_at == moment(10))
    movements = browser.get(stretch["url"])
    assert [(row["movement"].kind, row["movement"].units, row["balance"]) for row in movements.context["rows"]] == [
        ("shipment", 10, 30),
        ("sale", -4, 26),
    ]
    assert browser.get(stretch["url"].partition("?")[0]).status_code == 404


def test_nobody_sees_the_stock_of_a_dealer_out_of_sight() -> None:
    place, other = told(shelf()), told(shelf())
    address = f"/stock/of/{place.dealer.code}/{place.product.sku}/"
    stranger = visitor(Role.DEALER_OWNER, dealer=other.dealer)
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"/stock/?dealer={place.dealer.code}").status_code == 404
    assert stranger.get(f"/stock/export.csv?dealer={place.dealer.code}").status_code == 404
    assert stranger.get("/stock/findings/export.csv").status_code == 403
    assert stranger.post(f"/stock/check/{place.dealer.code}/").status_code == 403
    manager = visitor(Role.CHANNEL_MANAGER, regions=[other.dealer.home_region])
    assert manager.get(address).status_code == 404
    assert manager.get(f"/stock/?dealer={other.dealer.code}").status_code == 200
    assert visitor(Role.LEGAL_REVIEWER).get("/stock/findings/").status_code == 403


def test_headquarters_lists_findings_of_its_regions_and_clears_them_by_a_check() -> None:
    place, other = told(shelf()), told(shelf())
    check_stock(at=moment(30))
    manager = visitor(Role.CHANNEL_MANAGER, regions=[place.dealer.home_region])
    page = text(manager, "/stock/findings/")
    assert place.dealer.code in page and other.dealer.code not in page
    assert "The count of 2026-03-16 12:00 shows 23 units." in page
    place.adjusted(15, AdjustmentKind.LOSS, 3)
    answer = manager.post(f"/stock/check/{place.dealer.code}/", {"next": "/stock/findings/"}, follow=True)
    assert "1 are cleared" in answer.content.decode()
    assert "Everything adds up" in answer.content.decode()
    assert place.dealer.code in text(manager, "/stock/findings/?state=cleared")
    assert text(visitor(Role.AUDITOR), "/stock/findings/?sku=nothing").count("No finding fits") == 1


def test_tables_can_be_taken_away() -> None:
    place = told(shelf())
    check_stock(at=moment(30))
    owner = visitor(Role.DEALER_OWNER, dealer=place.dealer)
    rows = b"".join(owner.get("/stock/export.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert rows[0].startswith("dealer,sku,counted_at,counted")
    assert rows[1].split(",")[0:2] == [place.dealer.code, place.product.sku]
    book = b"".join(visitor(Role.AUDITOR).get("/stock/findings/export.xlsx").streaming_content)
    table = python_calamine.load_workbook(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert table[0][:3] == ["dealer", "sku", "finding"] and table[1][2] == "stock_break"
    assert owner.get("/stock/export.pdf").status_code == 404


def test_lists_ask_the_same_of_many_rows() -> None:
    dealer = factories.Dealer()
    told(shelf(dealer))
    check_stock(at=moment(30))
    pages = {"/stock/": visitor(Role.DEALER_OWNER, dealer=dealer), "/stock/findings/": visitor(Role.AUDITOR)}
    counts = {}
    for address, browser in pages.items():
        browser.get(address)
        with CaptureQueriesContext(connection) as one:
            browser.get(address)
        counts[address] = len(one)
    for _number in range(5):
        told(shelf(dealer))
    check_stock(at=moment(30))
    assert StockFinding.objects.count() == 6
    for address, browser in pages.items():
        with CaptureQueriesContext(connection) as many:
            browser.get(address)
        assert len(many) == counts[address], address
