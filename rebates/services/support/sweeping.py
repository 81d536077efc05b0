"""What time does to market support: unused money lapses at its instant, and shortly before the dealer is reminded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from dealers.foundation.clock import start_of_day
from dealers.foundation.money import ZERO
from dealers.foundation.periods import Quarter
from rebates.choices import SupportState
from rebates.models import SupportActivity
from rebates.rules.support_life import SupportAct
from rebates.services.support.acting import move
from rebates.services.support.telling import remind_dealer, tell_dealer

REMIND_BEFORE = timedelta(days=3)
_BATCH = 200


@dataclass(frozen=True)
class Swept:
    """How many activities lapsed, and of how many the dealer was reminded."""

    lapsed: int
    reminded: int


def sweep_support(*, at: datetime) -> Swept:
    """Let lapse what nobody used in time. Safe to run twice and at once, and for any instant.

    A plan nobody reserved lapses with its quarter, a reservation at its instant, a commitment when its proof is
    overdue. The record carries that instant, also when this ran late.
    """
    lapsed = reminded = 0
    while batch := _lapse_batch(at):
        lapsed += batch
    while batch := _remind_batch(at):
        reminded += batch
    return Swept(lapsed, reminded)


def due_of(activity: SupportActivity) -> datetime | None:
    """When the activity's money lapses unless somebody acts; None when it does not."""
    match activity.state:
        case SupportState.PLANNED:
            return start_of_day(Quarter.parse(activity.quarter).end)
        case SupportState.RESERVED:
            return activity.reserved_until
        case SupportState.COMMITTED:
            return activity.proof_due_at
    return None


@transaction.atomic
def _lapse_batch(at: datetime) -> int:
    present = str(Quarter.containing(at))
    due = (
        Q(state=SupportState.PLANNED, quarter__lt=present)
        | Q(state=SupportState.RESERVED, reserved_until__lte=at)
        | Q(state=SupportState.COMMITTED, proof_due_at__lte=at)
    )
    found = _locked(due)
    for activity in found:
        held = activity.steps.order_by("-pk").values_list("amount", flat=True).first()
        move(activity, SupportAct.LAPSE, amount=ZERO, actor=None, at=due_of(activity) or at)
        tell_dealer(activity, "support_lapsed", amount=held, at=at)
    return len(found)


@transaction.atomic
def _remind_batch(at: datetime) -> int:
    soon = Q(state=SupportState.RESERVED, reserved_until__lte=at + REMIND_BEFORE) | Q(
        state=SupportState.COMMITTED, proof_due_at__lte=at + REMIND_BEFORE
    )
    found = _locked(soon & Q(reminded_at__isnull=True))
    for activity in found:
        due_at = due_of(activity)
        assert due_at is not None
        remind_dealer(activity, due_at, at=at)
        activity.reminded_at = at
        activity.save(update_fields=["reminded_at"])
    return len(found)


def _locked(condition: Q) -> list[SupportActivity]:
    rows = SupportActivity.objects.select_for_update(skip_locked=True, of=("self",)).filter(condition)
    return list(rows.select_related("dealer").order_by("pk")[:_BATCH])
