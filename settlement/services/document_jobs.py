"""Having the documents of a whole half-month made in the background, in parts that several workers share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from dealers.models import JobRun, User
from dealers.services.jobs import request_job
from settlement import permissions
from settlement.choices import DocumentFormat, RunState
from settlement.documents.renderers import language_for
from settlement.errors import StatementNotIssued
from settlement.models import SettlementRun, Statement
from settlement.selectors.documents import ISSUE_DOCUMENTS

#: So many statements make one part: about a minute of work, so that nothing else waits long behind it.
_STATEMENTS_PER_PART = 500


def request_documents(
    *, run: SettlementRun, kinds: Iterable[tuple[DocumentFormat, str]], actor: User | None, at: datetime
) -> list[JobRun]:
    """Ask for these files of every statement; asking again while they are made starts nothing twice.

    Raises :class:`~dealers.errors.NotPermitted` and, before the half-month is closed, :class:`StatementNotIssued`.
    """
    if actor is not None:
        permissions.require(actor, "documents.issue")
    if run.state != RunState.CLOSED:
        raise StatementNotIssued
    parts = -(-Statement.objects.filter(run=run, draft=run.draft).count() // _STATEMENTS_PER_PART) or 1
    return [
        request_job(
            task=ISSUE_DOCUMENTS,
            key=f"{run.period} {written} {language} {number}/{parts}",
            params={"period": run.period, "written": written, "language": language, "number": number, "of": parts},
            actor=actor,
            at=at,
        )
        for written, wanted in kinds
        for language in (language_for(written, wanted),)
        for number in range(parts)
    ]
