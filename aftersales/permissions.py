"""Who may do what in the aftersales app: one table from capability to roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealers import permissions
from dealers.choices import DEALER_ROLES, Role

DEALER_SIDE = frozenset(DEALER_ROLES)
#: HQ people whose work touches how customers are served. Policy and finance see figures, not customers.
READERS = frozenset(
    {Role.AFTERSALES_SUPERVISOR, Role.CHANNEL_MANAGER, Role.POLICY_MANAGER, Role.GENERAL_MANAGER, Role.AUDITOR}
)

CAPABILITIES: Mapping[str, frozenset[Role]] = {
    #: A channel manager sees its own regions and what is not placed yet.
    "tickets.view": READERS | {Role.RISK_INVESTIGATOR, Role.RISK_JUDGE} | DEALER_SIDE,
    "tickets.enter": frozenset({Role.AFTERSALES_SUPERVISOR}) | DEALER_SIDE,
    "tickets.answer": frozenset({Role.AFTERSALES_SUPERVISOR}) | DEALER_SIDE,
    "tickets.assign": frozenset({Role.AFTERSALES_SUPERVISOR}),
    "tickets.supervise": frozenset({Role.AFTERSALES_SUPERVISOR}),
    "teams.view": READERS | DEALER_SIDE,
    "teams.manage": DEALER_SIDE,
    "teams.check": frozenset({Role.AFTERSALES_SUPERVISOR}),
    "reports.view": READERS | DEALER_SIDE,
    "reports.write": DEALER_SIDE,
    "reports.acknowledge": frozenset({Role.AFTERSALES_SUPERVISOR}),
    #: To let a case be opened about what was missed; the case path asks again.
    "breaches.take_up": frozenset({Role.CHANNEL_MANAGER, Role.RISK_INVESTIGATOR}),
    "breaches.waive": frozenset({Role.AFTERSALES_SUPERVISOR}),
}


def can(user: Any, capability: str) -> bool:
    """Whether the person's role includes ``capability``."""
    return permissions.can(user, capability, table=CAPABILITIES)


def require(user: Any, capability: str) -> None:
    """Raises :class:`~dealers.errors.NotPermitted` unless the person's role includes ``capability``."""
    permissions.require(user, capability, table=CAPABILITIES)
