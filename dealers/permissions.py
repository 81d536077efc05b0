"""Who may do what in the dealers app: one table from capability to roles, and the question asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealers.choices import DEALER_ROLES, HQ_ROLES, Role
from dealers.errors import NotPermitted

READERS = frozenset(HQ_ROLES)
DEALER_SIDE = frozenset(DEALER_ROLES)
EVERYONE = READERS | DEALER_SIDE

CAPABILITIES: Mapping[str, frozenset[Role]] = {
    "dealers.view": READERS - {Role.ADMINISTRATOR},
    "dealers.view_network": READERS - {Role.ADMINISTRATOR},
    "catalogue.view": EVERYONE - {Role.ADMINISTRATOR},
    "deliveries.view": (READERS - {Role.ADMINISTRATOR}) | DEALER_SIDE,
    "reports.submit": DEALER_SIDE,
    "quarantine.correct": DEALER_SIDE,
    "supply.view": (READERS - {Role.ADMINISTRATOR}) | DEALER_SIDE,
    "supply.hold": frozenset({Role.CHANNEL_MANAGER, Role.POLICY_MANAGER}),
    "supply.lift": frozenset({Role.CHANNEL_MANAGER, Role.POLICY_MANAGER}),
    "sync.exempt": frozenset({Role.CHANNEL_MANAGER, Role.POLICY_MANAGER}),
    "sync.view": READERS - {Role.ADMINISTRATOR},
    "policy.view": EVERYONE - {Role.ADMINISTRATOR},
    "policy.draft": frozenset({Role.POLICY_MANAGER}),
    "policy.publish": frozenset({Role.POLICY_MANAGER, Role.GENERAL_MANAGER}),
    "calendar.view": EVERYONE,
    "people.view": frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    "people.manage": frozenset({Role.ADMINISTRATOR}),
    "keys.view": frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    "keys.manage": frozenset({Role.ADMINISTRATOR}),
    "keys.manage_own": frozenset({Role.DEALER_OWNER}),
    "audit.view": frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    "audit.verify": frozenset({Role.AUDITOR}),
    "jobs.view": READERS,
    "master_data.import": frozenset({Role.POLICY_MANAGER, Role.CHANNEL_MANAGER}),
}


def can(user: Any, capability: str, *, table: Mapping[str, frozenset[Role]] = CAPABILITIES) -> bool:
    """Whether the person's role includes ``capability``; an unknown capability is a programming error."""
    return getattr(user, "is_active", False) and getattr(user, "role", None) in table[capability]


def require(user: Any, capability: str, *, table: Mapping[str, frozenset[Role]] = CAPABILITIES) -> None:
    """Raises :class:`~dealers.errors.NotPermitted` unless the person's role includes ``capability``."""
    if not can(user, capability, table=table):
        raise NotPermitted(capability=capability)
