"""The work queue of investigators, the docket of judges and a dealer's own cases: groups of one list, and their counts.

Whoever had a part in a case never decides it; the list says so, and the counts of what waits leave such cases out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models import Case as Choice
from django.db.models.functions import Coalesce

from settlement.choices import CasePriority, CaseState
from settlement.models import Case, CaseEntry, CaseEvidence
from settlement.permissions import can
from settlement.rules.case_life import BEFORE_HEARING, JUDGING_STEPS, OPEN_STATES
from settlement.selectors.cases import visible_cases

_NEVER = Value(datetime(9000, 1, 1, tzinfo=UTC))
#: Since when a judge may decide is either on record, or the dealer's time is over and the clock has not come by yet.
_READY = Q(state=CaseState.DEALER_REPLY, ready_at__isnull=False)
_AT_DEALER = Q(state=CaseState.DEALER_REPLY, ready_at__isnull=True)
_TO_INVESTIGATE = Q(state__in=(CaseState.OPENED, CaseState.INVESTIGATING))
#: Groups a list offers, by name: who is to move.
GROUPS: Mapping[str, Q] = {
    "unassigned": Q(owner__isnull=True, state__in=BEFORE_HEARING),
    "investigation": _TO_INVESTIGATE,
    "dealer": _AT_DEALER,
    "judge": _READY
    | Q(state=CaseState.DISMISSAL_PROPOSED)
    | Q(held_back_at__isnull=False)
    | Q(review_since__isnull=False),
    "appeal": Q(state=CaseState.APPEALED),
    "over": Q(
        state__in=(
            CaseState.DECIDED,
            CaseState.APPLIED,
            CaseState.UPHELD,
            CaseState.OVERTURNED,
            CaseState.DISMISSED,
            CaseState.MERGED,
        )
    ),
}


@dataclass(frozen=True, slots=True)
class CaseWish:
    """What a list is narrowed to. ``group`` may also be ``mine`` (owned, not decided) or ``late``.

    ``my_move`` leaves of the group only the cases in which the person itself may act now.
    """

    group: str = ""
    my_move: bool = False
    kind: str = ""
    priority: str = ""
    owner: str = ""
    words: str = ""


def listed_cases(user: Any, wish: CaseWish, *, at: datetime, after: str = "") -> QuerySet[Case]:
    """The cases in sight that fit: urgent ones first, then by deadline, those without any last.

    ``after`` is the number of the last case of the page before; nothing is counted. Each row says whether the person
    ``took_part`` (and so never decides it) and ``has_judged`` (and so never hears its appeal).
    """
    found = visible_cases(user).filter(_group(user, wish.group, at))
    if wish.my_move:
        mine = _my_move(user, wish.group)
        found = found.none() if mine is None else found.filter(mine)
    if wish.kind:
        found = found.filter(kind=wish.kind)
    if wish.priority:
        found = found.filter(priority=wish.priority)
    if wish.owner:
        found = found.filter(owner__username=wish.owner)
    if wish.words:
        named = Q(dealer__code__iexact=wish.words) | Q(dealer__name__icontains=wish.words)
        found = found.filter(named | Q(number__iexact=wish.words))
    urgent = Choice(When(priority=CasePriority.HIGH, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = found.annotate(rank=urgent, by=Coalesce("due_at", _NEVER))
    last = found.filter(number=after).values("rank", "by", "pk").first() if after else None
    if last is not None:
        same = Q(rank=last["rank"])
        later = Q(by__gt=last["by"]) | Q(by=last["by"], pk__lt=last["pk"])
        found = found.filter(Q(rank__gt=last["rank"]) | (same & later))
    if getattr(user, "dealer_id", None) is None:
        found = found.annotate(took_part=_truth(took_part(user)), has_judged=_truth(has_judged(user)))
    return found.order_by("rank", "by", "-pk")


def took_part(user: Any) -> Q:
    """Cases the person opened, investigated, added to or prepared, also through one that was joined to it."""
    acted = CaseEntry.objects.filter(
        Q(case=OuterRef("pk")) | Q(case__merged_into=OuterRef("pk")), person=user.pk, by_dealer=False
    ).exclude(act__in=JUDGING_STEPS)
    added = CaseEvidence.objects.filter(case=OuterRef("pk"), added_by=user.pk)
    joined = Case.objects.filter(merged_into=OuterRef("pk"), opened_by=user.pk)
    own = Q(opened_by=user.pk) | Q(owner=user.pk)
    return own | Q(Exists(acted)) | Q(Exists(added)) | Q(Exists(joined))


def has_judged(user: Any) -> Q:
    """Cases in which the person decided anything."""
    acts = CaseEntry.objects.filter(case=OuterRef("pk"), person=user.pk, act__in=JUDGING_STEPS)
    return Q(Exists(acts))


@dataclass(frozen=True, slots=True)
class CasesWaiting:
    """How many cases there are in each group in sight."""

    by_group: Mapping[str, int]


def waiting_cases(user: Any, *, at: datetime) -> CasesWaiting:
    """The cases in sight, counted by one query."""
    names = [name for name in (*GROUPS, "mine", "late") if name != "over"]
    counts = {f"in_{name}": Count("pk", filter=_group(user, name, at)) for name in names}
    found = visible_cases(user).order_by().aggregate(**counts)
    return CasesWaiting({name: found[f"in_{name}"] for name in names})


@dataclass(frozen=True, slots=True)
class ToDo:
    """The cases that wait for a person: how many, how many of them late, and the earliest deadline."""

    count: int = 0
    late: int = 0
    first_due: datetime | None = None


def to_do_in(user: Any, group: str, *, at: datetime) -> ToDo:
    """What waits for this very person in a group, by one query; nothing where it may not act."""
    mine = _my_move(user, group)
    if mine is None:
        return ToDo()
    cases = visible_cases(user).order_by().filter(mine & _group(user, group, at))
    found = cases.aggregate(count=Count("pk"), late=Count("pk", filter=Q(due_at__lte=at)), first=Min("due_at"))
    return ToDo(found["count"], found["late"], found["first"])


def count_to_do(user: Any) -> int:
    """The number beside the side bar's entry: everything in which this person has the next move. One query."""
    moves = [_my_move(user, group) for group in ("mine", "unassigned", "dealer", "judge", "appeal")]
    wanted = Q()
    for move in moves:
        wanted |= move or Q()
    if not wanted:
        return 0
    return visible_cases(user).order_by().filter(wanted).count()


def _my_move(user: Any, group: str) -> Q | None:
    """The cases of a group in which the person may act; None where it never may."""
    if getattr(user, "dealer_id", None) is not None:
        return _AT_DEALER if group == "dealer" and can(user, "cases.reply") else None
    if group == "mine" and can(user, "cases.investigate"):
        return Q(owner=user.pk) & _TO_INVESTIGATE
    if group == "unassigned" and can(user, "cases.investigate"):
        return GROUPS["unassigned"]
    if group == "judge" and can(user, "cases.decide"):
        return GROUPS["judge"] & ~took_part(user)
    if group == "appeal" and can(user, "cases.hear_appeal"):
        return GROUPS["appeal"] & ~took_part(user) & ~has_judged(user)
    return None


def _group(user: Any, name: str, at: datetime) -> Q:
    if name == "mine":
        return Q(owner=user.pk, state__in=OPEN_STATES)
    if name == "late":
        return Q(due_at__lte=at) & ~Q(state__in=(CaseState.DECIDED, CaseState.APPLIED))
    return GROUPS.get(name, Q())


def _truth(fits: Q) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(fits, output_field=BooleanField())
