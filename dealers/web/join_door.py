"""The door of pages that are opened by an applicant's private link."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from dealers.errors import NotFound, Refused
from dealers.foundation import clock
from dealers.scope import WHOLE_COMPANY, row_scope
from dealers.selectors.admission import application_by_token
from dealers.web.strangers import address_of, may_try

#: Things done in an hour from one address: by somebody with a link, and by those who begin.
MOST_ACTS, MOST_BEGINNINGS = 240, 10

Page = Callable[..., HttpResponse]


def by_link(page: Page) -> Page:
    """Give the page the application its link leads to; a link that is unknown or over gets a page that says so.

    Strangers see no row by themselves, so the page works with the company's; it shows those of its application.
    """

    @wraps(page)
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not may_try("join", address_of(request), most=MOST_ACTS):
            return closed(request, _("Too many tries from here; wait an hour."), 429)
        with row_scope(WHOLE_COMPANY):
            try:
                application = application_by_token(token, at=clock.now())
            except Refused as refusal:
                return closed(request, str(refusal), refusal.status)
            return private(page(request, application, token, **kwargs))

    return never_cache(csrf_protect(opened))


def closed(request: HttpRequest, why: str, status: int) -> HttpResponse:
    """A page that says why a link leads nowhere."""
    return private(render(request, "join/closed.html", {"why": why}, status=status))


def private(response: HttpResponse) -> HttpResponse:
    """The address is a secret: no other site learns it, and no search engine keeps it.

    The policy is not `no-referrer`: with that a browser names no origin when it sends a form, and is refused.
    """
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def tried(request: HttpRequest, act: Callable[[], object], done: str = "") -> bool:
    """Do something and say that it is done, or why not."""
    try:
        act()
    except Refused as refusal:
        if isinstance(refusal, NotFound):
            messages.error(request, _("It is not there any more."))
        else:
            messages.error(request, str(refusal))
        return False
    if done:
        messages.success(request, done)
    return True
