"""The body of a call: unpacked when it came gzipped, never larger than allowed, and read strictly."""

from __future__ import annotations

import json
import zlib
from typing import IO, Any

from django.utils.translation import gettext
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from dealers.api.problems import Problem

MAXIMUM_BODY = 32 * 1024 * 1024
#: A body that is not a report is a small form.
MAXIMUM_FORM = 1024 * 1024


def raw_body(request: Request, limit: int = MAXIMUM_BODY) -> bytes:
    """The bytes of the body. Raises a problem 413 when it is, or unpacks to, more than ``limit``, 400 when broken."""
    body: bytes = request._request.body
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        body = _unpack(body, limit)
    elif encoding not in ("", "identity"):
        raise Problem(
            415,
            "unknown_encoding",
            gettext("Only gzip is understood as Content-Encoding."),
            headers={"Accept-Encoding": "gzip"},
        )
    if len(body) > limit:
        raise too_large()
    return body


def read_json(body: bytes) -> Any:
    """JSON as plain values. Numbers keep their digits as text, so that no decimal becomes a float.

    Raises a problem 400 for what is not JSON, is not UTF-8, names a key twice or is nested without end.
    """
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_float=str,
            parse_int=str,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError as error:
        raise Problem(400, "not_utf8", gettext("The body is not valid UTF-8.")) from error
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise bad_json(gettext("line %(line)s, column %(column)s") % place) from error
    except RecursionError as error:
        raise bad_json(gettext("it is nested too deeply")) from error


class StrictJSONParser(BaseParser):
    """Small JSON bodies, read by :func:`read_json`."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        return read_json(raw_body(parser_context["request"], MAXIMUM_FORM))


def bad_json(reason: str) -> Problem:
    return Problem(400, "bad_json", gettext("The body is not valid JSON: %(reason)s.") % {"reason": reason})


def too_large() -> Problem:
    return Problem(413, "body_too_large", gettext("The body is larger than this call accepts; send several."))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        repeated = next(key for key, _value in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise bad_json(gettext("the key %(key)s appears twice in one object") % {"key": json.dumps(repeated[:80])})
    return members


def _refuse_constant(name: str) -> Any:
    raise bad_json(gettext("%(name)s is not a number") % {"name": name})


def _unpack(body: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise Problem(400, "broken_gzip", gettext("The body is not valid gzip.")) from error
    if len(plain) > limit:
        raise too_large()
    if not unpacker.eof or unpacker.unused_data:
        raise Problem(400, "broken_gzip", gettext("The gzipped body is cut short or followed by something else."))
    return plain
