"""Reading issued documents: how far a half-month's are made, all of them one after another, and whether one is real."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from dealers.choices import JobState, Role
from dealers.models import JobRun, StoredFile
from dealers.selectors.visibility import visible_dealers
from settlement.choices import DocumentFormat, StatementState
from settlement.documents.paper import LANGUAGES
from settlement.documents.renderers import NO_LANGUAGE
from settlement.models import IssuedDocument, SettlementRun, Statement

#: The background job that makes one kind of file of a part of a half-month.
ISSUE_DOCUMENTS = "settlement.issue_documents"
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_AT_ONCE = 50
#: Every file a statement can be issued as, in the order of a list.
KINDS: Sequence[tuple[DocumentFormat, str]] = tuple(
    (written, language)
    for written in DocumentFormat
    for language in ((NO_LANGUAGE,) if written is DocumentFormat.JSON else LANGUAGES)
)


@dataclass(frozen=True, slots=True)
class Made:
    """How many of a half-month's statements have been issued as this file, and what is being done about the rest."""

    written: DocumentFormat
    language: str
    done: int
    total: int
    state: str
    error: str

    @property
    def complete(self) -> bool:
        return self.done >= self.total > 0

    @property
    def busy(self) -> bool:
        return self.state in (JobState.QUEUED, JobState.RUNNING)


def visible_documents(user: Any) -> QuerySet[IssuedDocument]:
    """The issued documents a person may learn of: a dealer its own, a channel manager those of its regions."""
    documents = IssuedDocument.objects.select_related("statement__run", "dealer")
    if getattr(user, "dealer_id", None) is not None:
        return documents.filter(dealer=user.dealer_id)
    if getattr(user, "role", None) == Role.CHANNEL_MANAGER:
        return documents.filter(dealer__in=visible_dealers(user))
    return documents


def genuine_documents(user: Any, asked: str) -> list[IssuedDocument]:
    """The documents in sight with this number or SHA-256, as people copy them; empty when there are none."""
    text = "".join(asked.split())
    documents = visible_documents(user).order_by("written", "language")
    if _DIGEST.fullmatch(text):
        return list(documents.filter(sha256=text.lower())[: len(KINDS)])
    return list(documents.filter(number=text)[: len(KINDS)]) if text else []


def documents_made(run: SettlementRun) -> list[Made]:
    """How far every kind of file of a closed half-month is; three queries."""
    statements = Statement.objects.filter(run=run, draft=run.draft).exclude(state=StatementState.DRAFT)
    total = statements.count()
    counts = IssuedDocument.objects.filter(statement__run=run).values_list("written", "language")
    done = {(written, language): n for written, language, n in counts.annotate(n=Count("pk")).order_by()}
    jobs: dict[tuple[str, str], JobRun] = {}
    for job in JobRun.objects.filter(task=ISSUE_DOCUMENTS, key__startswith=f"{run.period} ").order_by("pk"):
        kind = (job.params["written"], job.params["language"])
        if kind not in jobs or job.state != JobState.DONE:
            jobs[kind] = job
    return [_made(written, language, done.get((written, language), 0), total, jobs) for written, language in KINDS]


def _made(written: DocumentFormat, language: str, done: int, total: int, jobs: dict[tuple[str, str], JobRun]) -> Made:
    job = jobs.get((written, language))
    unfinished = job is not None and done < total
    return Made(
        written, language, done, total, job.state if job and unfinished else "", job.error if job and unfinished else ""
    )


def files_of(run: SettlementRun, written: DocumentFormat, language: str) -> Iterator[tuple[IssuedDocument, StoredFile]]:
    """Every issued file of this kind, by number, a few at a time in memory."""
    documents = IssuedDocument.objects.filter(statement__run=run, written=written, language=language)
    keys = list(documents.order_by("number").values_list("pk", flat=True))
    for start in range(0, len(keys), _AT_ONCE):
        portion = IssuedDocument.objects.filter(pk__in=keys[start : start + _AT_ONCE]).order_by("number")
        issued = list(portion.select_related("dealer"))
        files = StoredFile.objects.defer(None).in_bulk([document.file_id for document in issued])
        yield from ((document, files[document.file_id]) for document in issued)
