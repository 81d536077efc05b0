"""Proposing, confirming, declining and taking back list prices. Whoever proposes never confirms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import Door, PriceChangeState
from dealers.errors import NotFound, OwnWork, Refused
from dealers.foundation.clock import business_day
from dealers.foundation.effective import DateSpan, Outcome, StandingRow, place_new_span
from dealers.models import ListPrice, PriceChange, PriceChangeLine, Product, QuarantinedLine, User
from dealers.permissions import require
from dealers.selectors.list_prices import open_changes_of
from dealers.services.audit import record_audit
from dealers.services.deliveries import detail_of
from dealers.services.imports.importing import import_rows, wait_for_turn
from dealers.services.imports.list_prices import LIST_PRICES
from dealers.services.imports.sources import RecordSource

_MOST_LINES = 20_000


class NothingProposed(Refused):
    code = "nothing_proposed"
    sentence = _("There is no price in the proposal.")
    status = 422


class TooManyPrices(Refused):
    code = "too_many_prices"
    sentence = _("A proposal holds at most %(most)s prices; split the table.")
    status = 422


class PriceReasonMissing(Refused):
    code = "reason_missing"
    sentence = _("Give the reason; whoever confirms the price reads it.")
    status = 422


class PriceDayPast(Refused):
    code = "price_day_past"
    sentence = _("The price of %(sku)s would begin on %(day)s, which is over; choose today or a later day.")


class PriceOpen(Refused):
    code = "price_open"
    sentence = _("A price of %(sku)s waits for a decision already, in proposal %(change)s.")


class PriceUnchanged(Refused):
    code = "price_unchanged"
    sentence = _("The list price of %(sku)s is this one already from %(day)s on; leave the row out.")


class PriceRefused(Refused):
    code = "price_refused"
    sentence = _("%(sku)s: %(detail)s")
    status = 422


class PriceChangeDecided(Refused):
    code = "price_change_decided"
    sentence = _("Proposal %(change)s was decided meanwhile; nothing was changed.")


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A list price from a day on. ``valid_to`` is the first day no longer covered; None is open."""

    product_id: int
    price: Decimal
    valid_from: date
    valid_to: date | None = None


@transaction.atomic
def propose_prices(
    *, prices: Sequence[NewPrice], reason: str, actor: User, at: datetime, filename: str = ""
) -> PriceChange:
    """Propose list prices; another person puts them in force. Refused as a whole when one of them cannot be."""
    require(actor, "prices.propose")
    if not prices:
        raise NothingProposed
    if len(prices) > _MOST_LINES:
        raise TooManyPrices(most=_MOST_LINES)
    if not reason.strip():
        raise PriceReasonMissing
    _take_turn()
    skus = dict(Product.objects.filter(pk__in={row.product_id for row in prices}).values_list("pk", "sku"))
    _refuse_open(skus)
    _refuse_unplaced(prices, skus, business_day(at))
    change = PriceChange.objects.create(
        reason=reason.strip(), filename=filename[:255], proposed_by=actor, proposed_at=at
    )
    PriceChangeLine.objects.bulk_create(
        [
            PriceChangeLine(
                change=change,
                product_id=row.product_id,
                price=row.price,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            )
            for row in prices
        ],
        batch_size=2_000,
    )
    record_audit(
        actor=actor,
        action="list_price.propose",
        subject=change,
        at=at,
        reason=change.reason,
        after={
            "prices": len(prices),
            "file": change.filename,
            "products": [skus[row.product_id] for row in prices[:50]],
        },
    )
    return change


@transaction.atomic
def confirm_prices(
    *, change_id: int, announced: Mapping[str, Any] | None, actor: User, at: datetime, note: str = ""
) -> PriceChange:
    """Put a proposal in force through the import's own path; its receipt stays with it.

    ``announced`` is what the confirmer was told the falls would cost. Raises :class:`~dealers.errors.OwnWork` for the
    proposer, :class:`PriceChangeDecided`, :class:`PriceDayPast` or :class:`PriceRefused`; nothing is stored then.
    """
    require(actor, "prices.confirm")
    _take_turn()
    change = _undecided(change_id)
    if change.proposed_by_id == actor.pk:
        raise OwnWork
    lines = list(change.lines.select_related("product"))
    today = business_day(at)
    past = next((line for line in lines if line.valid_from < today), None)
    if past is not None:
        raise PriceDayPast(sku=past.product.sku, day=past.valid_from)
    source = RecordSource([_record(line) for line in lines], LIST_PRICES.layout, filename=f"{change}")
    delivery = import_rows(LIST_PRICES, source, actor=actor, door=Door.PORTAL)
    refused = QuarantinedLine.objects.filter(delivery=delivery).order_by("line").first()
    if refused is not None:
        raise PriceRefused(sku=refused.content.get("sku", ""), detail=detail_of(refused))
    change.announced = None if announced is None else dict(announced)
    change.delivery = delivery
    return _decide(change, PriceChangeState.CONFIRMED, actor, at, note)


@transaction.atomic
def decline_prices(*, change_id: int, actor: User, at: datetime, note: str) -> PriceChange:
    """Refuse a proposal, with the reason its proposer reads."""
    require(actor, "prices.confirm")
    change = _undecided(change_id)
    if change.proposed_by_id == actor.pk:
        raise OwnWork
    if not note.strip():
        raise PriceReasonMissing
    return _decide(change, PriceChangeState.DECLINED, actor, at, note)


@transaction.atomic
def withdraw_prices(*, change_id: int, actor: User, at: datetime) -> PriceChange:
    """Take an own proposal back before it is decided."""
    require(actor, "prices.propose")
    change = _undecided(change_id)
    if change.proposed_by_id != actor.pk:
        raise NotFound(what=_("own proposal"), key=change_id)
    return _decide(change, PriceChangeState.WITHDRAWN, actor, at, "")


def _undecided(change_id: int) -> PriceChange:
    change = PriceChange.objects.select_for_update().filter(pk=change_id).first()
    if change is None:
        raise NotFound(what=_("proposal"), key=change_id)
    if change.state != PriceChangeState.PROPOSED:
        raise PriceChangeDecided(change=change)
    return change


def _decide(change: PriceChange, state: PriceChangeState, actor: User, at: datetime, note: str) -> PriceChange:
    change.state = state
    change.decided_by = actor
    change.decided_at = at
    change.decision_note = note.strip()[:500]
    change.save(update_fields=["state", "decided_by", "decided_at", "decision_note", "announced", "delivery"])
    record_audit(
        actor=actor,
        action=f"list_price.{_ACTS[state]}",
        subject=change,
        at=at,
        reason=change.decision_note,
        before={"state": PriceChangeState.PROPOSED},
        after={"state": state, "announced": change.announced},
    )
    return change


_ACTS = {
    PriceChangeState.CONFIRMED: "confirm",
    PriceChangeState.DECLINED: "decline",
    PriceChangeState.WITHDRAWN: "withdraw",
}


def _refuse_open(skus: Mapping[int, str]) -> None:
    waiting = open_changes_of(skus).order_by("pk").first()
    if waiting is not None:
        raise PriceOpen(sku=waiting.product.sku, change=waiting.change)


def _refuse_unplaced(prices: Sequence[NewPrice], skus: Mapping[int, str], today: date) -> None:
    """Each price must find its place among those that stand, as the import will place it."""
    standing: dict[int, list[StandingRow[Any]]] = {}
    rows = ListPrice.objects.filter(product__in=list(skus), superseded_at__isnull=True)
    for row in rows.values_list("pk", "product_id", "price", "valid"):
        pk, product_id, price, valid = row
        span = DateSpan(valid.lower or date.min, valid.upper)
        standing.setdefault(product_id, []).append(StandingRow(pk, span, (price,)))
    for new in prices:
        sku = skus[new.product_id]
        if new.valid_from < today:
            raise PriceDayPast(sku=sku, day=new.valid_from)
        span = DateSpan(new.valid_from, new.valid_to)
        placement = place_new_span(standing.get(new.product_id, ()), span, (new.price,))
        if placement.refusal is not None:
            raise PriceRefused(sku=sku, detail=placement.refusal.render())
        if placement.outcome is Outcome.DUPLICATE:
            raise PriceUnchanged(sku=sku, day=new.valid_from)


def _record(line: PriceChangeLine) -> dict[str, str]:
    return {
        "sku": line.product.sku,
        "price": format(line.price, "f"),
        "valid_from": line.valid_from.isoformat(),
        "valid_to": "" if line.valid_to is None else line.valid_to.isoformat(),
    }


def _take_turn() -> None:
    with connection.cursor() as cursor:
        wait_for_turn(cursor, LIST_PRICES)
