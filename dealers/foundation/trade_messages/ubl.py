"""UBL 2 InventoryReport: a count as one XML document.

The document is read as a stream and its lines are let go one by one. Document types, entities and links to anywhere
are refused before they can unfold (defusedxml); depth, elements and texts are bounded.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.refusals import msgid as _
from dealers.foundation.trade_messages.dates import Stretch, day_of
from dealers.foundation.trade_messages.envelope import Group, Interchange, Message, TradeFile
from dealers.foundation.trade_messages.lines import GTIN, OWN, SKU, ItemNumber, LineFault, Lines, StockLine
from dealers.foundation.trade_messages.segments import Segment, Separators, UnreadableMessage
from dealers.foundation.trade_messages.values import PIECES, plain_number

DOCUMENT = "InventoryReport"
ROOT = "{urn:oasis:names:specification:ubl:schema:xsd:InventoryReport-2}InventoryReport"
_CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
_LINE = _CAC + "InventoryReportLine"
_DEEPEST = 24
_LONGEST_TEXT = 2_000
_MOST_IN_A_LINE = 500
_CLOCK = re.compile(r"([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?")
#: Whose numbering an identification of the item is. The seller is HQ.
_ITEMS = (
    ("SellersItemIdentification", SKU),
    ("ManufacturersItemIdentification", SKU),
    ("StandardItemIdentification", GTIN),
    ("BuyersItemIdentification", OWN),
)


def open_ubl(body: bytes, file: TradeFile) -> TradeFile:
    """Survey a document into ``file``: it must be an inventory report and well-formed to its end."""
    header: dict[str, str] = {}
    count = 0
    for element in _parts(body):
        if element.tag == _LINE:
            count += 1
        else:
            _note_header(header, element)
    if not header.get("ID"):
        raise UnreadableMessage("ubl_without_id", _("has no cbc:ID, by which the report would be known"))
    marks = Separators("", "", "")
    interchange = Interchange(
        control_no=header.get("UUID", "") or header["ID"],
        sender=header.get("RetailerCustomerParty", ""),
        receiver=header.get("InventoryReportingParty", ""),
        marks=marks,
        header=Segment(1, DOCUMENT, ()),
        prepared_at=_instant(header.get("IssueDate", ""), header.get("IssueTime", "")),
    )
    group = Group("", "", header.get("UBLVersionID", ""), interchange, is_stated=False)
    message = Message(DOCUMENT, header["ID"], header.get("UBLVersionID", ""), group, 1, 0, count, is_complete=True)
    group.messages.append(message)
    interchange.groups.append(group)
    file.interchanges.append(interchange)
    file.document = body
    return file


def read_inventory_report(file: TradeFile, lines: Lines) -> Iterator[StockLine]:
    """The counts of a surveyed document, in its order."""
    header: dict[str, str] = {}
    number = 0
    for element in _parts(file.document):
        if element.tag != _LINE:
            _note_header(header, element)
            continue
        number += 1
        line = _line(element, number, header, lines)
        if line is not None:
            yield line


def _line(element: Any, number: int, header: dict[str, str], lines: Lines) -> StockLine | None:
    counted = element.find(_CBC + "Quantity")
    quantity, unit = _text(counted), (counted.get("unitCode", "") if counted is not None else "")
    item = element.find(_CAC + "Item")
    place = _text(element.find(f"{_CAC}InventoryLocation/{_CBC}ID"))
    stretch = _stretch(header)
    as_of_text = header.get("EndDate") or header.get("IssueDate", "")
    available = _day(_text(element.find(_CBC + "AvailabilityDate")))
    if available is not None and stretch is not None and available > stretch.last:
        lines.skip("AvailabilityDate", available.isoformat())  # promised for later is not on hand
        return None
    fault: LineFault | None = None
    if unit not in PIECES:
        fault = LineFault("on_hand", quantity, "unit_not_pieces", {"unit": unit[:10]})
    elif stretch is None:
        fault = LineFault("as_of", as_of_text, "message_date_unreadable")
    where = "cac:InventoryReportLine"
    return StockLine(
        segment=number,
        items=_items(item),
        location=place,
        places={
            "sku": (number, f"{where}/cac:Item"),
            "on_hand": (number, f"{where}/cbc:Quantity"),
            "warehouse": (number, f"{where}/cac:InventoryLocation"),
            "as_of": (number, "cac:InventoryPeriod/cbc:EndDate" if header.get("EndDate") else "cbc:IssueDate"),
        },
        fault=fault,
        as_of=stretch.moment_of_count(_instant(header.get("IssueDate", ""), header.get("IssueTime", "")))
        if stretch
        else "",
        on_hand=plain_number(quantity),
    )


def _items(item: Any) -> tuple[ItemNumber, ...]:
    if item is None:
        return ()
    found = ((kind, _text(item.find(f"{_CAC}{name}/{_CBC}ID"))) for name, kind in _ITEMS)
    return tuple(ItemNumber(kind, value) for kind, value in found if value)


def _note_header(header: dict[str, str], element: Any) -> None:
    if element.tag.startswith(_CBC):
        header.setdefault(element.tag.removeprefix(_CBC), _text(element))
    elif element.tag == _CAC + "InventoryPeriod":
        for name in ("EndDate", "EndTime"):
            header[name] = _text(element.find(_CBC + name))
    elif element.tag.startswith(_CAC) and element.tag.endswith("Party"):
        identity = element.find(f".//{_CAC}PartyIdentification/{_CBC}ID")
        header.setdefault(element.tag.removeprefix(_CAC), _text(identity))


def _stretch(header: dict[str, str]) -> Stretch | None:
    for day_name, time_name in (("EndDate", "EndTime"), ("IssueDate", "IssueTime")):
        if text := header.get(day_name):
            day = _day(text)
            if day is None:
                return None
            clock = header.get(time_name, "")
            instant = _instant(text, clock)
            return None if clock and instant is None else Stretch(day, day, instant)
    return None


def _day(text: str) -> Any:
    return day_of(text[:10].replace("-", "")) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.{0,6}", text) else None


def _instant(day: str, clock: str) -> datetime | None:
    found = _CLOCK.fullmatch(clock)
    if found is None or _day(day) is None:
        return None
    try:
        instant = datetime.fromisoformat(f"{day[:10]}T{found[1]}{(found[2] or '').replace('Z', '+00:00')}")
        return instant.astimezone(BUSINESS_ZONE) if found[2] else instant.replace(tzinfo=BUSINESS_ZONE)
    except (ValueError, OverflowError):
        return None


def _text(element: Any) -> str:
    text = "" if element is None or element.text is None else element.text.strip()
    return text[:_LONGEST_TEXT]


def _parts(body: bytes) -> Iterator[Any]:
    """The children of the root, each complete, and let go afterwards. Raises `UnreadableMessage`."""
    path: list[Any] = []
    members = 0
    try:
        for event, element in iterparse(
            io.BytesIO(body), events=("start", "end"), forbid_dtd=True, forbid_entities=True, forbid_external=True
        ):
            if event == "start":
                path.append(element)
                members += 1
                if len(path) == 1 and element.tag != ROOT:
                    raise UnreadableMessage("not_an_inventory_report", _("is XML, but no UBL 2 InventoryReport"))
                if len(path) > _DEEPEST or members > _MOST_IN_A_LINE:
                    raise UnreadableMessage("xml_too_deep", _("is nested or repeated beyond reason"))
                continue
            path.pop()
            if len(path) == 1:
                yield element
                path[0].remove(element)
                members = 0
    except DefusedXmlException as error:
        raise UnreadableMessage(
            "xml_with_entities", _("declares a document type or entities, which are not taken")
        ) from error
    except (ParseError, LookupError, ValueError) as error:
        if isinstance(error, UnreadableMessage):
            raise
        raise UnreadableMessage("bad_xml", _("is not well-formed XML: %(reason)s"), reason=str(error)[:200]) from error
