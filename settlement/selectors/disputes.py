"""Disputes: which a person may see, what they hold back from payment, and one with everything said in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from dealers.choices import Role
from dealers.principals import MachineClient
from dealers.selectors.visibility import visible_dealers
from settlement.choices import DisputeState
from settlement.errors import DisputeNotFound
from settlement.models import Dispute, DisputedLine, DisputeEntry, DisputeFile
from settlement.permissions import can
from settlement.rules.dispute_life import AT_HEADQUARTERS, INTERNAL_ACTS, PENDING, frozen_part


def frozen_amounts(statement_ids: Iterable[int]) -> dict[int, Decimal]:
    """How much of each statement's payment its undecided disputes hold back; statements without any are left out.

    One query. What is left of the closing balance may be paid; it may be negative when lines against the dealer
    outweigh the undisputed rest, and nothing is paid then.
    """
    rows = DisputedLine.objects.filter(
        dispute__statement__in=list(statement_ids), dispute__state__in=PENDING, withdrawn=False
    ).values_list("dispute__statement_id", "line__amount")
    held: dict[int, list[Decimal]] = {}
    for statement_id, amount in rows:
        held.setdefault(statement_id, []).append(amount)
    return {statement_id: frozen_part(amounts) for statement_id, amounts in held.items()}


def visible_disputes(user: Any) -> QuerySet[Dispute]:
    """The disputes a person may see: a dealer its own, a channel manager those of its regions, finance all."""
    disputes = Dispute.objects.select_related("dealer", "statement__run", "opened_by", "decided_by", "proposed_by")
    if getattr(user, "dealer_id", None) is not None:
        own = disputes.filter(dealer=user.dealer_id)
        return own if isinstance(user, MachineClient) or can(user, "disputes.view") else disputes.none()
    if isinstance(user, MachineClient):
        return disputes
    if not can(user, "disputes.view"):
        return disputes.none()
    if user.role == Role.CHANNEL_MANAGER:
        return disputes.filter(dealer__in=visible_dealers(user))
    return disputes


def dispute_of(user: Any, number: str) -> Dispute:
    """One dispute. Raises :class:`DisputeNotFound` also for one not to be seen."""
    found = visible_disputes(user).filter(number=number).first()
    if found is None:
        raise DisputeNotFound(key=number)
    return found


@dataclass(frozen=True, slots=True)
class DisputeWish:
    """What a list of disputes is narrowed to: a state or a group of states, and words."""

    group: str = ""
    words: str = ""


#: Groups a list offers, by name.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "hq": AT_HEADQUARTERS,
    "dealer": (DisputeState.NEEDS_ACTION,),
    "over": (DisputeState.ACCEPTED, DisputeState.REJECTED, DisputeState.WITHDRAWN),
}


def listed_disputes(user: Any, wish: DisputeWish) -> QuerySet[Dispute]:
    """The disputes in sight that fit: undecided ones by their deadline, then the newest decided ones."""
    found = visible_disputes(user).annotate(contested=Count("lines"))
    if wish.group in GROUPS:
        found = found.filter(state__in=GROUPS[wish.group])
    if wish.words:
        named = Q(dealer__code__icontains=wish.words) | Q(dealer__name__icontains=wish.words)
        found = found.filter(named | Q(number__iexact=wish.words) | Q(statement__run__period__iexact=wish.words))
    return found.order_by(F("due_at").asc(nulls_last=True), "-pk")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many disputes wait at headquarters, how many of them are late, how many wait for a dealer."""

    at_headquarters: int
    late: int
    at_dealers: int


def waiting_disputes(user: Any, *, at: datetime) -> Waiting:
    """The undecided disputes in sight, counted by one query."""
    at_hq = Q(state__in=AT_HEADQUARTERS)
    counts = (
        visible_disputes(user)
        .order_by()
        .aggregate(
            hq=Count("pk", filter=at_hq),
            late=Count("pk", filter=at_hq & Q(due_at__lte=at)),
            dealers=Count("pk", filter=Q(state=DisputeState.NEEDS_ACTION)),
        )
    )
    return Waiting(counts["hq"], counts["late"], counts["dealers"])


def lines_in(dispute: Dispute) -> QuerySet[DisputedLine]:
    """The contested lines with the statement lines they name, in the statement's order."""
    return dispute.lines.select_related("line").order_by("line__line_no")


def entries_in(dispute: Dispute, *, for_dealer: bool) -> QuerySet[DisputeEntry]:
    """What was done, the oldest first; a dealer does not see how its decision was made ready."""
    entries = dispute.entries.order_by("pk")
    return entries.exclude(act__in=INTERNAL_ACTS) if for_dealer else entries


def file_in(user: Any, number: str, pk: int) -> DisputeFile:
    """A file of a dispute in sight. Raises :class:`DisputeNotFound`."""
    found = DisputeFile.objects.select_related("file").filter(dispute=dispute_of(user, number), pk=pk).first()
    if found is None:
        raise DisputeNotFound(key=number)
    return found


def disputes_of(statement_id: int) -> QuerySet[Dispute]:
    """The disputes of one statement, the newest first."""
    return Dispute.objects.filter(statement=statement_id).annotate(contested=Count("lines")).order_by("-pk")
