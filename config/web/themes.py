"""Light, dark, or as the device says: a cookie, since it belongs to the device and not to the person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.views.decorators.http import require_POST

from config.web.returning import return_address

COOKIE = "theme"
THEMES = ("light", "dark")
_YEAR = 365 * 24 * 3600


def chosen_theme(request: HttpRequest) -> str:
    """``light`` or ``dark`` as chosen on this device; empty to follow the device."""
    theme = request.COOKIES.get(COOKIE, "")
    return theme if theme in THEMES else ""


@require_POST
def set_theme(request: HttpRequest) -> HttpResponseRedirect:
    """Remember the theme on this device and return to the page; anything unknown means automatic."""
    response = HttpResponseRedirect(return_address(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(COOKIE, theme, max_age=_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response
