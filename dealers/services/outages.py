"""Outages of ours, kept by the system itself from the signs of life the web processes leave.

A sign of life says that a web process answered a request and that the database took a write: deliveries could be
taken. A silence between two signs is an outage. The worker or the scheduler being away is none: deliveries were taken
all the same, only the sweep came later.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.errors import Refused
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import Heartbeat, SystemOutage, User
from dealers.permissions import require
from dealers.selectors.outages import INTAKE, OUTAGE_AFTER
from dealers.services.audit import record_audit

#: The reason of an outage the system found out by itself.
SILENCE = "silence"


class OutageEmpty(Refused):
    code = "outage_empty"
    sentence = _("An outage ends after it starts.")
    status = 400


class OutageAhead(Refused):
    code = "outage_ahead"
    sentence = _("An outage cannot be recorded before it is over; the end lies in the future.")
    status = 400


class OutageReasonMissing(Refused):
    code = "outage_reason_missing"
    sentence = _("Say what happened; the dealers concerned see it in their calendar.")
    status = 400


class OutageRevoked(Refused):
    code = "outage_revoked"
    sentence = _("This outage was revoked already.")


@transaction.atomic
def note_sign_of_life(*, at: datetime) -> SystemOutage | None:
    """Note that deliveries can be taken at ``at``; a long silence before it becomes an outage, which is returned.

    Many processes may call it at once: they wait for each other, and the first one after the silence records it.
    """
    Heartbeat.objects.get_or_create(name=INTAKE, defaults={"beat_at": at})
    beat = Heartbeat.objects.select_for_update().get(name=INTAKE)
    if at <= beat.beat_at:
        return None
    outage = _keep(beat.beat_at, at) if at - beat.beat_at > OUTAGE_AFTER else None
    beat.beat_at = at
    beat.save(update_fields=["beat_at"])
    return outage


def _keep(start: datetime, end: datetime) -> SystemOutage:
    """Record a silence; one that follows another within moments is the same outage going on."""
    before = (
        SystemOutage.objects.select_for_update()
        .filter(recorded_by=None, reason=SILENCE, revoked_at=None, span__endswith__gte=start - OUTAGE_AFTER)
        .order_by("-span")
        .first()
    )
    if before is None:
        outage = SystemOutage.objects.create(span=(start, end), reason=SILENCE, recorded_at=end)
        _audit(outage, "outage.record", None, end)
        return outage
    first, known_end = _bounds(before)
    before.span = (first, max(known_end, end))
    before.save(update_fields=["span"])
    _audit(before, "outage.extend", None, end, before={"until": known_end})
    return before


@transaction.atomic
def record_outage(*, start: datetime, end: datetime, reason: str, actor: User, at: datetime) -> SystemOutage:
    """Record an outage the system could not see, such as a broken line between the dealers and us.

    Raises :class:`OutageEmpty`, :class:`OutageAhead` or :class:`OutageReasonMissing`.
    """
    require(actor, "outages.manage")
    if end <= start:
        raise OutageEmpty()
    if end > at:
        raise OutageAhead()
    if not reason.strip():
        raise OutageReasonMissing()
    outage = SystemOutage.objects.create(span=(start, end), reason=reason[:500], recorded_by=actor, recorded_at=at)
    _audit(outage, "outage.record", actor, at, reason=reason)
    return outage


@transaction.atomic
def revoke_outage(*, outage: SystemOutage, reason: str, actor: User, at: datetime) -> SystemOutage:
    """Say that an outage was none; the row stays. To correct one, revoke it and record it again.

    Raises :class:`OutageRevoked` or :class:`OutageReasonMissing`.
    """
    require(actor, "outages.manage")
    outage = SystemOutage.objects.select_for_update().get(pk=outage.pk)
    if outage.revoked_at is not None:
        raise OutageRevoked()
    if not reason.strip():
        raise OutageReasonMissing()
    outage.revoked_at, outage.revoked_by, outage.revoke_reason = at, actor, reason[:500]
    outage.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
    _audit(outage, "outage.revoke", actor, at, reason=reason)
    return outage


def _audit(
    outage: SystemOutage,
    action: str,
    actor: User | None,
    at: datetime,
    *,
    reason: str = "",
    before: dict[str, object] | None = None,
) -> None:
    start, end = (bound.astimezone(BUSINESS_ZONE) for bound in _bounds(outage))
    record_audit(
        actor=actor,
        action=action,
        subject=outage,
        at=at,
        reason=reason,
        before=before,
        after={"from": start, "until": end},
    )


def _bounds(outage: SystemOutage) -> tuple[datetime, datetime]:
    """Both ends; the database insists on them, and a span just given is a plain pair."""
    span: Any = outage.span
    return span if isinstance(span, tuple) else (span.lower, span.upper)
