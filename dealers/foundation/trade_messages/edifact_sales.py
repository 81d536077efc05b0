"""EDIFACT SLSRPT, sales data report: what was sold of articles at a place on a day.

LOC begins a place, DTM after it says the day, LIN begins an article; its price and quantities follow. A line is known
by the number of the report, the place, and the number of the line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dealers.foundation.trade_messages.dates import Stretch
from dealers.foundation.trade_messages.edifact_common import ORIGINALS, REPLACING, items_of_line, stretch_of
from dealers.foundation.trade_messages.envelope import Message
from dealers.foundation.trade_messages.lines import ItemNumber, LineFault, Lines, TradeSale
from dealers.foundation.trade_messages.segments import Segment
from dealers.foundation.trade_messages.values import (
    PIECES,
    document_name,
    negated,
    plain_number,
    replacing_revision,
    unit_price_of,
)

#: Quantities (6063): sales, retail sales; and what customers brought back.
SOLD = ("153", "25")
RETURNED = ("61",)
#: Prices (5125) that say tax is included; the others leave it out or do not say.
WITH_TAX = frozenset({"AAE", "AAC"})
_LINE_TOTALS = frozenset({"203"})
_PLACES = frozenset({"162", "7", "14", "18"})
_SALES_DAY = "356"
_FROM, _UNTIL, _MESSAGE = "90", "91", "137"


@dataclass(slots=True)
class _Article:
    segment: Segment
    items: tuple[ItemNumber, ...]
    number: str
    days: dict[str, Segment]
    quantities: list[Segment] = field(default_factory=list)
    price: Segment | None = None
    total: Segment | None = None


def read_slsrpt(message: Message, segments: Iterator[Segment], lines: Lines) -> Iterator[TradeSale]:
    """The sales and returns of an SLSRPT, in its order."""
    yield from _Reader(message, lines).read(segments)


class _Reader:
    def __init__(self, message: Message, lines: Lines) -> None:
        self._decimal = message.interchange.marks.decimal
        self._prepared_at = message.interchange.prepared_at
        self._first = message.first
        self._lines = lines
        self._document = ""
        self._function = ""
        self._currency = ""
        self._heading: dict[str, Segment] = {}
        self._place_days: dict[str, Segment] = {}
        self._place: Segment | None = None
        self._numbers: set[str] = set()
        self._articles = 0

    def read(self, segments: Iterator[Segment]) -> Iterator[TradeSale]:
        article: _Article | None = None
        for segment in segments:
            match segment.tag:
                case "BGM":
                    self._document, self._function = segment.get(2), segment.get(3)
                case "CUX":
                    self._currency = segment.get(1, 2)
                case "LOC" if segment.get(1) in _PLACES:
                    yield from self._finished(article)
                    article, self._place, self._place_days = None, segment, {}
                    self._numbers.clear()
                    self._articles = 0
                case "LIN":
                    yield from self._finished(article)
                    self._articles += 1
                    number = segment.get(1).lstrip("0") or str(self._articles)
                    article = _Article(segment, items_of_line(segment), number, dict(self._place_days))
                case "UNS" | "UNT":
                    yield from self._finished(article)
                    article = None
                case "DTM":
                    days = article.days if article else self._place_days if self._place else self._heading
                    days[segment.get(1)] = segment
                case "PIA" if article is not None:
                    article.items += items_of_line(segment)
                case "QTY" if article is not None:
                    article.quantities.append(segment)
                case "PRI" if article is not None and (
                    article.price is None or (article.price.get(1) not in WITH_TAX and segment.get(1) in WITH_TAX)
                ):
                    article.price = segment
                case "MOA" if article is not None and segment.get(1) in _LINE_TOTALS:
                    article.total = segment
        yield from self._finished(article)

    def _finished(self, article: _Article | None) -> Iterator[TradeSale]:
        if article is None:
            return
        repeated = article.number in self._numbers
        self._numbers.add(article.number)
        for quantity in article.quantities:
            code = quantity.get(1)
            if code in SOLD or code in RETURNED:
                yield self._sale(article, quantity, is_return=code in RETURNED, repeated=repeated)
            else:
                self._lines.skip("QTY", code)

    def _days_of(self, article: _Article) -> tuple[Stretch | None, str, int]:
        """The day of sale: of the line, the place or the message; else the period the report covers."""
        for days in (article.days, self._heading):
            if (segment := days.get(_SALES_DAY)) is not None:
                return stretch_of(segment), segment.get(1, 2), segment.number
        for days in (article.days, self._heading):
            first, last = days.get(_FROM), days.get(_UNTIL)
            if first is not None and last is not None:
                begins, ends = stretch_of(first), stretch_of(last)
                if begins and ends and begins.first <= ends.last:
                    return Stretch(begins.first, ends.last), f"{first.get(1, 2)}–{last.get(1, 2)}", first.number
        return None, "", article.segment.number

    def _sale(self, article: _Article, quantity: Segment, *, is_return: bool, repeated: bool) -> TradeSale:
        days, days_text, days_segment = self._days_of(article)
        amount = plain_number(quantity.get(1, 2), self._decimal)
        price, kind, price_place = self._price(article, amount)
        place = self._place.get(2) if self._place else ""
        is_foreign = self._currency not in ("", "CNY")
        fault: LineFault | None = None
        if self._function not in ORIGINALS | REPLACING:
            fault = LineFault("doc_no", self._document, "purpose_not_taken", {"purpose": self._function[:10]})
        elif repeated:
            fault = LineFault("line_no", article.number, "line_number_repeated")
        elif quantity.get(1, 3) not in PIECES:
            fault = LineFault("quantity", amount, "unit_not_pieces", {"unit": quantity.get(1, 3)[:10]})
        elif days is None:
            fault = LineFault("sold_at", days_text, "message_date_unreadable")
        elif not days.is_one_day:
            fault = LineFault("sold_at", days_text, "several_days")
        elif is_foreign:
            fault = LineFault("unit_price", price, "foreign_currency", {"currency": self._currency[:10]})
        elif not price:
            fault = LineFault("unit_price", "", "message_without_price", {"element": "PRI01"})
        places = {
            "doc_no": (article.segment.number, "BGM02"),
            "line_no": (article.segment.number, "LIN01"),
            "sku": (article.segment.number, "LIN03"),
            "quantity": (quantity.number, "QTY01"),
            "unit_price": price_place,
            "sold_at": (days_segment, "DTM01"),
            "region": (self._place.number if self._place else article.segment.number, "LOC02"),
        }
        return TradeSale(
            segment=quantity.number,
            items=article.items,
            location=place,
            places=places,
            fault=fault,
            doc_no=document_name(self._document, place, "R" if is_return else ""),
            line_no=article.number,
            sold_at=days.moment_of_sale() if days and days.is_one_day else "",
            quantity=negated(amount) if is_return else amount,
            unit_price="" if is_foreign else price,
            revision=replacing_revision(self._prepared_at) if self._function in REPLACING else "",
            needs=("net_price_is_paid",) if price and kind not in WITH_TAX else (),
        )

    def _price(self, article: _Article, amount: str) -> tuple[str, str, tuple[int, str]]:
        """The unit price with its kind and place. A basis (``PRI`` component 5) other than 1 divides it."""
        if (stated := article.price) is not None:
            price = plain_number(stated.get(1, 2), self._decimal)
            basis = plain_number(stated.get(1, 5), self._decimal)
            if basis not in ("", "1"):
                price = unit_price_of(price, basis)
            return price, stated.get(1), (stated.number, "PRI01")
        if (total := article.total) is not None and len(article.quantities) == 1:
            return unit_price_of(plain_number(total.get(1, 2), self._decimal), amount), "AAA", (total.number, "MOA01")
        return "", "", (article.segment.number, "PRI01")
