"""The lines of one message under a dealer's agreement: articles by SKU, places by the dealer's own list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dealers.choices import Feed
from dealers.foundation.trade_messages import Lines, Message, StockLine, TradeFile, TradeLine, TradeSale, read_lines
from dealers.foundation.trade_messages.lines import LineFault
from dealers.models import Dealer, Region, TradePlace
from dealers.services.placed_lines import PlacedLine
from dealers.services.staging import in_portions
from dealers.services.trade.agreements import Agreed
from dealers.services.trade.articles import Articles

_LINES_AT_ONCE = 5_000
#: Why a line that needs an agreement is not taken without it.
_WITHOUT = {
    "qs_is_sales": ("quantity", "sold_or_withdrawn"),
    "net_price_is_paid": ("unit_price", "price_without_tax"),
}


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line in the columns of its feed, and why it is not taken as it stands, if so."""

    number: int
    content: PlacedLine
    fault: LineFault | None


@dataclass(slots=True)
class Places:
    """The places of a dealer by their number, and the regions, by which a place may also be named."""

    regions: dict[str, str] = field(default_factory=dict)
    warehouses: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, dealer: Dealer) -> Places:
        rows = TradePlace.objects.filter(dealer=dealer).values_list("code", "region__code", "warehouse")
        places = cls()
        for code, region, warehouse in rows:
            places.regions[code] = region or ""
            places.warehouses[code] = warehouse or code
        return places

    def learn_regions(self, locations: set[str]) -> None:
        """Places not listed whose number is the code of a region are that region."""
        unknown = {location for location in locations if location and location not in self.regions}
        known = Region.objects.filter(code__in=unknown).values_list("code", flat=True) if unknown else ()
        self.regions.update({code: code for code in known})


class MessageLines:
    """The lines of a message that belong to one feed; can be read any number of times."""

    def __init__(self, file: TradeFile, message: Message, *, dealer: Dealer, agreed: Agreed, places: Places) -> None:
        self._file = file
        self.message = message
        self.dealer = dealer
        self._agreed = agreed
        self._places = places
        self._articles = Articles()
        self.name = f"{message.kind} {message.control_no}"

    def feeds(self) -> tuple[set[Feed], Lines]:
        """Which feeds have lines in the message, and what is remarked on the way through all of it."""
        seen: set[Feed] = set()
        beside = Lines()
        for line in read_lines(self._file, self.message, beside):
            seen.add(Feed.INVENTORY if isinstance(line, StockLine) else Feed.SALES)
        return seen, beside

    def of(self, feed: Feed) -> Iterator[ReadLine]:
        """The lines of ``feed``, numbered from 1 in their order."""
        wanted = StockLine if feed == Feed.INVENTORY else TradeSale
        lines = (line for line in read_lines(self._file, self.message, Lines()) if isinstance(line, wanted))
        number = 0
        for portion in in_portions(lines, _LINES_AT_ONCE):
            self._articles.learn(item for line in portion for item in line.items)
            if feed == Feed.SALES:
                self._places.learn_regions({line.location for line in portion})
            for line in portion:
                number += 1
                yield self._stock(number, line) if isinstance(line, StockLine) else self._sale(number, line)

    def _stock(self, number: int, line: StockLine) -> ReadLine:
        sku, doubt = self._articles.sku_of(line.items)
        warehouse, unknown = "", None
        if line.location:
            if line.location in self._places.warehouses:
                warehouse = self._places.warehouses[line.location]
            else:
                unknown = LineFault("warehouse", line.location, "unknown_place")
        values = {
            "as_of": line.as_of,
            "sku": sku,
            "on_hand": line.on_hand,
            "warehouse": warehouse,
            "in_transit": line.in_transit,
        }
        return ReadLine(number, self._placed(line, values), line.fault or unknown or doubt)

    def _sale(self, number: int, line: TradeSale) -> ReadLine:
        sku, doubt = self._articles.sku_of(line.items)
        region, fault = self._region(line.location)
        missing = next((need for need in line.needs if not getattr(self._agreed, need)), None)
        lacking = None
        if missing is not None:
            column, code = _WITHOUT[missing]
            lacking = LineFault(column, line.quantity if column == "quantity" else line.unit_price, code)
        values = {
            "doc_no": line.doc_no,
            "line_no": line.line_no,
            "sold_at": line.sold_at,
            "sku": sku,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "region": region,
            "revision": line.revision,
            "channel": "",
            "customer": line.customer,
        }
        return ReadLine(number, self._placed(line, values), lacking or line.fault or fault or doubt)

    def _region(self, location: str) -> tuple[str, LineFault | None]:
        if not location:
            region = self._agreed.region
            return region, None if region else LineFault("region", "", "place_not_said")
        if location not in self._places.regions:
            return "", LineFault("region", location, "unknown_place")
        region = self._places.regions[location]
        return region, None if region else LineFault("region", location, "place_without_region")

    def _placed(self, line: TradeLine, values: dict[str, str]) -> PlacedLine:
        shown = {name: value for name, value in values.items() if value}
        return PlacedLine(shown, message=self.name, segment=line.segment, places=line.places)
