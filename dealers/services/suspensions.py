"""Interrupting a contract: supply stops, reports are not due, the account goes on and can be read."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import DealerState, HoldKind
from dealers.errors import NotFound, Refused
from dealers.foundation.clock import business_day
from dealers.models import Dealer, SupplyHold, Suspension, User
from dealers.permissions import require
from dealers.selectors.visibility import visible_dealers
from dealers.services.audit import record_audit
from dealers.services.exemptions import excuse_days
from dealers.services.holds import ReasonMissing, close_hold, open_hold


class NotActive(Refused):
    code = "not_active"
    sentence = _("%(dealer)s is not active; only an active dealer can be suspended.")


class NotSuspended(Refused):
    code = "not_suspended"
    sentence = _("%(dealer)s is not suspended.")


class OwnSuspension(Refused):
    code = "own_suspension"
    sentence = _("You suspended this dealer yourself; somebody else ends it.")
    status = 403


@transaction.atomic
def suspend_dealer(*, dealer: Dealer, reason: str, actor: User, at: datetime) -> Suspension:
    """Stop supply and the duty to report until the suspension ends; the dealer, its managers and systems are told.

    What the dealer has earned and owes is settled as ever. Raises :class:`NotActive` and
    :class:`~dealers.services.holds.ReasonMissing`.
    """
    require(actor, "dealers.suspend")
    dealer = _locked(dealer, actor)
    if dealer.state != DealerState.ACTIVE:
        raise NotActive(dealer=dealer.name)
    if not reason.strip():
        raise ReasonMissing()
    _turn(dealer, DealerState.SUSPENDED, "dealer.suspend", reason, actor, at)
    hold = open_hold(
        dealer=dealer, kind=HoldKind.MANUAL, reason="suspended", actor=actor, at=at, note=reason.strip()[:1000]
    )
    return Suspension.objects.create(
        dealer=dealer, reason=reason.strip()[:1000], hold=hold, suspended_by=actor, suspended_at=at
    )


@transaction.atomic
def end_suspension(*, dealer: Dealer, note: str, actor: User, at: datetime) -> Suspension:
    """Let the contract go on: the hold is lifted, and the days between count as excused from reporting.

    Raises :class:`NotSuspended`, :class:`OwnSuspension` and :class:`~dealers.services.holds.ReasonMissing`.
    """
    require(actor, "dealers.end_suspension")
    dealer = _locked(dealer, actor)
    suspension = Suspension.objects.filter(dealer=dealer, lifted_at__isnull=True).first()
    if suspension is None or dealer.state != DealerState.SUSPENDED:
        raise NotSuspended(dealer=dealer.name)
    if suspension.suspended_by_id == actor.pk:
        raise OwnSuspension()
    if not note.strip():
        raise ReasonMissing()
    suspension.lifted_by, suspension.lifted_at, suspension.lift_note = actor, at, note.strip()[:1000]
    suspension.save(update_fields=["lifted_by", "lifted_at", "lift_note"])
    excuse_days(
        dealer=dealer,
        starts_on=business_day(suspension.suspended_at),
        ends_on=business_day(at) + timedelta(days=1),
        reason=suspension.reason[:500],
        actor=actor,
        at=at,
    )
    _turn(dealer, DealerState.ACTIVE, "dealer.end_suspension", note, actor, at)
    hold = SupplyHold.objects.select_for_update().get(pk=suspension.hold_id)
    close_hold(hold=hold, actor=actor, at=at, note=suspension.lift_note)
    return suspension


def _locked(dealer: Dealer, actor: User) -> Dealer:
    if not visible_dealers(actor).filter(pk=dealer.pk).exists():
        raise NotFound(what=_("dealer"), key=dealer.code)
    return Dealer.objects.select_for_update(no_key=True).get(pk=dealer.pk)


def _turn(dealer: Dealer, state: DealerState, action: str, reason: str, actor: User, at: datetime) -> None:
    before, dealer.state = dealer.state, state.value
    dealer.save(update_fields=["state"])
    record_audit(
        actor=actor,
        action=action,
        subject=dealer,
        at=at,
        reason=reason.strip(),
        dealer_id=dealer.pk,
        before={"state": before},
        after={"state": dealer.state},
    )
