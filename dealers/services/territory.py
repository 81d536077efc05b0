"""A dealer's right to sell in a region: asked for by one person, decided by another, in force from a day to come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from dealers.choices import DealerState, NoticeKind, RequestState, Role, TerritoryAct
from dealers.errors import NotFound, OwnWork, Refused
from dealers.foundation.clock import business_day
from dealers.models import Dealer, Region, Territory, TerritoryChange, User
from dealers.permissions import require
from dealers.selectors.territory import Conflict, conflicts_of_changes, span_of
from dealers.selectors.visibility import regions_of, visible_dealers
from dealers.services.audit import record_audit
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell


class TerritoryTaken(Refused):
    """Only people of headquarters ever read it: it names the other dealers."""

    code = "territory_taken"
    sentence = _("An exclusive territory stands in the way: %(who)s. End or share one of the two first.")

    def __init__(self, found: Iterable[Conflict]) -> None:
        self.conflicts = tuple(found)
        who = "; ".join(
            dict.fromkeys(
                f"{one.dealer.name} ({one.dealer.code}) · {one.standing.region.name}" for one in self.conflicts
            )
        )
        super().__init__(who=who)


class TerritoryTooEarly(Refused):
    code = "territory_too_early"
    sentence = _("A change begins tomorrow at the earliest; sales of today and before are judged by what held then.")
    status = 400


class TerritoryReasonMissing(Refused):
    code = "territory_reason_missing"
    sentence = _("Give a reason; the other side reads it.")
    status = 400


class TerritoryAlreadyAsked(Refused):
    code = "territory_already_asked"
    sentence = _("A change of %(region)s is waiting already; withdraw it first.")


class TerritoryUnchanged(Refused):
    code = "territory_unchanged"
    sentence = _("On %(day)s %(region)s is not in a state that this changes.")


class TerritoryDecided(Refused):
    code = "territory_decided"
    sentence = _("This change was decided or withdrawn already.")


@transaction.atomic
def request_territory_change(
    *, dealer: Dealer, region: Region, act: TerritoryAct, effective_on: date, reason: str, actor: User, at: datetime
) -> TerritoryChange:
    """Ask for a change of a dealer's territory from a day to come; by the dealer's owner or a channel manager.

    Raises :class:`TerritoryTooEarly`, :class:`TerritoryReasonMissing`, :class:`TerritoryAlreadyAsked` or
    :class:`TerritoryUnchanged`.
    """
    require(actor, "territory.request")
    if not visible_dealers(actor).filter(pk=dealer.pk, state=DealerState.ACTIVE).exists():
        raise NotFound(what=_("dealer"), key=dealer.code)
    if effective_on <= business_day(at):
        raise TerritoryTooEarly()
    if not reason.strip():
        raise TerritoryReasonMissing()
    Dealer.objects.select_for_update(no_key=True).get(pk=dealer.pk)
    if TerritoryChange.objects.filter(dealer=dealer, region=region, state=RequestState.OPEN).exists():
        raise TerritoryAlreadyAsked(region=region.name)
    _standing(dealer, region, act, effective_on)
    change = TerritoryChange.objects.create(
        dealer=dealer,
        region=region,
        act=act,
        effective_on=effective_on,
        reason=reason.strip()[:1000],
        requested_by=actor,
        requested_at=at,
    )
    record_audit(
        actor=actor,
        action="territory.request",
        subject=change,
        at=at,
        reason=change.reason,
        dealer_id=dealer.pk,
        after={"region": region.code, "act": act, "effective_on": effective_on},
    )
    deciders = [*managers_of_dealers([dealer.pk]).get(dealer.pk, []), *_policy_managers()]
    _tell(change, "territory_requested", [person for person in deciders if person.pk != actor.pk], at)
    return change


@transaction.atomic
def decide_territory_change(
    *, change: TerritoryChange, agree: bool, note: str, actor: User, at: datetime
) -> TerritoryChange:
    """Agree to a change, which then holds from its day on, or refuse it with a reason. Never by whoever asked.

    Raises :class:`TerritoryTaken` while an exclusive right of another dealer stands in the way,
    :class:`TerritoryTooEarly` when its day has come meanwhile, :class:`TerritoryDecided`,
    :class:`~dealers.errors.OwnWork` or :class:`TerritoryReasonMissing`.
    """
    require(actor, "territory.decide")
    if not visible_dealers(actor).filter(pk=change.dealer_id).exists():
        raise NotFound(what=_("request"), key=change.pk)
    lock_regions([change.region_id])
    change = TerritoryChange.objects.select_for_update().get(pk=change.pk)
    if change.state != RequestState.OPEN:
        raise TerritoryDecided()
    if change.requested_by_id == actor.pk:
        raise OwnWork()
    if actor.role == Role.CHANNEL_MANAGER and not regions_of(actor).filter(pk=change.region_id).exists():
        raise NotFound(what=_("region"), key=change.region.code)
    if not agree and not note.strip():
        raise TerritoryReasonMissing()
    if agree:
        _carry_out(change, actor, at)
    _close(change, RequestState.AGREED if agree else RequestState.REFUSED, actor, at, note)
    people = people_of_dealers([change.dealer_id]).get(change.dealer_id, [])
    told = {person.pk: person for person in [*people, change.requested_by]}
    _tell(change, "territory_agreed" if agree else "territory_refused", list(told.values()), at)
    return change


@transaction.atomic
def withdraw_territory_change(*, change: TerritoryChange, actor: User, at: datetime) -> TerritoryChange:
    """Take a request back before it is decided; by somebody of the side that asked."""
    require(actor, "territory.request")
    if not visible_dealers(actor).filter(pk=change.dealer_id).exists():
        raise NotFound(what=_("request"), key=change.pk)
    change = TerritoryChange.objects.select_for_update().get(pk=change.pk)
    if change.requested_by.dealer_id != actor.dealer_id:
        raise NotFound(what=_("request"), key=change.pk)
    if change.state != RequestState.OPEN:
        raise TerritoryDecided()
    _close(change, RequestState.WITHDRAWN, actor, at, "")
    return change


def lock_regions(regions: Iterable[int]) -> None:
    """Keep everybody else from granting in these regions until the transaction ends.

    Their provinces are locked, in the order of their keys: a grant of a province and one of its cities may be in
    conflict, so that two who grant at once have to see each other.
    """
    wanted = list(regions)
    provinces = Region.objects.filter(Q(pk__in=wanted, parent=None) | Q(cities__in=wanted)).values("pk")
    list(Region.objects.select_for_update(no_key=True).filter(pk__in=provinces).order_by("pk"))


def _standing(dealer: Dealer, region: Region, act: TerritoryAct, day: date) -> Territory | None:
    """The grant a change of that day meets. Raises :class:`TerritoryUnchanged` when it would change nothing."""
    grant = Territory.objects.filter(dealer=dealer, region=region, valid__contains=day).first()
    fits = {
        TerritoryAct.ADD: grant is None,
        TerritoryAct.ADD_EXCLUSIVE: grant is None,
        TerritoryAct.REMOVE: grant is not None and span_of(grant).lower < day,
        TerritoryAct.MAKE_EXCLUSIVE: grant is not None and not grant.exclusive,
        TerritoryAct.MAKE_SHARED: grant is not None and grant.exclusive,
    }[act]
    if not fits:
        raise TerritoryUnchanged(day=day.isoformat(), region=region.name)
    return grant


def _carry_out(change: TerritoryChange, actor: User, at: datetime) -> None:
    act, day, dealer = TerritoryAct(change.act), change.effective_on, change.dealer
    if day <= business_day(at):
        raise TerritoryTooEarly()
    grant = _standing(dealer, change.region, act, day)
    if found := conflicts_of_changes([change]).get(change.pk):
        raise TerritoryTaken(found)
    end = None
    if grant is not None:
        span = span_of(grant)
        end = span.upper
        if span.lower == day:
            grant.exclusive = act.is_exclusive
            grant.save(update_fields=["exclusive"])
            _record(grant, "territory.change", actor, at, {"exclusive": not act.is_exclusive})
            return
        grant.valid = (span.lower, day)
        grant.save(update_fields=["valid"])
        _record(grant, "territory.close", actor, at, {"valid": str(span)})
    else:
        later = Territory.objects.filter(dealer=dealer, region=change.region, valid__startswith__gt=day)
        end = min((span_of(row).lower for row in later), default=None)
    if act == TerritoryAct.REMOVE:
        return
    made = Territory.objects.create(dealer=dealer, region=change.region, exclusive=act.is_exclusive, valid=(day, end))
    _record(made, "territory.grant", actor, at, None)


def _record(grant: Territory, action: str, actor: User, at: datetime, before: dict[str, object] | None) -> None:
    grant.refresh_from_db()
    after = {"region": grant.region_id, "valid": str(span_of(grant)), "exclusive": grant.exclusive}
    record_audit(
        actor=actor, action=action, subject=grant, at=at, dealer_id=grant.dealer_id, before=before, after=after
    )


def _close(change: TerritoryChange, state: RequestState, actor: User, at: datetime, note: str) -> None:
    change.state, change.decided_by, change.decided_at = state, actor, at
    change.decision_note = note.strip()[:1000]
    change.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    record_audit(
        actor=actor,
        action=f"territory.{state.value}",
        subject=change,
        at=at,
        reason=change.decision_note,
        dealer_id=change.dealer_id,
        before={"state": RequestState.OPEN},
        after={"state": state},
    )


def _policy_managers() -> list[User]:
    return list(User.objects.filter(role=Role.POLICY_MANAGER, is_active=True))


def _tell(change: TerritoryChange, reason: str, people: list[User], at: datetime) -> None:
    for person in {person.pk: person for person in people}.values():
        with translation.override(person.language):
            region = change.region.name
        tell(
            recipients=[person],
            kind=NoticeKind.AGREEMENT,
            key=f"{reason}:{change.pk}",
            params={
                "reason": reason,
                "dealer": change.dealer.name,
                "region": region,
                "day": change.effective_on.isoformat(),
                "why": change.reason,
                "remark": change.decision_note,
            },
            at=at,
            url="/territory/",
        )
