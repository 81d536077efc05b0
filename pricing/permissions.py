"""Who may do what in the pricing app: one table from capability to roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealers import permissions
from dealers.choices import DEALER_ROLES, HQ_ROLES, Role

DEALER_SIDE = frozenset(DEALER_ROLES)
#: HQ people whose work touches prices and promotions.
READERS = frozenset(HQ_ROLES) - {Role.ADMINISTRATOR, Role.AFTERSALES_SUPERVISOR}
BAND_READERS = READERS - {Role.FINANCE_CLERK, Role.FINANCE_APPROVER}

CAPABILITIES: Mapping[str, frozenset[Role]] = {
    "bands.view": BAND_READERS | DEALER_SIDE,
    # A channel manager keeps the bands of its own regions; see pricing.services.bands.require_place.
    "bands.edit": frozenset({Role.POLICY_MANAGER, Role.CHANNEL_MANAGER}),
    "bands.edit_everywhere": frozenset({Role.POLICY_MANAGER}),
    "bands.import": frozenset({Role.POLICY_MANAGER}),
    "bands.study": BAND_READERS,
    "bases.view": BAND_READERS,
    # Whoever sets a floor does not vouch for the ground on which it is enforced.
    "bases.record": frozenset({Role.LEGAL_REVIEWER}),
    "sales.view": frozenset(
        {
            Role.POLICY_MANAGER,
            Role.CHANNEL_MANAGER,
            Role.FINANCE_CLERK,
            Role.FINANCE_APPROVER,
            Role.RISK_INVESTIGATOR,
            Role.RISK_JUDGE,
            Role.AUDITOR,
        }
    )
    | DEALER_SIDE,
    "violations.view": (READERS - {Role.FINANCE_CLERK, Role.FINANCE_APPROVER, Role.MARKETING_DIRECTOR}) | DEALER_SIDE,
    "violations.gather": frozenset({Role.POLICY_MANAGER, Role.CHANNEL_MANAGER, Role.RISK_INVESTIGATOR}),
    "violations.decide": frozenset({Role.CHANNEL_MANAGER, Role.RISK_INVESTIGATOR}),
    # A seen price is anybody's to record who works at HQ; whose it was and what follows is for those who answer for it.
    "observations.record": frozenset(HQ_ROLES) - {Role.ADMINISTRATOR, Role.AUDITOR},
    "observations.view": frozenset(HQ_ROLES) - {Role.ADMINISTRATOR},
    "observations.import": frozenset({Role.POLICY_MANAGER, Role.CHANNEL_MANAGER, Role.RISK_INVESTIGATOR}),
    "observations.match": frozenset({Role.POLICY_MANAGER, Role.CHANNEL_MANAGER, Role.RISK_INVESTIGATOR}),
    "promos.view": READERS | DEALER_SIDE,
    "promos.request_for_dealer": DEALER_SIDE,
    "promos.request_for_hq": frozenset({Role.MARKETING_DIRECTOR, Role.POLICY_MANAGER, Role.CHANNEL_MANAGER}),
    "promos.request": DEALER_SIDE | {Role.MARKETING_DIRECTOR, Role.POLICY_MANAGER, Role.CHANNEL_MANAGER},
    # The general manager only in the place of a legal reviewer who is away; the rule of duties asks.
    "promos.decide_legal": frozenset({Role.LEGAL_REVIEWER, Role.GENERAL_MANAGER}),
    "promos.decide_budget": frozenset({Role.MARKETING_DIRECTOR, Role.GENERAL_MANAGER, Role.GM_OFFICE_MEMBER}),
    "promos.close_meeting": frozenset({Role.GENERAL_MANAGER}),
    # The door to a decision; whose step it is, the rule of duties says, with those who stand in for somebody.
    "promos.decide": frozenset(
        {Role.LEGAL_REVIEWER, Role.MARKETING_DIRECTOR, Role.GENERAL_MANAGER, Role.GM_OFFICE_MEMBER}
    ),
    "promos.delegate": frozenset({Role.LEGAL_REVIEWER, Role.MARKETING_DIRECTOR, Role.GENERAL_MANAGER}),
    "promos.see_delegations": frozenset(
        {Role.LEGAL_REVIEWER, Role.MARKETING_DIRECTOR, Role.GENERAL_MANAGER, Role.AUDITOR}
    ),
    "promos.export": READERS,
    "promos.results": READERS,
    "promos.record_spend": DEALER_SIDE | {Role.MARKETING_DIRECTOR, Role.POLICY_MANAGER, Role.CHANNEL_MANAGER},
    "promos.evaluate": frozenset(
        {Role.MARKETING_DIRECTOR, Role.GENERAL_MANAGER, Role.POLICY_MANAGER, Role.CHANNEL_MANAGER}
    ),
}


def can(user: Any, capability: str) -> bool:
    """Whether the person's role includes ``capability``."""
    return permissions.can(user, capability, table=CAPABILITIES)


def require(user: Any, capability: str) -> None:
    """Raises :class:`~dealers.errors.NotPermitted` unless the person's role includes ``capability``."""
    permissions.require(user, capability, table=CAPABILITIES)


def may_request_promos(actor: Any) -> bool:
    """Whether a person may draft promotion requests, for their dealer or for HQ."""
    return can(actor, "promos.request")
