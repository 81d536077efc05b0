"""EDIFACT INVRPT, inventory report: counts of articles, each with its place and instant.

The place and day of a quantity follow it, so a quantity is finished by the next one. What is said in the heading
holds for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dealers.foundation.refusals import msgid as _
from dealers.foundation.trade_messages.dates import Stretch
from dealers.foundation.trade_messages.edifact_common import items_of_line, stretch_of
from dealers.foundation.trade_messages.envelope import Message
from dealers.foundation.trade_messages.lines import ItemNumber, LineFault, Lines, StockLine
from dealers.foundation.trade_messages.segments import Segment
from dealers.foundation.trade_messages.values import PIECES, plain_number

#: Quantities (6063) on the shelf, the surest first: actual stock, on hand. 33 is the largest delivery here, not stock.
ON_HAND = ("145", "17")
IN_TRANSIT = ("198", "57")
_DAYS = ("366", "91", "137")
_PLACES = frozenset({"14", "18", "162", "7", "19", "35"})
_PARTIES = frozenset({"GY", "WH", "ST", "SN"})


@dataclass(slots=True)
class _Count:
    quantity: Segment
    place: str = ""
    days: Stretch | None = None
    moved: bool = False


@dataclass(slots=True)
class _Article:
    segment: Segment
    items: tuple[ItemNumber, ...]
    place: str = ""
    counts: list[_Count] = field(default_factory=list)


def read_invrpt(message: Message, segments: Iterator[Segment], lines: Lines) -> Iterator[StockLine]:
    """The counts of an INVRPT, in its order."""
    yield from _Reader(message, lines).read(segments)


class _Reader:
    def __init__(self, message: Message, lines: Lines) -> None:
        self._decimal = message.interchange.marks.decimal
        self._prepared_at = message.interchange.prepared_at
        self._first = message.first
        self._lines = lines
        self._place = ""
        self._days: dict[str, Segment] = {}

    def read(self, segments: Iterator[Segment]) -> Iterator[StockLine]:
        article: _Article | None = None
        for segment in segments:
            count = article.counts[-1] if article is not None and article.counts else None
            match segment.tag:
                case "LIN":
                    yield from self._finished(article)
                    article = _Article(segment, items_of_line(segment))
                case "UNS" | "UNT":
                    yield from self._finished(article)
                    article = None
                case "PIA" if article is not None:
                    article.items += items_of_line(segment)
                case "QTY" if article is not None:
                    article.counts.append(_Count(segment))
                case "INV" if count is not None:
                    count.moved = bool(segment.get(1))
                case "LOC" if segment.get(1) in _PLACES:
                    if count is not None:
                        count.place = segment.get(2)
                    elif article is not None:
                        article.place = segment.get(2)
                    else:
                        self._place = segment.get(2)
                case "NAD" if article is None and segment.get(1) in _PARTIES:
                    self._place = self._place or segment.get(2)
                case "DTM" if count is not None and segment.get(1) == "366":
                    count.days = stretch_of(segment)
                case "DTM" if article is None:
                    self._days[segment.get(1)] = segment
        yield from self._finished(article)

    def _finished(self, article: _Article | None) -> Iterator[StockLine]:
        """The counts of an article by place and instant."""
        if article is None:
            return
        by_place: dict[tuple[str, str], dict[str, list[Segment]]] = {}
        for count in article.counts:
            code = count.quantity.get(1)
            if code not in (*ON_HAND, *IN_TRANSIT) or count.moved:
                self._lines.skip("QTY", code)
                continue
            days = count.days or self._days_of_message()
            as_of = days.moment_of_count(self._prepared_at) if days else ""
            key = count.place or article.place or self._place, as_of
            by_place.setdefault(key, {}).setdefault(code, []).append(count.quantity)
        for (place, as_of), known in by_place.items():
            yield self._line(article, place, as_of, known)

    def _line(self, article: _Article, place: str, as_of: str, known: dict[str, list[Segment]]) -> StockLine:
        code = next((code for code in ON_HAND if code in known), None)
        transit = next((known[code][0] for code in IN_TRANSIT if code in known), None)
        told = known[code] if code else [next(iter(known.values()))[0]]
        quantity = told[0]
        day = next((self._days[code] for code in _DAYS if code in self._days), None)
        places = {
            "sku": (article.segment.number, "LIN03"),
            "on_hand": (quantity.number, "QTY01"),
            "as_of": (day.number if day else self._first, "DTM01"),
            "warehouse": (quantity.number, "LOC02"),
        }
        if transit is not None:
            places["in_transit"] = (transit.number, "QTY01")
        units = {each.get(1, 3) for each in (*told, *([transit] if transit else []))}
        fault: LineFault | None = None
        if odd := sorted(units - PIECES):
            fault = LineFault("on_hand", quantity.get(1, 2), "unit_not_pieces", {"unit": odd[0][:10]})
        elif not as_of:
            fault = LineFault("as_of", day.get(1, 2) if day else "", "message_date_unreadable")
        elif len(told) > 1 and not self._is_total(told):
            fault = LineFault("on_hand", quantity.get(1, 2), "stock_contradicts_itself")
        elif code == "145" and "17" in known and known["17"][0].get(1, 2) != quantity.get(1, 2):
            sentence = _("Several figures say what is on hand; %(code)s was taken.")
            self._lines.remark("stock_told_twice", sentence, segment=quantity.number, code=code)
        return StockLine(
            segment=quantity.number,
            items=article.items,
            location=place,
            places=places,
            fault=fault,
            as_of=as_of,
            on_hand=plain_number(quantity.get(1, 2), self._decimal) if code else "",
            in_transit=plain_number(transit.get(1, 2), self._decimal) if transit else "",
        )

    def _days_of_message(self) -> Stretch | None:
        found = next((self._days[code] for code in _DAYS if code in self._days), None)
        return stretch_of(found) if found else None

    def _is_total(self, told: list[Segment]) -> bool:
        """Whether the first figure is the sum of the others, which then part it by packages or batches."""
        figures = [plain_number(each.get(1, 2), self._decimal) for each in told]
        if not all(figure.isascii() and figure.isdigit() and len(figure) < 16 for figure in figures):
            return False
        return int(figures[0]) == sum(map(int, figures[1:]))
