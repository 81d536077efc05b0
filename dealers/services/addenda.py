"""B2B addenda: signed with their file, in force over a range of days, ended early with a reason."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import DealerState
from dealers.errors import NotFound, Refused
from dealers.foundation.clock import business_day
from dealers.foundation.file_kinds import PDF, PICTURES
from dealers.models import B2BAddendum, Dealer, User
from dealers.permissions import require
from dealers.selectors.visibility import visible_dealers
from dealers.services.audit import record_audit
from dealers.services.files import keep_file


class AddendumTooEarly(Refused):
    code = "addendum_too_early"
    sentence = _("An addendum begins tomorrow at the earliest; sales of today and before are judged by what held then.")
    status = 400


class AddendumOverlaps(Refused):
    code = "addendum_overlaps"
    sentence = _("Another addendum of this dealer covers some of these days, from %(first)s on.")


class AddendumRange(Refused):
    code = "addendum_range"
    sentence = _("The last day lies before the first, or before today.")
    status = 400


class AddendumReasonMissing(Refused):
    code = "addendum_reason_missing"
    sentence = _("Give a reason in words.")
    status = 400


@transaction.atomic
def sign_addendum(
    *,
    dealer: Dealer,
    number: str,
    first_day: date,
    last_day: date | None,
    filename: str,
    content: bytes | UploadedFile,
    actor: User,
    at: datetime,
) -> B2BAddendum:
    """Record a signed addendum, the first one or the renewal that follows; ``last_day`` None is without end.

    Raises :class:`AddendumTooEarly`, :class:`AddendumRange`, :class:`AddendumOverlaps` or what keeping the file raises.
    """
    require(actor, "addenda.sign")
    if not visible_dealers(actor).filter(pk=dealer.pk, state=DealerState.ACTIVE).exists():
        raise NotFound(what=_("dealer"), key=dealer.code)
    if first_day <= business_day(at):
        raise AddendumTooEarly()
    if last_day is not None and last_day < first_day:
        raise AddendumRange()
    valid = (first_day, last_day + timedelta(days=1) if last_day else None)
    Dealer.objects.select_for_update(no_key=True).get(pk=dealer.pk)
    other = B2BAddendum.objects.filter(dealer=dealer, valid__overlap=valid).order_by("valid").first()
    if other is not None:
        raise AddendumOverlaps(first=str(other.valid.lower))
    file = keep_file(actor=actor, name=filename, content=content, dealer_id=dealer.pk, at=at, accepts=(PDF, *PICTURES))
    signed = B2BAddendum.objects.create(dealer=dealer, number=number.strip()[:64], valid=valid, file=file)
    record_audit(
        actor=actor,
        action="b2b_addendum.start",
        subject=signed,
        at=at,
        dealer_id=dealer.pk,
        after={"number": signed.number, "first_day": first_day, "last_day": last_day, "sha256": file.sha256},
    )
    return signed


@transaction.atomic
def end_addendum(*, addendum: B2BAddendum, last_day: date, reason: str, actor: User, at: datetime) -> B2BAddendum:
    """End an addendum earlier than it says, today at the earliest. Raises :class:`AddendumRange`."""
    require(actor, "addenda.sign")
    if not visible_dealers(actor).filter(pk=addendum.dealer_id).exists():
        raise NotFound(what=_("B2B addendum"), key=addendum.pk)
    addendum = B2BAddendum.objects.select_for_update().get(pk=addendum.pk)
    if not reason.strip():
        raise AddendumReasonMissing()
    first, upper = addendum.valid.lower, addendum.valid.upper
    end = last_day + timedelta(days=1)
    if last_day < business_day(at) or (first is not None and last_day < first) or (upper is not None and end > upper):
        raise AddendumRange()
    addendum.valid = (first, end)
    addendum.save(update_fields=["valid"])
    record_audit(
        actor=actor,
        action="b2b_addendum.close",
        subject=addendum,
        at=at,
        reason=reason.strip(),
        dealer_id=addendum.dealer_id,
        before={"until": upper},
        after={"until": end},
    )
    return addendum
