"""A place to try the interface: a twin of the dealer whose data never counts.

The twin is a dealer of its own with the negative of the dealer's id, and takes over its tier, territory, contract and
addenda. Everything a program sends with a sandbox key goes the real way, with real receipts, verdicts, duplicates and
quarantine, into rows of the twin. The database shows rows of twins to nobody but the twin's own session (the
restrictive policy ``sandbox_apart``, see :func:`dealers.models.guards.sandbox_apart_sql`): sweeps, settlements,
reports and HQ's pages cannot count what they cannot see.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from dealers.errors import Refused
from dealers.models import (
    ApiKey,
    B2BAddendum,
    Contract,
    Dealer,
    DealerTier,
    SyncClock,
    Territory,
    TradeAgreement,
    TradePlace,
    User,
)
from dealers.scope import row_scope
from dealers.services.audit import record_audit

#: What the twin takes over from its dealer, and by which columns a row is the same.
_TAKEN_OVER: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (DealerTier, ("tier", "valid", "reason")),
    (Territory, ("region_id", "exclusive", "valid")),
    (Contract, ("number", "amount", "valid")),
    (B2BAddendum, ("valid",)),
    (TradeAgreement, ("strict", "qs_is_sales", "net_price_is_paid", "region_id", "changed_at")),
    (TradePlace, ("code", "region_id", "warehouse")),
)


class SandboxNotWalled(Refused):
    code = "sandbox_not_walled"
    sentence = _(
        "The database role %(role)s bypasses row-level security, so that trial data would count. Use an ordinary role "
        "before making sandbox keys."
    )


@transaction.atomic
def open_sandbox(*, dealer: Dealer, actor: User | None, at: datetime) -> Dealer:
    """The twin of ``dealer``, made if there is none, with what the dealer has been granted by now.

    Raises :class:`SandboxNotWalled` where the database would let trial data count.
    """
    _require_wall()
    Dealer.objects.select_for_update().get(pk=dealer.pk)
    number = dealer.sandbox_id
    with row_scope(str(number)):
        twin = Dealer.objects.filter(pk=number).first()
        if twin is None:
            twin = Dealer.objects.create(
                pk=number,
                code=sandbox_code(dealer),
                uscc=f"SANDBOX{dealer.pk:011d}",
                name=dealer.name,
                industry=dealer.industry,
                annual_revenue=dealer.annual_revenue,
                activated_on=dealer.activated_on,
                home_region_id=dealer.home_region_id,
                created_at=at,
            )
            SyncClock.objects.create(dealer=twin)
            record_audit(actor=actor, action="sandbox.open", subject=twin, at=at, dealer_id=dealer.pk)
        _take_over(dealer, twin)
    return twin


def refresh_sandboxes() -> int:
    """Give every sandbox what its dealer has been granted meanwhile; returns how many were looked at."""
    numbers = sorted(set(ApiKey.objects.filter(dealer_id__lt=0, revoked=False).values_list("dealer_id", flat=True)))
    dealers = Dealer.objects.in_bulk([-number for number in numbers if number is not None])
    for dealer in dealers.values():
        with transaction.atomic(), row_scope(str(dealer.sandbox_id)):
            _take_over(dealer, Dealer.objects.get(pk=dealer.sandbox_id))
    return len(dealers)


def sandbox_code(dealer: Dealer) -> str:
    """The twin's own code; reports may go on using the dealer's."""
    return f"{dealer.code[:24]}-SANDBOX"


def _take_over(dealer: Dealer, twin: Dealer) -> None:
    for model, columns in _TAKEN_OVER:
        rows: Any = model._default_manager
        with row_scope(str(dealer.pk)):
            wanted = set(rows.filter(dealer_id=dealer.pk).values_list(*columns))
        if set(rows.filter(dealer_id=twin.pk).values_list(*columns)) != wanted:
            rows.filter(dealer_id=twin.pk).delete()
            rows.bulk_create([model(dealer_id=twin.pk, **dict(zip(columns, row, strict=True))) for row in wanted])


def _require_wall() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        role, bypasses = cursor.fetchone()
    if bypasses:
        raise SandboxNotWalled(role=role)
