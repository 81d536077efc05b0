"""Rate limits per key or person; a refused call says when to come back."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

logger = logging.getLogger(__name__)


class PrincipalThrottle(SimpleRateThrottle):
    """Counts the calls of each span of the rate's length; of the span before as much as still lies within one length.

    Two numbers in the broker and one round trip to it, however many calls are allowed. A refused call does not count.
    """

    scope = "principal"
    #: The rate in parts, set by the class above.
    num_requests: int
    duration: int
    _wait = 0.0

    def get_cache_key(self, request: Request, view: Any) -> str:
        principal = request.user.pk if request.user else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": principal}

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether the call is within the limit. Without a broker nothing is counted and nobody is refused."""
        if self.rate is None:
            return True
        try:
            return self._is_within(self.get_cache_key(request, view))
        except RedisError:
            logger.exception("rate limits are not kept: the broker does not answer")
            return True

    def wait(self) -> float:
        return self._wait

    def _is_within(self, key: str) -> bool:
        now, length, limit = self.timer(), self.duration, self.num_requests
        span, passed = int(now // length), now % length
        name = f"{key}:{span}"
        with broker().pipeline(transaction=False) as pipeline:
            pipeline.incr(name)
            pipeline.expire(name, 2 * length)
            pipeline.get(f"{key}:{span - 1}")
            count, _set, former = pipeline.execute()
        before = int(former or 0)
        if before * (1 - passed / length) + count <= limit:
            return True
        broker().decr(name)
        self._wait = _seconds_until(count, before, limit=limit, length=length) - passed
        return False


def _seconds_until(count: int, before: int, *, limit: int, length: int) -> float:
    """When, from the beginning of the span, the ``count``-th call of it is within the limit."""
    if count <= limit:
        return length * (1 - (limit - count) / before)
    # In the next span, of which this call would be the first, with those of this span before it.
    return length + max(1.0, length * (1 - (limit - 1) / (count - 1)))


@cache
def broker() -> redis.Redis:
    """This process's connections to the broker."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
