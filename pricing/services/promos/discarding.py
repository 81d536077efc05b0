"""Throwing a draft away. What was ever submitted stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dealers.services.audit import record_audit
from pricing.choices import PromoState
from pricing.errors import DraftOnly
from pricing.services.promos.acting import Actor, audit_actor, locked_promo, require_applicant_side
from pricing.services.promos.drafts import content_of


@transaction.atomic
def delete_draft(*, code: str, actor: Actor, at: datetime) -> None:
    """Take a draft out of every list. The audit trail keeps what it said, and its number is not given again.

    Raises :class:`~pricing.errors.DraftOnly` for a request that was ever submitted.
    """
    request = locked_promo(actor, code)
    require_applicant_side(actor, request)
    if request.state != PromoState.DRAFT:
        raise DraftOnly(code=request.code)
    request.deleted_at = at
    request.save(update_fields=["deleted_at"])
    record_audit(
        actor=audit_actor(actor),
        action="promo.delete",
        subject=request,
        at=at,
        before=content_of(request).as_record(),
        dealer_id=request.applicant_id,
    )
