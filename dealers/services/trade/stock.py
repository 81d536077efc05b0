"""Stock lines of a message as rows of the one importer of stock counts."""

from __future__ import annotations

from collections.abc import Iterator

from dealers.choices import Feed
from dealers.foundation.tabular import Row
from dealers.models import FeedDelivery
from dealers.services.imports.cells import problem
from dealers.services.imports.importing import import_rows
from dealers.services.imports.inventory import OWN_INVENTORY
from dealers.services.trade.message_lines import MessageLines
from dealers.services.trade.taking import Arrival


class StockOfMessage:
    """A `RowSource`: each count a row, faults of the message on it."""

    unknown_columns: tuple[str, ...] = ()

    def __init__(self, lines: MessageLines, filename: str) -> None:
        self._lines = lines
        self.filename = filename

    def __iter__(self) -> Iterator[Row]:
        for line in self._lines.of(Feed.INVENTORY):
            fault = line.fault
            wrong = None
            if fault is not None:
                wrong = problem(fault.field, fault.value, fault.code, **fault.params)
            elif odd := next((name for name, value in line.content.items() if not value.isprintable()), None):
                wrong = problem(odd, line.content[odd], "control_character")
            yield Row(line.number, line.content, wrong)


def take_stock(lines: MessageLines, arrival: Arrival) -> FeedDelivery:
    """Take the stock lines of a message in the caller's transaction; the delivery is the receipt."""
    return import_rows(
        OWN_INVENTORY,
        StockOfMessage(lines, arrival.filename),
        actor=arrival.actor,
        door=arrival.door,
        dealer=lines.dealer,
        delivered_by=arrival.delivered_by,
        body_digest=arrival.digest,
    )
