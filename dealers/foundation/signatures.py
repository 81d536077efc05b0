"""Signing what leaves, so that the receiver knows who sent it and when (the header ``Halfmoon-Signature``).

``t=1762300800,v1=<hex>``: HMAC-SHA256 of ``"<t>.<body>"`` under the endpoint's secret. While a secret is being
replaced there are two ``v1``. Only the standard library is used: receivers may copy this file.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

HEADER = "Halfmoon-Signature"
#: How old or how far ahead a signature may be; beyond, it may have been recorded and played back.
REPLAY_WINDOW_SECONDS = 300


def sign(body: bytes, *, secrets: Iterable[str], at: datetime) -> str:
    """The value of the signature header for ``body`` sent at ``at``."""
    moment = int(at.timestamp())
    return ",".join([f"t={moment}", *(f"v1={_mac(secret, moment, body)}" for secret in secrets)])


def problem_with(header: str, body: bytes, *, secret: str, now: float) -> str:
    """Why a signed body cannot be trusted: ``missing``, ``malformed``, ``too_old`` or ``wrong``; empty when it can."""
    if not header:
        return "missing"
    parts = [part.partition("=") for part in header.split(",")]
    moments = [value for name, _equals, value in parts if name.strip() == "t"]
    if len(moments) != 1 or not (moments[0].isascii() and moments[0].isdigit() and len(moments[0]) < 13):
        return "malformed"
    moment = int(moments[0])
    expected = _mac(secret, moment, body)
    macs = [value for name, _equals, value in parts if name.strip() == "v1"]
    if not any(hmac.compare_digest(expected.encode(), mac.strip().encode()) for mac in macs):
        return "wrong"
    return "too_old" if abs(now - moment) > REPLAY_WINDOW_SECONDS else ""


def _mac(secret: str, moment: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
