"""A dealer's word on bills."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from dealers.errors import NotPermitted
from dealers.models import ApiKey, Dealer, User
from dealers.services.audit import record_audit
from settlement import permissions
from settlement.models import BillConsent
from settlement.selectors.consents import latest_consent

_LOCK = 0x48414C03


def say_about_bills(*, dealer: Dealer, consents: bool, actor: User | ApiKey, at: datetime) -> BillConsent | None:
    """Record that a dealer takes bills, or no longer does, from this instant on; saying it again changes nothing.

    Bills entered before stay as they are. Returns the word that counts now, None when nothing was ever said. Raises
    :class:`~dealers.errors.NotPermitted` for everybody but the dealer itself.
    """
    if actor.dealer_id != dealer.pk:
        raise NotPermitted
    if isinstance(actor, User):
        permissions.require(actor, "payments.consent")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, dealer.pk % (1 << 31)])
        latest = latest_consent(dealer.pk, at=at)
        if (latest is not None and latest.consents) == consents:
            return latest
        word = BillConsent.objects.create(
            dealer=dealer,
            consents=consents,
            at=at,
            by=actor if isinstance(actor, User) else None,
            by_key=actor.prefix if isinstance(actor, ApiKey) else "",
        )
        record_audit(
            actor=actor,
            action="bills.consent" if consents else "bills.withdraw_consent",
            subject=dealer,
            at=at,
            before={"consents": not consents},
            after={"consents": consents},
            dealer_id=dealer.pk,
        )
    return word
