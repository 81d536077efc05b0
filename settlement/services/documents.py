"""Issuing documents: each file of a closed statement is made once and is the same ever after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from dealers.models import ApiKey, User
from dealers.selectors.purchases import ALL_DEALERS, Shard
from dealers.services.audit import AuditEvent, name_of, record_audits
from dealers.services.files import MadeFile, keep_made_files
from settlement.choices import DocumentFormat, StatementState
from settlement.documents.paper import CHINESE, Paper
from settlement.documents.renderers import MEDIA_TYPES, file_name, language_for, made_by, render
from settlement.errors import StatementNotIssued
from settlement.models import IssuedDocument, SettlementRun, Statement
from settlement.selectors.papers import RELATED, papers_of

#: What is made of every statement when a half-month has closed; further files are made when first asked for.
AT_CLOSING: Sequence[tuple[DocumentFormat, str]] = ((DocumentFormat.PDF, CHINESE),)
_AT_ONCE = 100


def issue_document(
    *, statement: Statement, written: DocumentFormat, wanted: str, actor: User | ApiKey | None, at: datetime
) -> IssuedDocument:
    """The issued file of a closed statement, made now if it is asked for the first time.

    Two who ask at once get the same one. Raises :class:`StatementNotIssued` for a draft.
    """
    if statement.state == StatementState.DRAFT:
        raise StatementNotIssued
    language = language_for(written, wanted)
    asked = IssuedDocument.objects.filter(statement=statement, written=written, language=language)
    found = asked.select_related("file").first()
    if found is None:
        _issue([statement.pk], written, language, actor=actor, at=at)
        found = asked.select_related("file").get()
    return found


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A file as whoever asked gets it; a draft has neither number nor digest, and nothing of it is kept."""

    name: str
    media_type: str
    content: bytes
    number: str = ""
    sha256: str = ""


def hand_out(
    *, statement: Statement, written: DocumentFormat, wanted: str, actor: User | ApiKey | None, at: datetime
) -> HandedOut:
    """A statement as a file: of a closed one the issued document, of a draft one that says so on every page."""
    if statement.state == StatementState.DRAFT:
        language = language_for(written, wanted)
        (paper,) = papers_of([Statement.objects.select_related(*RELATED).get(pk=statement.pk)])
        content = render(paper, written, language)
        return HandedOut(file_name(paper, written, language), MEDIA_TYPES[written], content)
    document = issue_document(statement=statement, written=written, wanted=wanted, actor=actor, at=at)
    file = document.file
    return HandedOut(file.name, file.media_type, bytes(file.content), document.number, document.sha256)


def issue_documents(
    *,
    run: SettlementRun,
    shard: Shard = ALL_DEALERS,
    kinds: Iterable[tuple[DocumentFormat, str]] = AT_CLOSING,
    actor: User | None,
    at: datetime,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Make these files of every statement of a closed half-month, or of a shard of it; returns how many were new.

    A hundred statements at a time, each in a transaction of its own: memory does not grow with their number, and an
    interrupted run goes on where it was. ``told`` hears how many of how many are done.
    """
    statements = Statement.objects.filter(run=run, draft=run.draft).exclude(state=StatementState.DRAFT)
    if shard.of > 1:
        statements = statements.extra(
            where=["mod(settlement_statement.dealer_id, %s) = %s"], params=[shard.of, shard.number]
        )
    keys = list(statements.order_by("dealer__code").values_list("pk", flat=True))
    wanted = [(written, language_for(written, language)) for written, language in kinds]
    total, done, made = len(keys) * len(wanted), 0, 0
    for written, language in wanted:
        for start in range(0, len(keys), _AT_ONCE):
            portion = keys[start : start + _AT_ONCE]
            made += _issue(portion, written, language, actor=actor, at=at)
            done += len(portion)
            told(done, total)
    return made


def _issue(
    keys: Sequence[int], written: DocumentFormat, language: str, *, actor: User | ApiKey | None, at: datetime
) -> int:
    """Make the missing files of some statements; when somebody else was quicker with one, the others one by one."""
    issued = IssuedDocument.objects.filter(statement__in=keys, written=written, language=language)
    missing = sorted(set(keys) - set(issued.values_list("statement_id", flat=True)))
    if not missing:
        return 0
    papers = papers_of(list(Statement.objects.filter(pk__in=missing).select_related(*RELATED)))
    try:
        with transaction.atomic():
            _keep(papers, written, language, actor=actor, at=at)
    except IntegrityError:
        if len(missing) == 1:
            if issued.exists():
                return 0
            raise
        return sum(_issue([key], written, language, actor=actor, at=at) for key in missing)
    return len(missing)


def _keep(
    papers: Sequence[Paper], written: DocumentFormat, language: str, *, actor: User | ApiKey | None, at: datetime
) -> None:
    files = keep_made_files(
        (
            MadeFile(
                dealer_id=paper.statement.dealer_id,
                name=file_name(paper, written, language),
                media_type=MEDIA_TYPES[written],
                content=render(paper, written, language),
            )
            for paper in papers
        ),
        actor=actor,
        at=at,
    )
    documents = IssuedDocument.objects.bulk_create(
        [
            IssuedDocument(
                statement=paper.statement,
                dealer_id=paper.statement.dealer_id,
                number=paper.number,
                written=written,
                language=language,
                file=file,
                sha256=file.sha256,
                statement_digest=paper.statement.digest,
                said=dict(paper.said),
                made_by=made_by(),
                issued_at=at,
                issued_by=name_of(actor),
            )
            for paper, file in zip(papers, files, strict=True)
        ]
    )
    record_audits(
        AuditEvent(
            actor=actor,
            action="document.issue",
            subject=document,
            at=at,
            after={"number": document.number, "written": written, "language": language, "sha256": document.sha256},
            dealer_id=document.dealer_id,
        )
        for document in documents
    )
