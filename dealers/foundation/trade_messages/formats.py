"""Which of the trade's ways of writing a file is in, told by its content."""

from __future__ import annotations

from enum import StrEnum

from dealers.foundation.refusals import msgid as _
from dealers.foundation.trade_messages.edifact import decode_edifact, open_edifact
from dealers.foundation.trade_messages.envelope import TradeFile
from dealers.foundation.trade_messages.segments import UnreadableMessage
from dealers.foundation.trade_messages.ubl import open_ubl
from dealers.foundation.trade_messages.x12 import open_x12

MOST_BYTES = 64 << 20
_HEAD = 4_096
_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n\x00"


class TradeFormat(StrEnum):
    X12 = "x12"
    EDIFACT = "edifact"
    UBL = "ubl"

    @property
    def content_type(self) -> str:
        return {
            TradeFormat.X12: "application/edi-x12",
            TradeFormat.EDIFACT: "application/edifact",
            TradeFormat.UBL: "application/xml",
        }[self]


def recognise(head: bytes) -> TradeFormat | None:
    """The format of a file by its first bytes; None when it is no message of the trade. A name proves nothing."""
    start = head[:_HEAD].removeprefix(_BOM).lstrip(_BLANK)
    if start.startswith(b"ISA") and not start[3:4].isalnum():
        return TradeFormat.X12
    if start.startswith((b"UNA", b"UNB")) and not start[3:4].isalnum():
        return TradeFormat.EDIFACT
    if start.startswith(b"<") and b"InventoryReport" in start:
        return TradeFormat.UBL
    return None


def open_messages(body: bytes) -> TradeFile:
    """Survey a file: its messages with everything that is wrong with their envelopes.

    Raises `UnreadableMessage` when the file as a whole is none, or cannot be told apart.
    """
    if len(body) > MOST_BYTES:
        raise UnreadableMessage(
            "body_too_large", _("is larger than %(limit)s MiB; send several"), limit=MOST_BYTES >> 20
        )
    format = recognise(body)
    if format is None:
        raise UnreadableMessage("no_trade_message", _("is none of X12, EDIFACT and UBL InventoryReport"))
    if format is TradeFormat.UBL:
        return open_ubl(body, TradeFile(format, ""))
    if format is TradeFormat.EDIFACT:
        text = decode_edifact(body.removeprefix(_BOM))
        return open_edifact(text, TradeFile(format, text))
    try:
        text = body.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        raise UnreadableMessage(
            "not_utf8", _("is not UTF-8 text: byte %(place)s does not fit"), place=error.start + 1
        ) from error
    return open_x12(text, TradeFile(format, text))
