"""Who may do what in the settlement app: one table from capability to roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealers import permissions
from dealers.choices import DEALER_ROLES, Role

DEALER_SIDE = frozenset(DEALER_ROLES)
FINANCE = frozenset({Role.FINANCE_CLERK, Role.FINANCE_APPROVER})
#: HQ people whose work touches what dealers are paid.
READERS = FINANCE | {Role.POLICY_MANAGER, Role.CHANNEL_MANAGER, Role.GENERAL_MANAGER, Role.AUDITOR}

CAPABILITIES: Mapping[str, frozenset[Role]] = {
    "earnings.own": DEALER_SIDE,
    "runs.view": READERS,
    "runs.calculate": FINANCE,
    "runs.put_up": FINANCE,
    "runs.review": FINANCE,
    "runs.approve": frozenset({Role.FINANCE_APPROVER}),
    "statements.view": READERS | DEALER_SIDE,
    "statements.view_drafts": FINANCE | {Role.AUDITOR, Role.GENERAL_MANAGER},
    "statements.confirm": DEALER_SIDE,
    "statements.export": FINANCE | {Role.AUDITOR, Role.GENERAL_MANAGER},
    "documents.view": FINANCE | {Role.AUDITOR, Role.GENERAL_MANAGER},
    "documents.issue": FINANCE,
    "documents.check": frozenset(Role),
    "adjustments.view": FINANCE | {Role.GENERAL_MANAGER, Role.AUDITOR},
    "adjustments.propose": FINANCE,
    "adjustments.approve": frozenset({Role.FINANCE_APPROVER}),
    "forfeitures.view": FINANCE | {Role.GENERAL_MANAGER, Role.AUDITOR},
    "disputes.view": FINANCE | {Role.CHANNEL_MANAGER, Role.GENERAL_MANAGER, Role.AUDITOR} | DEALER_SIDE,
    "disputes.open": DEALER_SIDE,
    "disputes.prepare": FINANCE,
    "disputes.decide": frozenset({Role.FINANCE_APPROVER}),
    "payments.view": FINANCE | {Role.AUDITOR, Role.GENERAL_MANAGER},
    "payments.view_own": DEALER_SIDE,
    "payments.plan": frozenset({Role.FINANCE_CLERK}),
    "payments.release": frozenset({Role.FINANCE_APPROVER}),
    "payments.execute": frozenset({Role.FINANCE_CLERK}),
    "payments.track": FINANCE,
    "payments.consent": frozenset({Role.DEALER_OWNER}),
    "bank_accounts.propose": frozenset({Role.FINANCE_CLERK, Role.DEALER_OWNER}),
    "bank_accounts.confirm": frozenset({Role.FINANCE_APPROVER}),
    "cases.open": frozenset({Role.CHANNEL_MANAGER, Role.RISK_INVESTIGATOR}),
    "cases.view": frozenset({Role.RISK_INVESTIGATOR, Role.RISK_JUDGE, Role.GENERAL_MANAGER, Role.AUDITOR}),
    "cases.investigate": frozenset({Role.RISK_INVESTIGATOR}),
    "cases.decide": frozenset({Role.RISK_JUDGE}),
    # A third person: another judge, or the general manager where there is only one.
    "cases.hear_appeal": frozenset({Role.RISK_JUDGE, Role.GENERAL_MANAGER}),
    "cases.note": frozenset({Role.RISK_INVESTIGATOR, Role.RISK_JUDGE}),
    "cases.own": DEALER_SIDE,
    "cases.reply": DEALER_SIDE,
    "signals.view": frozenset({Role.RISK_INVESTIGATOR, Role.RISK_JUDGE, Role.AUDITOR}),
    "signals.run": frozenset({Role.RISK_INVESTIGATOR}),
    "signals.suppress": frozenset({Role.RISK_INVESTIGATOR}),
    "ledger.view": FINANCE | {Role.AUDITOR, Role.GENERAL_MANAGER},
    "ledger.verify": frozenset({Role.FINANCE_APPROVER, Role.AUDITOR}),
    "backtests.view": FINANCE | {Role.AUDITOR, Role.GENERAL_MANAGER, Role.POLICY_MANAGER},
    "backtests.ask": FINANCE | {Role.GENERAL_MANAGER, Role.POLICY_MANAGER},
    # Everything about a dealer in one file, cases and bank accounts included: only for who may see each part of it.
    "archives.view": frozenset({Role.DEALER_OWNER, Role.GENERAL_MANAGER, Role.AUDITOR}),
    "archives.ask": frozenset({Role.DEALER_OWNER, Role.GENERAL_MANAGER}),
    "reports.view": FINANCE | {Role.AUDITOR, Role.GENERAL_MANAGER, Role.POLICY_MANAGER},
}


def can(user: Any, capability: str) -> bool:
    """Whether the person's role includes ``capability``."""
    return permissions.can(user, capability, table=CAPABILITIES)


def require(user: Any, capability: str) -> None:
    """Raises :class:`~dealers.errors.NotPermitted` unless the person's role includes ``capability``."""
    permissions.require(user, capability, table=CAPABILITIES)
