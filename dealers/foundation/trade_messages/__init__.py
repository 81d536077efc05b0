"""Messages of the channel trade, read without guessing: ANSI X12, UN/EDIFACT and UBL.

`recognise` tells them apart by their content, `open_messages` checks the envelope, `read_lines` reads what one message
reports. Nothing here knows a dealer, a row or a setting: what a message means under a dealer's agreements is decided
by those who take its lines.
"""

from dealers.foundation.trade_messages.envelope import Group, Interchange, Message, TradeFile, UnreadableMessage
from dealers.foundation.trade_messages.formats import MOST_BYTES, TradeFormat, open_messages, recognise
from dealers.foundation.trade_messages.lines import ItemNumber, Lines, StockLine, TradeLine, TradeSale
from dealers.foundation.trade_messages.reading import read_lines

__all__ = [
    "MOST_BYTES",
    "Group",
    "Interchange",
    "ItemNumber",
    "Lines",
    "Message",
    "StockLine",
    "TradeFile",
    "TradeFormat",
    "TradeLine",
    "TradeSale",
    "UnreadableMessage",
    "open_messages",
    "read_lines",
    "recognise",
]
