"""Who calls: ``Authorization: Bearer <key>``, or a browser session with CSRF. Opens the caller's rows."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils.translation import gettext
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from dealers.foundation import clock
from dealers.models import ApiKey
from dealers.principals import MachineClient
from dealers.scope import WHOLE_COMPANY, set_row_scope

#: How exact ``last_used_at`` is; a write per call would cost more than it tells.
LAST_USED_EVERY = timedelta(minutes=1)
_SECRET = re.compile(r"[A-Za-z0-9]{1,16}\.[A-Za-z0-9]{1,100}")


class ApiKeyAuthentication(BaseAuthentication):
    """Accepts a key that exists, is not revoked and has not expired."""

    def authenticate(self, request: Request) -> tuple[MachineClient, ApiKey] | None:
        scheme, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = self._key(secret.strip())
        now = clock.now()
        if key.revoked or (key.expiry_date is not None and key.expiry_date <= now):
            raise AuthenticationFailed(gettext("The key has expired or was revoked."), code="key_ended")
        # Before the dealer itself is read: the row of a sandbox is seen in its own session only.
        set_row_scope(WHOLE_COMPANY if key.dealer_id is None else str(key.dealer_id))
        if key.last_used_at is None or now - key.last_used_at > LAST_USED_EVERY:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        return MachineClient(key), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Halfmoon"'

    @staticmethod
    def _key(secret: str) -> ApiKey:
        if not _SECRET.fullmatch(secret):
            raise AuthenticationFailed(gettext("There is no such key."), code="unknown_key")
        key = ApiKey.objects.filter(prefix=secret.partition(".")[0]).first()
        if key is None or not key.is_valid(secret):
            raise AuthenticationFailed(gettext("There is no such key."), code="unknown_key")
        return key


class ScopedSessionAuthentication(SessionAuthentication):
    """A browser session; its rows were opened by :class:`dealers.web.scope.RowScopeMiddleware`."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise PermissionDenied(
                gettext("A call with a browser session needs the header X-CSRFToken."), code="csrf_failed"
            ) from error


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key of a dealer or of an HQ system."}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = ScopedSessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "A browser session; writing calls also need the header X-CSRFToken.",
        }
