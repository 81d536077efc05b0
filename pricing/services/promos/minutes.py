"""The minutes of an office meeting: what was said before the vote, with the signed sheet."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from dealers.models import User
from dealers.services.audit import record_audit
from dealers.services.files import keep_file
from pricing.choices import Authority
from pricing.errors import MinutesEmpty, NoMeeting
from pricing.models import PromoMinutes, PromoRequest, PromoStep
from pricing.services.promos.acting import locked_promo
from pricing.services.promos.steps import require_reviewer

LONGEST_MINUTES = 20_000


@transaction.atomic
def write_minutes(
    *,
    code: str,
    text: str,
    actor: User,
    at: datetime,
    file_name: str = "",
    file: bytes | UploadedFile | None = None,
) -> PromoMinutes:
    """Write down the minutes of the request's latest meeting, or correct them by a further version.

    The general manager and the members of the office may, during the vote and afterwards, unless they have a part in
    the request. Raises :class:`~pricing.errors.NoMeeting` or :class:`~pricing.errors.MinutesEmpty`.
    """
    request = locked_promo(actor, code)
    step = meeting_of(request)
    require_reviewer(actor, request, step, at)
    if not text.strip() or len(text) > LONGEST_MINUTES:
        raise MinutesEmpty(most=LONGEST_MINUTES)
    kept = None
    if file is not None:
        kept = keep_file(actor=actor, name=file_name, content=file, dealer_id=None, at=at)
    minutes = PromoMinutes.objects.create(
        step=step,
        number=step.minutes.count() + 1,
        text=text.strip(),
        file=kept,
        written_by=actor,
        written_at=at,
    )
    record_audit(
        actor=actor,
        action="promo.minutes",
        subject=request,
        at=at,
        after={"version": minutes.number, "text": minutes.text, "file": kept.sha256 if kept else None},
        dealer_id=request.applicant_id,
    )
    return minutes


def meeting_of(request: PromoRequest) -> PromoStep:
    """The latest step the office meeting voted on, or votes on. Raises :class:`~pricing.errors.NoMeeting`."""
    step = (
        PromoStep.objects.filter(submission__request=request, authority=Authority.GM_OFFICE_MEETING)
        .order_by("pk")
        .last()
    )
    if step is None:
        raise NoMeeting(code=request.code)
    return step
