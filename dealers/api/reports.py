"""Reports as they come: JSON, NDJSON or CSV, gzipped or not, told apart by content type and read strictly."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext
from rest_framework.request import Request

from dealers.api.bodies import raw_body, read_json
from dealers.api.problems import Problem
from dealers.foundation.tabular import Row
from dealers.services.imports.cells import problem
from dealers.services.imports.sources import Layout, RecordSource, RowSource, TableSource

JSON = "application/json"
NDJSON = "application/x-ndjson"
CSV = "text/csv"
REPORT_TYPES = (JSON, NDJSON, CSV)


@dataclass(frozen=True, slots=True)
class Report:
    """A body with its content type; ``digest`` is of the unpacked bytes."""

    content_type: str
    body: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def read_report(request: Request) -> Report:
    """The report of a call. Raises a problem 415, 413 or 400."""
    content_type = str(request.content_type or "").partition(";")[0].strip().lower()
    if content_type not in REPORT_TYPES:
        accepted = ", ".join(REPORT_TYPES)
        raise Problem(
            415,
            "unknown_content_type",
            gettext("%(given)s is not understood here; send one of %(accepted)s.")
            % {"given": content_type[:80] or "–", "accepted": accepted},
            headers={"Accept-Post": accepted},
        )
    body = raw_body(request)
    if not body.strip():
        raise Problem(400, "empty_body", gettext("The body is empty."))
    return Report(content_type, body)


def rows_of(report: Report, layout: Layout, *, shared: Sequence[str] = ()) -> RowSource:
    """The lines of a report for an importer. ``shared`` are fields said once beside ``lines`` in JSON.

    Raises a problem 400 when the report as a whole cannot be read; a line that cannot is a row with its problem.
    """
    if report.content_type == CSV:
        return TableSource(io.BytesIO(report.body), layout, filename="report.csv")
    if report.content_type == NDJSON:
        return _NumberedLines(report.body, layout)
    return RecordSource(_lines_of_object(read_json(report.body), shared), layout)


def _lines_of_object(document: Any, shared: Sequence[str]) -> list[Mapping[str, Any]]:
    if not isinstance(document, dict) or not isinstance(document.get("lines"), list):
        raise Problem(400, "no_lines", gettext('The body must be an object like {"lines": [ … ]}.'))
    unknown = [name for name in document if name != "lines" and name not in shared]
    if unknown:
        errors = [{"field": name[:80], "code": "unknown_field", "detail": ""} for name in unknown]
        raise Problem(
            400, "unknown_field", gettext("Beside the lines there are fields this call does not know."), errors
        )
    if not document["lines"]:
        raise Problem(400, "no_lines", gettext("The report has no lines; a day without sales is declared instead."))
    common = {name: document[name] for name in shared if name in document}
    lines: list[Mapping[str, Any]] = []
    for number, line in enumerate(document["lines"], 1):
        if not isinstance(line, dict):
            errors = [{"field": f"lines.{number - 1}", "code": "not_an_object", "detail": ""}]
            raise Problem(400, "not_an_object", gettext("Line %(line)s is not an object.") % {"line": number}, errors)
        lines.append({**common, **line})
    return lines


class _NumberedLines:
    """NDJSON as rows. Blank lines are skipped but counted, so that numbers are those of the sender."""

    filename = ""
    unknown_columns: tuple[str, ...] = ()

    def __init__(self, body: bytes, layout: Layout) -> None:
        self._lines = body.split(b"\n")
        self._layout = layout

    def __iter__(self) -> Iterator[Row]:
        for number, line in enumerate(self._lines, 1):
            if text := line.strip():
                yield self._row(number, text)

    def _row(self, number: int, text: bytes) -> Row:
        try:
            with translation.override("en"):  # kept with the line, whoever reads it later
                record = read_json(text)
        except Problem as refused:
            shown = text[:500].decode("utf-8", "replace")
            return Row(number, {"line": shown}, problem("", "", "bad_json", reason=str(refused.detail)))
        if not isinstance(record, dict):
            shown = json.dumps(record, ensure_ascii=False)[:500]
            return Row(number, {"line": shown}, problem("", shown, "not_an_object"))
        (row,) = RecordSource([record], self._layout)
        return Row(number, row.values, row.problem)
