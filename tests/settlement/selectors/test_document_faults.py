"""Whatever is altered of facts, lines or documents of any kind behind the product's back is found and named."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dealers.foundation import clock
from rebates.choices import CreditKind
from rebates.rules.proof_shape import prove
from rebates.services.credits import NewCredit, record_credits
from rebates.services.forfeitures import impose_forfeiture
from settlement.choices import DocumentFormat
from settlement.models import IssuedDocument, SettlementRun
from settlement.selectors import document_faults
from settlement.selectors.document_faults import first_document_fault
from settlement.selectors.verification import first_difference
from settlement.services.documents import issue_documents
from tests import factories
from tests.journeys.office import behind_the_back
from tests.settlement.world import after, close, dealer, half, sell

pytestmark = pytest.mark.django_db
FIRST, PERIOD = "2026-10-H1", "2026-10-H2"
KINDS = [(DocumentFormat.PDF, "zh"), (DocumentFormat.XLSX, "en"), (DocumentFormat.CSV, "zh"), (DocumentFormat.JSON, "")]


@pytest.fixture
def run() -> SettlementRun:
    """A half-month with a line of every kind that windows and credits make, and its documents."""
    factories.PolicyVersion()
    shop = dealer("D1")
    sell(shop, FIRST, "1000000")
    close(FIRST)
    sell(shop, PERIOD, "5000")
    impose_forfeiture(dealer=shop, year=2026, reference="case:7", reason="fake", actor=None, at=half(PERIOD).starts_at)
    credits = [
        NewCredit(shop.pk, kind, kind, f"{kind}:1", half(PERIOD), Decimal("12.34"), proof)
        for kind in CreditKind
        for proof in (
            prove(rule=f"given_{kind}", inputs=[{"of": "given", "amount": "12.34"}], steps=[("credit", "given")]),
        )
    ]
    record_credits(credits, actor=None, at=half(PERIOD).starts_at)
    made = close(PERIOD, at=after(PERIOD))
    issue_documents(run=made, kinds=KINDS, actor=None, at=clock.now())
    return made


DOCUMENT = "(SELECT min(id) FROM settlement_issueddocument WHERE written = '{}')"
DOCUMENT_DEEDS = {
    "the bytes": (
        "dealers_storedfile",
        "UPDATE dealers_storedfile SET content = content || '\\x20'::bytea WHERE id ="
        " (SELECT file_id FROM settlement_issueddocument WHERE written = 'pdf')",
        "pdf zh-hans: digest is",
    ),
    "the digest of the bytes": (
        "settlement_issueddocument",
        f"UPDATE settlement_issueddocument SET sha256 = repeat('0', 64) WHERE id = {DOCUMENT.format('csv')}",
        "csv zh-hans: digest is",
    ),
    "the number": (
        "settlement_issueddocument",
        f"UPDATE settlement_issueddocument SET number = 'HM-X' WHERE id = {DOCUMENT.format('json')}",
        "number is HM-X",
    ),
    "what it was made from": (
        "settlement_issueddocument",
        f"UPDATE settlement_issueddocument SET statement_digest = repeat('0', 64) WHERE id = {DOCUMENT.format('json')}",
        "json: digest of the statement",
    ),
    "the names beside it": (
        "settlement_issueddocument",
        f'UPDATE settlement_issueddocument SET said = said || \'{{"name": "X"}}\' WHERE id = {DOCUMENT.format("xlsx")}',
        "xlsx en: names and deadline",
    ),
    "a document removed": (
        "settlement_issueddocument",
        f"DELETE FROM settlement_issueddocument WHERE id = {DOCUMENT.format('json')}",
        "document json is missing",
    ),
}


def test_an_altered_document_is_found_and_named(run: SettlementRun) -> None:
    assert first_document_fault(run) is None
    for deed, (table, sql, named) in DOCUMENT_DEEDS.items():
        with behind_the_back(table, sql):
            fault = first_document_fault(run)
        assert fault is not None, deed
        assert named in str(fault), (deed, str(fault))
    assert first_document_fault(run) is None


def test_bytes_exchanged_together_with_every_digest_do_not_come_out_again(
    run: SettlementRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_faults, "render", lambda paper, written, language: b"something else")
    fault = first_document_fault(run)
    assert fault is not None
    assert "content" in str(fault)


def test_a_document_of_an_earlier_template_is_not_made_again(
    run: SettlementRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_faults, "made_by", lambda: "v2-later")
    monkeypatch.setattr(document_faults, "render", lambda paper, written, language: b"looks new")
    assert first_document_fault(run) is None
    assert IssuedDocument.objects.count() == len(KINDS)


LINE = "(SELECT id FROM settlement_statementline WHERE kind = '{kind}' ORDER BY id DESC LIMIT 1)"
WINDOWED = ("rebate", "forfeiture", "clawback")
ONCE = tuple(CreditKind.values)
#: For every kind: its line, its proof, and the journal it was settled from.
KIND_DEEDS = {
    **{
        f"the amount of a {kind}": (
            "settlement_statementline",
            f"UPDATE settlement_statementline SET amount = amount + 1 WHERE id = {LINE.format(kind=kind)}",
            "amount is",
        )
        for kind in (*WINDOWED, *ONCE)
    },
    **{
        f"the proof of a {kind}": (
            "settlement_statementline",
            "UPDATE settlement_statementline SET proof = jsonb_set(proof, '{due}', '\"0.01\"')"
            f" WHERE id = {LINE.format(kind=kind)}",
            "proof is",
        )
        for kind in (*WINDOWED, *ONCE)
    },
    **{
        f"the accrual of a {kind}": (
            "rebates_accrual",
            "UPDATE rebates_accrual SET due = due + 1 WHERE id ="
            f" (SELECT max(id) FROM rebates_accrual WHERE kind = '{kind}')",
            "accrual is",
        )
        for kind in WINDOWED
    },
    **{
        f"a credit for {kind}": (
            "rebates_credit",
            f"UPDATE rebates_credit SET amount = amount + 1 WHERE kind = '{kind}'",
            "recomputed",
        )
        for kind in ONCE
    },
    "when a credit was known": (
        "rebates_credit",
        "UPDATE rebates_credit SET known_from = known_from + interval '1 year' WHERE kind = 'penalty'",
        "recomputed",
    ),
    "what settled a credit": (
        "rebates_creditsettlement",
        "DELETE FROM rebates_creditsettlement WHERE credit_id = (SELECT min(id) FROM rebates_credit)",
        "recomputed",
    ),
    "when a year was forfeited": (
        "rebates_forfeiture",
        "UPDATE rebates_forfeiture SET known_from = known_from + interval '1 year'",
        "recomputed",
    ),
}


def test_what_is_altered_of_any_kind_of_line_is_found_and_named(run: SettlementRun) -> None:
    run = SettlementRun.objects.select_related("policy").get(pk=run.pk)
    assert first_difference(run) is None
    for deed, (table, sql, named) in KIND_DEEDS.items():
        with behind_the_back(table, sql):
            found = first_difference(run)
        assert found is not None, deed
        assert named in str(found), (deed, str(found))
        assert found.dealer == "D1", deed
    assert first_difference(run) is None
