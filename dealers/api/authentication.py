"""Who calls: ``Authorization: Bearer <key>``, or a browser session with CSRF. Opens the caller's rows."""

from __future__ import annotations

from datetime import timedelta

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from dealers.foundation import clock
from dealers.models import ApiKey
from dealers.principals import MachineClient
from dealers.scope import WHOLE_COMPANY, set_row_scope

#: How exact ``last_used_at`` is; a write per call would cost more than it tells.
LAST_USED_EVERY = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """Accepts a key that exists, is not revoked and has not expired."""

    def authenticate(self, request: Request) -> tuple[MachineClient, ApiKey] | None:
        scheme, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = self._key(secret.strip())
        now = clock.now()
        if key.revoked or (key.expiry_date is not None and key.expiry_date <= now):
            raise AuthenticationFailed("The key has expired or was revoked.", code="key_ended")
        if key.last_used_at is None or now - key.last_used_at > LAST_USED_EVERY:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        set_row_scope(WHOLE_COMPANY if key.dealer_id is None else str(key.dealer_id))
        return MachineClient(key), key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    @staticmethod
    def _key(secret: str) -> ApiKey:
        prefix, _dot, _rest = secret.partition(".")
        key = ApiKey.objects.select_related("dealer").filter(prefix=prefix).first()
        if key is None or not key.is_valid(secret):
            raise AuthenticationFailed("There is no such key.", code="unknown_key")
        return key


class ScopedSessionAuthentication(SessionAuthentication):
    """A browser session; its rows were opened by :class:`dealers.web.scope.RowScopeMiddleware`."""


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key of a dealer or of an HQ system."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = ScopedSessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
