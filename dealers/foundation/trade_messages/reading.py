"""From a message to its lines, whatever it is written in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dealers.foundation.trade_messages.edifact_sales import read_slsrpt
from dealers.foundation.trade_messages.edifact_stock import read_invrpt
from dealers.foundation.trade_messages.envelope import Message, TradeFile
from dealers.foundation.trade_messages.lines import Lines, TradeLine
from dealers.foundation.trade_messages.ubl import DOCUMENT, read_inventory_report
from dealers.foundation.trade_messages.x12_activity import read_852
from dealers.foundation.trade_messages.x12_resale import read_867

READERS: Mapping[str, Callable[[Message, Iterator[Any], Lines], Iterator[TradeLine]]] = {
    "852": read_852,
    "867": read_867,
    "INVRPT": read_invrpt,
    "SLSRPT": read_slsrpt,
}
#: The kinds of message that are taken.
KINDS = (*READERS, DOCUMENT)


def read_lines(file: TradeFile, message: Message, lines: Lines) -> Iterator[TradeLine]:
    """The lines of a message of a known kind, one at a time; ``lines`` gathers what is said beside them."""
    if message.kind == DOCUMENT:
        return read_inventory_report(file, lines)
    return READERS[message.kind](message, file.segments_of(message), lines)
