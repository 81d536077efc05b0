"""Contracts ending without a renewal are reminded of, each at every number of days the policy names, once.

The dealer learns what is at stake, its channel manager what is to be done: assess and propose, or see it signed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from dealers.choices import NoticeKind, RenewalKind, RequestState
from dealers.foundation.clock import business_day
from dealers.models import Contract, ContractRenewal, Notice, User
from dealers.selectors.contracts import contract_terms, ending_contracts
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell_all


def remind_of_contracts(*, at: datetime) -> int:
    """Leave the reminders due at ``at``; of several days passed at once only the nearest. Safe to run twice.

    A contract that is let end was told of when that was decided, and is passed over.
    """
    today, thresholds = business_day(at), sorted(contract_terms(at).reminder_days)
    agreed = ContractRenewal.objects.filter(contract=OuterRef("pk"), state=RequestState.AGREED)
    let_end = agreed.filter(kind=RenewalKind.LET_END)
    soon = ending_contracts(Contract.objects.select_related("dealer"), today=today, within=thresholds[-1])
    contracts = list(soon.filter(~Exists(let_end)))
    dealers = {contract.dealer_id for contract in contracts}
    people, managers = people_of_dealers(dealers), managers_of_dealers(dealers)
    notices = []
    for contract in contracts:
        ends = contract.valid.upper or today
        left = (ends - today).days
        reached = next(days for days in thresholds if left <= days)
        params = {
            "number": contract.number,
            "dealer": contract.dealer.name,
            "last_day": (ends - timedelta(days=1)).isoformat(),
            "days": left,
        }
        state = "contract_to_sign" if contract.to_sign else "contract_ends"  # type: ignore[attr-defined]
        key, page = f"contract_ends:{contract.pk}:{ends}:{reached}", f"/contracts/{contract.pk}/"
        own, managing = people.get(contract.dealer_id, []), managers.get(contract.dealer_id, [])
        notices += [_notice(person, f"{state}_own", params, "/", key, at) for person in own]
        notices += [_notice(person, state, params, page, key, at) for person in managing]
    return tell_all(notices)


def _notice(person: User, reason: str, params: dict[str, Any], url: str, key: str, at: datetime) -> Notice:
    return Notice(
        recipient=person,
        kind=NoticeKind.AGREEMENT,
        key=key,
        params={"reason": reason, **params},
        url=url,
        created_at=at,
    )
