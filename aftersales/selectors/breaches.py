"""What dealers missed, for cases to take up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from aftersales.choices import BreachKind
from aftersales.models import ServiceBreach
from aftersales.permissions import can
from aftersales.selectors.tickets import visible_tickets
from dealers.selectors.visibility import visible_dealers

#: Breaches that are not to be recorded again: they stand, or a person has waived them.
ON_RECORD = Q(waived_at=None) | ~Q(waived_by="")


@dataclass(frozen=True, slots=True)
class BreachFacts:
    """One breach as evidence: a reference that stays, and what is to be kept of it."""

    key: int
    kind: BreachKind
    reference: str
    snapshot: dict[str, Any]


def visible_breaches(user: Any) -> QuerySet[ServiceBreach]:
    """The breaches of the dealers in sight; headquarters' own for those who see every ticket."""
    breaches = ServiceBreach.objects.select_related("dealer", "clock__ticket", "report").order_by("-id")
    if getattr(user, "dealer_id", None) is not None:
        return breaches.filter(dealer=user.dealer_id)
    if not can(user, "tickets.view"):
        return breaches.none()
    own = breaches.filter(dealer=None, clock__ticket__in=visible_tickets(user).values("pk"))
    return breaches.filter(dealer__in=visible_dealers(user).values("pk")) | own


def breaches_to_take_up(kind: BreachKind, *, since: datetime, most: int = 500) -> list[int]:
    """Keys of dealers' breaches of a kind that stand and no case has taken up, the earliest first."""
    rows = ServiceBreach.objects.filter(kind=kind, case_number="", waived_at=None, dealer__isnull=False)
    return list(rows.filter(breached_at__gte=since).order_by("breached_at", "pk").values_list("pk", flat=True)[:most])


def standing_of(keys: Collection[int]) -> set[int]:
    """Which of these breaches stand now."""
    return (
        set(ServiceBreach.objects.filter(pk__in=keys, waived_at=None).values_list("pk", flat=True)) if keys else set()
    )


def breach_facts(breach: ServiceBreach) -> BreachFacts:
    """A dealer's breach as evidence; it names no customer."""
    kept: dict[str, Any] = {
        "breached_at": breach.breached_at.isoformat(),
        "recorded_at": breach.recorded_at.isoformat(),
    }
    if breach.clock is not None:
        kept |= {
            "ticket": breach.clock.ticket.number,
            "received_at": breach.clock.started_at.isoformat(),
            "hours": breach.clock.hours,
            "responded_at": breach.clock.responded_at.isoformat() if breach.clock.responded_at else None,
        }
        reference = f"ticket:{breach.clock.ticket.number}"
    else:
        assert breach.report is not None
        submitted = breach.report.submitted_at
        kept |= {"quarter": breach.report.quarter, "submitted_at": submitted.isoformat() if submitted else None}
        reference = f"satisfaction-report:{breach.report.quarter}"
    return BreachFacts(breach.pk, BreachKind(breach.kind), reference, kept)
