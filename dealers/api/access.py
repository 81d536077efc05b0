"""What a caller may call: the scope of a key, or the capability of a person's role."""

from __future__ import annotations

from collections.abc import Mapping

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from dealers.choices import Role
from dealers.permissions import CAPABILITIES, can
from dealers.principals import MachineClient


class ScopeOrCapability(BasePermission):
    """Keys need the view's scope for the method; persons need its capability. A view that names none is closed.

    ``view.access`` maps a method to ``(scope, capability)``; either may be None, which closes that door.
    ``view.capabilities`` is the app's table of capabilities.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        access: Mapping[str, tuple[str | None, str | None]] = getattr(view, "access", {})
        method = "GET" if request.method in ("HEAD", "OPTIONS") else str(request.method)
        if method not in access:
            return False
        scope, capability = access[method]
        if isinstance(request.user, MachineClient):
            return scope is not None and request.user.may(scope)
        table: Mapping[str, frozenset[Role]] = getattr(view, "capabilities", CAPABILITIES)
        return capability is not None and can(request.user, capability, table=table)
