"""Reports in JSON, one body or one object per line.

What JSON leaves open is refused: keys given twice (every parser silently keeps the last), unknown keys, numbers
where text is meant and the reverse. A number is kept in the digits it was written in, never as a float.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from dealers.foundation.findings import Finding
from dealers.foundation.refusals import msgid as _
from dealers.services.deliveries import Refusal
from pricing.services.intake.sources import COLUMNS, LINES_PER_PORTION, Cells, Portion, UnusableDelivery, digest_of

MOST_LINES_PER_JSON_REPORT = 50_000
LARGEST_JSON_BODY_BYTES = 32 << 20
LARGEST_NDJSON_BODY_BYTES = 256 << 20
LONGEST_LINE_BYTES = 16_384

_PLACES = {name: place for place, name in enumerate(COLUMNS)}
_INTEGERS = frozenset({"line_no", "quantity", "revision"})


class _Digits(str):
    """A number with a fraction or exponent, as it was written."""

    __slots__ = ()


class _Report(msgspec.Struct, forbid_unknown_fields=True):
    lines: list[msgspec.Raw]


class _RepeatedKey(Exception):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


_report = msgspec.json.Decoder(_Report)
_line = msgspec.json.Decoder(float_hook=_Digits)


class JsonReport:
    """A body ``{"lines": [{…}, …]}``. Lines are numbered from 1."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.filename = ""
        self.body_digest = digest_of(body)
        self.can_repeat = True

    def portions(self, *, names_dealers: bool) -> Iterator[Portion]:
        lines = _read_report(self._body)
        for start in range(0, len(lines), LINES_PER_PORTION):
            yield _portion(lines[start : start + LINES_PER_PORTION], start + 1)

    def remarks(self) -> list[Finding]:
        return []

    def close(self) -> None:
        """Nothing is held open."""


class NdjsonReport:
    """A body of one object per line. Lines are numbered as in the body; empty ones are skipped."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.filename = ""
        self.body_digest = digest_of(body)
        self.can_repeat = True

    def portions(self, *, names_dealers: bool) -> Iterator[Portion]:
        if len(self._body) > LARGEST_NDJSON_BODY_BYTES:
            raise _too_large(LARGEST_NDJSON_BODY_BYTES)
        _require_utf8(self._body)
        lines = self._body.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        first = next((line for line in lines if line.strip()), b"")
        if not first.lstrip().startswith(b"{"):
            raise UnusableDelivery("not_ndjson", _("is not NDJSON: every line must be a JSON object"))
        for start in range(0, len(lines), LINES_PER_PORTION):
            yield _portion(lines[start : start + LINES_PER_PORTION], start + 1)

    def remarks(self) -> list[Finding]:
        return []

    def close(self) -> None:
        """Nothing is held open."""


def _read_report(body: bytes) -> list[bytes]:
    if len(body) > LARGEST_JSON_BODY_BYTES:
        raise _too_large(LARGEST_JSON_BODY_BYTES)
    _require_utf8(body)
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        raw_lines = _report.decode(body).lines
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnusableDelivery(
            "bad_json",
            _('is not a JSON report of the form {"lines": […]}: %(reason)s'),
            reason="nested too deeply" if isinstance(error, RecursionError) else str(error),
        ) from error
    if len(raw_lines) > MOST_LINES_PER_JSON_REPORT:
        raise UnusableDelivery(
            "too_many_lines",
            _("has %(found)s lines; at most %(limit)s fit into one report, send several or a file"),
            found=len(raw_lines),
            limit=MOST_LINES_PER_JSON_REPORT,
        )
    if body.count(b'"lines"') != 1 or b"\\" in body:
        _require_one_list(body)
    return [bytes(line) for line in raw_lines]


def _require_one_list(body: bytes) -> None:
    def pairs(found: list[tuple[str, Any]]) -> None:
        if sum(key == "lines" for key, _value in found) > 1:
            raise UnusableDelivery("repeated_key", _('names "lines" more than once; leave one of them'))

    try:
        json.loads(body, object_pairs_hook=pairs)
    except (ValueError, RecursionError) as error:
        if isinstance(error, UnusableDelivery):
            raise
        raise UnusableDelivery(
            "bad_json", _('is not a JSON report of the form {"lines": […]}: %(reason)s'), reason=str(error)
        ) from error


def _portion(lines: list[bytes], first_number: int) -> Portion:
    numbers: list[int] = []
    cells: list[Cells] = []
    contents: list[Any] = []
    broken: list[Refusal] = []
    for number, line in enumerate(lines, first_number):
        if not line.strip():
            continue
        content: Any = None
        try:
            content = _decoded(line)
            cells.append(_cells(content))
        except _BadLine as bad:
            broken.append(
                Refusal(
                    number, bad.field, bad.value, bad.code, bad.params, line.decode() if content is None else content
                )
            )
            continue
        numbers.append(number)
        contents.append(content)
    return Portion(numbers, cells, contents.__getitem__, broken)


class _BadLine(Exception):
    def __init__(self, code: str, field: str = "", value: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.value = value
        self.params = params


def _decoded(line: bytes) -> Any:
    if len(line) > LONGEST_LINE_BYTES:
        raise _BadLine("too_long", value=line[:200].decode("utf-8", "replace"), limit=LONGEST_LINE_BYTES)
    try:
        content = _line.decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise _BadLine("bad_json", reason=reason) from error
    if not isinstance(content, dict):
        raise _BadLine("not_an_object")
    if _may_repeat_a_key(line, content):
        try:
            json.loads(line, object_pairs_hook=_refuse_repeated_key)
        except _RepeatedKey as repeated:
            raise _BadLine("repeated_key", repeated.key) from repeated
    return content


def _may_repeat_a_key(line: bytes, content: Mapping[str, Any]) -> bool:
    """Whether the line has more colons than its keys and texts explain; exact as long as nothing is escaped."""
    colons = len(content) + sum(value.count(":") for value in content.values() if isinstance(value, str))
    return b"\\" in line or line.count(b":") != colons + sum(key.count(":") for key in content)


def _refuse_repeated_key(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _value in pairs:
            if key in seen:
                raise _RepeatedKey(key)
            seen.add(key)
    return found


def _cells(content: dict[str, Any]) -> Cells:
    """The values in column order as text. An integer must be one in JSON too; a price may be text or a number."""
    cells = [""] * len(COLUMNS)
    for name, value in content.items():
        place = _PLACES.get(name)
        if place is None:
            raise _BadLine("unknown_field", name, "" if isinstance(value, (dict, list)) else str(value))
        if value is None:
            continue
        kind = type(value)
        if name in _INTEGERS:
            if kind is not int:
                raise _BadLine("whole_number_expected", name, str(value))
        elif kind is not str and not (name == "unit_price" and kind in (int, _Digits)):
            raise _BadLine("text_expected", name, str(value))
        cells[place] = str(value)
    return cells


def _require_utf8(body: bytes) -> None:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise UnusableDelivery(
            "not_utf8", _("is not UTF-8 text: byte %(place)s does not fit"), place=error.start + 1
        ) from error


def _too_large(limit: int) -> UnusableDelivery:
    return UnusableDelivery(
        "body_too_large", _("is larger than %(limit)s MiB; send several or a file"), limit=limit >> 20
    )
