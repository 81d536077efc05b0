"""Handing a kept file to a browser so that it is saved or shown and never run."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from dealers.foundation.file_kinds import PICTURES
from dealers.models import StoredFile

_SHOWN = frozenset(kind.media_type for kind in PICTURES if kind.is_picture)


def file_response(file: StoredFile, *, inline: bool = False) -> HttpResponse:
    """The file as a download; with ``inline`` a picture is shown in its place, everything else still downloads.

    The caller has made sure that the person may see the thing the file is attached to.
    """
    shown = inline and file.media_type in _SHOWN
    return _guarded(bytes(file.content), file.media_type, file.name, attachment=not shown)


def attachment_response(name: str, media_type: str, content: bytes) -> HttpResponse:
    """A file that is not kept, as a download."""
    return _guarded(content, media_type, name, attachment=True)


def _guarded(content: bytes, media_type: str, name: str, *, attachment: bool) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(attachment, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600"
    return response
