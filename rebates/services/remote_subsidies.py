"""The remote-area subsidy: applied for by the dealer, decided by its channel manager, ended when it is over."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from dealers.choices import NoticeKind, RequestState
from dealers.errors import NotPermitted
from dealers.foundation.barrier import enter_intake
from dealers.foundation.clock import business_day
from dealers.foundation.periods import Quarter
from dealers.models import ApiKey, Dealer, User
from dealers.selectors.remote_regions import remote_regions_of
from dealers.selectors.visibility import visible_dealers
from dealers.services.audit import name_of, record_audit
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell
from rebates import permissions
from rebates.choices import RightAct
from rebates.errors import (
    ApplicationDecided,
    ApplicationNotFound,
    NoRemoteTerritory,
    NoSubsidyRight,
    QuarterOver,
    ReasonMissing,
    SubsidyAlready,
)
from rebates.models import RemoteSubsidyApplication, RemoteSubsidyRight
from rebates.selectors.remote_subsidies import has_right

PAGE = "/remote-subsidy/"


def apply_for_subsidy(
    *, dealer: Dealer, quarter: Quarter, reason: str, actor: User | ApiKey, at: datetime
) -> RemoteSubsidyApplication:
    """Ask for the subsidy from ``quarter`` on; the channel managers are told. The same request again changes nothing.

    Raises :class:`ReasonMissing`, :class:`QuarterOver`, :class:`NoRemoteTerritory` or :class:`SubsidyAlready`.
    """
    if isinstance(actor, User):
        permissions.require(actor, "remote_subsidy.apply")
    if actor.dealer_id != dealer.pk:
        raise NotPermitted()
    _refuse_without(reason)
    _refuse_over(quarter, at)
    with transaction.atomic():
        Dealer.objects.select_for_update(no_key=True).get(pk=dealer.pk)
        waiting = RemoteSubsidyApplication.objects.filter(dealer=dealer, state=RequestState.OPEN).first()
        if waiting is not None and (waiting.starts_on, waiting.reason) == (quarter.start, reason[:500]):
            return waiting
        if waiting is not None or _right_of(dealer, quarter):
            raise SubsidyAlready(dealer=dealer.name)
        application = RemoteSubsidyApplication.objects.create(
            dealer=dealer,
            starts_on=quarter.start,
            reason=reason[:500],
            evidence=_evidence(dealer, quarter, at),
            requested_by=actor if isinstance(actor, User) else None,
            requested_by_key="" if isinstance(actor, User) else name_of(actor)[:80],
            requested_at=at,
        )
        _audit(application, "request", actor, at, reason, {"quarter": str(quarter), "evidence": application.evidence})
        tell(
            recipients=managers_of_dealers([dealer.pk]).get(dealer.pk, []),
            kind=NoticeKind.EARNING,
            key=f"remote_subsidy_requested:{application.pk}",
            params={
                "reason": "remote_subsidy_requested",
                "dealer": dealer.name,
                "quarter": str(quarter),
                "why": reason[:500],
            },
            at=at,
            url=PAGE,
        )
    return application


def decide_subsidy(
    *, application: RemoteSubsidyApplication, agree: bool, note: str, actor: User, at: datetime
) -> RemoteSubsidyApplication:
    """Agree to an application, or refuse it with a reason; the dealer's people are told.

    The applicant is of the dealer's side and the decider of HQ's, so nobody decides an own request. Raises
    :class:`ApplicationDecided`, :class:`ReasonMissing`, or :class:`NoRemoteTerritory` when the remote regions are gone.
    """
    permissions.require(actor, "remote_subsidy.decide")
    with transaction.atomic():
        with connection.cursor() as cursor:
            enter_intake(cursor)
        application = _locked(application, actor)
        if not agree:
            _refuse_without(note)
        if agree:
            _evidence(application.dealer, Quarter.containing(application.starts_on), at)
            RemoteSubsidyRight.objects.create(
                dealer=application.dealer,
                act=RightAct.GRANTED,
                starts_on=application.starts_on,
                application=application,
                reason=note[:500],
                known_from=at,
                recorded_by=actor,
            )
        _close(application, RequestState.AGREED if agree else RequestState.REFUSED, actor, at, note)
        _audit(application, "agree" if agree else "refuse", actor, at, note, {"quarter": application.quarter})
        said = "remote_subsidy_agreed" if agree else "remote_subsidy_refused"
        _tell_dealer(application, said, str(application.pk), application.quarter, note, at)
    return application


def withdraw_application(
    *, application: RemoteSubsidyApplication, actor: User, at: datetime
) -> RemoteSubsidyApplication:
    """Take an application back before it is decided. Raises :class:`ApplicationDecided`."""
    permissions.require(actor, "remote_subsidy.apply")
    with transaction.atomic():
        application = _locked(application, actor)
        _close(application, RequestState.WITHDRAWN, actor, at, "")
        _audit(application, "withdraw", actor, at, "", {"quarter": application.quarter})
    return application


def end_subsidy(
    *, application: RemoteSubsidyApplication, quarter: Quarter, reason: str, actor: User, at: datetime
) -> RemoteSubsidyRight:
    """End an agreed subsidy from ``quarter`` on, the present one at the earliest. Repeating it changes nothing.

    Raises :class:`ReasonMissing`, :class:`QuarterOver` or :class:`NoSubsidyRight`.
    """
    permissions.require(actor, "remote_subsidy.decide")
    _refuse_without(reason)
    _refuse_over(quarter, at)
    with transaction.atomic():
        with connection.cursor() as cursor:
            enter_intake(cursor)
        dealer = Dealer.objects.select_for_update(no_key=True).get(pk=application.dealer_id)
        if not visible_dealers(actor).filter(pk=dealer.pk).exists():
            raise ApplicationNotFound(what="", key=application.pk)
        ended = application.rights.filter(act=RightAct.ENDED, starts_on__lte=quarter.start).first()
        if ended is not None:
            return ended
        if not _right_of(dealer, quarter):
            raise NoSubsidyRight(dealer=dealer.name, quarter=str(quarter))
        right = RemoteSubsidyRight.objects.create(
            dealer=dealer,
            act=RightAct.ENDED,
            starts_on=quarter.start,
            application=application,
            reason=reason[:500],
            known_from=at,
            recorded_by=actor,
        )
        _audit(application, "end", actor, at, reason, {"quarter": str(quarter)})
        _tell_dealer(application, "remote_subsidy_ended", str(right.pk), str(quarter), reason, at)
    return right


def _locked(application: RemoteSubsidyApplication, actor: User) -> RemoteSubsidyApplication:
    found = RemoteSubsidyApplication.objects.select_for_update(of=("self",)).select_related("dealer")
    application = found.get(pk=application.pk)
    if not visible_dealers(actor).filter(pk=application.dealer_id).exists():
        raise ApplicationNotFound(what="", key=application.pk)
    if application.state != RequestState.OPEN:
        raise ApplicationDecided()
    return application


def _close(application: RemoteSubsidyApplication, state: RequestState, actor: User, at: datetime, note: str) -> None:
    application.state, application.decided_by, application.decided_at = state, actor, at
    application.decision_note = note[:500]
    application.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])


def _right_of(dealer: Dealer, quarter: Quarter) -> bool:
    recorded = RemoteSubsidyRight.objects.filter(dealer=dealer).order_by("starts_on", "pk")
    return has_right(recorded.values_list("starts_on", "act", "known_from"), quarter)


def _evidence(dealer: Dealer, quarter: Quarter, at: datetime) -> list[dict[str, str]]:
    """The remote regions of the territory today, or when a later quarter begins."""
    day = max(business_day(at), quarter.start)
    found = remote_regions_of(dealer, on=day)
    if not found:
        raise NoRemoteTerritory(day=day.isoformat(), dealer=dealer.name)
    return found


def _refuse_without(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing()


def _refuse_over(quarter: Quarter, at: datetime) -> None:
    now = Quarter.containing(at)
    if quarter < now:
        raise QuarterOver(quarter=str(quarter), first=str(now))


def _audit(
    application: RemoteSubsidyApplication,
    what: str,
    actor: User | ApiKey,
    at: datetime,
    reason: str,
    after: dict[str, object],
) -> None:
    record_audit(
        actor=actor,
        action=f"remote_subsidy.{what}",
        subject=application,
        at=at,
        reason=reason,
        dealer_id=application.dealer_id,
        after={"state": application.state, **after},
    )


def _tell_dealer(
    application: RemoteSubsidyApplication, said: str, number: str, quarter: str, note: str, at: datetime
) -> None:
    tell(
        recipients=people_of_dealers([application.dealer_id]).get(application.dealer_id, []),
        kind=NoticeKind.EARNING,
        key=f"{said}:{number}",
        params={"reason": said, "quarter": quarter, "remark": note[:500]},
        at=at,
        url=PAGE,
    )
