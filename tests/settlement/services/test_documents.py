"""Issued documents: made once from the frozen statement, the same bytes ever after; drafts are never kept."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dealers.foundation import clock
from dealers.foundation.tabular import open_table
from dealers.models import AuditRecord, Dealer, StoredFile
from settlement.choices import DocumentFormat
from settlement.documents import renderers, table
from settlement.errors import StatementNotIssued
from settlement.models import IssuedDocument, Statement
from settlement.selectors.papers import RELATED, papers_of
from settlement.services.documents import HandedOut, hand_out, issue_document, issue_documents
from tests import factories
from tests.settlement.world import calculate, close, dealer, sell, statement

pytestmark = pytest.mark.django_db
PERIOD = "2026-11-H1"


@pytest.fixture(autouse=True)
def policy() -> None:
    factories.PolicyVersion()


@pytest.fixture
def shop() -> Dealer:
    return dealer("HZ01", name="杭州甲公司")


def handed(shop: Dealer, written: DocumentFormat, wanted: str = "zh") -> HandedOut:
    return hand_out(statement=statement(PERIOD, shop), written=written, wanted=wanted, actor=None, at=clock.now())


def test_a_document_is_made_once_and_stays_whatever_changes_afterwards(
    shop: Dealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(shop, PERIOD, "1000")
    close(PERIOD)
    first = {written: handed(shop, written) for written in DocumentFormat}
    Dealer.objects.filter(pk=shop.pk).update(name="another name")
    monkeypatch.setattr(table, "LINE_COLUMNS", ("nothing",))
    monkeypatch.setattr(renderers, "TEMPLATE_VERSION", 99)
    assert {written: handed(shop, written) for written in DocumentFormat} == first
    assert IssuedDocument.objects.count() == StoredFile.objects.count() == len(DocumentFormat)
    for file in first.values():
        assert hashlib.sha256(file.content).hexdigest() == file.sha256
        assert file.number == "HM-2026-11-H1-HZ01"


def test_files_made_later_say_what_the_first_one_said(shop: Dealer) -> None:
    sell(shop, PERIOD, "1000")
    close(PERIOD)
    handed(shop, DocumentFormat.PDF)
    Dealer.objects.filter(pk=shop.pk).update(name="another name")
    assert json.loads(handed(shop, DocumentFormat.JSON).content)["name"] == "杭州甲公司"


def test_each_language_is_a_document_of_its_own_and_json_has_none(shop: Dealer) -> None:
    sell(shop, PERIOD, "1000")
    close(PERIOD)
    chinese, english = handed(shop, DocumentFormat.CSV, "zh"), handed(shop, DocumentFormat.CSV, "en-gb")
    assert "合规销售额" in chinese.content.decode()
    assert "Compliant sales" in english.content.decode()
    assert handed(shop, DocumentFormat.JSON, "zh") == handed(shop, DocumentFormat.JSON, "en")
    names = sorted(IssuedDocument.objects.values_list("file__name", flat=True))
    assert names == [f"HM-2026-11-H1-HZ01{rest}" for rest in ("-en.csv", "-zh.csv", ".json")]


def test_every_format_says_the_same_figures(shop: Dealer) -> None:
    sell(shop, "2026-10-H2", "600")
    close("2026-10-H2")
    sell(shop, PERIOD, "1000")
    close(PERIOD)
    told = json.loads(handed(shop, DocumentFormat.JSON).content)
    (row,) = csv.DictReader(io.StringIO(handed(shop, DocumentFormat.CSV).content.decode()))
    (sheet_row,) = open_table(io.BytesIO(handed(shop, DocumentFormat.XLSX).content))
    assert (told["opening"], told["total"], told["closing"]) == ("12.00", "20.00", "32.00")
    assert (told["previous_closing"], told["paid_since"]) == ("12.00", "0.00")
    for name in ("kind", "program", "for_period"):
        assert row[name] == sheet_row.values[name] == told["lines"][0][name]
    assert Decimal(row["amount"]) == Decimal(sheet_row.values["amount"]) == Decimal(told["lines"][0]["amount"])
    assert handed(shop, DocumentFormat.EXCEL_CSV).content == b"\xef\xbb\xbf" + handed(shop, DocumentFormat.CSV).content


def test_a_draft_says_so_and_nothing_of_it_is_kept(shop: Dealer) -> None:
    sell(shop, PERIOD, "1000")
    calculate(PERIOD)
    files = {written: handed(shop, written) for written in DocumentFormat}
    assert all("DRAFT" in file.name and file.number == "" for file in files.values())
    assert files[DocumentFormat.PDF].content.startswith(b"%PDF")
    assert ",DRAFT" in files[DocumentFormat.CSV].content.decode()
    assert json.loads(files[DocumentFormat.JSON].content)["document"] == "DRAFT"
    assert (IssuedDocument.objects.count(), StoredFile.objects.count()) == (0, 0)
    with pytest.raises(StatementNotIssued):
        issue_document(
            statement=statement(PERIOD, shop), written=DocumentFormat.PDF, wanted="zh", actor=None, at=clock.now()
        )


def test_the_same_paper_gives_the_same_bytes(shop: Dealer) -> None:
    sell(shop, PERIOD, "1000")
    close(PERIOD)
    for written in DocumentFormat:
        issued = issue_document(
            statement=statement(PERIOD, shop), written=written, wanted="en", actor=None, at=clock.now()
        )
        (paper,) = papers_of(list(Statement.objects.select_related(*RELATED)))
        assert renderers.render(paper, written, issued.language) == bytes(issued.file.content), written


def test_the_database_refuses_to_change_an_issued_document(shop: Dealer) -> None:
    close(PERIOD)
    handed(shop, DocumentFormat.JSON)
    for change in (IssuedDocument.objects.update, StoredFile.objects.update):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(sha256="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM settlement_issueddocument")


def test_all_of_a_half_month_are_made_and_a_second_time_none(shop: Dealer) -> None:
    for number in range(3):
        sell(dealer(f"N{number}"), PERIOD, "1000")
    run = close(PERIOD)
    heard: list[tuple[int, int]] = []
    assert issue_documents(run=run, actor=None, at=clock.now(), told=lambda *told: heard.append(told)) == 4
    assert issue_documents(run=run, actor=None, at=clock.now()) == 0
    assert heard[-1] == (4, 4)
    issued = list(IssuedDocument.objects.order_by("number"))
    assert [document.number for document in issued] == [f"HM-{PERIOD}-{code}" for code in ("HZ01", "N0", "N1", "N2")]
    audits = AuditRecord.objects.filter(action="document.issue").order_by("dealer_id")
    assert {audit.after["sha256"] for audit in audits} == {document.sha256 for document in issued}


def test_issuing_asks_the_same_number_of_queries_however_many_statements(shop: Dealer) -> None:
    counts = []
    for period, more in (("2026-10-H2", 1), (PERIOD, 12)):
        for number in range(more):
            sell(dealer(f"{period}-{number}"), period, "1000")
        run = close(period)
        with CaptureQueriesContext(connection) as captured:
            issue_documents(run=run, kinds=[(DocumentFormat.JSON, "")], actor=None, at=clock.now())
        counts.append(len(captured))
    assert counts[1] <= counts[0] + 1  # the second half-month has one before it
