"""Uploads: every kind of file, tried before they count, and in the background when they are large."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config import uploads as doing
from config.tasks import take_upload
from dealers.choices import Door, JobState, Role
from dealers.foundation.clock import now
from dealers.models import (
    Dealer,
    FeedDelivery,
    FileIntake,
    InventoryLine,
    JobRun,
    QuarantinedLine,
    TradeFileReceived,
    TradeMessage,
    Upload,
    UploadPiece,
)
from dealers.services.uploads import KEPT_FOR, forget_uploads
from pricing.models import SaleLine, SalesTally
from tests import factories
from tests.messages import edifact
from tests.old_excel import old_workbook
from tests.visitors import visitor

pytestmark = pytest.mark.django_db
HEADER = "doc_no,line_no,sold_at,sku,quantity,unit_price,region\n"
ROW = ["2026-11-01T08:00:00+08:00", "甲1", "5"]


@pytest.fixture
def dealer() -> Dealer:
    factories.PolicyVersion()
    factories.PriceBand(product=factories.Product(sku="A1"))
    factories.Product(sku="甲1")
    return factories.Dealer(home_region=factories.City(code="HZ"))


@pytest.fixture
def operator(dealer: Dealer) -> Client:
    return visitor(Role.DEALER_OPERATOR, dealer=dealer)


def upload(client: Client, content: bytes | str, name: str = "sales.csv", feed: str = "sales", **more: str) -> Any:
    given = content.encode() if isinstance(content, str) else content
    return client.post("/upload/", {"feed": feed, "file": SimpleUploadedFile(name, given), **more}, follow=True)


def sales(lines: int, *, wrong: int = 0) -> str:
    sold_at = (now() - timedelta(hours=1)).isoformat(timespec="seconds")
    rows = (f"S{n},1,{sold_at},{'NOPE' if n < wrong else 'A1'},1,1000,HZ\n" for n in range(lines))
    return HEADER + "".join(rows)


def xlsx() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["as_of", "sku", "on_hand"])
        page.write_row(1, 0, ROW)
    return buffer.getvalue()


def ods() -> bytes:
    def row(cells: list[str]) -> str:
        texts = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
        )
        return f"<table:table-row>{texts}</table:table-row>"

    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{names}:office:1.0"'
        f' xmlns:table="{names}:table:1.0" xmlns:text="{names}:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="A">{row(["as_of", "sku", "on_hand"])}{row(ROW)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
    return buffer.getvalue()


CSV = "as_of,sku,on_hand\n" + ",".join(ROW) + "\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("utf8.csv", CSV.encode()),
        ("excel.csv", CSV.encode("gb18030")),
        ("packed.csv.gz", gzip.compress(CSV.encode())),
        ("sheet.xlsx", xlsx()),
        ("sheet.ods", ods()),
        ("sheet.xls", old_workbook([["as_of", "sku", "on_hand"], ROW])),
    ],
    ids=["csv", "gb18030", "gzip", "xlsx", "ods", "xls"],
)
def test_a_count_is_taken_from_every_kind_of_file(operator: Client, name: str, content: bytes) -> None:
    upload(operator, content, name, "inventory")
    assert FeedDelivery.objects.get().accepted == 1
    assert InventoryLine.objects.get().on_hand == 5


def test_a_trial_shows_the_receipt_and_stores_nothing(operator: Client) -> None:
    text = upload(operator, sales(3, wrong=1), **{"try": "1"}).content.decode()
    assert "Nothing was stored" in text and "is not a product of the catalogue" in text
    for table in (SaleLine, SalesTally, FeedDelivery, QuarantinedLine, FileIntake):
        assert not table.objects.exists()
    outcome = Upload.objects.get().outcome
    assert (outcome["lines"], outcome["accepted"], outcome["quarantined"]) == (3, 2, 1)


def test_a_trial_recognises_what_is_known_already(operator: Client) -> None:
    report = sales(3)
    upload(operator, report)
    upload(operator, report, **{"try": "1"})
    assert Upload.objects.get().outcome["duplicates"] == 3
    assert FeedDelivery.objects.count() == 1


def test_what_was_tried_is_handed_in_without_choosing_it_again(operator: Client) -> None:
    upload(operator, sales(3, wrong=1), **{"try": "1"})
    kept = Upload.objects.get()
    answer = operator.post(f"/uploads/{kept.number}/hand-in/", follow=True)
    delivery = FeedDelivery.objects.get()
    assert answer.redirect_chain[-1][0] == f"/receipts/{delivery.receipt}/"
    assert (delivery.accepted, delivery.quarantined) == (2, 1)
    assert not UploadPiece.objects.exists()
    operator.post(f"/uploads/{kept.number}/hand-in/")
    assert FeedDelivery.objects.count() == 1


def test_the_refused_lines_of_a_trial_are_taken_along(operator: Client) -> None:
    upload(operator, sales(3, wrong=1), **{"try": "1"})
    answer = operator.get(f"/uploads/{Upload.objects.get().number}/refused.xlsx")
    assert answer.status_code == 200 and answer.content.startswith(b"PK")


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is uploaded goes to the worker, ten lines at a time."""
    monkeypatch.setattr(doing, "SMALL_BYTES", 0)
    monkeypatch.setattr(doing, "SMALL_PACKED_BYTES", 0)
    monkeypatch.setattr(doing, "LINES_PER_STEP", 10)


@pytest.mark.usefixtures("small_steps")
def test_a_large_file_is_taken_in_the_background(operator: Client, dealer: Dealer) -> None:
    answer = upload(operator, sales(35, wrong=2))
    kept, job = Upload.objects.get(), JobRun.objects.get()
    assert "being taken in" in answer.content.decode() and not FeedDelivery.objects.exists()
    take_upload(job.pk)
    kept.refresh_from_db()
    job.refresh_from_db()
    delivery = FeedDelivery.objects.get()
    assert (job.state, kept.delivery, delivery.received_at) == (JobState.DONE, delivery, kept.uploaded_at)
    assert (delivery.lines, delivery.accepted, delivery.quarantined) == (35, 33, 2)
    assert FileIntake.objects.get().parts.count() == 4
    assert not UploadPiece.objects.exists()
    assert f"/receipts/{delivery.receipt}/" in operator.get(f"/uploads/{kept.number}/").content.decode()


@pytest.mark.usefixtures("small_steps")
def test_a_job_that_was_killed_goes_on_where_it_stood(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(operator, sales(35))
    job = JobRun.objects.get()

    class Killed(BaseException):
        """Nobody catches it, as nobody catches a SIGKILL."""

    steps = 0

    def killed(self: object, percent: int) -> None:
        nonlocal steps
        steps += 1
        if steps == 2:
            raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr("dealers.services.jobs.JobProgress.report", killed)
        take_upload(job.pk)
    assert SaleLine.objects.count() == 20
    JobRun.objects.update(state=JobState.QUEUED)
    take_upload(job.pk)
    assert SaleLine.objects.count() == 35
    delivery = FeedDelivery.objects.get()
    assert (delivery.lines, delivery.accepted) == (35, 35)


@pytest.mark.usefixtures("small_steps")
def test_a_job_killed_after_the_last_part_delivers_no_second_time(operator: Client) -> None:
    upload(operator, sales(35))
    kept = Upload.objects.get()
    delivery = doing._taken_now(kept, lambda percent: None)
    take_upload(JobRun.objects.get().pk)
    kept.refresh_from_db()
    assert kept.delivery == delivery == FeedDelivery.objects.get()


@pytest.mark.usefixtures("small_steps")
def test_a_file_that_is_no_report_ends_with_its_reason(operator: Client) -> None:
    upload(operator, "nothing,useful\n1,2\n")
    take_upload(JobRun.objects.get().pk)
    text = operator.get(f"/uploads/{Upload.objects.get().number}/").content.decode()
    assert "lacks the columns" in text and "Nothing was stored" in text
    assert JobRun.objects.get().state == JobState.DONE


@pytest.mark.usefixtures("small_steps")
def test_a_large_file_is_tried_in_the_background(operator: Client) -> None:
    upload(operator, sales(35), **{"try": "1"})
    take_upload(JobRun.objects.get().pk)
    assert not SaleLine.objects.exists()
    kept = Upload.objects.get()
    assert kept.outcome["accepted"] == 35 and kept.pieces.exists()


def test_an_upload_of_another_dealer_is_not_there(operator: Client) -> None:
    upload(operator, sales(1), **{"try": "1"})
    stranger = visitor(Role.DEALER_OWNER, dealer=factories.Dealer())
    number = Upload.objects.get().number
    assert stranger.get(f"/uploads/{number}/").status_code == 404
    assert stranger.post(f"/uploads/{number}/hand-in/").status_code == 404
    assert stranger.get(f"/uploads/{number}/refused.xlsx").status_code == 404


def test_what_was_tried_and_never_handed_in_is_removed(operator: Client) -> None:
    upload(operator, sales(1), **{"try": "1"})
    assert forget_uploads(at=now()) == 0
    assert forget_uploads(at=now() + KEPT_FOR + timedelta(minutes=1)) == 1
    assert not UploadPiece.objects.exists()
    assert (
        "has been removed"
        in operator.post(f"/uploads/{Upload.objects.get().number}/hand-in/", follow=True).content.decode()
    )


def messages_of(dealer: Dealer, days: int) -> bytes:
    """An interchange of INVRPT messages, one for each of the last days."""
    counts = (
        f"INVRPT'BGM+35+I{day}+9'DTM+366:{now() - timedelta(days=day):%Y%m%d}:102'LIN+1++A1:SA'QTY+145:4"
        for day in range(1, days + 1)
    )
    return edifact(*counts)


@pytest.mark.usefixtures("small_steps")
def test_many_trade_messages_are_taken_in_the_background_and_after_a_kill_only_once(
    operator: Client, dealer: Dealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = upload(operator, messages_of(dealer, 5), "stock.edi")
    job = JobRun.objects.get()
    assert "being taken in" in answer.content.decode() and not TradeFileReceived.objects.exists()

    class Killed(BaseException):
        """Nobody catches it, as nobody catches a SIGKILL."""

    def killed(self: object, percent: int) -> None:
        if percent >= 40:
            raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr("dealers.services.jobs.JobProgress.report", killed)
        take_upload(job.pk)
    assert TradeMessage.objects.count() == 2
    take_upload(job.pk)

    file, kept = TradeFileReceived.objects.get(), Upload.objects.get()
    assert [message.position for message in file.messages.order_by("position")] == [1, 2, 3, 4, 5]
    assert (FeedDelivery.objects.count(), InventoryLine.objects.count()) == (5, 5)
    assert not UploadPiece.objects.exists()
    assert f"/trade-messages/{file.number}/" in operator.get(f"/uploads/{kept.number}/").content.decode()


@pytest.mark.usefixtures("small_steps")
def test_many_trade_messages_are_tried_in_the_background_and_handed_in(operator: Client, dealer: Dealer) -> None:
    upload(operator, messages_of(dealer, 5), "stock.edi", **{"try": "1"})
    take_upload(JobRun.objects.get().pk)
    kept = Upload.objects.get()
    assert kept.outcome["messages"] == {"messages": 5, "taken": 5, "good": 5, "bad": 0}
    assert not TradeFileReceived.objects.exists()
    assert "Hand it in now" in operator.get(f"/uploads/{kept.number}/").content.decode()

    operator.post(f"/uploads/{kept.number}/hand-in/")

    assert TradeFileReceived.objects.get().dealer == dealer


def test_hq_hands_in_messages_of_a_dealer_of_its_regions(dealer: Dealer) -> None:
    manager = visitor(Role.CHANNEL_MANAGER, regions=[dealer.home_region])
    other = factories.Dealer()

    def hand_in(whose: Dealer, content: bytes) -> Any:
        given = {"dealer": whose.code, "file": SimpleUploadedFile("stock.edi", content)}
        return manager.post("/trade-messages/hand-in/", given, follow=True)

    assert "There is no dealer with this code" in hand_in(other, messages_of(other, 1)).content.decode()
    assert "no trade messages" in hand_in(dealer, b"a,b\n1,2\n").content.decode()
    assert hand_in(dealer, messages_of(dealer, 1)).status_code == 200
    file = TradeFileReceived.objects.get()
    assert (file.dealer, file.door) == (dealer, Door.PORTAL)
    assert visitor(Role.AUDITOR).get("/trade-messages/hand-in/").status_code == 403
