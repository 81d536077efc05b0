"""What holds for every request: what none may be, the content security policy, and the language of who asks."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

GetResponse = Callable[[HttpRequest], HttpResponse]

#: The largest file a page takes is 64 MB; what a form adds to it is little.
LARGEST_REQUEST = 80 << 20
#: Strangers who apply hand in one document of at most 10 MB at a time.
LARGEST_OF_STRANGERS = 12 << 20

POLICY_HEADER = "Content-Security-Policy"
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the QR code of the authenticator app
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class SoundRequestMiddleware:
    """Refuse what no page can serve: a request too large for any, before a byte of it is written to disk, and an
    address with a NUL character, which no column can hold. The API refuses for itself, with a problem document.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            length = request.META.get("CONTENT_LENGTH") or "0"
            largest = LARGEST_OF_STRANGERS if request.path.startswith("/join/") else LARGEST_REQUEST
            if length.isdigit() and int(length) > largest:
                return HttpResponse("413 Content Too Large", status=413, content_type="text/plain")
            if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
                return HttpResponse("400 Bad Request", status=400, content_type="text/plain")
        return self.get_response(request)


class ContentSecurityPolicyMiddleware:
    """Allow nothing but our own files; a view with other needs sets the header itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(POLICY_HEADER, POLICY)
        return response


class UserLanguageMiddleware:
    """Answer a signed-in person in their own language; strangers keep what cookie or browser asked for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)
