"""A complete case as a file: PDF, its record as JSON, and everything in one archive."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from dealers.foundation.digest import canonical_json, sha256_hex
from dealers.models import StoredFile
from dealers.web.access import capability_required, person
from dealers.web.archives import Entry, streamed_zip
from dealers.web.downloads import in_scope_of
from dealers.web.files import attachment_response
from settlement.documents.case_file import Dossier, evidence_object, file_name, record_of
from settlement.documents.case_pdf import case_pdf
from settlement.documents.paper import CHINESE, ENGLISH, LANGUAGES
from settlement.errors import CaseNotFound
from settlement.permissions import can
from settlement.selectors.case_dossiers import dossier_of


@require_GET
@capability_required("cases.view", "cases.own", can=can)
def dossier(request: HttpRequest, number: str, written: str) -> HttpResponseBase:
    """The case file in the language of ``?lang=`` or of the page; a dealer's is its own copy."""
    try:
        found = dossier_of(person(request), number)
    except CaseNotFound as error:
        raise Http404(str(error)) from error
    if written == "json":
        return attachment_response(file_name(found, "json"), "application/json", record_of(found))
    if written == "pdf":
        wanted = request.GET.get("lang", "") or get_language() or ""
        language = ENGLISH if wanted.lower().startswith(ENGLISH) else CHINESE
        name = file_name(found, "pdf", language)
        return attachment_response(name, "application/pdf", case_pdf(found, language))
    if written != "zip":
        raise Http404
    archive = streamed_zip(_entries(found), compressed=True)
    response = StreamingHttpResponse(in_scope_of(request, archive), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{file_name(found, "zip")}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _entries(dossier: Dossier) -> Iterator[Entry]:
    """The file in both languages, the record, each piece of evidence, each file, and the digests of all of them."""
    sums = []
    for entry in _contents(dossier):
        sums.append(f"{sha256_hex(entry.content)}  {entry.name}")
        yield entry
    yield Entry("SHA256SUMS", ("\n".join(sums) + "\n").encode(), dossier.as_of)


def _contents(dossier: Dossier) -> Iterator[Entry]:
    at = dossier.as_of
    for language in LANGUAGES:
        yield Entry(file_name(dossier, "pdf", language), case_pdf(dossier, language), at)
    yield Entry(file_name(dossier, "json"), record_of(dossier), at)
    for number, piece in enumerate(dossier.evidence, start=1):
        name = f"evidence/{number:04}-{piece.kind}.json"
        yield Entry(name, _evidence_json(dossier, number), piece.added_at)
    for path, key in dict((each.path, each.file.pk) for each in dossier.files).items():
        kept = StoredFile.objects.get(pk=key)
        yield Entry(path, bytes(kept.content), kept.kept_at)


def _evidence_json(dossier: Dossier, number: int) -> bytes:
    """For headquarters the very bytes the fingerprint was taken of; for the dealer what it is shown."""
    piece = dossier.evidence[number - 1]
    if dossier.for_dealer:
        return canonical_json(evidence_object(piece, for_dealer=True))
    return canonical_json(piece.snapshot)
