"""Sales of a trade message as a source of the one sales intake; and the taker of both feeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection

from dealers.choices import Door, Feed
from dealers.foundation.findings import Finding
from dealers.models import ApiKey, Dealer, FeedDelivery, TradeFileReceived, TradeMessage, User
from dealers.services.deliveries import Refusal
from dealers.services.staging import in_portions
from dealers.services.trade.message_lines import MessageLines
from dealers.services.trade.stock import take_stock
from dealers.services.trade.taking import Arrival, take_messages
from pricing.services.intake import take_in_sales, was_a_collision
from pricing.services.intake.sources import COLUMNS, LINES_PER_PORTION, Cells, Portion

_MOST_ATTEMPTS = 3


class SalesOfMessage:
    """The sale lines of a message; those its reader would not take are refused with its reason."""

    can_repeat = True

    def __init__(self, lines: MessageLines, arrival: Arrival) -> None:
        self._lines = lines
        self.filename = arrival.filename
        self.body_digest = arrival.digest

    def portions(self, *, names_dealers: bool) -> Iterator[Portion]:
        for lines in in_portions(self._lines.of(Feed.SALES), LINES_PER_PORTION):
            good = [line for line in lines if line.fault is None]
            cells: list[Cells] = [tuple([line.content.get(name, "") for name in COLUMNS]) for line in good]
            contents = [line.content for line in good]
            broken = [
                Refusal(
                    line.number,
                    line.fault.field,
                    line.fault.value,
                    line.fault.code,
                    line.fault.params,
                    line.content,
                    self._lines.dealer.pk,
                )
                for line in lines
                if line.fault is not None
            ]
            yield Portion([line.number for line in good], cells, contents.__getitem__, broken)

    def remarks(self) -> list[Finding]:
        return []

    def close(self) -> None:
        """Nothing is held open."""


def take_sales(lines: MessageLines, arrival: Arrival) -> FeedDelivery:
    """Take the sale lines of a message in the caller's transaction; the delivery is the receipt."""
    return take_in_sales(
        source=SalesOfMessage(lines, arrival), dealer=lines.dealer, door=arrival.door, actor_label=arrival.delivered_by
    )


def take_trade_messages(
    *,
    body: bytes,
    dealer: Dealer,
    actor: User | ApiKey | None,
    door: Door,
    filename: str = "",
    delivered_by: str = "",
    begun_since: datetime | None = None,
    on_message: Callable[[float], None] | None = None,
) -> TradeFileReceived:
    """Take a file of messages with everything in it, stock and sales; see `dealers.services.trade.taking`."""
    return take_messages(
        body=body,
        dealer=dealer,
        actor=actor,
        door=door,
        takers={Feed.INVENTORY: take_stock, Feed.SALES: take_sales},
        filename=filename,
        delivered_by=delivered_by,
        again=_again_after_collision,
        begun_since=begun_since,
        on_message=on_message,
    )


def _again_after_collision(work: Callable[[], TradeMessage]) -> TradeMessage:
    for attempt in range(1, _MOST_ATTEMPTS + 1):
        try:
            return work()
        except Exception as error:
            if attempt == _MOST_ATTEMPTS or connection.in_atomic_block or not _collided(error):
                raise
    raise AssertionError("unreachable")


def _collided(error: Any) -> bool:
    return was_a_collision(error)
