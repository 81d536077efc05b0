"""X12 852, product activity: what one place has of an article, and what went out of it on a day.

XQ says the day, LIN the article, ZA the activity with its quantity; SDQ parts the quantity among up to ten places per
segment. There is no document: a sale line is known by day, place, article and activity, so that the same day told
again is the same line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dealers.foundation.refusals import msgid as _
from dealers.foundation.trade_messages.dates import Stretch, x12_stretch
from dealers.foundation.trade_messages.envelope import Message
from dealers.foundation.trade_messages.lines import (
    GTIN,
    OWN,
    SKU,
    ItemNumber,
    LineFault,
    Lines,
    StockLine,
    TradeLine,
    TradeSale,
    items_of,
)
from dealers.foundation.trade_messages.segments import Segment
from dealers.foundation.trade_messages.values import PIECES, document_name, negated, plain_number

#: Product qualifiers (235). The vendor is HQ, so its numbers are our SKUs; a buyer's number is the dealer's own.
X12_ITEMS = {
    **dict.fromkeys(("UP", "EN", "UK", "EO", "UA", "UI"), GTIN),
    **dict.fromkeys(("VN", "VP", "SK", "VC", "MG", "MF"), SKU),
    **dict.fromkeys(("IN", "BP", "PI", "CB"), OWN),
}
#: Activities (859) that say what is on the shelf, the surest first: gross, at the end, free for sale.
ON_HAND = ("OH", "QE", "QA")
IN_TRANSIT = "QI"
#: Activities that are sales to customers without doubt, and what customers brought back.
SOLD = {"Q1": "1", "RE": "2"}
RETURNED = {"QU": "3"}
#: Sold or withdrawn: a sale only for dealers who have agreed that theirs are.
SOLD_OR_WITHDRAWN = "QS"
#: Activities near to sales that say too little to be one: to whom, or by whom returned, or counted elsewhere as well.
UNDECIDED = frozenset({"TS", "WQ", "MS", "OP", "BS", "BT", "Q2", "Q3", "RQ", "QW"})
_OWN_PLACES = frozenset({"ST", "SN", "WH", "RL", "SF", "DB", "LW", "SO"})
_LINE_NUMBERS = {SOLD_OR_WITHDRAWN: "1", **SOLD, **RETURNED}


@dataclass(slots=True)
class _Article:
    """What was read since the last LIN: prices, and the stock of each place until all of it has been seen."""

    segment: Segment
    items: tuple[ItemNumber, ...]
    price: str = ""
    price_place: tuple[int, str] | None = None
    stock: dict[str, dict[str, tuple[str, int, str]]] = field(default_factory=dict)


def read_852(message: Message, segments: Iterator[Segment], lines: Lines) -> Iterator[TradeLine]:
    """The stock and sales lines of an 852, in the order of its articles."""
    yield from _Reader(message, lines).read(segments)


class _Reader:
    def __init__(self, message: Message, lines: Lines) -> None:
        self._prepared_at = message.interchange.prepared_at
        self._lines = lines
        self._days: Stretch | None = None
        self._days_text, self._days_place = "", (message.first, "XQ02")
        self._place = ""
        self._currency = ""

    def read(self, segments: Iterator[Segment]) -> Iterator[TradeLine]:
        article: _Article | None = None
        activity: tuple[Segment, bool] | None = None  # a ZA, and whether an SDQ parted it
        for segment in segments:
            if activity is not None and segment.tag not in ("SDQ", "CTP"):
                yield from self._whole(article, *activity)
                activity = None
            match segment.tag:
                case "XQ":
                    self._days = x12_stretch(segment.get(2), segment.get(3))
                    self._days_text = "–".join(filter(None, (segment.get(2), segment.get(3))))
                    self._days_place = (segment.number, "XQ02")
                case "CUR":
                    self._currency = segment.get(2)
                case "N1" if article is None and segment.get(1) in _OWN_PLACES:
                    self._place = segment.get(4) or segment.get(2)
                case "LIN":
                    yield from self._stock_of(article)
                    pairs = [(segment.get(i), segment.get(i + 1)) for i in range(2, len(segment.elements), 2)]
                    article = _Article(segment, items_of(pairs, X12_ITEMS))
                case "CTP" if article is not None:
                    article.price = plain_number(segment.get(3))
                    article.price_place = (segment.number, "CTP03")
                case "ZA" if article is not None:
                    activity = (segment, False)
                case "SDQ" if article is not None and activity is not None:
                    yield from self._parted(article, activity[0], segment)
                    activity = (activity[0], True)
        yield from self._stock_of(article)

    def _whole(self, article: _Article | None, activity: Segment, parted: bool) -> Iterator[TradeLine]:
        if article is not None and not parted:
            unit = activity.get(3)
            yield from self._take(
                article, activity, self._place, activity.get(2), unit, (activity.number, "ZA02"), None
            )

    def _parted(self, article: _Article, activity: Segment, segment: Segment) -> Iterator[TradeLine]:
        """The pairs of place and quantity of an SDQ: elements 3 and 4, 5 and 6, and so on to 21 and 22."""
        unit = segment.get(1) or activity.get(3)
        for at in range(3, min(len(segment.elements), 22), 2):
            place, quantity = segment.get(at), segment.get(at + 1)
            if place or quantity:
                where = (segment.number, f"SDQ{at + 1:02d}")
                named = (segment.number, f"SDQ{at:02d}")
                yield from self._take(article, activity, place, quantity, unit, where, named)

    def _take(
        self,
        article: _Article,
        activity: Segment,
        place: str,
        quantity: str,
        unit: str,
        where: tuple[int, str],
        named: tuple[int, str] | None,
    ) -> Iterator[TradeLine]:
        code = activity.get(1)
        quantity = plain_number(quantity)
        if code in ON_HAND or code == IN_TRANSIT:
            known = article.stock.setdefault(place, {})
            known.setdefault(code, (quantity if unit in PIECES else "", *where))
            if unit not in PIECES:
                known["unit"] = (unit, *where)
        elif code in _LINE_NUMBERS or code in UNDECIDED:
            yield self._sale(article, activity, place, quantity, unit, where, named)
        else:
            self._lines.skip("ZA", code)

    def _sale(
        self,
        article: _Article,
        activity: Segment,
        place: str,
        quantity: str,
        unit: str,
        where: tuple[int, str],
        named: tuple[int, str] | None,
    ) -> TradeSale:
        code, days = activity.get(1), self._days
        number = article.items[0].value if article.items else ""
        places = {
            "sku": (article.segment.number, "LIN03"),
            "quantity": where,
            "sold_at": self._days_place,
            "region": named or where,
        }
        if article.price_place is not None:
            places["unit_price"] = article.price_place
        fault: LineFault | None = None
        if code in UNDECIDED:
            fault = LineFault("quantity", quantity, "activity_undecided", {"activity": code})
        elif unit not in PIECES:
            fault = LineFault("quantity", quantity, "unit_not_pieces", {"unit": unit[:10]})
        elif days is None:
            fault = LineFault("sold_at", self._days_text, "message_date_unreadable")
        elif not days.is_one_day:
            fault = LineFault("sold_at", self._days_text, "several_days")
        elif self._currency not in ("", "CNY"):
            fault = LineFault("unit_price", article.price, "foreign_currency", {"currency": self._currency[:10]})
        elif not article.price and quantity:
            fault = LineFault("unit_price", "", "message_without_price", {"element": "CTP03"})
        return TradeSale(
            segment=where[0],
            items=article.items,
            location=place,
            places=places,
            fault=fault,
            doc_no=document_name("852", f"{days.first:%Y%m%d}" if days else self._days_text, place, number),
            line_no=_LINE_NUMBERS.get(code, "9"),
            sold_at=days.moment_of_sale() if days and days.is_one_day else "",
            quantity=negated(quantity) if code in RETURNED else quantity,
            unit_price=article.price if self._currency in ("", "CNY") else "",
            needs=("qs_is_sales",) if code == SOLD_OR_WITHDRAWN else (),
        )

    def _stock_of(self, article: _Article | None) -> Iterator[StockLine]:
        """The counts of an article by place; of several figures for the same the surest one."""
        if article is None:
            return
        for place, known in article.stock.items():
            code = next((code for code in ON_HAND if code in known), None)
            on_hand, segment, element = known[code] if code else ("", *next(iter(known.values()))[1:])
            transit = known.get(IN_TRANSIT)
            places = {
                "sku": (article.segment.number, "LIN03"),
                "as_of": self._days_place,
                "on_hand": (segment, element),
            }
            if transit is not None:
                places["in_transit"] = transit[1:]
            line = StockLine(
                segment=segment,
                items=article.items,
                location=place,
                places=places,
                as_of=self._days.moment_of_count(self._prepared_at) if self._days else "",
                on_hand=on_hand,
                in_transit=transit[0] if transit else "",
            )
            if "unit" in known:
                line = replace(line, fault=LineFault("on_hand", "", "unit_not_pieces", {"unit": known["unit"][0][:10]}))
            elif self._days is None:
                line = replace(line, fault=LineFault("as_of", self._days_text, "message_date_unreadable"))
            elif len({known[other][0] for other in ON_HAND if other in known}) > 1:
                sentence = _("Several figures say what is on hand; %(code)s was taken.")
                self._lines.remark("stock_told_twice", sentence, segment=segment, code=code)
            yield line
