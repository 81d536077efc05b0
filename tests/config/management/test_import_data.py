"""The command that takes tables in: what it reads, what it prints, and how it ends."""

from __future__ import annotations

import gzip
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from config.imports import KINDS
from dealers.models import AuditRecord, FeedDelivery, ListPrice, Product, QuarantinedLine
from dealers.services.imports import ranges
from tests import factories

HEADER = "sku,name_zh,name_en,category,industry"
ROWS = ("A1,投影仪,Projector,projectors,electronics", "B1,银幕,Screen,screens,electronics")
TABLE = "\n".join((HEADER, *ROWS)) + "\n"


def run(kind: str, path: Path, *options: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with translation.override("en"):
        try:
            call_command("import_data", kind, str(path), *options, stdout=out, stderr=err)
        except SystemExit as ended:
            code = int(str(ended.code))
    return code, out.getvalue(), err.getvalue()


def receipt(kind: str, path: Path) -> dict[str, Any]:
    code, out, _err = run(kind, path, "--json")
    return {**json.loads(out), "exit": code}


def written(folder: Path, content: str | bytes, name: str = "products.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def sheet(folder: Path) -> Path:
    path = folder / "products.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for number, line in enumerate(TABLE.splitlines()):
            page.write_row(number, 0, line.split(","))
    return path


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        TABLE.encode("gb18030"),
        TABLE.replace("\n", "\r\n").replace(",", ";").encode(),
        gzip.compress(TABLE.encode(), mtime=0),
        "\n".join(",".join(reversed(line.split(","))) for line in TABLE.splitlines()).encode(),
    ],
    ids=["utf-8", "mark", "utf-16", "gb18030", "semicolons", "gzip", "other order"],
)
def test_a_table_is_read_however_it_was_saved(tmp_path: Path, content: bytes) -> None:
    assert receipt("products", written(tmp_path, content))["exit"] == 0
    assert list(Product.objects.values_list("sku", "name_zh")) == [("A1", "投影仪"), ("B1", "银幕")]


@pytest.mark.django_db
def test_a_spreadsheet_is_a_table_too(tmp_path: Path) -> None:
    assert receipt("products", sheet(tmp_path))["accepted"] == 2


@pytest.mark.django_db
def test_dates_and_numbers_of_a_spreadsheet_are_dates_and_numbers(tmp_path: Path) -> None:
    factories.Product(sku="A1")
    path = tmp_path / "list_prices.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["sku", "price", "valid_from"])
        page.write(1, 0, "A1")
        page.write(1, 1, 12.5)
        page.write_datetime(1, 2, datetime(2026, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    assert receipt("list_prices", path)["exit"] == 0
    price = ListPrice.objects.get()
    assert (price.price, price.valid.lower) == (Decimal("12.5"), date(2026, 3, 1))


@pytest.mark.django_db
def test_the_receipt_in_json_names_line_column_value_code_and_reason(tmp_path: Path) -> None:
    table = f'{HEADER}\n{ROWS[0]}\n"A2","两\n行",x,y,toys\n{ROWS[1]}\nC1,座,Seat,seats,toys\n'
    found = receipt("products", written(tmp_path, table))
    delivery = FeedDelivery.objects.get()
    assert found.pop("problems") == [
        {
            "line": 3,
            "column": "name_zh",
            "value": "两\n行",
            "code": "control_character",
            "reason": "“两\n行” contains characters that cannot be shown; remove them.",
        },
        {
            "line": 6,
            "column": "industry",
            "value": "toys",
            "code": "bad_choice",
            "reason": "“toys” is not one of fmcg, electronics, home_building.",
        },
    ]
    assert found == {
        "kind": "products",
        "file": "products.csv",
        "receipt": str(delivery.receipt),
        "read": 4,
        "accepted": 2,
        "duplicates": 0,
        "revised": 0,
        "quarantined": 2,
        "remarks": [],
        "exit": 3,
    }


@pytest.mark.django_db
def test_the_receipt_in_words_says_the_same(tmp_path: Path) -> None:
    table = f"{HEADER},colour\n{ROWS[0]},red\nC1,座,Seat,seats,toys,red\n"
    code, out, err = run("products", written(tmp_path, table))
    assert (code, err) == (3, "")
    assert out.splitlines() == [
        "products products.csv: read 2, accepted 1, duplicates 0, revised 0, quarantined 1",
        "Remark: the columns colour are not known and were ignored",
        "Line 3, column industry, value “toys”: “toys” is not one of fmcg, electronics, home_building. [bad_choice]",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("sku,name_en\nA1,x\n", "lacks the columns name_zh, category, industry"),
        ("", "is empty"),
        (b"%PDF-1.4 nothing here", "is no table"),
        (TABLE.encode() + "银".encode("gb18030") + b"\xff\xff\n", ""),
        (gzip.compress(TABLE.encode() * 5000, mtime=0)[:-20], "is damaged"),
    ],
    ids=["columns", "empty", "pdf", "encoding", "cut off"],
)
def test_an_unusable_file_ends_with_2_and_stores_nothing(tmp_path: Path, content: str | bytes, said: str) -> None:
    code, out, err = run("products", written(tmp_path, content), "--json")
    assert code == 2
    assert said in err and "Nothing was stored." in err
    assert json.loads(out)["error"]["reason"] in err
    assert not FeedDelivery.objects.exists() and not Product.objects.exists()


@pytest.mark.django_db
def test_a_file_that_does_not_exist_is_unusable(tmp_path: Path) -> None:
    code, _out, err = run("products", tmp_path / "none.csv")
    assert (code, FeedDelivery.objects.count()) == (2, 0)
    assert "none.csv" in err


@pytest.mark.django_db
def test_an_import_leaves_one_audit_record_with_its_counts(tmp_path: Path) -> None:
    run("products", written(tmp_path, TABLE))
    record = AuditRecord.objects.get()
    assert (record.action, record.actor, record.after["accepted"]) == ("products.import", "system", 2)


@pytest.mark.django_db
def test_every_kind_of_the_contract_can_be_chosen() -> None:
    assert set(KINDS) == {
        "regions",
        "alliances",
        "dealers",
        "products",
        "list_prices",
        "bands",
        "promos",
        "shipments",
        "sales",
        "inventory",
        "stock_adjustments",
        "market_observations",
        "sales_targets",
    }


@pytest.mark.django_db
def test_sales_come_in_by_the_same_command(tmp_path: Path) -> None:
    dealer, product = factories.Dealer(), factories.Product()
    table = (
        "dealer,doc_no,line_no,sold_at,sku,quantity,unit_price,region\n"
        f"{dealer.code},S1,1,2026-02-05T09:00:00+08:00,{product.sku},2,950,{dealer.home_region.code}\n"
        f"{dealer.code},S1,2,2026-02-05T09:00:00+08:00,{product.sku},0,950,{dealer.home_region.code}\n"
    )
    found = receipt("sales", written(tmp_path, table, "sales.csv"))
    assert (found["read"], found["accepted"], found["quarantined"], found["exit"]) == (2, 1, 1, 3)
    assert (found["problems"][0]["line"], found["problems"][0]["column"]) == (3, "quantity")


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once_give_one_set_of_rows(tmp_path: Path) -> None:
    path = written(tmp_path, TABLE)

    def once(_number: int) -> tuple[int, int]:
        try:
            found = receipt("products", path)
            return found["accepted"], found["duplicates"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(once, range(2))) == [(0, 2), (2, 0)]
    assert Product.objects.count() == 2


@pytest.mark.django_db
def test_a_long_file_is_taken_in_portions_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "_WRITTEN_AT_ONCE", 7)
    run("products", written(tmp_path, HEADER + "\n" + "".join(f"S{n},名,n,c,fmcg\n" for n in range(50))))
    table = "sku,price,valid_from\n" + "".join(
        f"S{n},{price},2026-0{price}-01\n" for price in (3, 1, 2) for n in range(50)
    )
    path = written(tmp_path, table + "S0,bad,2026-01-01\n", "list_prices.csv")
    assert receipt("list_prices", path)["accepted"] == 150
    again = receipt("list_prices", path)
    assert (again["duplicates"], again["quarantined"]) == (150, 1)
    assert QuarantinedLine.objects.filter(line=152).count() == 2


@pytest.mark.django_db
def test_the_category_of_a_product_that_was_sold_is_fixed(tmp_path: Path) -> None:
    dealer, product = factories.Dealer(), factories.Product(sku="A1", category="screens")
    table = (
        "dealer,doc_no,line_no,sold_at,sku,quantity,unit_price,region\n"
        f"{dealer.code},S1,1,2026-02-05T09:00:00+08:00,{product.sku},2,950,{dealer.home_region.code}\n"
    )
    receipt("sales", written(tmp_path, table, "sales.csv"))
    assert receipt("products", written(tmp_path, TABLE))["problems"][0]["code"] == "category_in_use"
