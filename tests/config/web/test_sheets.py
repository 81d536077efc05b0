"""Sheets that go out and come in again: filled with the dealer's products, and refused lines to be put right."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config.web.report_sheets import COLUMNS
from dealers.choices import Role
from dealers.foundation.clock import now
from dealers.models import Dealer, FeedDelivery, InventoryLine, QuarantinedLine
from dealers.services.imports.notes import PRODUCT_NAME, REFUSED_LINE, WHY_REFUSED
from pricing.models import SaleLine
from tests import factories
from tests.visitors import visitor

pytestmark = pytest.mark.django_db
HEADER = "doc_no,line_no,sold_at,sku,quantity,unit_price,region\n"


@pytest.fixture
def dealer() -> Dealer:
    factories.PolicyVersion()
    for sku in ("A1", "B2", "C3"):
        factories.PriceBand(product=factories.Product(sku=sku))
    factories.Product(sku="SOAP", industry="fmcg")
    return factories.Dealer(home_region=factories.City(code="HZ"))


@pytest.fixture
def operator(dealer: Dealer) -> Client:
    return visitor(Role.DEALER_OPERATOR, dealer=dealer)


def upload(client: Client, content: bytes, name: str, feed: str) -> Any:
    return client.post("/upload/", {"feed": feed, "file": SimpleUploadedFile(name, content)}, follow=True)


def rows_of(content: bytes, sheet: int = 0) -> list[list[Any]]:
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(sheet).to_python()


def workbook(rows: list[list[Any]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return buffer.getvalue()


def sold() -> str:
    return (now() - timedelta(hours=1)).isoformat(timespec="seconds")


def test_the_workbook_is_filled_with_the_own_products_and_explained(operator: Client) -> None:
    content = operator.get("/upload/sheets/sales.xlsx").content
    page, words, products, regions = (rows_of(content, number) for number in range(4))
    assert page[0] == [*COLUMNS["sales"], PRODUCT_NAME]
    sku = page[0].index("sku")
    assert [row[sku] for row in page[1:]] == ["A1", "B2", "C3"]
    assert [row[0] for row in words[1:11]] == list(COLUMNS["sales"])
    assert all(row[1] and row[2] and row[1] != row[2] for row in words[1:11])
    assert [row[0] for row in products[1:]] == ["A1", "B2", "C3"]
    assert [row[0] for row in regions[1:]] == ["HZ"]


def test_what_moved_lately_stands_first(operator: Client, dealer: Dealer) -> None:
    rows = (f"{(now() - timedelta(days=days)).isoformat()},{sku},1\n" for sku, days in (("C3", 3), ("B2", 1)))
    upload(operator, ("as_of,sku,on_hand\n" + "".join(rows)).encode(), "count.csv", "inventory")
    text = operator.get("/upload/sheets/inventory.csv").content.decode("utf-8-sig")
    assert [line.split(",")[1] for line in text.splitlines()[1:]] == ["B2", "C3"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_sheet_comes_back_with_only_what_was_filled_in(operator: Client, ending: str) -> None:
    content = operator.get(f"/upload/sheets/inventory.{ending}").content
    if ending == "csv":
        filled = content.replace(b"A1,,", b"A1,7,")
    else:
        rows = rows_of(content)
        rows[1][rows[0].index("on_hand")] = "7"
        filled = workbook(rows)
    answer = upload(operator, filled, f"count.{ending}", "inventory")
    delivery = FeedDelivery.objects.get()
    assert (delivery.lines, delivery.accepted) == (1, 1)
    assert InventoryLine.objects.get().on_hand == 7
    assert "2 rows of the sheet were not filled in and were passed over" in answer.content.decode()
    assert "are not known and were ignored" not in answer.content.decode()


def test_a_row_without_a_number_in_any_other_file_is_refused(operator: Client) -> None:
    upload(operator, b"as_of,sku,on_hand\n2026-11-01T08:00:00+08:00,A1,\n", "count.csv", "inventory")
    assert QuarantinedLine.objects.get().code == "missing_value"


def sale_rows(**changes: Callable[[int], str]) -> bytes:
    good = {"doc_no": "S{}", "line_no": "1", "sold_at": sold(), "sku": "A1", "quantity": "1", "unit_price": "1000"}
    lines = []
    for number in range(3):
        cells = {name: value.format(number) for name, value in good.items()} | {"region": "HZ"}
        cells |= {name: change(number) for name, change in changes.items()}
        lines.append(",".join(cells.values()) + "\n")
    return (HEADER + "".join(lines)).encode()


def test_refused_lines_come_as_a_workbook_with_the_reason_beside_each(operator: Client) -> None:
    upload(operator, sale_rows(sku=lambda number: "A1" if number == 1 else "NOPE"), "sales.csv", "sales")
    delivery = FeedDelivery.objects.get()
    rows = rows_of(operator.get(f"/receipts/{delivery.receipt}/refused.xlsx").content)
    header = rows[0]
    assert header[-2:] == [WHY_REFUSED, REFUSED_LINE]
    assert [row[header.index("doc_no")] for row in rows[1:]] == ["S0", "S2"]
    assert "is not a product of the catalogue" in rows[1][-2]


def test_the_corrected_workbook_is_uploaded_as_it_is_and_closes_what_it_corrects(
    operator: Client, dealer: Dealer
) -> None:
    upload(operator, sale_rows(sku=lambda number: "NOPE"), "sales.csv", "sales")
    rows = rows_of(operator.get("/quarantine/refused/sales.xlsx").content)
    sku = rows[0].index("sku")
    rows[1][sku], rows[2][sku] = "A1", "B2"
    answer = upload(operator, workbook(rows), "refused.xlsx", "sales")

    correction = FeedDelivery.objects.latest("pk")
    assert (correction.accepted, correction.quarantined) == (2, 1)
    assert "ignored" not in answer.content.decode()
    first = QuarantinedLine.objects.exclude(delivery=correction)
    assert set(first.values_list("state", "resolved_by_delivery")) == {("resubmitted", correction.pk)}
    assert QuarantinedLine.objects.get(state="open").delivery == correction
    assert SaleLine.objects.count() == 2


def test_a_workbook_cannot_close_a_line_of_somebody_else(operator: Client, dealer: Dealer) -> None:
    stranger = visitor(Role.DEALER_OWNER, dealer=factories.Dealer())
    upload(stranger, sale_rows(sku=lambda number: "NOPE"), "sales.csv", "sales")
    theirs = QuarantinedLine.objects.order_by("pk")[0]
    rows = [
        [*HEADER.strip().split(","), REFUSED_LINE],
        ["S9", "1", sold(), "A1", "1", "1000", "HZ", str(theirs.pk)],
    ]
    upload(operator, workbook(rows), "sales.xlsx", "sales")
    theirs.refresh_from_db()
    assert theirs.state == "open"


def test_refused_lines_of_another_dealer_are_not_there(operator: Client) -> None:
    upload(operator, sale_rows(sku=lambda number: "NOPE"), "sales.csv", "sales")
    stranger = visitor(Role.DEALER_OWNER, dealer=factories.Dealer())
    receipt = FeedDelivery.objects.get().receipt
    assert stranger.get(f"/receipts/{receipt}/refused.xlsx").status_code == 404
    assert stranger.get("/quarantine/refused/sales.xlsx").status_code == 404
