"""What a caller may call: the scope of a key, or the capability of a person's role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_lazy
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from dealers.api.problems import Problem
from dealers.choices import Role
from dealers.errors import NotFound, NotPermitted
from dealers.models import ApiKey, Dealer, User
from dealers.permissions import CAPABILITIES, can
from dealers.principals import MachineClient
from dealers.selectors.visibility import visible_dealers


class ScopeOrCapability(BasePermission):
    """Keys need the view's scope for the method; persons need its capability. A view that names none is closed.

    ``view.access`` maps a method to ``(scope, capability)``; either may be None, which closes that door.
    ``view.capabilities`` is the app's table of capabilities. A method the view does not have passes, so that it is
    answered with 405; ``OPTIONS`` is for everyone who may call anything here.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        access: Mapping[str, tuple[str | None, str | None]] = getattr(view, "access", {})
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method == "OPTIONS":
            return any(_may(request, view, *needed) for needed in access.values())
        if method not in access:
            return not hasattr(view, method.lower())
        return _may(request, view, *access[method])


def _may(request: Request, view: Any, scope: str | None, capability: str | None) -> bool:
    if isinstance(request.user, MachineClient):
        return scope is not None and request.user.may(scope)
    table: Mapping[str, frozenset[Role]] = getattr(view, "capabilities", CAPABILITIES)
    return capability is not None and can(request.user, capability, table=table)


def actor_of(request: Request) -> User | ApiKey:
    """Who is written into the audit trail: the key, or the person."""
    caller: Any = request.user
    actor: User | ApiKey = request.auth if isinstance(request.auth, ApiKey) else caller
    return actor


def dealer_of(request: Request) -> Dealer | None:
    """The dealer that calls, by its key or one of its people; None for HQ."""
    caller: Any = request.user
    dealer: Dealer | None = caller.dealer
    return dealer


def own_dealer(request: Request) -> Dealer:
    """The dealer that calls. Raises ``NotPermitted`` for HQ."""
    dealer = dealer_of(request)
    if dealer is None:
        raise NotPermitted()
    return dealer


def delivering_dealer(request: Request) -> Dealer:
    """Whose delivery it is: the dealer that calls, or the one HQ names by ``?dealer=``.

    Raises a problem 400 when HQ names none, and ``NotFound`` for one out of sight or not the caller.
    """
    code, own = str(request.query_params.get("dealer", "")).strip(), dealer_of(request)
    if own is not None and (not code or code in own.reporting_codes):
        return own
    if not code:
        raise Problem(400, "dealer_required", gettext("Say whose delivery it is: ?dealer= and the code."))
    dealer = visible_dealers(request.user).filter(code=code[:32]).first() if own is None else None
    if dealer is None:
        raise NotFound(what=gettext_lazy("dealer"), key=code[:32])
    return dealer
