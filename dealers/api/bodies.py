"""The raw body of a report: unpacked when it came gzipped, and never larger than allowed."""

from __future__ import annotations

import zlib

from django.utils.translation import gettext
from rest_framework.request import Request

from dealers.api.problems import Problem

MAXIMUM_BODY = 32 * 1024 * 1024


def raw_body(request: Request, limit: int = MAXIMUM_BODY) -> bytes:
    """The bytes of the body. Raises a problem 413 when it is, or unpacks to, more than ``limit``, 400 when broken."""
    body: bytes = request._request.body
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding == "gzip":
        body = _unpack(body, limit)
    elif encoding not in ("", "identity"):
        raise Problem(415, "unknown_encoding", gettext("Only gzip is understood as Content-Encoding."))
    if len(body) > limit:
        raise _too_large()
    return body


def _unpack(body: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise Problem(400, "broken_gzip", gettext("The body is not valid gzip.")) from error
    if len(plain) > limit:
        raise _too_large()
    if not unpacker.eof:
        raise Problem(400, "broken_gzip", gettext("The gzipped body is cut short."))
    return plain


def _too_large() -> Problem:
    return Problem(413, "body_too_large", gettext("The body is larger than this call accepts; send several."))
