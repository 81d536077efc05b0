"""Writing large exports in the background."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import IO, Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import override

from dealers.foundation.half_months import HalfMonth
from dealers.foundation.tabular import CsvWriter, XlsxWriter
from dealers.models import User
from dealers.services.audit import record_audit
from settlement import permissions
from settlement.choices import ExportKind, RunState
from settlement.errors import ExportOfNothing
from settlement.models import PreparedExport, SettlementRun, Statement, StatementLine
from settlement.resources import LINE_COLUMNS, line_rows
from settlement.selectors.breakdown import AMOUNTS, breakdown, flat

FORMATS = ("csv", "xlsx")
#: How long a finished file waits to be fetched.
KEPT = timedelta(days=7)
MOST_PERIODS = 96
STATEMENT_COLUMNS = ("period", "dealer", "name", "state", "tier", *AMOUNTS)
FIGURE_COLUMNS = ("period", "dimension", "key", "statements", "lines", *AMOUNTS)

Rows = Iterator[Sequence[Any]]
Progress = Callable[[int], None]


def request_export(
    *, kind: ExportKind, written: str, first: HalfMonth, last: HalfMonth, actor: User, at: datetime
) -> PreparedExport:
    """Note what is wanted; a job writes it. Raises :class:`ExportOfNothing` when nothing was calculated there."""
    permissions.require(actor, "statements.export")
    runs = _runs(first.ordinal, last.ordinal)
    if written not in FORMATS or last < first or last.ordinal - first.ordinal >= MOST_PERIODS or not runs:
        raise ExportOfNothing(first=str(first), last=str(last), most=MOST_PERIODS)
    with transaction.atomic():
        asked = PreparedExport.objects.create(
            kind=kind,
            written=written,
            first=first.ordinal,
            last=last.ordinal,
            language=actor.language,
            requested_by=actor,
            requested_at=at,
        )
        record_audit(
            actor=actor,
            action="export.request",
            subject=asked,
            at=at,
            after={"kind": kind, "from": str(first), "to": str(last), "format": written},
        )
    return asked


def write_export(asked: PreparedExport, *, at: datetime, on_progress: Progress = lambda _: None) -> PreparedExport:
    """Write the file of an export, half-month after half-month; one that is written stays as it is.

    Rows are streamed through a temporary file; a CSV is packed, since text of millions of rows packs well.
    """
    if asked.finished_at is not None:
        return asked
    name = f"{asked.kind}-{asked.first_period}-{asked.last_period}"
    with tempfile.TemporaryFile() as file, override(asked.language):
        if asked.written == "xlsx":
            asked.name = f"{name}.xlsx"
            asked.rows = _write(XlsxWriter(file, _columns(asked.kind)), asked, on_progress)
        else:
            asked.name = f"{name}.zip"
            asked.rows = _write_packed(file, f"{name}.csv", asked, on_progress)
        file.seek(0)
        asked.content = file.read()
    asked.finished_at = at
    asked.save(update_fields=["name", "rows", "content", "finished_at"])
    return asked


def forget_exports(*, at: datetime) -> int:
    """Take the files away that nobody fetched in time; returns how many. Safe to run twice."""
    return PreparedExport.objects.filter(requested_at__lt=at - KEPT, content__isnull=False).update(content=None)


def _write_packed(file: IO[bytes], name: str, asked: PreparedExport, on_progress: Progress) -> int:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w", force_zip64=True) as text:
        return _write(CsvWriter(text, _columns(asked.kind)), asked, on_progress)


def _write(writer: CsvWriter | XlsxWriter, asked: PreparedExport, on_progress: Progress) -> int:
    count = 0
    runs = _runs(asked.first, asked.last)
    with writer:
        for place, run in enumerate(runs, 1):
            for row in _ROWS[ExportKind(asked.kind)](run):
                writer.write(row)
                count += 1
            on_progress(95 * place // len(runs))
    return count


def _runs(first: int, last: int) -> list[SettlementRun]:
    runs = SettlementRun.objects.filter(ordinal__gte=first, ordinal__lte=last).exclude(state=RunState.OPEN)
    return list(runs.order_by("ordinal"))


def _columns(kind: str) -> Sequence[str]:
    return {
        ExportKind.LINES: LINE_COLUMNS,
        ExportKind.STATEMENTS: STATEMENT_COLUMNS,
        ExportKind.FIGURES: FIGURE_COLUMNS,
    }[ExportKind(kind)]


def _lines(run: SettlementRun) -> Rows:
    yield from line_rows(StatementLine.objects.filter(statement__run=run, statement__draft=run.draft))


def _statements(run: SettlementRun) -> Rows:
    rows = Statement.objects.filter(run=run, draft=run.draft).order_by("dealer__code")
    named = rows.values_list("dealer__code", "dealer__name", "state", "tier", *(F(name) for name in AMOUNTS))
    for row in named.iterator(chunk_size=5000):
        yield (run.period, *row)


def _figures(run: SettlementRun) -> Rows:
    for dimension, row in flat(breakdown(run, None)):
        now = row.now
        of_lines = dimension == "kind"
        amounts = [None if of_lines and name != "total" else getattr(now, name) for name in AMOUNTS]
        yield (run.period, dimension, row.key, now.statements, now.lines if of_lines else None, *amounts)


_ROWS: dict[ExportKind, Callable[[SettlementRun], Rows]] = {
    ExportKind.LINES: _lines,
    ExportKind.STATEMENTS: _statements,
    ExportKind.FIGURES: _figures,
}
