"""What is agreed with a dealer about its messages, and the places they name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.errors import NotFound, Refused
from dealers.models import ApiKey, Dealer, Region, TradeAgreement, TradePlace, User
from dealers.permissions import require
from dealers.selectors.visibility import visible_dealers
from dealers.services.audit import record_audit

MOST_PLACES = 5_000
_AGREED = ("strict", "qs_is_sales", "net_price_is_paid", "region_id")


class PlaceRefused(Refused):
    code = "trade_place_refused"
    sentence = _("A place needs its number in messages (at most 80 characters), and a region or a warehouse.")


class TooManyPlaces(Refused):
    code = "too_many_places"
    sentence = _("A dealer can have at most %(limit)s places.")


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement as the readers of lines need it."""

    strict: bool = True
    qs_is_sales: bool = False
    net_price_is_paid: bool = False
    region: str = ""


def agreed_with(dealer: Dealer) -> Agreed:
    """What is agreed; strictly and nothing on trust when nothing was."""
    row = TradeAgreement.objects.select_related("region").filter(dealer=dealer).first()
    if row is None:
        return Agreed()
    return Agreed(row.strict, row.qs_is_sales, row.net_price_is_paid, row.region.code if row.region else "")


def agree(
    *,
    dealer: Dealer,
    strict: bool,
    qs_is_sales: bool,
    net_price_is_paid: bool,
    region: Region | None,
    actor: User,
    at: datetime,
) -> TradeAgreement:
    """Set how the dealer's messages are understood from now on; what was taken stays as it was."""
    _may_agree(actor, dealer)
    with transaction.atomic():
        Dealer.objects.select_for_update().get(pk=dealer.pk)
        row = TradeAgreement.objects.filter(dealer=dealer).first() or TradeAgreement(dealer=dealer)
        before = None if row._state.adding else _told(row)
        row.strict, row.qs_is_sales, row.net_price_is_paid = strict, qs_is_sales, net_price_is_paid
        row.region, row.changed_at, row.changed_by = region, at, actor
        row.save()
        _record(actor, "trade_agreement.change", dealer, at, before, _told(row))
    return row


def set_place(
    *, dealer: Dealer, code: str, region: Region | None, warehouse: str, actor: User, at: datetime
) -> TradePlace:
    """Say where a place of the dealer's messages is. Raises :class:`PlaceRefused` or :class:`TooManyPlaces`."""
    _may_agree(actor, dealer)
    code, warehouse = code.strip(), warehouse.strip()
    if not code or len(code) > 80 or len(warehouse) > 64 or not (code + warehouse).isprintable():
        raise PlaceRefused()
    if region is None and not warehouse:
        raise PlaceRefused()
    with transaction.atomic():
        Dealer.objects.select_for_update().get(pk=dealer.pk)
        row = TradePlace.objects.filter(dealer=dealer, code=code).first()
        if row is None and TradePlace.objects.filter(dealer=dealer).count() >= MOST_PLACES:
            raise TooManyPlaces(limit=MOST_PLACES)
        before = None if row is None else _told_place(row)
        row = row or TradePlace(dealer=dealer, code=code)
        row.region, row.warehouse = region, warehouse
        row.save()
        _record(actor, "trade_place.set", dealer, at, before, _told_place(row))
    return row


def remove_place(*, dealer: Dealer, place_id: int, actor: User, at: datetime) -> None:
    """Forget a place; the audit trail keeps what it said. Raises :class:`~dealers.errors.NotFound`."""
    _may_agree(actor, dealer)
    with transaction.atomic():
        row = TradePlace.objects.select_for_update().filter(dealer=dealer, pk=place_id).first()
        if row is None:
            raise NotFound(what=_("place"), key=place_id)
        before = _told_place(row)
        row.delete()
        _record(actor, "trade_place.remove", dealer, at, before, None)


def _may_agree(actor: User, dealer: Dealer) -> None:
    require(actor, "trade.agree")
    if not visible_dealers(actor).filter(pk=dealer.pk).exists():
        raise NotFound(what=_("dealer"), key=dealer.code)


def _told(row: TradeAgreement) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _AGREED}


def _told_place(row: TradePlace) -> dict[str, Any]:
    return {"code": row.code, "region": row.region.code if row.region else "", "warehouse": row.warehouse}


def _record(actor: User | ApiKey, action: str, dealer: Dealer, at: datetime, before: Any, after: Any) -> None:
    record_audit(actor=actor, action=action, subject=dealer, at=at, before=before, after=after, dealer_id=dealer.pk)
