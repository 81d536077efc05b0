"""What every page open to strangers needs: which device and place a request comes from, and how often it may try."""

from __future__ import annotations

import ipaddress
import secrets

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from dealers.foundation import clock

DEVICE_COOKIE = "halfmoon_device"
_DEVICE_SECONDS = 400 * 24 * 3600
#: Tries an hour from one address, whatever becomes of them.
MOST_TRIES, _TRIES_SECONDS = 30, 3600


def device_of(request: HttpRequest) -> str:
    """The name this device goes by; a new one when it has none yet."""
    return request.COOKIES.get(DEVICE_COOKIE, "")[:64] or secrets.token_urlsafe(24)


def remember_device(request: HttpRequest, response: HttpResponse, device: str) -> HttpResponse:
    """Let the device keep its name."""
    response.set_cookie(
        DEVICE_COOKIE, device, max_age=_DEVICE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return response


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: the last address our own proxy saw, of IPv6 the network."""
    direct = request.META.get("REMOTE_ADDR", "")
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    found = _address(direct)
    if forwarded and (found is None or found.is_private):
        found = _address(forwarded) or found
    if found is None:
        return ""
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def may_try(door: str, address: str, *, most: int = MOST_TRIES) -> bool:
    """Count one more try of this address at this door; False from the one too many within the hour on.

    The address itself is not kept, only a keyed hash of it.
    """
    who = salted_hmac("dealers.web.strangers", address).hexdigest()[:32]
    key = f"strangers:{door}:{who}:{int(clock.now().timestamp()) // _TRIES_SECONDS}"
    cache.add(key, 0, _TRIES_SECONDS)
    return cache.incr(key) <= most


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
