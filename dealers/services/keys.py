"""API keys: made once, shown once, rotated with overlap, revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.errors import Refused
from dealers.models import ApiKey, Dealer, User
from dealers.services.audit import record_audit
from dealers.services.sandbox import open_sandbox

#: What a key may be allowed, and the default of each side.
DEALER_SCOPES = (
    "sales:write",
    "inventory:write",
    "stock:read",
    "receipts:read",
    "quarantine:write",
    "me:read",
    "prices:read",
    "promos:read",
    "promos:write",
    "statements:read",
    "statements:confirm",
    "statements:dispute",
    "subsidies:read",
    "subsidies:write",
    "webhooks:manage",
    "violations:read",
    "cases:read",
    "cases:reply",
    "support:read",
    "support:write",
    "referrals:read",
    "referrals:write",
    "payments:read",
    "payments:consent",
    "tickets:read",
    "tickets:write",
    "satisfaction:read",
    "satisfaction:write",
    "scorecards:read",
)
SYSTEM_SCOPES = (
    "supply:read",
    "shipments:write",
    "prices:read",
    "receipts:read",
    "statements:read",
    "subsidies:read",
    "sales:write",
    "inventory:write",
    "stock:read",
    "promos:read",
    "webhooks:manage",
    "violations:read",
    "observations:read",
    "observations:write",
    "support:read",
    "referrals:read",
    "referrals:write",
    "referrals:decide",
    "referrals:call_back",
    "payments:read",
    "tickets:read",
    "tickets:write",
    "satisfaction:read",
    "scorecards:read",
)


class UnknownScope(Refused):
    code = "unknown_scope"
    sentence = _("The scope %(scope)s does not exist for this kind of key; choose from %(known)s.")
    status = 400


class SandboxForDealers(Refused):
    code = "sandbox_for_dealers"
    sentence = _("A sandbox key belongs to a dealer; HQ's own systems have none.")
    status = 400


class KeyEnded(Refused):
    code = "key_ended"
    sentence = _("This key is revoked already.")


@transaction.atomic
def create_api_key(
    *,
    name: str,
    actor: User | None,
    at: datetime,
    dealer: Dealer | None = None,
    system: str = "",
    scopes: Sequence[str] = (),
    expires_at: datetime | None = None,
    sandbox: bool = False,
) -> tuple[ApiKey, str]:
    """Make a key of one dealer or of one HQ system and return it with its secret, which is never shown again.

    No ``scopes`` means all of its side. With ``sandbox`` nothing sent with the key ever counts; only a dealer has one.
    Raises :class:`UnknownScope` and :class:`SandboxForDealers`.
    """
    if sandbox and dealer is None:
        raise SandboxForDealers()
    known = DEALER_SCOPES if dealer is not None else SYSTEM_SCOPES
    for scope in scopes:
        if scope not in known:
            raise UnknownScope(scope=scope, known=", ".join(known))
    owner = open_sandbox(dealer=dealer, actor=actor, at=at) if sandbox and dealer is not None else dealer
    made, secret = ApiKey.objects.create_key(
        name=name[:50], dealer=owner, system=system, scopes=list(scopes or known), expiry_date=expires_at
    )
    key = cast(ApiKey, made)
    record_audit(
        actor=actor,
        action="key.create",
        subject=("dealers.apikey", key.prefix),
        at=at,
        dealer_id=key.real_dealer_id,
        after={"name": key.name, "scopes": key.scopes, "expires_at": expires_at, "system": system, "sandbox": sandbox},
    )
    return key, secret


@transaction.atomic
def revoke_api_key(*, key: ApiKey, actor: User | None, at: datetime) -> ApiKey:
    """End a key now. Raises :class:`KeyEnded` when it has ended already."""
    key = ApiKey.objects.select_for_update().get(pk=key.pk)
    if key.revoked:
        raise KeyEnded()
    key.revoked = True
    key.save()
    record_audit(
        actor=actor, action="key.revoke", subject=("dealers.apikey", key.prefix), at=at, dealer_id=key.real_dealer_id
    )
    return key


@transaction.atomic
def rotate_api_key(*, key: ApiKey, actor: User | None, at: datetime, overlap_until: datetime) -> tuple[ApiKey, str]:
    """Make a successor with the same owner, scopes and length of life; the old key works until ``overlap_until``.

    Raises :class:`KeyEnded` for a key that is revoked or has expired.
    """
    key = ApiKey.objects.select_for_update().get(pk=key.pk)
    if key.revoked or (key.expiry_date is not None and key.expiry_date <= at):
        raise KeyEnded()
    successor = create_api_key(
        name=key.name,
        actor=actor,
        at=at,
        dealer=Dealer.objects.filter(pk=key.real_dealer_id or 0).first(),
        system=key.system,
        scopes=key.scopes,
        expires_at=None if key.expiry_date is None else at + (key.expiry_date - key.created),
        sandbox=key.is_sandbox,
    )
    if key.expiry_date is None or key.expiry_date > overlap_until:
        key.expiry_date = overlap_until
        key.save()
    record_audit(
        actor=actor,
        action="key.rotate",
        subject=("dealers.apikey", key.prefix),
        at=at,
        dealer_id=key.real_dealer_id,
        after={"successor": successor[0].prefix, "overlap_until": overlap_until},
    )
    return successor
