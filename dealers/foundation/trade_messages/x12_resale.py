"""X12 867, product transfer and resale: lines of documents, only some of which are sales.

A PTD loop says what kind of transfer its lines are; each QTY in it begins a line with its own article (LIN), price
(UIT) and day (DTM). SII is the short form of a line. A line is known by its document and its place among the lines of
that document in the message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from dealers.foundation.trade_messages.dates import Stretch, x12_stretch
from dealers.foundation.trade_messages.envelope import Message
from dealers.foundation.trade_messages.lines import (
    ItemNumber,
    LineFault,
    Lines,
    StockLine,
    TradeLine,
    TradeSale,
    items_of,
)
from dealers.foundation.trade_messages.segments import Segment
from dealers.foundation.trade_messages.values import (
    PIECES,
    document_name,
    negated,
    plain_number,
    replacing_revision,
    unit_price_of,
)
from dealers.foundation.trade_messages.x12_activity import X12_ITEMS

#: Transfer types (521) that are sales to customers, and those that customers brought back.
SALES = frozenset({"SS", "SD", "DS", "CS"})
RETURNS = frozenset({"BN", "RU"})
#: Types that may or may not be a sale, so that somebody has to say: other, broken price, price book, summary …
UNDECIDED = frozenset({"BQ", "BP", "PB", "RB", "RP", "SH", "SU", "BS", "BR", "CO", "OF", "ON", ""})
#: Types that move, adjust or write off goods without selling them.
# fmt: off
TRANSFERS = frozenset({
    "BB", "BC", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BK", "BL", "BM", "BO", "BT", "BU", "BV", "CC", "DL", "FG",
    "GD", "GP", "GR", "IA", "IB", "OT", "PA", "PL", "PM", "PO", "PP", "RA", "RC", "RT", "RV", "SA", "SC", "SM", "TD",
    "WL",
})
# fmt: on
#: Quantities (673). In X12 33 is stock that can be sold; in EDIFACT the same number is a largest delivery.
ON_HAND = ("17", "33")
SOLD = frozenset({"32", "39", "01", "38"})
RETURNED = frozenset({"76"})
_DOCUMENTS = ("IV", "DO", "SI", "CO", "VN", "PO")
_DAYS = ("003", "011", "150", "004", "097", "007")
_CUSTOMERS = ("EN", "BY", "ST", "BT")
_OWN_PLACES = ("SN", "RL", "WH", "SF", "DB", "LW")
_TAKEN_PURPOSES = {"", "00", "05", "06", "07", "15", "PR"}


@dataclass(slots=True)
class _Context:
    """What holds for the lines that follow: said in the heading, again in a PTD loop, and again in a line."""

    document: str = ""
    days: dict[str, Segment] = field(default_factory=dict)
    parties: dict[str, str] = field(default_factory=dict)
    place: str = ""

    def within(self, inner: _Context) -> _Context:
        return _Context(
            inner.document or self.document,
            inner.days or self.days,
            {**self.parties, **inner.parties},
            inner.place or self.place,
        )


@dataclass(slots=True)
class _Line:
    quantity: Segment
    at: int  # the element the quantity stands in
    code: str
    unit: str
    items: tuple[ItemNumber, ...] = ()
    price: str = ""
    total: str = ""
    places: dict[str, tuple[int, str]] = field(default_factory=dict)
    context: _Context = field(default_factory=_Context)


def read_867(message: Message, segments: Iterator[Segment], lines: Lines) -> Iterator[TradeLine]:
    """The sales, returns and stock lines of an 867, in its order."""
    yield from _Reader(message, lines).read(segments)


class _Reader:
    def __init__(self, message: Message, lines: Lines) -> None:
        self._prepared_at = message.interchange.prepared_at
        self._lines = lines
        self._heading = _Context()
        self._loop: _Context | None = None
        self._type = ""
        self._line: _Line | None = None
        self._report = ""
        self._report_day: Segment | None = None
        self._purpose = ""
        self._currency = ""
        self._party = ""
        self._counted: Counter[str] = Counter()

    def read(self, segments: Iterator[Segment]) -> Iterator[TradeLine]:
        for segment in segments:
            match segment.tag:
                case "PTD" | "QTY" | "SII" | "CTT" | "SE":
                    yield from self._finish()
                case _:
                    pass
            self._note(segment)
        yield from self._finish()

    def _note(self, segment: Segment) -> None:
        context = self._line.context if self._line else self._loop or self._heading
        match segment.tag:
            case "BPT":
                self._purpose, self._report = segment.get(1), segment.get(2)
                self._report_day = segment
            case "CUR":
                self._currency = segment.get(2)
            case "PTD":
                self._type = segment.get(1)
                self._loop = _Context(document=segment.get(5))
            case "REF" if segment.get(1) in _DOCUMENTS and not context.document:
                context.document = segment.get(2)
            case "DTM" if segment.get(1) in _DAYS:
                context.days[segment.get(1)] = segment
            case "N1":
                self._party = segment.get(1)
                context.parties.setdefault(self._party, segment.get(4) or segment.get(2))
                if self._party in _OWN_PLACES and not context.place:
                    context.place = segment.get(4)
            case "N4" if self._party in ("ST", "EN", "BY") and segment.get(6):
                context.place = segment.get(6)  # where the goods went, by its number
            case "QTY":
                unit = segment.get(3)
                self._line = _Line(segment, 2, segment.get(1), unit)
            case "SII":
                self._line = _Line(segment, 3, "", segment.get(4), price=plain_number(segment.get(5)))
                self._line.items = items_of([(segment.get(1), segment.get(2))], X12_ITEMS)
                self._line.places = {"sku": (segment.number, "SII02"), "unit_price": (segment.number, "SII05")}
            case "LIN" if self._line is not None:
                pairs = [(segment.get(i), segment.get(i + 1)) for i in range(2, len(segment.elements), 2)]
                self._line.items = items_of(pairs, X12_ITEMS)
                self._line.places["sku"] = (segment.number, "LIN03")
            case "UIT" if self._line is not None and segment.get(2):
                self._line.price = plain_number(segment.get(2))
                self._line.places["unit_price"] = (segment.number, "UIT02")
            case "AMT" if self._line is not None and segment.get(1) in ("LI", "1"):
                amount = plain_number(segment.get(2))
                if segment.get(1) == "1":
                    self._line.total = amount
                else:
                    self._line.price = self._line.price or amount
                self._line.places.setdefault("unit_price", (segment.number, "AMT02"))

    def _finish(self) -> Iterator[TradeLine]:
        line, self._line = self._line, None
        if line is None:
            return
        if line.quantity.tag == "QTY" and not line.items:
            self._lines.skip("QTY", line.code)  # a total of the loop, or of an SII before it
        elif line.code in ON_HAND:
            yield self._stock(line)
        elif self._type in SALES | RETURNS | UNDECIDED or not self._is_known_transfer():
            yield self._sale(line)
        else:
            self._lines.skip("PTD", self._type)

    def _is_known_transfer(self) -> bool:
        """Whether the type is one of the standard's that moves goods without selling them."""
        return self._type in TRANSFERS

    def _days_of(self, context: _Context) -> tuple[Stretch | None, str, tuple[int, str]]:
        for code in _DAYS:
            if (segment := context.days.get(code)) is not None:
                return x12_stretch(segment.get(2), "", segment.get(3)), segment.get(2), (segment.number, "DTM02")
        report = self._report_day
        if report is None:
            return None, "", (0, "DTM02")
        return x12_stretch(report.get(3)), report.get(3), (report.number, "BPT03")

    def _stock(self, line: _Line) -> StockLine:
        context = self._heading.within(self._loop or _Context()).within(line.context)
        days, text, place = self._days_of(context)
        fault: LineFault | None = None
        if line.unit not in PIECES:
            fault = LineFault("on_hand", line.quantity.get(line.at), "unit_not_pieces", {"unit": line.unit[:10]})
        elif days is None:
            fault = LineFault("as_of", text, "message_date_unreadable")
        return StockLine(
            segment=line.quantity.number,
            items=line.items,
            location=context.place,
            places={**line.places, "on_hand": (line.quantity.number, "QTY02"), "as_of": place},
            fault=fault,
            as_of=days.moment_of_count(self._prepared_at) if days else "",
            on_hand=plain_number(line.quantity.get(line.at)),
        )

    def _sale(self, line: _Line) -> TradeSale:
        context = self._heading.within(self._loop or _Context()).within(line.context)
        days, days_text, days_place = self._days_of(context)
        quantity = plain_number(line.quantity.get(line.at))
        price = line.price or unit_price_of(line.total, quantity)
        where = (line.quantity.number, f"{line.quantity.tag}{line.at:02d}")
        document = context.document or self._report
        self._counted[document] += 1
        is_return = self._type in RETURNS or line.code in RETURNED
        is_foreign = self._currency not in ("", "CNY")
        fault: LineFault | None = None
        if self._type not in SALES | RETURNS:
            fault = LineFault("quantity", quantity, "transfer_undecided", {"transfer": self._type[:10] or "–"})
        elif line.code not in SOLD | RETURNED and line.quantity.tag == "QTY":
            fault = LineFault("quantity", quantity, "quantity_undecided", {"qualifier": line.code[:10] or "–"})
        elif self._purpose not in _TAKEN_PURPOSES:
            fault = LineFault("doc_no", document, "purpose_not_taken", {"purpose": self._purpose[:10]})
        elif line.unit not in PIECES:
            fault = LineFault("quantity", quantity, "unit_not_pieces", {"unit": line.unit[:10]})
        elif days is None:
            fault = LineFault("sold_at", days_text, "message_date_unreadable")
        elif is_foreign:
            fault = LineFault("unit_price", price, "foreign_currency", {"currency": self._currency[:10]})
        elif not price:
            fault = LineFault("unit_price", line.total, "message_without_price", {"element": "UIT02"})
        customer = next((context.parties[code] for code in _CUSTOMERS if context.parties.get(code)), "")
        return TradeSale(
            segment=line.quantity.number,
            items=line.items,
            location=context.place,
            places={
                **line.places,
                "quantity": where,
                "sold_at": days_place,
                "doc_no": where,
                "region": where,
            },
            fault=fault,
            doc_no=document_name(document),
            line_no=str(self._counted[document]),
            sold_at=days.moment_of_sale() if days else "",
            quantity=negated(quantity) if is_return else quantity,
            unit_price="" if is_foreign else price,
            revision=replacing_revision(self._prepared_at) if self._purpose == "05" else "",
            customer=customer,
        )
