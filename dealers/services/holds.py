"""Placing and lifting supply holds by hand, and for cases of the apps to the right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import HoldKind, NoticeKind
from dealers.errors import NotFound, Refused
from dealers.models import Dealer, SupplyHold, Suspension, User
from dealers.permissions import require
from dealers.selectors.supply import hold_detail
from dealers.selectors.visibility import visible_dealers
from dealers.services.audit import record_audit
from dealers.services.hold_news import moment_of
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell
from dealers.services.supply_answers import note_supply_answers


class AlreadyLifted(Refused):
    code = "already_lifted"
    sentence = _("This hold was lifted already.")


class LiftedWithSuspension(Refused):
    code = "lifted_with_suspension"
    sentence = _("%(dealer)s is suspended; this hold is lifted together with the suspension.")


class ReasonMissing(Refused):
    code = "reason_missing"
    sentence = _("Give a reason; the dealer reads it.")
    status = 400


@transaction.atomic
def place_hold(
    *,
    dealer: Dealer,
    kind: HoldKind,
    reason: str,
    actor: User | None,
    at: datetime,
    evidence: dict[str, Any] | None = None,
    note: str = "",
) -> SupplyHold:
    """Stop supply to a dealer and tell it. By hand: needs the right to, a dealer in sight, and a note."""
    if actor is not None:
        require(actor, "supply.hold")
        if not visible_dealers(actor).filter(pk=dealer.pk).exists():
            raise NotFound(what=_("dealer"), key=dealer.code)
        if not note.strip():
            raise ReasonMissing()
    return open_hold(dealer=dealer, kind=kind, reason=reason, actor=actor, at=at, evidence=evidence, note=note)


def open_hold(
    *,
    dealer: Dealer,
    kind: HoldKind,
    reason: str,
    actor: User | None,
    at: datetime,
    evidence: dict[str, Any] | None = None,
    note: str = "",
) -> SupplyHold:
    """The same for a service that has asked already whether ``actor`` may; within its transaction."""
    hold = SupplyHold.objects.create(
        dealer=dealer, kind=kind, reason=reason, evidence=evidence or {}, note=note, opened_at=at, opened_by=actor
    )
    record_audit(
        actor=actor,
        action="hold.place",
        subject=hold,
        at=at,
        reason=note,
        dealer_id=dealer.pk,
        after={"kind": kind, "reason": reason, "evidence": evidence or {}},
    )
    note_supply_answers(dealer_ids=[dealer.pk], at=at)
    _tell(hold, dealer, "hold_placed", NoticeKind.HOLD_PLACED, {"opened_at": moment_of(at)}, at)
    return hold


@transaction.atomic
def lift_hold(*, hold: SupplyHold, actor: User | None, at: datetime, note: str) -> SupplyHold:
    """End a hold and tell the dealer.

    Raises :class:`AlreadyLifted`, :class:`LiftedWithSuspension`, :class:`ReasonMissing`.
    """
    hold = SupplyHold.objects.select_for_update().get(pk=hold.pk)
    if actor is not None:
        require(actor, "supply.lift")
        if not visible_dealers(actor).filter(pk=hold.dealer_id).exists():
            raise NotFound(what=_("hold"), key=hold.pk)
    if hold.lifted_at is not None:
        raise AlreadyLifted()
    if not note.strip():
        raise ReasonMissing()
    if Suspension.objects.filter(hold=hold, lifted_at__isnull=True).exists():
        raise LiftedWithSuspension(dealer=hold.dealer.name)
    return close_hold(hold=hold, actor=actor, at=at, note=note)


def close_hold(*, hold: SupplyHold, actor: User | None, at: datetime, note: str) -> SupplyHold:
    """The same for a service that has asked already whether ``actor`` may and holds the row's lock."""
    hold.lifted_at, hold.lifted_by, hold.lift_note = at, actor, note
    hold.save(update_fields=["lifted_at", "lifted_by", "lift_note"])
    record_audit(
        actor=actor,
        action="hold.lift",
        subject=hold,
        at=at,
        reason=note,
        dealer_id=hold.dealer_id,
        before={"lifted_at": None},
        after={"lifted_at": at},
    )
    note_supply_answers(dealer_ids=[hold.dealer_id], at=at)
    _tell(hold, hold.dealer, "hold_lifted", NoticeKind.HOLD_LIFTED, {"lifted_at": moment_of(at)}, at)
    return hold


def _tell(
    hold: SupplyHold, dealer: Dealer, reason: str, kind: NoticeKind, moment: dict[str, str], at: datetime
) -> None:
    people = [
        *people_of_dealers([dealer.pk]).get(dealer.pk, []),
        *managers_of_dealers([dealer.pk]).get(dealer.pk, []),
    ]
    tell(
        recipients=people,
        kind=kind,
        key=f"{reason}:{hold.pk}",
        params={
            "reason": reason,
            "dealer": dealer.name,
            "detail": hold_detail(hold.reason, hold.evidence, hold.note),
            **moment,
        },
        at=at,
    )
