"""Small trade messages as senders write them, with their control totals right unless a test wants them wrong."""

from __future__ import annotations

from datetime import date, timedelta

from dealers.foundation import clock


def yesterday() -> date:
    return clock.business_day(clock.now()) - timedelta(days=1)


def x12(*messages: str, kind: str = "PD", control: str = "000000001", usage: str = "P", marks: str = "*>~") -> bytes:
    """An interchange with one group of messages, each given as segments joined by ``~`` from after ST to before SE."""
    body = "".join(_transaction(place, message) for place, message in enumerate(messages, 1))
    at = clock.now().astimezone(clock.BUSINESS_ZONE)
    text = (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'DEALER':15}*ZZ*{'HALFMOON':15}*{at:%y%m%d}*{at:%H%M}*U*00501*{control}*0"
        f"*{usage}*>~GS*{kind}*DEALER*HALFMOON*{at:%Y%m%d}*{at:%H%M}*7*X*005010~{body}"
        f"GE*{len(messages)}*7~IEA*1*{control}~"
    )
    return text.translate(str.maketrans("*>~", marks)).encode()


def _transaction(place: int, message: str) -> str:
    kind, _, body = message.partition("~")
    segments = [segment for segment in body.split("~") if segment]
    return "~".join([f"ST*{kind}*{place:04d}", *segments, f"SE*{len(segments) + 2}*{place:04d}", ""])


def edifact(
    *messages: str, control: str = "REF1", una: bool = True, charset: str = "UNOC", test: bool = False
) -> bytes:
    """An interchange of messages, each given as its type and then segments joined by ``'``."""
    body = "".join(_message(place, message) for place, message in enumerate(messages, 1))
    at = clock.now().astimezone(clock.BUSINESS_ZONE)
    flags = "++++++1" if test else ""
    text = (
        f"{UNA if una else ''}UNB+{charset}:3+4260026610003:14+4007399000006:14+{at:%y%m%d}:{at:%H%M}+{control}{flags}'"
        f"{body}UNZ+{len(messages)}+{control}'"
    )
    return text.encode({"UNOC": "latin-1", "UNOA": "ascii", "UNOY": "utf-8"}[charset])


UNA = "UNA:+.? '"


def _message(place: int, message: str) -> str:
    kind, _, body = message.partition("'")
    segments = [segment for segment in body.split("'") if segment]
    count = len(segments) + 2
    return "'".join([f"UNH+{place}+{kind}:D:96A:UN:EAN004", *segments, f"UNT+{count}+{place}", ""])


def inventory_report(*lines: str, header: str = "", doctype: str = "") -> bytes:
    """A UBL InventoryReport of yesterday with these lines."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>{doctype}
<InventoryReport xmlns="urn:oasis:names:specification:ubl:schema:xsd:InventoryReport-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:UBLVersionID>2.1</cbc:UBLVersionID><cbc:ID>INV-7</cbc:ID><cbc:IssueDate>{yesterday()}</cbc:IssueDate>
{header or f"<cac:InventoryPeriod><cbc:EndDate>{yesterday()}</cbc:EndDate></cac:InventoryPeriod>"}
{"".join(lines)}</InventoryReport>""".encode()


def ubl_line(number: int, quantity: str, item: str, *, unit: str = "EA", place: str = "", more: str = "") -> str:
    """A line; ``item`` is the inside of cac:Item."""
    where = f"<cac:InventoryLocation><cbc:ID>{place}</cbc:ID></cac:InventoryLocation>" if place else ""
    return (
        f'<cac:InventoryReportLine><cbc:ID>{number}</cbc:ID><cbc:Quantity unitCode="{unit}">{quantity}</cbc:Quantity>'
        f"{more}<cac:Item>{item}</cac:Item>{where}</cac:InventoryReportLine>"
    )


def seller_item(sku: str) -> str:
    return f"<cac:SellersItemIdentification><cbc:ID>{sku}</cbc:ID></cac:SellersItemIdentification>"


def standard_item(gtin: str) -> str:
    return f"<cac:StandardItemIdentification><cbc:ID>{gtin}</cbc:ID></cac:StandardItemIdentification>"
