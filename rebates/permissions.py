"""Who may do what in the rebates app: one table from capability to roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealers import permissions
from dealers.choices import DEALER_ROLES, HQ_ROLES, Role

DEALER_SIDE = frozenset(DEALER_ROLES)
FINANCE = frozenset({Role.FINANCE_CLERK, Role.FINANCE_APPROVER})
#: HQ people whose work touches what dealers earn.
READERS = frozenset(
    {
        Role.POLICY_MANAGER,
        Role.CHANNEL_MANAGER,
        Role.GENERAL_MANAGER,
        Role.FINANCE_CLERK,
        Role.FINANCE_APPROVER,
        Role.AUDITOR,
    }
)

CAPABILITIES: Mapping[str, frozenset[Role]] = {
    #: A channel manager sees its own regions.
    "watch.view": frozenset(
        {
            Role.FINANCE_CLERK,
            Role.FINANCE_APPROVER,
            Role.POLICY_MANAGER,
            Role.CHANNEL_MANAGER,
            Role.GENERAL_MANAGER,
            Role.AUDITOR,
        }
    ),
    # A channel manager sees, and decides about, the dealers of its own regions.
    "scorecards.view": READERS | {Role.AFTERSALES_SUPERVISOR, Role.MARKETING_DIRECTOR} | DEALER_SIDE,
    "scorecards.target": frozenset({Role.CHANNEL_MANAGER, Role.POLICY_MANAGER}),
    "scorecards.publish": frozenset({Role.POLICY_MANAGER}),
    "plans.write": DEALER_SIDE,
    "plans.judge": frozenset({Role.CHANNEL_MANAGER}),
    "tiers.view": READERS,
    "tiers.own": DEALER_SIDE,
    "tiers.read": READERS | DEALER_SIDE,
    "tiers.try": frozenset({Role.POLICY_MANAGER, Role.CHANNEL_MANAGER, Role.GENERAL_MANAGER}),
    "tiers.decide": frozenset({Role.CHANNEL_MANAGER}),
    "forfeitures.decide": frozenset({Role.RISK_JUDGE}),
    "support.view": FINANCE
    | {
        Role.POLICY_MANAGER,
        Role.CHANNEL_MANAGER,
        Role.MARKETING_DIRECTOR,
        Role.GENERAL_MANAGER,
        Role.AUDITOR,
    }
    | DEALER_SIDE,
    "support.ask": DEALER_SIDE,
    # Whoever reserves the money never decides whether it was well spent.
    "support.reserve": frozenset({Role.CHANNEL_MANAGER}),
    "support.verify": frozenset({Role.MARKETING_DIRECTOR, Role.FINANCE_APPROVER}),
    "support.reverse": frozenset({Role.FINANCE_APPROVER}),
    "remote_subsidy.view": READERS | DEALER_SIDE,
    "remote_subsidy.apply": DEALER_SIDE,
    "remote_subsidy.decide": frozenset({Role.CHANNEL_MANAGER}),
    "referrals.view": FINANCE
    | {Role.POLICY_MANAGER, Role.CHANNEL_MANAGER, Role.MARKETING_DIRECTOR, Role.GENERAL_MANAGER, Role.AUDITOR}
    | {Role.RISK_INVESTIGATOR, Role.AFTERSALES_SUPERVISOR},
    "referrals.read": FINANCE
    | {Role.POLICY_MANAGER, Role.CHANNEL_MANAGER, Role.MARKETING_DIRECTOR, Role.GENERAL_MANAGER, Role.AUDITOR}
    | {Role.RISK_INVESTIGATOR, Role.AFTERSALES_SUPERVISOR}
    | DEALER_SIDE,
    # Everybody who works at HQ may refer somebody.
    "referrals.refer": frozenset(HQ_ROLES) - {Role.AUDITOR},
    "referrals.refer_as_partner": DEALER_SIDE,
    "referrals.follow": DEALER_SIDE,
    "referrals.assign": frozenset({Role.CHANNEL_MANAGER}),
    "referrals.call_back": frozenset({Role.AFTERSALES_SUPERVISOR, Role.MARKETING_DIRECTOR}),
    "referrals.pay_prepare": frozenset({Role.FINANCE_CLERK}),
    "referrals.pay_approve": frozenset({Role.FINANCE_APPROVER}),
    "referrals.payouts": FINANCE | {Role.AUDITOR},
    "referrals.take_back": frozenset({Role.FINANCE_APPROVER}),
}


def can(user: Any, capability: str) -> bool:
    """Whether the person's role includes ``capability``."""
    return permissions.can(user, capability, table=CAPABILITIES)


def require(user: Any, capability: str) -> None:
    """Raises :class:`~dealers.errors.NotPermitted` unless the person's role includes ``capability``."""
    permissions.require(user, capability, table=CAPABILITIES)
