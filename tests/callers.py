"""Clients of the API: by key, by browser session, or by nobody."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from dealers.foundation import clock
from dealers.models import ApiKey, Dealer, User
from dealers.services.keys import create_api_key

ROOT = "/api/v1/"


class Caller:
    """Calls relative to the API's root; ``answer.json()`` is the body."""

    def __init__(self, *, secret: str = "", user: User | None = None, language: str = "en", csrf: bool = False) -> None:
        self.client = Client(enforce_csrf_checks=csrf, raise_request_exception=True)
        if user is not None:
            user.language = language
            user.save(update_fields=["language"])
            self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        self.headers = {"Accept-Language": language}
        if secret:
            self.headers["Authorization"] = f"Bearer {secret}"

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(ROOT + path, query or {}, headers={**self.headers, **headers})

    def post(self, path: str, body: Any = None, *, content_type: str = "application/json", **headers: str) -> Any:
        if body is None:
            body = {}
        if not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(ROOT + path, body, content_type=content_type, headers={**self.headers, **named})

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = b"" if body is None else json.dumps(body)
        return self.client.generic(
            method, ROOT + path, data, content_type="application/json", headers={**self.headers, **headers}
        )


def key_of(dealer: Dealer, *scopes: str) -> tuple[ApiKey, str]:
    """A dealer's key with these scopes, or all; with its secret."""
    return create_api_key(name="till", actor=None, at=clock.now(), dealer=dealer, scopes=scopes)


def dealer_caller(dealer: Dealer, *scopes: str, language: str = "en") -> Caller:
    return Caller(secret=key_of(dealer, *scopes)[1], language=language)


def hq_system(*scopes: str, language: str = "en") -> Caller:
    _key, secret = create_api_key(name="erp", actor=None, at=clock.now(), system="erp", scopes=scopes)
    return Caller(secret=secret, language=language)


def person(user: User, *, csrf: bool = False, language: str = "en") -> Caller:
    return Caller(user=user, csrf=csrf, language=language)
