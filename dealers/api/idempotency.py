"""``Idempotency-Key`` on POST: a retry gets the first answer, and nothing is done twice.

The record is claimed before the work and holds the answer after it. While a request works, its database session holds
a lock of the key; a process or a database that dies lets go of it at once, so the next try need not wait. An answer
of ours that failed (5xx) is forgotten, so that the retry can succeed. Reports, decisions and confirmations have an
identity of their own and are safe even when a request died between its work and its answer; of a new draft there may
be two.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import Error, connection
from django.utils.translation import gettext
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from dealers.api.problems import Problem, Replay
from dealers.foundation import clock
from dealers.models import IdempotencyRecord
from dealers.services.refused_content import without_nul

_KEY = re.compile(r"[\x20-\x7e]{1,200}")


@dataclass(frozen=True)
class Claim:
    """A key that this request works under: its record, and the number of the lock that is held meanwhile."""

    record: IdempotencyRecord
    lock: int


class IdempotentPosts(APIView):
    """A view whose POSTs may be retried with the same ``Idempotency-Key``."""

    claimed: Claim | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # A form would be taken apart for its CSRF token, and its bytes be gone; keep them first.
        if str(request.content_type).startswith("multipart/"):
            _ = request._request.body
        super().initial(request, *args, **kwargs)
        key = request.headers.get("Idempotency-Key", "")
        if request.method == "POST" and key:
            self.claimed = claim(request, key)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        answered: Response = super().finalize_response(request, response, *args, **kwargs)
        if self.claimed is not None:
            claimed, self.claimed = self.claimed, None
            try:
                remember(claimed.record, answered)
            finally:
                let_go(claimed.lock)
        return answered


def claim(request: Request, key: str) -> Claim:
    """Claim the key for this request. Raises :class:`Replay`, or a problem 400, 409 or 422."""
    if not _KEY.fullmatch(key):
        raise Problem(
            400, "bad_idempotency_key", gettext("An Idempotency-Key has 1 to 200 printable ASCII characters.")
        )
    principal = str(request.user.pk)[:80]
    lock = _lock_of(principal, key)
    if not _take(lock):
        record = IdempotencyRecord.objects.filter(principal=principal, key=key).first()
        if record is not None:
            _require_same(record, request)
            if record.status is not None:
                raise Replay(record.status, record.answer)
        raise Problem(
            409,
            "still_running",
            gettext("The first request with this Idempotency-Key is still running; ask again shortly."),
            headers={"Retry-After": "2"},
        )
    try:
        record, _fresh = IdempotencyRecord.objects.get_or_create(
            principal=principal,
            key=key,
            defaults={
                "method": "POST",
                "path": request.path[:300],
                "body_digest": _digest(request),
                "started_at": clock.now(),
            },
        )
        _require_same(record, request)
        if record.status is not None:
            raise Replay(record.status, record.answer)
    except BaseException:
        let_go(lock)
        raise
    return Claim(record, lock)


def let_go(lock: int) -> None:
    """Give the lock of a key back. A session that broke meanwhile has given it back already."""
    with suppress(Error), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


def _take(lock: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        return bool(cursor.fetchone()[0])


def _lock_of(principal: str, key: str) -> int:
    """A number of 64 bits for the key of one caller."""
    digest = hashlib.sha256(f"idempotency\0{principal}\0{key}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _require_same(record: IdempotencyRecord, request: Request) -> None:
    if (record.method, record.path, record.body_digest) != ("POST", request.path[:300], _digest(request)):
        raise Problem(
            422,
            "idempotency_key_reused",
            gettext("This Idempotency-Key was used for another request; use a new key for a new request."),
        )


def remember(record: IdempotencyRecord, response: Response) -> None:
    """Keep the answer for retries, or forget the claim when the fault was ours."""
    if response.status_code >= 500:
        record.delete()
        return
    record.status = response.status_code
    record.answer = json.loads(without_nul(json.dumps(response.data, cls=JSONEncoder)))
    record.save(update_fields=["status", "answer"])


def _digest(request: Request) -> str:
    """What makes a request the same one: its bytes, and how they are to be read."""
    digest = hashlib.sha256(request._request.body)
    for header in ("Content-Type", "Content-Encoding"):
        digest.update(b"\0" + request.headers.get(header, "").encode())
    return digest.hexdigest()
