"""``Idempotency-Key`` on POST: a retry gets the first answer, and nothing is done twice.

The record is claimed before the work and holds the answer after it. An answer of ours that failed (5xx) is
forgotten, so that the retry can succeed; a request whose process died is taken over after a while. Reports, decisions
and confirmations have an identity of their own and are safe even then; of a new draft there may be two.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from dealers.api.problems import Problem, Replay
from dealers.foundation import clock
from dealers.models import IdempotencyRecord

TAKE_OVER_AFTER = timedelta(minutes=10)
_KEY = re.compile(r"[\x20-\x7e]{1,200}")


class IdempotentPosts(APIView):
    """A view whose POSTs may be retried with the same ``Idempotency-Key``."""

    claimed: IdempotencyRecord | None = None

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
            remember(self.claimed, answered)
            self.claimed = None
        return answered


def claim(request: Request, key: str) -> IdempotencyRecord:
    """Claim the key for this request. Raises :class:`Replay`, or a problem 400, 409 or 422."""
    if not _KEY.fullmatch(key):
        raise Problem(
            400, "bad_idempotency_key", gettext("An Idempotency-Key has 1 to 200 printable ASCII characters.")
        )
    now = clock.now()
    digest = _digest(request)
    path = request.path[:300]
    record, fresh = IdempotencyRecord.objects.get_or_create(
        principal=str(request.user.pk)[:80],
        key=key,
        defaults={"method": "POST", "path": path, "body_digest": digest, "started_at": now},
    )
    if fresh:
        return record
    if (record.method, record.path, record.body_digest) != ("POST", path, digest):
        raise Problem(
            422,
            "idempotency_key_reused",
            gettext("This Idempotency-Key was used for another request; use a new key for a new request."),
        )
    if record.status is not None:
        raise Replay(record.status, record.answer)
    lost = IdempotencyRecord.objects.filter(pk=record.pk, status=None, started_at__lt=now - TAKE_OVER_AFTER)
    if not lost.update(started_at=now):
        raise Problem(
            409,
            "still_running",
            gettext("The first request with this Idempotency-Key is still running; ask again shortly."),
            headers={"Retry-After": "2"},
        )
    return record


def remember(record: IdempotencyRecord, response: Response) -> None:
    """Keep the answer for retries, or forget the claim when the fault was ours."""
    if response.status_code >= 500:
        record.delete()
        return
    record.status = response.status_code
    record.answer = json.loads(json.dumps(response.data, cls=JSONEncoder))
    record.save(update_fields=["status", "answer"])


def _digest(request: Request) -> str:
    """What makes a request the same one: its bytes, and how they are to be read."""
    digest = hashlib.sha256(request._request.body)
    for header in ("Content-Type", "Content-Encoding"):
        digest.update(b"\0" + request.headers.get(header, "").encode())
    return digest.hexdigest()
