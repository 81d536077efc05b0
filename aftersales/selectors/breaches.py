"""What dealers missed, for cases and scorecards to take up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from aftersales.choices import BreachKind
from aftersales.models import ServiceBreach
from aftersales.permissions import can
from aftersales.rules.figures import ServiceFigures, share
from aftersales.selectors.service_figures import service_figures
from aftersales.selectors.tickets import visible_tickets
from dealers.foundation.periods import Quarter
from dealers.selectors.visibility import visible_dealers

#: Breaches that are not to be recorded again: they stand, or a person has waived them.
ON_RECORD = Q(waived_at=None) | ~Q(waived_by="")


@dataclass(frozen=True, slots=True)
class BreachFacts:
    """One breach as evidence: a reference that stays, and what is to be kept of it."""

    key: int
    kind: BreachKind
    dealer_id: int
    breached_at: datetime
    reference: str
    snapshot: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share with what it was reckoned from; ``value`` is None of nothing."""

    numerator: int
    denominator: int

    @property
    def value(self) -> Decimal | None:
        return share(self.numerator, self.denominator)


def visible_breaches(user: Any) -> QuerySet[ServiceBreach]:
    """The breaches of the dealers in sight; headquarters' own for those who see every ticket."""
    breaches = ServiceBreach.objects.select_related("dealer", "clock__ticket", "report").order_by("-id")
    if getattr(user, "dealer_id", None) is not None:
        return breaches.filter(dealer=user.dealer_id)
    if not can(user, "tickets.view"):
        return breaches.none()
    own = breaches.filter(dealer=None, clock__ticket__in=visible_tickets(user).values("pk"))
    return breaches.filter(dealer__in=visible_dealers(user).values("pk")) | own


def breaches_to_take_up(kind: BreachKind, *, after: int = 0, most: int = 500) -> list[BreachFacts]:
    """Breaches of dealers that stand, in the order they were recorded, beginning after one already taken up."""
    rows = ServiceBreach.objects.filter(kind=kind, pk__gt=after, waived_at=None, dealer__isnull=False)
    found = rows.select_related("clock__ticket", "report").order_by("pk")[:most]
    return [breach_facts(row) for row in found]


def breach_facts(breach: ServiceBreach) -> BreachFacts:
    """A dealer's breach as evidence; it names no customer."""
    assert breach.dealer_id is not None
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
    return BreachFacts(breach.pk, BreachKind(breach.kind), breach.dealer_id, breach.breached_at, reference, kept)


def response_rates(quarter: Quarter, *, as_of: datetime) -> dict[int, Ratio]:
    """Of each dealer's tickets of a quarter whose response was given or missed, how many were answered in time."""
    return {key: Ratio(one.in_time, one.judged) for key, one in _figures(quarter, as_of).items()}


def satisfaction(quarter: Quarter, *, as_of: datetime) -> dict[int, Ratio]:
    """The stars of each dealer's rated tickets of a quarter, and how many were rated: their mean is 1 to 5."""
    return {key: Ratio(one.stars, one.rated) for key, one in _figures(quarter, as_of).items()}


def _figures(quarter: Quarter, as_of: datetime) -> dict[int, ServiceFigures]:
    return service_figures(quarter, as_of=as_of)
