"""List prices; a new price starts on its day and ends the one before."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from dealers.choices import Feed
from dealers.models import ListPrice
from dealers.services.imports.cells import Cells
from dealers.services.imports.importing import Importer
from dealers.services.imports.lookups import Products
from dealers.services.imports.ranges import RangeRow, RangeTable, take_ranges
from dealers.services.imports.sources import Layout, RowSource
from dealers.services.imports.taking import Taking

LAYOUT = Layout(("sku", "price", "valid_from"), ("valid_to",))
_TABLE = RangeTable(ListPrice, ("product_id",), ("price",), "list_price", keeps_closed=True)
_SMALLEST_PRICE = Decimal("0.000001")


def take_list_prices(taking: Taking, source: RowSource) -> None:
    take_ranges(taking, source, _TABLE, price_reader())


def price_reader() -> Callable[[Cells], RangeRow]:
    """Reads one row: product, price, first day and end. Raises ``RowRefused``."""
    products = Products.load()

    def read(cells: Cells) -> RangeRow:
        product = products.read(cells)
        price = cells.decimal("price", places=6, least=_SMALLEST_PRICE)
        return RangeRow((product.id,), (price,), *cells.span("valid_from", "valid_to"))

    return read


LIST_PRICES = Importer(Feed.LIST_PRICES, LAYOUT, take_list_prices, takes_facts=True)
