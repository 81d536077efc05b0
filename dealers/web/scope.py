"""The middleware that opens the rows of the person a request is served for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from dealers.scope import reset_row_scope, scope_of, set_row_scope


class RowScopeMiddleware:
    """Sets the row scope of the logged-in person; whatever scope was set is taken away when the answer is ready."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            set_row_scope(scope_of(request.user))
        try:
            return self.get_response(request)
        finally:
            reset_row_scope(settings.ROW_SCOPE)
