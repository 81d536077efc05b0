"""Tables handed out as CSV, XLSX or JSON, row by row.

A streamed answer is written after the middleware has taken the row scope away, so rows are read within the scope of
the person who asked.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from dealers.foundation.tabular.exports import XlsxWriter, stream_csv
from dealers.scope import row_scope, scope_of

FORMATS = ("csv", "xlsx", "json")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

T = TypeVar("T")


def in_scope_of(request: HttpRequest, rows: Iterable[T]) -> Iterator[T]:
    """The rows, read as the person who asked may see them, whenever that happens."""
    with row_scope(scope_of(request.user)):
        yield from rows


def table_response(
    request: HttpRequest, written: str, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponseBase:
    """``rows`` as a file ``name`` in the format asked for; 404 for a format there is not."""
    scoped = in_scope_of(request, rows)
    if written == "csv":
        return _attachment(stream_csv(columns, scoped), "text/csv; charset=utf-8", f"{name}.csv")
    if written == "json":
        objects = (dict(zip(columns, row, strict=True)) for row in scoped)
        return json_response(objects, name)
    if written == "xlsx":
        file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
        with XlsxWriter(file, columns) as writer:
            for row in scoped:
                writer.write(row)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=_XLSX)
    raise Http404


def json_response(objects: Iterable[dict[str, Any]], name: str) -> HttpResponseBase:
    """The objects as one JSON array, decimals as strings."""
    return _attachment(_json_array(objects), "application/json", f"{name}.json")


def _json_array(objects: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    lead = "[\n"
    for one in objects:
        yield (lead + json.dumps(one, ensure_ascii=False, default=_plain)).encode()
        lead = ",\n"
    yield b"[]\n" if lead == "[\n" else b"\n]\n"


def _plain(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else value.isoformat()


def _attachment(pieces: Iterable[bytes], kind: str, filename: str) -> HttpResponseBase:
    response = StreamingHttpResponse(pieces, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
