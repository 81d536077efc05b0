"""The stock that goes back when a contract ends: the lists in sight, their lines, and what has come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _

from dealers.choices import ExitState, ReturnState
from dealers.foundation.clock import BUSINESS_ZONE, start_of_day
from dealers.models import Dealer, ExitPlan, Shipment, StockReturn, StockReturnLine
from dealers.permissions import can
from dealers.selectors.visibility import visible_dealers

#: What a dealer is shown: not what headquarters is still working on.
SHOWN_TO_DEALER = (ReturnState.OFFERED, ReturnState.OBJECTED, ReturnState.CONFIRMED, ReturnState.FIXED)

COLUMNS = (
    "line_no",
    "sku",
    "product",
    "counted_at",
    "purchase",
    "purchase_line",
    "received_at",
    "age_days",
    "bought_at",
    "units",
    "taken_back",
    "difference",
    "reason",
    "remark",
    "taken_back_at",
    "amount",
)


def visible_returns(user: Any) -> QuerySet[StockReturn]:
    """The lists a person may see, superseded ones left out; a dealer its own once it was put to it."""
    if not can(user, "returns.view"):
        return StockReturn.objects.none()
    found = StockReturn.objects.filter(dealer__in=visible_dealers(user)).exclude(state=ReturnState.SUPERSEDED)
    found = found.select_related("dealer", "drawn_up_by", "answered_by", "fixed_by")
    return found.filter(state__in=SHOWN_TO_DEALER) if user.dealer_id is not None else found


def returns_waiting(user: Any) -> QuerySet[StockReturn]:
    """The lists on which this person has to act: check, answer or fix."""
    states = [
        *((ReturnState.DRAFT, ReturnState.OBJECTED) if can(user, "returns.draw_up") else ()),
        *((ReturnState.OFFERED,) if can(user, "returns.answer") else ()),
        *((ReturnState.CONFIRMED,) if can(user, "returns.fix") else ()),
    ]
    return visible_returns(user).filter(state__in=states) if states else StockReturn.objects.none()


def last_day_of(dealer: Dealer) -> date | None:
    """The last day of a contract that has ended or is agreed to end; None when it goes on."""
    plan = ExitPlan.objects.filter(dealer=dealer, state__in=(ExitState.AGREED, ExitState.CARRIED_OUT))
    ended = plan.order_by("-pk").values_list("last_day", flat=True).first()
    exit_ = getattr(dealer, "exit", None)
    return exit_.last_day if exit_ is not None else ended


def end_of_contract(last_day: date) -> datetime:
    """The instant at which a contract with this last day is over."""
    return start_of_day(last_day + timedelta(days=1))


def lines_of(stock_return: StockReturn) -> QuerySet[StockReturnLine]:
    """The lines in their order, with their products."""
    return stock_return.lines.select_related("product").order_by("line_no")


def age_in_days(line: StockReturnLine, as_of: datetime) -> int | None:
    """How many days before ``as_of`` the units came; None when no purchase explains them."""
    if line.received_at is None:
        return None
    return (as_of.astimezone(BUSINESS_ZONE).date() - line.received_at.astimezone(BUSINESS_ZONE).date()).days


def return_rows(stock_return: StockReturn) -> Iterator[tuple[Any, ...]]:
    """The lines in the order of :data:`COLUMNS`, bounded in memory."""
    for line in lines_of(stock_return).iterator(chunk_size=2000):
        yield (
            line.line_no,
            line.product.sku,
            line.product.name,
            line.counted_at,
            line.doc_no,
            line.doc_line,
            line.received_at,
            age_in_days(line, stock_return.as_of),
            line.cost,
            line.units,
            line.accepted,
            line.accepted - line.units,
            line.get_reason_display() if line.reason else "",
            line.note,
            line.price,
            line.amount,
        )


def came_back(stock_return: StockReturn) -> int:
    """Units of the list's products that headquarters has booked as returned since the contract ended."""
    products = stock_return.lines.order_by().values("product")
    back = Shipment.objects.filter(
        dealer=stock_return.dealer_id, product__in=products, quantity__lt=0, shipped_at__gte=stock_return.as_of
    )
    return -int(back.aggregate(units=Sum(F("quantity")))["units"] or 0)


def column_labels() -> tuple[str, ...]:
    """The columns in the reader's language, for a workbook people print."""
    return (
        _("Line"),
        _("SKU"),
        _("Product"),
        _("Counted at"),
        _("Purchase"),
        _("Line of the purchase"),
        _("Received at"),
        _("Age in days"),
        _("Bought at"),
        _("Units on hand"),
        _("Units taken back"),
        _("Difference in units"),
        _("Reason"),
        _("Remark"),
        _("Taken back at"),
        _("Amount"),
    )
