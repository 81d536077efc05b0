"""Who may do what in the dealers app: one table from capability to roles, and the question asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealers.choices import DEALER_ROLES, HQ_ROLES, Role
from dealers.errors import NotPermitted

READERS = frozenset(HQ_ROLES)
DEALER_SIDE = frozenset(DEALER_ROLES)
#: HQ people who do business; an administrator keeps people and keys and sees no figures.
BUSINESS = READERS - {Role.ADMINISTRATOR}
EVERYONE = BUSINESS | DEALER_SIDE
CHANNEL = frozenset({Role.POLICY_MANAGER, Role.CHANNEL_MANAGER})
FINANCE = frozenset({Role.FINANCE_CLERK, Role.FINANCE_APPROVER})
RISK = frozenset({Role.RISK_INVESTIGATOR, Role.RISK_JUDGE})
AUDIT = frozenset({Role.AUDITOR})

CAPABILITIES: Mapping[str, frozenset[Role]] = {
    "dealers.view": BUSINESS,
    "dealers.view_network": BUSINESS,
    "admission.view": CHANNEL | AUDIT | {Role.LEGAL_REVIEWER, Role.GENERAL_MANAGER},
    "admission.invite": CHANNEL,
    "admission.review": CHANNEL | {Role.LEGAL_REVIEWER},
    "admission.decide": frozenset({Role.POLICY_MANAGER, Role.GENERAL_MANAGER}),
    "admission.contract": CHANNEL,
    # Whoever proposes the end of a contract, or suspends a dealer, never decides about it.
    "exits.view": CHANNEL | FINANCE | AUDIT | {Role.GENERAL_MANAGER},
    "exits.propose": frozenset({Role.CHANNEL_MANAGER}),
    "exits.decide": frozenset({Role.GENERAL_MANAGER}),
    "exits.withdraw": frozenset({Role.CHANNEL_MANAGER, Role.GENERAL_MANAGER}),
    # The channel manager draws the list up, the dealer answers, a general manager fixes it.
    "returns.view": CHANNEL | FINANCE | AUDIT | DEALER_SIDE | {Role.GENERAL_MANAGER},
    "returns.draw_up": frozenset({Role.CHANNEL_MANAGER}),
    "returns.answer": frozenset({Role.DEALER_OWNER}),
    "returns.fix": frozenset({Role.GENERAL_MANAGER}),
    "dealers.suspend": CHANNEL,
    "dealers.end_suspension": frozenset({Role.GENERAL_MANAGER}),
    "certificates.view": CHANNEL | AUDIT | DEALER_SIDE | {Role.LEGAL_REVIEWER, Role.GENERAL_MANAGER},
    "certificates.hand_in": CHANNEL | DEALER_SIDE,
    "certificates.confirm": CHANNEL | {Role.LEGAL_REVIEWER},
    "territory.view": CHANNEL | AUDIT | DEALER_SIDE | {Role.GENERAL_MANAGER},
    "territory.request": CHANNEL | {Role.DEALER_OWNER},
    "territory.decide": CHANNEL,
    "contracts.view": CHANNEL | FINANCE | AUDIT | {Role.LEGAL_REVIEWER, Role.GENERAL_MANAGER},
    "contracts.propose": CHANNEL,
    "contracts.decide": frozenset({Role.POLICY_MANAGER, Role.GENERAL_MANAGER}),
    "addenda.view": CHANNEL | FINANCE | AUDIT | {Role.LEGAL_REVIEWER, Role.GENERAL_MANAGER},
    "addenda.sign": CHANNEL,
    "catalogue.view": EVERYONE,
    "prices.view": CHANNEL | FINANCE | AUDIT | {Role.MARKETING_DIRECTOR, Role.GENERAL_MANAGER},
    "prices.propose": CHANNEL,
    "prices.confirm": frozenset({Role.POLICY_MANAGER, Role.GENERAL_MANAGER}),
    "deliveries.view": CHANNEL | FINANCE | RISK | AUDIT | DEALER_SIDE,
    "reports.submit": DEALER_SIDE,
    "quarantine.correct": DEALER_SIDE,
    "trade.deliver": CHANNEL | DEALER_SIDE,
    "trade.agree": CHANNEL | {Role.DEALER_OWNER},
    "stock.view": CHANNEL | RISK | AUDIT | DEALER_SIDE,
    "supply.view": EVERYONE,
    "supply.hold": CHANNEL,
    "supply.lift": CHANNEL,
    "sync.exempt": CHANNEL,
    "sync.view": CHANNEL | AUDIT | {Role.AFTERSALES_SUPERVISOR},
    "sync.request_exemption": DEALER_SIDE,
    "sync.calendar": CHANNEL | AUDIT | {Role.AFTERSALES_SUPERVISOR} | DEALER_SIDE,
    "outages.view": CHANNEL | AUDIT | {Role.ADMINISTRATOR},
    "outages.manage": frozenset({Role.ADMINISTRATOR, Role.POLICY_MANAGER}),
    "policy.view": EVERYONE,
    "policy.draft": frozenset({Role.POLICY_MANAGER}),
    "policy.publish": frozenset({Role.POLICY_MANAGER, Role.GENERAL_MANAGER}),
    "bulletins.view": EVERYONE,
    "bulletins.write": CHANNEL,
    "bulletins.publish": frozenset({Role.POLICY_MANAGER, Role.GENERAL_MANAGER}),
    "bulletins.acknowledge": DEALER_SIDE,
    "bulletins.follow": CHANNEL | AUDIT | {Role.GENERAL_MANAGER},
    "calendar.view": BUSINESS,
    "people.view": frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    "people.manage": frozenset({Role.ADMINISTRATOR}),
    "keys.view": frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    "keys.manage": frozenset({Role.ADMINISTRATOR}),
    "keys.manage_own": frozenset({Role.DEALER_OWNER}),
    "webhooks.view": frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    "webhooks.manage": frozenset({Role.ADMINISTRATOR}),
    "webhooks.manage_own": frozenset({Role.DEALER_OWNER}),
    "audit.view": frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    "audit.verify": frozenset({Role.AUDITOR}),
    "jobs.view": CHANNEL | FINANCE | AUDIT | {Role.ADMINISTRATOR},
    "master_data.import": CHANNEL,
}


def can(user: Any, capability: str, *, table: Mapping[str, frozenset[Role]] = CAPABILITIES) -> bool:
    """Whether the person's role includes ``capability``; an unknown capability is a programming error."""
    return getattr(user, "is_active", False) and getattr(user, "role", None) in table[capability]


def require(user: Any, capability: str, *, table: Mapping[str, frozenset[Role]] = CAPABILITIES) -> None:
    """Raises :class:`~dealers.errors.NotPermitted` unless the person's role includes ``capability``."""
    if not can(user, capability, table=table):
        raise NotPermitted(capability=capability)
