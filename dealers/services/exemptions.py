"""Agreed exemptions from reporting: asked for by the dealer, decided by its channel manager, ended when it is over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import Feed, NoticeKind, RequestState
from dealers.errors import NotFound, Refused
from dealers.foundation import clock
from dealers.models import Dealer, ExemptionRequest, SyncExemption, User
from dealers.permissions import require
from dealers.selectors.visibility import visible_dealers
from dealers.services.audit import record_audit
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell


class EmptyExemption(Refused):
    code = "empty_exemption"
    sentence = _("An exemption ends after it starts.")
    status = 400


class ExemptionReasonMissing(Refused):
    code = "exemption_reason_missing"
    sentence = _("Give a reason; the other side reads it.")
    status = 400


class AlreadyRequested(Refused):
    code = "already_requested"
    sentence = _("A request for some of these days is waiting already; withdraw it first.")


class RequestDecided(Refused):
    code = "request_decided"
    sentence = _("This request was decided or withdrawn already.")


@transaction.atomic
def agree_exemption(
    *,
    dealer: Dealer,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    actor: User | None,
    at: datetime,
    feed: Feed | None = None,
) -> SyncExemption:
    """Pause a dealer's duty to report from ``starts_on`` up to ``ends_on`` (exclusive); no feed means both."""
    if actor is not None:
        require(actor, "sync.exempt")
        if not visible_dealers(actor).filter(pk=dealer.pk).exists():
            raise NotFound(what=_("dealer"), key=dealer.code)
    if ends_on is not None and ends_on <= starts_on:
        raise EmptyExemption()
    return excuse_days(
        dealer=dealer, starts_on=starts_on, ends_on=ends_on, reason=reason, actor=actor, at=at, feed=feed
    )


def excuse_days(
    *,
    dealer: Dealer,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    actor: User | None,
    at: datetime,
    feed: Feed | None = None,
) -> SyncExemption:
    """The same for a service that has asked already whether ``actor`` may; within its transaction."""
    exemption = SyncExemption.objects.create(
        dealer=dealer, feed=feed or "", valid=(starts_on, ends_on), reason=reason, agreed_by=actor, agreed_at=at
    )
    record_audit(
        actor=actor,
        action="exemption.agree",
        subject=exemption,
        at=at,
        reason=reason,
        dealer_id=dealer.pk,
        after={"feed": feed or "", "starts_on": starts_on, "ends_on": ends_on},
    )
    return exemption


@transaction.atomic
def revoke_exemption(*, exemption: SyncExemption, actor: User, at: datetime, reason: str) -> SyncExemption:
    """End an exemption as if it had not been agreed from now on; what it excused stays excused up to today.

    Raises :class:`ExemptionReasonMissing`.
    """
    require(actor, "sync.exempt")
    if not reason.strip():
        raise ExemptionReasonMissing()
    exemption = SyncExemption.objects.select_for_update().get(pk=exemption.pk)
    if not visible_dealers(actor).filter(pk=exemption.dealer_id).exists():
        raise NotFound(what=_("exemption"), key=exemption.pk)
    before = {"ends_on": exemption.valid.upper, "revoked_at": exemption.revoked_at}
    today = clock.business_day(at)
    if exemption.valid.lower is not None and exemption.valid.lower < today:
        exemption.valid = (exemption.valid.lower, min(today, exemption.valid.upper or today))
    else:
        exemption.revoked_at = at
    exemption.save()
    record_audit(
        actor=actor,
        action="exemption.revoke",
        subject=exemption,
        at=at,
        reason=reason,
        dealer_id=exemption.dealer_id,
        before=before,
        after={"revoked_at": at},
    )
    return exemption


@transaction.atomic
def request_exemption(
    *, dealer: Dealer, starts_on: date, ends_on: date, reason: str, actor: User, at: datetime, feed: Feed | None = None
) -> ExemptionRequest:
    """Ask to be excused from ``starts_on`` up to ``ends_on`` (exclusive); the channel managers are told.

    Raises :class:`EmptyExemption`, :class:`ExemptionReasonMissing` or :class:`AlreadyRequested`.
    """
    require(actor, "sync.request_exemption")
    if ends_on <= starts_on:
        raise EmptyExemption()
    if not reason.strip():
        raise ExemptionReasonMissing()
    Dealer.objects.select_for_update(no_key=True).get(pk=dealer.pk)
    asked = ExemptionRequest.objects.filter(dealer=dealer, state=RequestState.OPEN)
    waiting = asked.filter(valid__overlap=(starts_on, ends_on))
    if feed is not None:
        waiting = waiting.filter(feed__in=["", feed])
    if waiting.exists():
        raise AlreadyRequested()
    request = ExemptionRequest.objects.create(
        dealer=dealer,
        feed=feed or "",
        valid=(starts_on, ends_on),
        reason=reason[:500],
        requested_by=actor,
        requested_at=at,
    )
    record_audit(
        actor=actor,
        action="exemption.request",
        subject=request,
        at=at,
        reason=reason,
        dealer_id=dealer.pk,
        after={"feed": feed or "", "starts_on": starts_on, "ends_on": ends_on},
    )
    params = {
        "reason": "exemption_requested",
        "dealer": dealer.name,
        "first": starts_on.isoformat(),
        "last": (ends_on - timedelta(days=1)).isoformat(),
        "why": reason[:500],
    }
    tell(
        recipients=managers_of_dealers([dealer.pk]).get(dealer.pk, []),
        kind=NoticeKind.EXEMPTION,
        key=f"exemption_requested:{request.pk}",
        params=params,
        at=at,
        url="/exemptions/",
    )
    return request


@transaction.atomic
def decide_exemption(
    *, request: ExemptionRequest, agree: bool, note: str, actor: User, at: datetime
) -> ExemptionRequest:
    """Agree to a request, or refuse it with a reason; the dealer's people are told.

    Raises :class:`RequestDecided` or, for a refusal without a reason, :class:`ExemptionReasonMissing`.
    """
    require(actor, "sync.exempt")
    request = ExemptionRequest.objects.select_for_update().get(pk=request.pk)
    if not visible_dealers(actor).filter(pk=request.dealer_id).exists():
        raise NotFound(what=_("request"), key=request.pk)
    if request.state != RequestState.OPEN:
        raise RequestDecided()
    if not agree and not note.strip():
        raise ExemptionReasonMissing()
    first, end = _days(request)
    if agree:
        request.exemption = agree_exemption(
            dealer=request.dealer,
            starts_on=first,
            ends_on=end,
            reason=request.reason,
            actor=actor,
            at=at,
            feed=Feed(request.feed) if request.feed else None,
        )
    _close(request, RequestState.AGREED if agree else RequestState.REFUSED, actor, at, note)
    params = {
        "reason": "exemption_agreed" if agree else "exemption_refused",
        "first": first.isoformat(),
        "last": (end - timedelta(days=1)).isoformat(),
        "remark": note[:500],
    }
    tell(
        recipients=people_of_dealers([request.dealer_id]).get(request.dealer_id, []),
        kind=NoticeKind.EXEMPTION,
        key=f"exemption_decided:{request.pk}",
        params=params,
        at=at,
        url="/exemptions/",
    )
    return request


@transaction.atomic
def withdraw_exemption_request(*, request: ExemptionRequest, actor: User, at: datetime) -> ExemptionRequest:
    """Take a request back before it is decided. Raises :class:`RequestDecided`."""
    require(actor, "sync.request_exemption")
    request = ExemptionRequest.objects.select_for_update().get(pk=request.pk)
    if actor.dealer_id != request.dealer_id:
        raise NotFound(what=_("request"), key=request.pk)
    if request.state != RequestState.OPEN:
        raise RequestDecided()
    _close(request, RequestState.WITHDRAWN, actor, at, "")
    return request


def _days(request: ExemptionRequest) -> tuple[date, date]:
    """First day and end of a request, which always has both."""
    first, end = request.valid.lower, request.valid.upper
    if first is None or end is None:
        raise EmptyExemption()
    return first, end


def _close(request: ExemptionRequest, state: RequestState, actor: User, at: datetime, note: str) -> None:
    request.state, request.decided_by, request.decided_at, request.decision_note = state, actor, at, note[:500]
    request.save(update_fields=["state", "decided_by", "decided_at", "decision_note", "exemption"])
    record_audit(
        actor=actor,
        action=f"exemption.{state.value}",
        subject=request,
        at=at,
        reason=note,
        dealer_id=request.dealer_id,
        before={"state": RequestState.OPEN},
        after={"state": state},
    )
