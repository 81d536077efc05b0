"""Recording and telling of many holds that a sweep placed or lifted at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation

from dealers.choices import HoldKind, NoticeKind
from dealers.foundation import clock
from dealers.models import Dealer, Notice
from dealers.selectors.supply import hold_detail
from dealers.services.audit import AuditEvent, record_audits
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell_all


@dataclass(frozen=True)
class HoldChange:
    """A hold that a sweep placed or lifted."""

    hold_id: int
    dealer_id: int
    reason: str
    evidence: dict[str, Any]


def record_hold_changes(
    kind: HoldKind, placed: Sequence[HoldChange], lifted: Sequence[HoldChange], at: datetime
) -> None:
    """Write the audit records of a sweep, in the caller's transaction."""
    record_audits(
        AuditEvent(
            actor=None,
            action=action,
            subject=("dealers.supplyhold", str(change.hold_id)),
            at=at,
            dealer_id=change.dealer_id,
            reason=change.reason,
            after={"kind": kind, "evidence": change.evidence},
        )
        for action, changes in (("hold.place", placed), ("hold.lift", lifted))
        for change in changes
    )


def tell_of_holds(placed: Sequence[HoldChange], lifted: Sequence[HoldChange], at: datetime) -> None:
    """Tell the dealers' people and their managers, each hold once."""
    concerned = {change.dealer_id for change in (*placed, *lifted)}
    if not concerned:
        return
    people, managers = people_of_dealers(concerned), managers_of_dealers(concerned)
    if not people and not managers:
        return
    names = dict(Dealer.objects.filter(pk__in=concerned).values_list("pk", "name"))
    moment = moment_of(at)
    notices = []
    for changes, kind, verb in (
        (placed, NoticeKind.HOLD_PLACED, "opened_at"),
        (lifted, NoticeKind.HOLD_LIFTED, "lifted_at"),
    ):
        for change in changes:
            for person in {*people.get(change.dealer_id, []), *managers.get(change.dealer_id, [])}:
                with translation.override(person.language):
                    detail = hold_detail(change.reason, change.evidence, "") if kind == NoticeKind.HOLD_PLACED else ""
                params = {"reason": kind.value, "dealer": names[change.dealer_id], verb: moment, "detail": detail}
                key = f"{kind.value}:{change.hold_id}"
                notices.append(Notice(recipient=person, kind=kind, key=key, params=params, created_at=at, url="/"))
    tell_all(notices)


def moment_of(at: datetime) -> str:
    """A moment as the sentences of notices write it."""
    return at.astimezone(clock.BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M")
