"""The documents of a half-month on their page, in one archive, and whether a paper is real."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dealers.choices import JobState, Role
from dealers.models import Dealer, JobRun
from settlement.models import IssuedDocument
from settlement.tasks import issue_documents
from tests import factories
from tests.settlement.world import calculate, close, dealer, sell
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db
PERIOD = "2026-11-H1"
PAGE = f"/settlement-runs/{PERIOD}/documents/"
CHECK = "/documents/check/"


@pytest.fixture
def shop() -> Dealer:
    factories.PolicyVersion()
    made = dealer("HZ01", name="Shop One")
    sell(made, PERIOD, "1000")
    return made


def make_all() -> None:
    for job in JobRun.objects.filter(task="settlement.issue_documents", state=JobState.QUEUED):
        issue_documents(job.pk)


def owner(shop: Dealer) -> Any:
    return signed_in(factories.User(role=Role.DEALER_OWNER, dealer=shop, language="en"))


def said(answer: Any) -> str:
    return str(answer.content.decode())


def test_closing_has_the_chinese_pdf_made_of_every_statement(shop: Dealer) -> None:
    sell(dealer("NJ01"), PERIOD, "500")
    close(PERIOD)
    make_all()
    assert sorted(IssuedDocument.objects.values_list("number", "written", "language")) == [
        (f"HM-{PERIOD}-HZ01", "pdf", "zh-hans"),
        (f"HM-{PERIOD}-NJ01", "pdf", "zh-hans"),
    ]
    assert {job.progress for job in JobRun.objects.filter(task="settlement.issue_documents")} == {100}


def test_finance_has_others_made_and_takes_them_away_in_one_archive(shop: Dealer) -> None:
    close(PERIOD)
    clerk = visitor(Role.FINANCE_CLERK)
    assert "made when first asked for" in said(clerk.get(PAGE))
    for _press in range(2):
        clerk.post(f"{PAGE}issue/", {"written": "json", "language": ""})
    assert JobRun.objects.filter(task="settlement.issue_documents", params__written="json").count() == 1
    make_all()
    archive = zipfile.ZipFile(io.BytesIO(b"".join(clerk.get(f"{PAGE}json.zip").streaming_content)))
    assert archive.testzip() is None
    document = IssuedDocument.objects.get(written="json")
    assert archive.namelist() == [f"HM-{PERIOD}-HZ01.json", "documents.csv"]
    assert archive.read(f"HM-{PERIOD}-HZ01.json") == bytes(document.file.content)
    assert document.sha256 in archive.read("documents.csv").decode()


def test_nobody_else_makes_or_takes_the_documents_of_a_half_month(shop: Dealer) -> None:
    close(PERIOD)
    assert visitor(Role.AUDITOR).get(PAGE).status_code == 200
    assert visitor(Role.AUDITOR).post(f"{PAGE}issue/", {"written": "json", "language": ""}).status_code == 403
    for role in (Role.CHANNEL_MANAGER, Role.MARKETING_DIRECTOR):
        assert visitor(role).get(PAGE).status_code == 403
    assert owner(shop).get(f"{PAGE}pdf.zip?language=en").status_code == 403
    assert visitor(Role.FINANCE_CLERK).get(f"{PAGE}doc.zip").status_code == 404


def test_a_draft_has_no_documents_to_make(shop: Dealer) -> None:
    calculate(PERIOD)
    clerk = visitor(Role.FINANCE_CLERK)
    assert "issued when the half-month is closed" in said(clerk.get(PAGE))
    clerk.post(f"{PAGE}issue/", {"written": "json", "language": ""})
    assert not JobRun.objects.filter(task="settlement.issue_documents").exists()


def test_a_file_is_genuine_to_the_last_byte_or_not_at_all(shop: Dealer) -> None:
    close(PERIOD)
    mine = owner(shop)
    content = mine.get(f"/statements/{PERIOD}/HZ01/statement.pdf").content
    file = SimpleUploadedFile("statement.pdf", content)
    assert "Genuine and unchanged" in said(mine.post(CHECK, {"file": file}))
    forged = SimpleUploadedFile("statement.pdf", content.replace(b"%PDF-1.7", b"%PDF-1.6"))
    assert "Not genuine" in said(mine.post(CHECK, {"file": forged}))


def test_a_number_or_digest_is_recognised_by_whom_it_concerns(shop: Dealer) -> None:
    close(PERIOD)
    make_all()
    document = IssuedDocument.objects.get()
    for asked in (document.number, document.sha256, f" {document.sha256.upper()} "):
        page = said(owner(shop).get(CHECK, {"q": asked}))
        assert "enuine" in page
        assert "¥20.00" in page
    assert "Shop One" in said(visitor(Role.LEGAL_REVIEWER).get(CHECK, {"q": document.number}))
    for stranger in (owner(dealer("NJ01")), visitor(Role.CHANNEL_MANAGER)):
        assert "Not found" in said(stranger.get(CHECK, {"q": document.number}))
    assert "Not found" in said(owner(shop).get(CHECK, {"q": f"HM-{PERIOD}-NJ01"}))


def test_the_statement_page_names_its_documents(shop: Dealer) -> None:
    close(PERIOD)
    make_all()
    page = said(owner(shop).get(f"/statements/{PERIOD}/HZ01/"))
    assert f"HM-{PERIOD}-HZ01" in page
    assert IssuedDocument.objects.get().sha256 in page
