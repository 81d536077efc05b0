"""Taking a request back before its start."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dealers.foundation.clock import business_day
from dealers.services.audit import record_audit
from pricing.choices import PromoState
from pricing.errors import Objected
from pricing.models import PromoRequest
from pricing.rules.promo_flow import PromoAct, objection_to_withdrawal
from pricing.services.promos.acting import Actor, audit_actor, locked_promo, move, require_applicant_side
from pricing.services.promos.effects import promo_prices_changed


@transaction.atomic
def withdraw_promo(*, code: str, actor: Actor, at: datetime, reason: str = "") -> PromoRequest:
    """Take the request back; an approved one loses its effect. Raises when it has started or is decided."""
    request = locked_promo(actor, code)
    require_applicant_side(actor, request)
    objection = objection_to_withdrawal(request.state, request.starts_on, business_day(at))
    if objection is not None:
        raise Objected(objection)
    before = request.state
    move(request, PromoAct.WITHDRAW)
    request.withdrawn_at = at
    request.save(update_fields=["state", "withdrawn_at"])
    record_audit(
        actor=audit_actor(actor),
        action="promo.withdraw",
        subject=request,
        at=at,
        reason=reason,
        before={"state": before},
        after={"state": request.state},
        dealer_id=request.applicant_id,
    )
    if before == PromoState.APPROVED and request.approved_at is not None:
        promo_prices_changed(request, since=request.approved_at, at=at)
    return request
