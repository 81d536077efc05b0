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
_CLAIMED = ("principal", "key", "method", "path", "body_digest", "started_at")
#: Try the lock and, when it is ours, make the record unless there is one.
_CLAIM = f"""
    WITH lock AS MATERIALIZED (SELECT pg_try_advisory_lock(%s) AS is_ours), made AS (
        INSERT INTO dealers_idempotencyrecord ({", ".join(_CLAIMED)})
        SELECT {", ".join(["%s"] * len(_CLAIMED))} FROM lock WHERE is_ours
        ON CONFLICT (principal, key) DO NOTHING RETURNING id
    )
    SELECT is_ours, (SELECT id FROM made) FROM lock
"""
_ANSWER = "UPDATE dealers_idempotencyrecord SET status = %s, answer = %s WHERE id = %s"


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
    record = IdempotencyRecord(
        principal=principal,
        key=key,
        method="POST",
        path=request.path[:300],
        body_digest=_digest(request),
        started_at=clock.now(),
    )
    lock = _lock_of(record)
    is_ours, record.pk = _take(lock, record)
    if is_ours and record.pk is not None:
        return Claim(record, lock)
    try:
        known = IdempotencyRecord.objects.filter(principal=principal, key=key).first()
        if known is not None:
            _require_same(known, record)
            if known.status is not None:
                raise Replay(known.status, known.answer)
        if not is_ours or known is None:
            raise Problem(
                409,
                "still_running",
                gettext("The first request with this Idempotency-Key is still running; ask again shortly."),
                headers={"Retry-After": "2"},
            )
    except BaseException:
        if is_ours:
            let_go(lock)
        raise
    return Claim(known, lock)  # of a request that died


def let_go(lock: int) -> None:
    """Give the lock of a key back. A session that broke meanwhile has given it back already."""
    with suppress(Error), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


def _take(lock: int, record: IdempotencyRecord) -> tuple[bool, int | None]:
    """Whether the lock is ours now, and the number of the record if there was none before."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [lock, *(getattr(record, column) for column in _CLAIMED)])
        found: tuple[bool, int | None] = cursor.fetchone()
        return found


def _lock_of(record: IdempotencyRecord) -> int:
    """A number of 64 bits for the key of one caller."""
    digest = hashlib.sha256(f"idempotency\0{record.principal}\0{record.key}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _require_same(known: IdempotencyRecord, asked: IdempotencyRecord) -> None:
    if (known.method, known.path, known.body_digest) != (asked.method, asked.path, asked.body_digest):
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
    answer = without_nul(json.dumps(response.data, cls=JSONEncoder))
    with connection.cursor() as cursor:
        cursor.execute(_ANSWER, [response.status_code, answer, record.pk])


def _digest(request: Request) -> str:
    """What makes a request the same one: its bytes, and how they are to be read."""
    digest = hashlib.sha256(request._request.body)
    for header in ("Content-Type", "Content-Encoding"):
        digest.update(b"\0" + request.headers.get(header, "").encode())
    return digest.hexdigest()
