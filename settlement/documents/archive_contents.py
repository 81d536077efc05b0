"""Everything a dealer's archive holds: the tables of every app, and the documents beside them.

This app stands to the right of those whose facts it gathers; each of them lists its own tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from aftersales.resources.archive import ARCHIVE as SERVICE
from dealers.principals import DealerReader
from dealers.resources.archive import ARCHIVE as FACTS
from dealers.resources.archive import policy_documents
from dealers.resources.archive_tables import ArchiveTable, Column, columns, of, own
from pricing.resources.archive import ARCHIVE as VERDICTS
from rebates.resources.archive import ARCHIVE as EARNINGS
from settlement.documents.case_file import Dossier, file_name
from settlement.documents.case_file import record_of as case_record
from settlement.documents.case_pdf import case_pdf
from settlement.documents.paper import CHINESE, ENGLISH, LANGUAGES
from settlement.documents.record import record_of
from settlement.models import (
    Allocation,
    Bill,
    BillConsent,
    DisputedLine,
    DisputeEntry,
    DisputeFile,
    JournalEntry,
    PaymentStep,
    SetOff,
    StatementLine,
)
from settlement.resources import explanation, plain
from settlement.selectors.case_dossiers import dossier_of
from settlement.selectors.cases import visible_cases
from settlement.selectors.disputes import visible_disputes
from settlement.selectors.documents import visible_documents
from settlement.selectors.papers import RELATED, papers_of
from settlement.selectors.payments import visible_bank_accounts, visible_payables, visible_payments
from settlement.selectors.visible import visible_statements

#: A document of its own in the archive: its path, its bytes, the instant it carries.
Document = tuple[str, bytes, datetime | None]
_PAPERS_AT_ONCE = 20


def documents(reader: DealerReader) -> Iterator[Document]:
    """Policies as published, every statement with its full proof, every case as the dealer may see it."""
    yield from policy_documents(reader)
    yield from _statement_records(reader)
    for dossier in dossiers(reader):
        yield f"cases/{file_name(dossier, 'json')}", case_record(dossier), dossier.as_of
        for language in LANGUAGES:
            yield f"cases/{file_name(dossier, 'pdf', language)}", case_pdf(dossier, language), dossier.as_of


def dossiers(reader: DealerReader) -> Iterator[Dossier]:
    """The files of the dealer's cases, one at a time."""
    for number in visible_cases(reader).order_by("pk").values_list("number", flat=True):
        yield dossier_of(reader, number)


def _statement_records(reader: DealerReader) -> Iterator[Document]:
    keys = list(visible_statements(reader).order_by("run__ordinal").values_list("pk", flat=True))
    for start in range(0, len(keys), _PAPERS_AT_ONCE):
        some = visible_statements(reader).select_related(*RELATED).filter(pk__in=keys[start : start + _PAPERS_AT_ONCE])
        for paper in papers_of(list(some.order_by("run__ordinal"))):
            yield f"statements/{paper.statement.run.period}.json", record_of(paper), paper.statement.delivered_at


def _statement_lines(reader: DealerReader) -> Iterator[tuple[Any, ...]]:
    seen = visible_statements(reader).order_by().values("pk")
    lines = StatementLine.objects.filter(statement__in=seen).select_related("statement__run", "dealer")
    for line in lines.order_by("statement__run__ordinal", "line_no").iterator(chunk_size=500):
        said = []
        for language in (CHINESE, ENGLISH):
            with override(language):
                said.append(explanation(line))
        numbers = plain(line.base), plain(line.rate), line.amount
        yield line.statement.run.period, line.line_no, line.kind, line.program, line.for_period, *numbers, *said


_LINE_COLUMNS = (
    Column("period", "", _("half-month")),
    Column("line_no", "", _("line")),
    Column("kind", "", _("kind")),
    Column("program", "", _("program")),
    Column("for_period", "", _("for")),
    Column("base", "", _("base")),
    Column("rate", "", _("rate")),
    Column("amount", "", _("amount")),
    Column("explanation_zh", "", _("how it was reckoned, in Chinese")),
    Column("explanation_en", "", _("how it was reckoned, in English")),
)


MONEY = (
    ArchiveTable(
        "money/statements",
        columns(
            "period=run__period role state tier purchases sales opening total closing payable",
            "delivered_at confirm_due_at confirmed_at digest",
        ),
        visible_statements,
    ),
    ArchiveTable("money/statement_lines", _LINE_COLUMNS, title=_("statement lines"), made=_statement_lines),
    ArchiveTable(
        "money/statement_files",
        columns("period=statement__run__period number written language issued_at sha256", file="file"),
        visible_documents,
        file="file",
    ),
    ArchiveTable(
        "money/disputes",
        columns("number period=statement__run__period state reason opened_at due_at decision_reason", "decided_at"),
        visible_disputes,
    ),
    ArchiveTable(
        "money/disputed_lines",
        columns("dispute=dispute__number line_no=line__line_no claimed reason granted withdrawn"),
        of(DisputedLine, "dispute", visible_disputes),
    ),
    ArchiveTable(
        "money/dispute_messages",
        columns("dispute=dispute__number act text made_at by_dealer"),
        of(DisputeEntry, "dispute", visible_disputes),
    ),
    ArchiveTable(
        "money/dispute_files",
        columns("dispute=dispute__number added_at by_dealer", file="file"),
        of(DisputeFile, "dispute", visible_disputes),
        file="file",
    ),
    ArchiveTable(
        "money/payables", columns("period=statement__run__period since amount paid set_off"), visible_payables
    ),
    ArchiveTable(
        "money/set_off",
        columns("credit=credit__statement__run__period debt=debt__statement__run__period amount at"),
        own(SetOff),
    ),
    ArchiveTable("money/payments", columns("number method amount state made_at changed_at"), visible_payments),
    ArchiveTable(
        "money/payments_of_statements",
        columns("payment=payment__number period=payable__statement__run__period amount at"),
        of(Allocation, "payment", visible_payments),
    ),
    ArchiveTable(
        "money/payment_steps",
        columns("payment=payment__number before after at"),
        of(PaymentStep, "payment", visible_payments),
    ),
    ArchiveTable(
        "money/bills",
        columns(
            "payment=payment__number number range_start range_end amount kind drawer acceptor",
            "issued_on due_on in_use",
        ),
        of(Bill, "payment", visible_payments),
    ),
    ArchiveTable("money/bill_consents", columns("consents at"), own(BillConsent)),
    ArchiveTable(
        "money/bank_accounts",
        columns("holder bank bank_number number state valid.. proposed_at decided_at", file="proof"),
        visible_bank_accounts,
        file="proof",
    ),
    ArchiveTable(
        "money/ledger",
        columns("transaction=transaction_id posted_at=transaction__posted_at memo=transaction__memo", "account amount"),
        own(JournalEntry),
    ),
    ArchiveTable(
        "cases/cases",
        columns("number kind state outcome opened_at heard_at due_at decided_at applied_at charge"),
        visible_cases,
    ),
)

TABLES: tuple[ArchiveTable, ...] = (*FACTS, *VERDICTS, *SERVICE, *EARNINGS, *MONEY)
