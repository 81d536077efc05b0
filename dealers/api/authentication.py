"""Who calls: ``Authorization: Bearer <key>``, or a browser session with CSRF. Opens the caller's rows."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from dealers.foundation import clock
from dealers.models import ApiKey, Dealer
from dealers.principals import MachineClient
from dealers.scope import WHOLE_COMPANY, note_row_scope, set_row_scope

#: How exact ``last_used_at`` is; a write per call would cost more than it tells.
LAST_USED_EVERY = timedelta(minutes=1)
_SECRET = re.compile(r"[A-Za-z0-9]{1,16}\.[A-Za-z0-9]{1,100}")


def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


_KEY_COLUMNS, _DEALER_COLUMNS = _columns(ApiKey), _columns(Dealer)
#: A key with its dealer; when its secret is right and it holds, the session sees its rows from then on. The dealer of
#: a sandbox is not among the columns, for it is seen in its own session only, which this statement is about to open.
_OPEN = f"""
    SELECT {", ".join(f"key.{column}" for column in _KEY_COLUMNS)},
        {", ".join(f"dealer.{column}" for column in _DEALER_COLUMNS)},
        CASE WHEN key.hashed_key = %(hash)s AND NOT key.revoked
                AND (key.expiry_date IS NULL OR key.expiry_date > %(now)s)
            THEN set_config('halfmoon.dealer', coalesce(key.dealer_id::text, %(everything)s), false) END
    FROM dealers_apikey key LEFT JOIN dealers_dealer dealer ON dealer.id = key.dealer_id
    WHERE key.prefix = %(prefix)s
"""


class ApiKeyAuthentication(BaseAuthentication):
    """Accepts a key that exists, is not revoked and has not expired."""

    def authenticate(self, request: Request) -> tuple[MachineClient, ApiKey] | None:
        scheme, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = clock.now()
        key, opened = self._key(secret.strip(), now)
        if key.revoked or (key.expiry_date is not None and key.expiry_date <= now):
            raise AuthenticationFailed(gettext("The key has expired or was revoked."), code="key_ended")
        if opened is None:  # a right secret whose hash is kept in an old form
            set_row_scope(WHOLE_COMPANY if key.dealer_id is None else str(key.dealer_id))
        if key.last_used_at is None or now - key.last_used_at > LAST_USED_EVERY:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        return MachineClient(key), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Halfmoon"'

    @staticmethod
    def _key(secret: str, now: datetime) -> tuple[ApiKey, str | None]:
        """The key of this secret, and the row scope that is open already."""
        row = _found(secret, now) if _SECRET.fullmatch(secret) else None
        key = None if row is None else ApiKey.from_db(connection.alias, _KEY_COLUMNS, row[: len(_KEY_COLUMNS)])
        if row is None or key is None or not key.is_valid(secret):
            raise AuthenticationFailed(gettext("There is no such key."), code="unknown_key")
        *dealer, opened = row[len(_KEY_COLUMNS) :]
        if dealer[0] is not None:
            key.dealer = Dealer.from_db(connection.alias, _DEALER_COLUMNS, dealer)
        return key, opened


def _found(secret: str, now: datetime) -> Any:
    params: dict[str, str | datetime] = {
        "prefix": secret.partition(".")[0],
        "hash": ApiKey.objects.key_generator.hash(secret),
        "now": now,
        "everything": WHOLE_COMPANY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, params)
        row = cursor.fetchone()
    if row is not None and row[-1] is not None:
        note_row_scope(row[-1])
    return row


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
