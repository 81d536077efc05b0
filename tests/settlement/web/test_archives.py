"""The archive a dealer takes away: everything that is its own and it may see, in open formats, and nothing else."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from dealers.choices import CertificateState, Role
from dealers.foundation import clock
from dealers.models import AuditRecord, Certificate, Dealer, JobRun, User
from dealers.principals import DealerReader
from dealers.resources.archive_tables import described
from dealers.services.exits import terminate_dealer
from dealers.services.files import keep_file
from pricing.models import SaleLine
from settlement.documents.archive_contents import TABLES
from settlement.documents.archive_file import write_archive_file
from settlement.models import ArchivePiece, DealerArchive
from settlement.services.archives import WRITE_ARCHIVE, forget_archives
from settlement.tasks import write_dealer_archive
from tests import factories
from tests.settlement import casework
from tests.settlement.world import after, close, dealer, half, sell
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db
PERIOD = "2026-10-H1"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
#: Models that name a dealer and give no table, each with its reason.
LEFT_OUT = {
    "dealers": {
        "AuditRecord": "headquarters' trail",
        "ContractRenewal": "headquarters' assessment; what was agreed is a contract",
        "ExitPlan": "proposals; the end itself is there",
        "FileIntake": "how far an intake is",
        "FilePart": "how far an intake is",
        "ShipmentTally": "sums of shipments",
        "StockCountDraft": "not handed in",
        "StoredFile": "under files/, by the tables that name them",
        "SupplyAnswer": "follows from holds",
        "SyncClock": "follows from reports",
        "TradeAgreement": "settings",
        "TradeFileReceived": "with its messages",
        "TradePlace": "settings",
        "UploadPiece": "bytes under way",
        "WebhookAttempt": "log of sending",
        "WebhookDelivery": "log of sending",
        "WebhookEvent": "log of sending",
    },
    "pricing": {
        "GatheringDue": "work to do",
        "MarketObservation": "headquarters'; what led to a case is in the case",
        "PromoEvaluation": "headquarters' reckoning; the dealer's own part is there",
        "SalesTally": "sums of sale lines",
        "SellerAlias": "headquarters'",
        "StockFinding": "headquarters' signals",
        "ViolationVersion": "earlier figures of violations",
    },
    "aftersales": {},
    "rebates": {"EstimatedProtection": "an estimate of headquarters", "Scorecard": "published ones are there"},
    "settlement": {
        "Adjustment": "headquarters' paper; what it settled is a statement line",
        "AdjustmentFile": "headquarters' paper",
        "ArchivePiece": "archives themselves",
        "BacktestRow": "headquarters' trial",
        "CaseAppeal": "in the record of the case",
        "CaseConsequence": "in the record of the case",
        "CaseDecision": "in the record of the case",
        "CaseDelivery": "in the record of the case",
        "CaseEntry": "in the record of the case",
        "CaseEvidence": "in the record of the case",
        "CaseFile": "in the record of the case",
        "CaseNote": "headquarters' own",
        "DealerArchive": "archives themselves",
        "DraftChange": "headquarters' drafts",
        "JournalTransaction": "with its entries",
        "PlanItem": "headquarters' plans; payments are there",
        "ReviewItem": "headquarters' drafts",
        "ShadowDifference": "headquarters' signals",
        "SignalFinding": "headquarters' signals",
        "SignalSighting": "headquarters' signals",
        "SignalSuppression": "headquarters' signals",
        "TierMove": "headquarters' trial",
        "Transfer": "with its payment",
    },
}


@pytest.fixture
def stage() -> casework.Stage:
    factories.PolicyVersion(valid=(half("2026-01-H1").start, None))
    mine, other = dealer("MINE1", name="自家商贸"), dealer("OTHER9", name="别家商贸")
    for shop, amount in ((mine, "2000"), (other, "7654.32")):
        sell(shop, PERIOD, amount)
        SaleLine.objects.filter(dealer=shop).update(region=shop.home_region)
        at = clock.now()
        paper = keep_file(
            actor=None, name=f"{shop.code}.pdf", content=PDF + shop.code.encode(), dealer_id=shop.pk, at=at
        )
        span = (date(2026, 1, 1), date(2027, 1, 1))
        Certificate.objects.create(
            dealer=shop, kind="qualification", name="=资质", number="1", file=paper, valid=span,
            state=CertificateState.CONFIRMED, handed_in_at=at,
        )  # fmt: skip
    close(PERIOD)
    for shop in (mine, other):
        of = casework.people(shop)
        casework.heard(of, casework.accused(of))
    return casework.Stage(**{**of.__dict__, "dealer": mine, "owner": User.objects.get(dealer=mine)})


def asked(browser: Client, path: str = "/archive/ask/") -> DealerArchive:
    browser.post(path)
    job = JobRun.objects.filter(task=WRITE_ARCHIVE).latest("pk")
    write_dealer_archive(job.pk)
    return DealerArchive.objects.get(pk=job.params["archive"])


def unpacked(browser: Client, archive: DealerArchive) -> dict[str, bytes]:
    answer = browser.get(f"/archives/{archive.pk}/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert len(content) == int(answer["Content-Length"])
    assert hashlib.sha256(content).hexdigest() == archive.sha256
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


def rows_of(members: dict[str, bytes], table: str) -> list[dict[str, str]]:
    raw = members[f"{table}.csv"]
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel knows UTF-8 by its mark"
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def test_everything_of_the_dealer_and_nothing_of_another(stage: casework.Stage) -> None:
    owner = signed_in(stage.owner)
    assert "No archive was prepared yet" in owner.get("/archive/").content.decode()
    archive = asked(owner)
    members = unpacked(owner, archive)
    manifest = json.loads(members["manifest.json"])
    named = {one["path"]: one for one in manifest["files"]}
    assert named.keys() == members.keys() - {"manifest.json"}
    for path, one in named.items():
        assert (one["bytes"], one["sha256"]) == (len(members[path]), hashlib.sha256(members[path]).hexdigest())

    (line,) = rows_of(members, "sales/lines")
    assert (line["unit_price"], line["verdict"]) == ("2000.000000", "in_band")
    assert json.loads(members["sales/lines.json"])[0]["unit_price"] == "2000.000000"
    (paper,) = rows_of(members, "company/certificates")
    assert paper["name"] == "'=资质" and json.loads(members["company/certificates.json"])[0]["name"] == "=资质"
    assert members[paper["file"]] == PDF + b"MINE1"
    record = json.loads(members[f"statements/{PERIOD}.json"])
    assert record["dealer"] == "MINE1" and "proof" in record["lines"][0]
    (told,) = rows_of(members, "money/statement_lines")
    assert told["amount"] == str(record["lines"][0]["amount"]) and "2,000.00" in told["explanation_en"]
    (case,) = rows_of(members, "cases/cases")
    (dossier,) = (json.loads(members[path]) for path in members if re.fullmatch(r"cases/CASE-.*D\.json", path))
    assert dossier["case"] == case["number"] and "opened_because" not in dossier
    assert sum(path.startswith("cases/") and path.endswith(".pdf") for path in members) == 2

    foreign = [path for path, content in members.items() if re.search(rb"OTHER9|7654\.32", content)]
    assert foreign == [] and "别家".encode() not in b"".join(members.values())
    page = owner.get("/archive/").content.decode()
    assert archive.name in page and archive.sha256 in page
    actions = AuditRecord.objects.filter(dealer_id=stage.dealer.pk).values_list("action", flat=True)
    assert {"archive.request", "archive.fetch"} <= set(actions)


def test_the_readme_explains_every_column_in_both_languages(stage: casework.Stage) -> None:
    reader = DealerReader(stage.dealer)
    for table in TABLES:
        with override("zh-hans"):
            words = [table.heading(reader), *(one.words for one in described(table, reader))]
        bare = [one for one in words if not re.search(r"[\u4e00-\u9fff]", one) and one not in ("SKU", "GTIN", "ID")]
        assert bare == [], f"{table.name} has no Chinese for {bare}"
    file = io.BytesIO()
    write_archive_file(reader, file, at=clock.now())
    with zipfile.ZipFile(file) as found:
        said = found.read("README.txt").decode("utf-8-sig")
        meanings = csv.DictReader(io.StringIO(found.read("columns.csv").decode("utf-8-sig")))
        listed = {(row["table"], row["column"]) for row in meanings}
    assert listed == {(table.name, column.name) for table in TABLES for column in table.columns}
    assert said.index("资料归档") < said.index("Archive of")
    assert "below_floor = Below floor" in said and "below_floor = 低于下限" in said


def test_every_model_of_a_dealer_is_in_it_or_has_a_reason_not_to_be() -> None:
    reader = DealerReader(Dealer(pk=1, activated_on=date(2026, 1, 1)))
    given = {table.model(reader) for table in TABLES}
    made = {"Notice", "StatementLine"}
    for label, reasons in LEFT_OUT.items():
        models = [model for model in apps.get_app_config(label).get_models() if not hasattr(model, "pgh_id")]
        of_dealers = {model for model in models if "dealer" in {field.name for field in model._meta.concrete_fields}}
        missing = {model.__name__ for model in of_dealers if model not in given} - reasons.keys() - made
        assert missing == set(), f"{label}: {missing}"


def test_only_the_owner_the_general_manager_and_the_auditor(stage: casework.Stage) -> None:
    archive = asked(signed_in(stage.owner))
    path, of = f"/archives/{archive.pk}/", f"/dealers/{stage.dealer.code}/archive/"
    stranger = factories.User(role=Role.DEALER_OWNER, language="en")
    expected = {
        signed_in(stranger): (404, 404),
        visitor(Role.DEALER_OPERATOR, dealer=stage.dealer): (403, 403),
        visitor(Role.CHANNEL_MANAGER): (403, 403),
        visitor(Role.FINANCE_APPROVER): (403, 403),
        visitor(Role.ADMINISTRATOR): (403, 403),
        visitor(Role.AUDITOR): (200, 200),
        visitor(Role.GENERAL_MANAGER): (200, 200),
    }
    assert [(one.get(path).status_code, one.get(of).status_code) for one in expected] == list(expected.values())
    assert visitor(Role.AUDITOR).post(f"{of}ask/").status_code == 403
    manager = visitor(Role.GENERAL_MANAGER)
    assert stage.dealer.name in manager.get("/archives/").content.decode()
    asked(manager, f"{of}ask/")
    assert "headquarters" in signed_in(stage.owner).get("/archive/").content.decode()


def test_the_owner_takes_it_away_after_the_contract_has_ended(stage: casework.Stage) -> None:
    at = clock.now()
    day = clock.business_day(at) - timedelta(days=1)
    terminate_dealer(dealer=stage.dealer, last_day=day, reason="Closed", actor=stage.manager, at=at)
    owner = signed_in(stage.owner)
    assert "/archive/" in owner.get("/").content.decode()
    (row,) = rows_of(unpacked(owner, asked(owner)), "company/exit")
    assert row["last_day"] == day.isoformat()


def test_one_at_a_time_kept_for_some_days_and_replaced_by_the_next(stage: casework.Stage) -> None:
    owner = signed_in(stage.owner)
    owner.post("/archive/ask/")
    owner.post("/archive/ask/")
    assert DealerArchive.objects.count() == 1
    job = JobRun.objects.get(task=WRITE_ARCHIVE)
    write_dealer_archive(job.pk)
    write_dealer_archive(job.pk)
    first = DealerArchive.objects.get()
    second = asked(owner)
    assert owner.get(f"/archives/{first.pk}/").status_code == 404
    assert set(ArchivePiece.objects.values_list("archive", flat=True)) == {second.pk}
    assert forget_archives(at=clock.now() + timedelta(days=6)) == 0
    assert forget_archives(at=clock.now() + timedelta(days=8)) == 1 and not ArchivePiece.objects.exists()
    assert "Taken away; ask again" in owner.get("/archive/").content.decode()


def test_rows_cost_no_queries(stage: casework.Stage) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            write_archive_file(DealerReader(stage.dealer), io.BytesIO(), at=clock.now())
        return len(found)

    few = queries()
    for number in range(12):
        sell(stage.dealer, PERIOD, str(100 + number), known=after(PERIOD))
    SaleLine.objects.filter(dealer=stage.dealer).update(region=stage.dealer.home_region)
    assert queries() == few
