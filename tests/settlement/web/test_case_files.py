"""A complete case as a file: who may take it, what it says in either language, and that it is the same every time."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.foundation.digest import canonical_json
from settlement.choices import AppealOutcome, CaseOutcome
from settlement.documents.case_pdf import content_of
from settlement.documents.case_sections import LINES_PRINTED
from settlement.models import Case
from settlement.selectors.case_dossiers import dossier_of
from settlement.services.case_path.acting import GivenFile
from settlement.services.case_path.appealing import appeal, decide_appeal
from settlement.services.case_path.applying import apply_decided_cases
from settlement.services.case_path.working import add_file, add_note
from tests import factories
from tests.breaches import AFTER, market
from tests.settlement.casework import (
    APPLIED,
    OPENED,
    Stage,
    accused,
    applied,
    contracted,
    heard,
    judged,
    people,
    priced,
    replied,
    signal,
)
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER):
        yield


@pytest.fixture
def of() -> Stage:
    market()
    return people(factories.Dealer(code="D1"))


def whole_story(of: Stage) -> Case:
    """A fraud with files and notes, confirmed, applied, appealed against and overturned."""
    contracted(of.dealer, "50000")
    case = accused(of)
    proof = GivenFile("waybill.txt", b"no such lorry")
    add_file(number=case.number, file=proof, reason="the haulier's answer", actor=of.investigator, at=OPENED)
    add_note(number=case.number, text="watch the cousin", actor=of.investigator, at=OPENED)
    heard(of, case)
    replied(of, case, files=[GivenFile("till.txt", b"sold for real")])
    judged(of, case, proven_loss=Decimal(1000), acknowledgement="It was planned for months.")
    apply_decided_cases(at=APPLIED)
    appeal(number=case.number, grounds="The lorry exists.", actor=of.owner, at=APPLIED)
    decide_appeal(number=case.number, outcome=AppealOutcome.OVERTURNED, reasons="It does.", actor=of.third, at=APPLIED)
    return Case.objects.get(pk=case.pk)


def address(case: Case, written: str) -> str:
    return f"/cases/{case.number}/dossier.{written}"


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.RISK_INVESTIGATOR, 200),
        (Role.RISK_JUDGE, 200),
        (Role.GENERAL_MANAGER, 200),
        (Role.AUDITOR, 200),
        (Role.CHANNEL_MANAGER, 403),
        (Role.FINANCE_CLERK, 403),
        (Role.DEALER_OWNER, 200),
        (Role.DEALER_OPERATOR, 200),
    ],
)
def test_who_takes_a_case_file(of: Stage, role: Role, status: int) -> None:
    case = heard(of, accused(of))
    for written in ("json", "pdf"):
        assert visitor(role, dealer=of.dealer).get(address(case, written)).status_code == status


def test_a_dealer_has_none_before_it_is_heard_and_never_that_of_another(of: Stage) -> None:
    case = accused(of)
    assert signed_in(of.owner).get(address(case, "json")).status_code == 404
    heard(of, case)
    stranger = visitor(Role.DEALER_OWNER, dealer=factories.Dealer(code="D2"))
    assert stranger.get(address(case, "zip")).status_code == 404
    assert signed_in(of.owner).get(address(case, "doc")).status_code == 404


def test_the_pdf_is_the_same_every_time_and_has_a_new_number_when_something_joins(of: Stage) -> None:
    case = heard(of, accused(of))
    client = signed_in(of.investigator)
    first, again = (client.get(address(case, "pdf")) for _ in range(2))
    assert first.content == again.content and first.content.startswith(b"%PDF")
    add_note(number=case.number, text="one more thing", actor=of.investigator, at=OPENED)
    assert client.get(address(case, "pdf"))["Content-Disposition"] != first["Content-Disposition"]
    assert case.number in first["Content-Disposition"]


def test_the_file_tells_the_whole_story(of: Stage) -> None:
    case = whole_story(of)
    told = "\n".join(texts(content_of(dossier_of(of.judge, case.number), "en")))
    for said in (
        "Sold below the floor.",
        "We matched a competitor.",
        "The lines show it.",
        "It was planned for months.",
        "Taken back: Penalty",
        "¥50,000.00",
        "The lorry exists.",
        "It does.",
        "watch the cousin",
        "waybill.txt",
        "till.txt",
        hashlib.sha256(b"no such lorry").hexdigest(),
        "Delivered: Charge and request to reply",
    ):
        assert said in told, said


@pytest.mark.parametrize("person", ["judge", "owner"])
def test_no_label_is_in_the_other_language(of: Stage, person: str) -> None:
    dossier = dossier_of(getattr(of, person), whole_story(of).number)
    for language, fits in (("zh-hans", True), ("en", False)):
        wrong = [label for label in labels(content_of(dossier, language)) if bool(CHINESE.search(label)) != fits]
        assert not wrong, (language, wrong)


def test_the_dealers_copy_names_no_note_no_person_and_no_other_dealer(of: Stage) -> None:
    piece = signal(
        said={
            "code": "x",
            "severity": "warning",
            "message": "Also D9.",
            "params": {},
            "field": "",
            "value": "",
            "line": None,
        }
    )
    piece.summary.update(
        {"said": piece.snapshot["said"], "told": {"text": {"en": "4 documents twice.", "zh-hans": "四单重复"}}}
    )
    case = heard(of, accused(of, evidence=piece))
    add_note(number=case.number, text="watch the cousin", actor=of.investigator, at=OPENED)
    client = signed_in(of.owner)
    record = client.get(address(case, "json")).content.decode()
    printed = "\n".join(texts(content_of(dossier_of(of.owner, case.number), "en")))
    for copy in (record, printed):
        assert "4 documents twice." in copy
        for secret in ("D9", "cousin", of.investigator.username, "duplicated documents"):
            assert secret not in copy, secret
    assert "D9" in signed_in(of.judge).get(address(case, "json")).content.decode()


def test_many_lines_are_counted_and_left_to_the_record(of: Stage) -> None:
    case = heard(of, priced(of, *["800"] * (LINES_PRINTED + 7)))
    told = texts(content_of(dossier_of(of.judge, case.number), "en"))
    assert "7 further lines: in the record of the case file, evidence no. 1." in told
    record = json.loads(signed_in(of.judge).get(address(case, "json")).content)
    assert len(record["evidence"][0]["snapshot"]["exact_lines"]) == LINES_PRINTED + 7


def test_the_archive_holds_everything_and_its_digests_are_true(of: Stage) -> None:
    case = whole_story(of)
    client = signed_in(of.judge)
    first, again = (b"".join(client.get(address(case, "zip")).streaming_content) for _ in range(2))
    assert first == again
    archive = zipfile.ZipFile(io.BytesIO(first))
    assert archive.testzip() is None
    sums = dict(reversed(line.split("  ")) for line in archive.read("SHA256SUMS").decode().splitlines())
    assert sums == {
        name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist() if name != "SHA256SUMS"
    }
    assert {name.partition("/")[0] for name in sums} >= {"evidence", "files"}
    evidence = case.evidence.order_by("pk").first()
    assert evidence is not None
    assert (
        sums["evidence/0001-signal.json"]
        == evidence.digest
        == hashlib.sha256(canonical_json(evidence.snapshot)).hexdigest()
    )


def test_the_dealers_archive_holds_no_file_of_a_note(of: Stage) -> None:
    case = heard(of, accused(of))
    secret = GivenFile("secret.txt", b"an informant")
    add_note(number=case.number, text="see", actor=of.investigator, at=OPENED, file=secret)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(signed_in(of.owner).get(address(case, "zip")).streaming_content)))
    assert not any("secret" in name for name in archive.namelist())


def test_a_statement_line_is_named_where_the_penalty_was_settled(of: Stage) -> None:
    case = applied(of, priced(of, "800"), outcome=CaseOutcome.CONFIRMED)
    assert "left in the inbox" in texts(content_of(dossier_of(of.judge, case.number), "en"))


def test_the_queries_do_not_grow_with_what_is_in_the_case(of: Stage) -> None:
    counts = []
    case = accused(of)
    for number in range(2, 4):
        with CaptureQueriesContext(connection) as queries:
            content_of(dossier_of(of.judge, case.number), "en")
        counts.append(len(queries))
        for at in range(3):
            accused(of, evidence=signal(10 * number + at))
            note = GivenFile(f"{number}{at}.txt", f"{number}{at}".encode())
            add_note(number=case.number, text="more", actor=of.investigator, at=OPENED + timedelta(hours=1), file=note)
    with CaptureQueriesContext(connection) as queries:
        content_of(dossier_of(of.judge, case.number), "en")
    assert len(queries) == counts[-1] <= 14


def texts(content: Any) -> list[str]:
    """Every text in a document."""
    if isinstance(content, str):
        return [content]
    children = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return [text for child in children for text in texts(child)]


def labels(content: dict[str, Any]) -> Iterator[str]:
    """The texts of a document that are ours: headings, names of columns and of facts, acts in the timeline."""
    neutral = {"SKU", "SHA-256", ""}
    yield from (content[name] for name in ("title", "kind", "dealer_label", "number_label", "audience", "page_label"))
    facts = [*content["dealer_facts"], *content["facts"]]
    for section in content["sections"]:
        yield section["title"]
        for block in section["blocks"]:
            facts += block["rows"] if block["of"] == "facts" else []
            if block["of"] == "table":
                yield from (name for each in block["columns"] if (name := each["label"]) not in neutral)
                if block["note"]:
                    yield block["note"]
        if section["title"] in ("Timeline", "时间线"):
            yield from (row[1] for row in section["blocks"][0]["rows"])
    yield from (row[0] for row in facts if row[0] not in neutral)
