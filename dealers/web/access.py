"""The door of every page: signed in, the right role, and refusals turned into answers a person can read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from dealers import permissions
from dealers.errors import NotFound, NotPermitted, Refused
from dealers.models import Dealer, User

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
Ask = Callable[[Any, str], bool]


def capability_required(*capabilities: str, can: Ask = permissions.can) -> Callable[[Page[P]], Page[P]]:
    """Open a page to roles with any of these capabilities: strangers are sent to sign in, others get 403.

    ``can`` asks the table of another app.
    """

    def decorate(page: Page[P]) -> Page[P]:
        @wraps(page)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not any(can(request.user, capability) for capability in capabilities):
                raise PermissionDenied
            return page(request, *args, **kwargs)

        return login_required(guarded)

    return decorate


def person(request: HttpRequest) -> User:
    """Who asks, on a page that is not open to strangers."""
    return cast(User, request.user)


def own_dealer(request: HttpRequest) -> Dealer:
    """The dealer whose person asks. HQ people get 403: the page is not theirs."""
    dealer = person(request).dealer
    if dealer is None:
        raise PermissionDenied
    return dealer


@contextmanager
def refusals_shown(request: HttpRequest) -> Iterator[None]:
    """Turn a refusal into a message on the next page; what is not in sight or not allowed into 404 and 403."""
    try:
        yield
    except NotFound as refusal:
        raise Http404(str(refusal)) from refusal
    except NotPermitted as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.error(request, str(refusal))


def back_to(request: HttpRequest, fallback: str, *args: object) -> HttpResponse:
    """Return to the page the form stood on (its ``next`` field, if it is one of ours), else to ``fallback``."""
    target = request.POST.get("next", "")
    if target and url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return redirect(target)
    return redirect(fallback, *args)
