"""Whether issued documents are what was issued: their bytes, what the statements say, what the audit trail says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dealers.foundation.digest import sha256_hex
from dealers.models import AuditRecord
from settlement.choices import DocumentFormat
from settlement.documents.paper import Paper
from settlement.documents.renderers import made_by, render
from settlement.models import IssuedDocument, SettlementRun, Statement
from settlement.selectors.papers import RELATED, papers_of
from settlement.selectors.verification import Difference

_AT_ONCE = 200


def first_document_fault(run: SettlementRun) -> Difference | None:
    """The first document of a closed half-month, by number, that is not what was issued; None when all are.

    The stored bytes must have the digest that was recorded when they were issued, and the statement still say what
    it said then. Where templates, words and programs are those that made it, the document is made once more from the
    statement and must come out the same to the byte. Memory is bounded.
    """
    return next(_faults(run), None)


def _faults(run: SettlementRun) -> Iterator[Difference]:
    issued = _issued(run)
    keys = list(IssuedDocument.objects.filter(statement__run=run).order_by("number", "pk").values_list("pk", flat=True))
    for key in issued.keys() - set(keys):
        yield Difference(
            run.period, issued[key]["number"], 0, f"document {issued[key]['written']}", "missing", "issued"
        )
    for start in range(0, len(keys), _AT_ONCE):
        portion = IssuedDocument.objects.filter(pk__in=keys[start : start + _AT_ONCE]).order_by("number", "pk")
        documents = list(portion.select_related("file"))
        statements = Statement.objects.filter(pk__in={document.statement_id for document in documents})
        papers = {paper.statement.pk: paper for paper in papers_of(list(statements.select_related(*RELATED)))}
        for document in documents:
            yield from _compared(run, document, papers[document.statement_id], issued.get(document.pk))


def _compared(
    run: SettlementRun, document: IssuedDocument, paper: Paper, issued: Mapping[str, str] | None
) -> Iterator[Difference]:
    kind = f"{document.written}{' ' + document.language if document.language else ''}"
    content = bytes(document.file.content)
    checks = (
        ("number", document.number, paper.number),
        ("dealer", document.dealer_id, paper.statement.dealer_id),
        ("digest of the statement", document.statement_digest, paper.statement.digest),
        ("names and deadline", document.said, paper.said),
        ("digest", document.sha256, sha256_hex(content)),
        ("digest of the file", document.file.sha256, document.sha256),
        ("digest in the audit trail", issued and issued["sha256"], document.sha256),
    )
    for name, stored, expected in checks:
        if stored != expected:
            yield Difference(run.period, document.number, 0, f"{kind}: {name}", str(stored), str(expected))
            return
    if document.made_by == made_by():
        again = sha256_hex(render(paper, DocumentFormat(document.written), document.language))
        if again != document.sha256:
            yield Difference(run.period, document.number, 0, f"{kind}: content", document.sha256, again)


def _issued(run: SettlementRun) -> dict[int, dict[str, str]]:
    """What the audit trail says was issued for the half-month, by the documents' keys."""
    records = AuditRecord.objects.filter(
        subject_type=IssuedDocument._meta.label_lower,
        action="document.issue",
        after__number__startswith=f"HM-{run.period}-",
    )
    return {
        int(key): dict(after or {})
        for key, after in records.values_list("subject_id", "after").iterator(chunk_size=5000)
    }
