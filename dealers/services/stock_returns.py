"""The list of the stock that goes back at the end of a contract: drawn up, checked, put to the dealer, fixed.

A channel manager draws it up from the last counts before the contract ended, laid to the purchases that brought the
units, and says how many are taken back at which price. The dealer's owner confirms or disagrees. A general manager
fixes it, also without the dealer's word when none comes. Until then it can be drawn up again from newer reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from dealers.choices import NoticeKind, ReturnReason, ReturnState, Role
from dealers.errors import NotFound, OwnWork, Refused
from dealers.foundation.refusals import Refused as RuleRefused
from dealers.foundation.transitions import TransitionRefused
from dealers.models import Dealer, Product, StockReturn, StockReturnLine, User
from dealers.permissions import require
from dealers.rules.stock_returns import CONFIRM, FIX, OBJECT, OFFER, REDRAW, RETURN_LIFE, TakenBack, check_line
from dealers.selectors.stock_layers import LayeredStock, layered_stock
from dealers.selectors.stock_returns import end_of_contract, last_day_of
from dealers.selectors.visibility import visible_dealers
from dealers.services.audit import record_audit
from dealers.services.holds import ReasonMissing
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell

OWN_URL = "/stock-return/"
_EDITABLE = (ReturnState.DRAFT, ReturnState.OBJECTED)
#: So many changed lines are told one by one in the audit record.
_TOLD_LINES = 200


class ContractGoesOn(Refused):
    code = "contract_goes_on"
    sentence = _("The contract of %(dealer)s neither has ended nor is agreed to end; there is no stock to list.")


class ContractNotOver(Refused):
    code = "contract_not_over"
    sentence = _("The contract runs until %(last_day)s; draw the list up again after that day, then put it forward.")


class ReturnSettled(Refused):
    code = "stock_return_settled"
    sentence = _("The list is “%(state)s”; this is not possible now.")


class ReturnChanged(Refused):
    code = "stock_return_changed"
    sentence = _("The list has changed since you opened it; look at it again.")


class ReturnLineRefused(Refused):
    code = "stock_return_line"
    sentence = _("Line %(line)s: %(problem)s")
    status = 400


@dataclass(frozen=True, slots=True)
class LineChange:
    """What headquarters says about one line."""

    accepted: int
    price: Decimal
    reason: str = ""
    note: str = ""


@transaction.atomic
def draw_up_return(*, dealer: Dealer, actor: User, at: datetime) -> StockReturn:
    """List the dealer's stock as of the end of its contract, or of now while it still runs.

    Units are taken back at what they cost; those that no purchase explains are left with the dealer. An earlier list
    is superseded. Raises :class:`ContractGoesOn`, and :class:`ReturnSettled` once the list is fixed.
    """
    require(actor, "returns.draw_up")
    if not visible_dealers(actor).filter(pk=dealer.pk).exists():
        raise NotFound(what=_("dealer"), key=dealer.code)
    dealer = Dealer.objects.select_for_update(no_key=True).get(pk=dealer.pk)
    last_day = last_day_of(dealer)
    if last_day is None:
        raise ContractGoesOn(dealer=dealer.name)
    live = StockReturn.objects.filter(dealer=dealer).exclude(state=ReturnState.SUPERSEDED)
    earlier = live.select_for_update().first()
    if earlier is not None:
        earlier.state = _next(earlier, REDRAW)
        earlier.save(update_fields=["state"])
    edition = (StockReturn.objects.filter(dealer=dealer).aggregate(last=Max("edition"))["last"] or 0) + 1
    as_of = min(at, end_of_contract(last_day))
    drawn = StockReturn.objects.create(
        dealer=dealer, edition=edition, last_day=last_day, as_of=as_of, drawn_up_by=actor, drawn_up_at=at
    )
    stock = [found for found in layered_stock(at=as_of, dealers=[dealer.pk]) if found.on_hand > 0 or found.in_transit]
    skus = Product.objects.in_bulk([found.product_id for found in stock])
    stock.sort(key=lambda found: skus[found.product_id].sku)
    lines = [line for found in stock for line in _lines(drawn, found)]
    for number, line in enumerate(lines, 1):
        line.line_no = number
    StockReturnLine.objects.bulk_create(lines, batch_size=1000)
    drawn.in_transit = sum(found.in_transit for found in stock)
    _add_up(drawn)
    _note(drawn, "returns.draw_up", actor, at, after={"edition": edition, "as_of": as_of, **_sums(drawn)})
    return drawn


@transaction.atomic
def change_lines(
    *, stock_return: StockReturn, changes: Mapping[int, LineChange], actor: User, at: datetime
) -> StockReturn:
    """Say how many units of some lines (by number) are taken back, at which price and why; the rest stays.

    Raises :class:`ReturnLineRefused` naming the first line that is wrong, and :class:`ReturnSettled`.
    """
    require(actor, "returns.draw_up")
    found = _locked(stock_return, actor)
    if found.state not in _EDITABLE:
        raise ReturnSettled(state=found.get_state_display())
    before, after = {}, {}
    changed = []
    for line in found.lines.filter(line_no__in=list(changes)).order_by("line_no"):
        change = changes[line.line_no]
        was = (line.accepted, line.price, line.reason, line.note)
        _apply(line, change)
        now = (line.accepted, line.price, line.reason, line.note)
        if now != was:
            changed.append(line)
            before[str(line.line_no)], after[str(line.line_no)] = was, now
    if changed:
        StockReturnLine.objects.bulk_update(changed, ["accepted", "price", "amount", "reason", "note"], batch_size=500)
        _add_up(found)
        told = slice(_TOLD_LINES)
        _note(
            found, "returns.change", actor, at,
            before=dict(list(before.items())[told]), after={**dict(list(after.items())[told]), **_sums(found)},
        )  # fmt: skip
    return found


@transaction.atomic
def offer_return(*, stock_return: StockReturn, actor: User, at: datetime) -> StockReturn:
    """Put the list to the dealer, whose people are told. Raises :class:`ContractNotOver` and :class:`ReturnSettled`."""
    require(actor, "returns.draw_up")
    found = _locked(stock_return, actor)
    if found.as_of < end_of_contract(found.last_day):
        raise ContractNotOver(last_day=found.last_day.isoformat())
    found.state, found.offered_at, found.offers = _next(found, OFFER), at, found.offers + 1
    found.save(update_fields=["state", "offered_at", "offers"])
    _note(found, "returns.offer", actor, at, after=_sums(found))
    people = people_of_dealers([found.dealer_id]).get(found.dealer_id, [])
    _tell(found, "return_offered", people, at, url=OWN_URL)
    return found


@transaction.atomic
def answer_return(
    *, stock_return: StockReturn, agree: bool, answer: str, seen: int, actor: User, at: datetime
) -> StockReturn:
    """The dealer's word on the list it saw as number ``seen``; disagreeing needs words.

    Raises :class:`ReturnChanged`, :class:`ReturnSettled` and :class:`~dealers.services.holds.ReasonMissing`.
    """
    require(actor, "returns.answer")
    found = _locked(stock_return, actor)
    if found.offers != seen:
        raise ReturnChanged()
    if not agree and not answer.strip():
        raise ReasonMissing()
    found.state = _next(found, CONFIRM if agree else OBJECT)
    found.answered_by, found.answered_at, found.answer = actor, at, answer.strip()[:1000]
    found.save(update_fields=["state", "answered_by", "answered_at", "answer"])
    _note(found, "returns.confirm" if agree else "returns.object", actor, at, reason=found.answer, after=_sums(found))
    told = list(managers_of_dealers([found.dealer_id]).get(found.dealer_id, []))
    if agree:
        told += User.objects.filter(role=Role.GENERAL_MANAGER, is_active=True)
    _tell(found, "return_confirmed" if agree else "return_objected", told, at, url=_hq_url(found))
    return found


@transaction.atomic
def fix_return(*, stock_return: StockReturn, note: str, actor: User, at: datetime) -> StockReturn:
    """Make the list final. Without the dealer's confirmation it takes a reason.

    Raises :class:`ReturnSettled`, :class:`~dealers.errors.OwnWork` for who drew it up, and ``ReasonMissing``.
    """
    require(actor, "returns.fix")
    found = _locked(stock_return, actor)
    if found.drawn_up_by_id == actor.pk:
        raise OwnWork()
    to = _next(found, FIX)
    if found.state != ReturnState.CONFIRMED and not note.strip():
        raise ReasonMissing()
    before, found.state = found.state, to
    found.fixed_by, found.fixed_at, found.fix_note = actor, at, note.strip()[:1000]
    found.save(update_fields=["state", "fixed_by", "fixed_at", "fix_note"])
    _note(found, "returns.fix", actor, at, reason=found.fix_note, before={"state": before}, after=_sums(found))
    both = people_of_dealers([found.dealer_id]), managers_of_dealers([found.dealer_id])
    _tell(found, "return_fixed", both[0].get(found.dealer_id, []), at, url=OWN_URL)
    _tell(found, "return_fixed", both[1].get(found.dealer_id, []), at, url=_hq_url(found))
    return found


def _lines(drawn: StockReturn, found: LayeredStock) -> Iterator[StockReturnLine]:
    """A line per purchase, the newest first, and one for what none explains."""
    given = {"stock_return": drawn, "dealer_id": drawn.dealer_id, "product_id": found.product_id, "line_no": 0}
    for layer in found.layers.layers:
        taken = TakenBack(layer.units, layer.unit_price, layer.units, layer.unit_price, "")
        yield StockReturnLine(
            **given,
            counted_at=found.counted_at,
            doc_no=layer.doc_no,
            doc_line=layer.line_no,
            received_at=layer.at,
            cost=layer.unit_price,
            units=layer.units,
            accepted=layer.units,
            price=layer.unit_price,
            amount=taken.amount,
        )
    if found.layers.unexplained:
        yield StockReturnLine(
            **given,
            counted_at=found.counted_at,
            units=found.layers.unexplained,
            accepted=0,
            price=Decimal(0),
            amount=Decimal(0),
            reason=ReturnReason.NO_RECEIPT,
        )


def _apply(line: StockReturnLine, change: LineChange) -> None:
    if change.reason and change.reason not in ReturnReason:
        raise ReturnLineRefused(line=line.line_no, problem=_("this reason is not on the list"))
    taken = TakenBack(line.units, line.cost, change.accepted, change.price, change.reason)
    try:
        check_line(taken)
    except RuleRefused as refusal:
        raise ReturnLineRefused(line=line.line_no, problem=refusal.render()) from refusal
    line.accepted, line.price, line.amount = taken.accepted, taken.price, taken.amount
    line.reason, line.note = change.reason, change.note.strip()[:200]


def _add_up(drawn: StockReturn) -> None:
    """Totals of the rounded lines."""
    sums = drawn.lines.order_by().aggregate(units=Sum("units"), accepted=Sum("accepted"), amount=Sum("amount"))
    drawn.units, drawn.accepted = int(sums["units"] or 0), int(sums["accepted"] or 0)
    drawn.amount = sums["amount"] or Decimal(0)
    drawn.save(update_fields=["units", "accepted", "amount", "in_transit"])


def _sums(drawn: StockReturn) -> dict[str, Any]:
    return {"state": drawn.state, "units": drawn.units, "accepted": drawn.accepted, "amount": drawn.amount}


def _next(found: StockReturn, event: str) -> str:
    try:
        return RETURN_LIFE.next(found.state, event)
    except TransitionRefused as refusal:
        raise ReturnSettled(state=found.get_state_display()) from refusal


def _locked(stock_return: StockReturn, actor: User) -> StockReturn:
    rows: QuerySet[StockReturn] = StockReturn.objects.select_for_update(of=("self",)).select_related("dealer")
    found = rows.filter(dealer__in=visible_dealers(actor).values("pk")).filter(pk=stock_return.pk).first()
    if found is None:
        raise NotFound(what=_("stock return list"), key=stock_return.pk)
    return found


def _note(found: StockReturn, action: str, actor: User, at: datetime, **said: Any) -> None:
    record_audit(actor=actor, action=action, subject=found, at=at, dealer_id=found.dealer_id, **said)


def _hq_url(found: StockReturn) -> str:
    return f"/dealers/{found.dealer.code}/stock-return/"


def _tell(found: StockReturn, reason: str, people: Any, at: datetime, *, url: str) -> None:
    said = {
        "reason": reason,
        "dealer": found.dealer.name,
        "units": str(found.accepted),
        "amount": format(found.amount, "f"),
        "detail": found.answer if reason in ("return_objected", "return_confirmed") else found.fix_note,
    }
    key = f"{reason}:{found.pk}:{found.offers}"
    tell(recipients=people, kind=NoticeKind.EXIT, key=key, params=said, at=at, url=url)
