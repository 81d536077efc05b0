"""The tickets behind a dealer's service figures of a quarter, by the very conditions of the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from aftersales.models import ResponseClock, ServiceBreach, Ticket
from dealers.foundation.clock import start_of_day
from dealers.foundation.periods import Quarter


class Served(StrEnum):
    """Which of the tickets a dealer was given a figure counts."""

    ALL = ""
    JUDGED = "judged"
    IN_TIME = "in_time"
    MISSED = "missed"
    RATED = "rated"


@dataclass(frozen=True, slots=True)
class TicketsGiven:
    """Tickets the dealer (by code) was given in the quarter, as they stand at ``as_of``."""

    dealer: str
    quarter: Quarter
    as_of: datetime
    served: Served = Served.ALL


def tickets_given(tickets: QuerySet[Ticket], wish: TicketsGiven) -> QuerySet[Ticket]:
    """Those of ``tickets`` that :func:`aftersales.selectors.service_figures.service_figures` counts so."""
    clocks = ResponseClock.objects.filter(
        ticket=OuterRef("pk"),
        dealer__code=wish.dealer,
        started_at__gte=start_of_day(wish.quarter.start),
        started_at__lt=min(start_of_day(wish.quarter.end), wish.as_of),
    )
    waived = ServiceBreach.objects.filter(clock=OuterRef("pk"), waived_at__isnull=False).exclude(waived_by="")
    in_time = Q(responded_at__lt=F("due_at"))
    missed = Q(settled_at__gte=F("due_at"), waived=False)
    clocks = clocks.annotate(settled_at=Coalesce("responded_at", "ended_at", Value(wish.as_of)), waived=Exists(waived))
    match wish.served:
        case Served.JUDGED:
            clocks = clocks.filter(in_time | missed)
        case Served.IN_TIME:
            clocks = clocks.filter(in_time)
        case Served.MISSED:
            clocks = clocks.filter(missed)
        case Served.RATED:
            clocks = clocks.filter(ended_at=None)
            tickets = tickets.filter(rating__isnull=False, rated_at__lt=wish.as_of)
        case _:
            pass
    return tickets.filter(Exists(clocks))
