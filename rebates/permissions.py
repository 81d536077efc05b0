"""Who may do what in the rebates app: one table from capability to roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealers import permissions
from dealers.choices import Role

CAPABILITIES: Mapping[str, frozenset[Role]] = {
    "forfeitures.decide": frozenset({Role.RISK_JUDGE}),
}


def can(user: Any, capability: str) -> bool:
    """Whether the person's role includes ``capability``."""
    return permissions.can(user, capability, table=CAPABILITIES)


def require(user: Any, capability: str) -> None:
    """Raises :class:`~dealers.errors.NotPermitted` unless the person's role includes ``capability``."""
    permissions.require(user, capability, table=CAPABILITIES)
