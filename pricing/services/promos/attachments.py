"""Files of a request: added and taken out while it is with its applicant, kept with what was submitted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from dealers.foundation.digest import sha256_hex
from dealers.foundation.file_kinds import EVIDENCE
from dealers.services.audit import record_audit
from dealers.services.files import LARGEST_FILE, FileTooLarge, clean_name, keep_file
from pricing.choices import PromoState
from pricing.errors import AttachmentUnknown, PromoStateRefused, TooManyAttachments
from pricing.models import PromoAttachment, PromoRequest
from pricing.rules.promo_flow import PROMO_LIFE, PromoAct
from pricing.services.promos.acting import Actor, audit_actor, label_of, locked_promo, require_applicant_side

#: What promotions are explained with: plans, offers, pictures of the material.
ATTACHABLE = EVIDENCE
MOST_ATTACHMENTS = 10


@transaction.atomic
def attach_file(*, code: str, name: str, content: bytes | UploadedFile, actor: Actor, at: datetime) -> PromoAttachment:
    """Add a file to a draft or a returned request. The same file again changes nothing.

    Raises :class:`~pricing.errors.TooManyAttachments`, or what :func:`dealers.services.files.keep_file` refuses.
    """
    request = _own_and_open(actor, code)
    kept = present_attachments(request)
    data = content if isinstance(content, bytes) else _within_limit(content, name)
    same = _same_file(kept, clean_name(name), sha256_hex(data))
    if same is not None:
        return same
    if len(kept) >= MOST_ATTACHMENTS:
        raise TooManyAttachments(most=MOST_ATTACHMENTS)
    file = keep_file(
        actor=audit_actor(actor),
        name=name,
        content=data,
        dealer_id=request.applicant_id,
        at=at,
        accepts=ATTACHABLE,
    )
    attachment = PromoAttachment.objects.create(request=request, file=file, added_at=at, added_by=label_of(actor))
    record_audit(
        actor=audit_actor(actor),
        action="promo.attach",
        subject=request,
        at=at,
        after={"file": file.name, "sha256": file.sha256, "size": file.size},
        dealer_id=request.applicant_id,
    )
    return attachment


@transaction.atomic
def remove_attachment(*, code: str, attachment: int, actor: Actor, at: datetime) -> None:
    """Take a file out of a draft or a returned request; what was submitted with it keeps it. Twice is once."""
    request = _own_and_open(actor, code)
    found = request.attachments.select_related("file").filter(pk=attachment).first()
    if found is None:
        raise AttachmentUnknown(key=attachment)
    if found.removed_at is not None:
        return
    found.removed_at = at
    found.save(update_fields=["removed_at"])
    record_audit(
        actor=audit_actor(actor),
        action="promo.detach",
        subject=request,
        at=at,
        before={"file": found.file.name, "sha256": found.file.sha256},
        dealer_id=request.applicant_id,
    )


def present_attachments(request: PromoRequest) -> list[PromoAttachment]:
    """The files the request has now, the oldest first."""
    return list(request.attachments.filter(removed_at=None).select_related("file").order_by("pk"))


def attachments_record(request: PromoRequest) -> dict[str, str]:
    """The files as a submission keeps them: digest to name."""
    return {one.file.sha256: one.file.name for one in present_attachments(request)}


def _same_file(kept: Iterable[PromoAttachment], name: str, sha256: str) -> PromoAttachment | None:
    return next((one for one in kept if one.file.sha256 == sha256 and one.file.name == name), None)


def _within_limit(content: UploadedFile, name: str) -> bytes:
    """The bytes; a file that is too large is not read into memory, `keep_file` says what is wrong with it."""
    if (content.size or 0) > LARGEST_FILE:
        raise FileTooLarge(name=clean_name(name), most=LARGEST_FILE >> 20)
    return bytes(content.read())


def _own_and_open(actor: Actor, code: str) -> PromoRequest:
    request = locked_promo(actor, code)
    require_applicant_side(actor, request)
    if not PROMO_LIFE.allows(request.state, PromoAct.EDIT):
        raise PromoStateRefused(code=request.code, state=PromoState(request.state).label)
    return request
