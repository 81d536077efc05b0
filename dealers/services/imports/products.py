"""The catalogue."""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Any

from dealers.choices import Feed, Industry
from dealers.foundation.gtin import check_gtin
from dealers.models import Product, Shipment
from dealers.services.imports.attributes import change, changed_attributes, save_all
from dealers.services.imports.cells import Cells, RowRefused, problem
from dealers.services.imports.importing import Importer, broken, refused
from dealers.services.imports.sources import Layout, RowSource
from dealers.services.imports.taking import Taking
from dealers.services.staging import in_portions

LAYOUT = Layout(("sku", "name_zh", "name_en", "category", "industry"), ("gtin",))
_FIELDS = ("gtin", "name_zh", "name_en", "category", "industry")
#: Answers which of these products have been moved, by whatever the asker knows of.
InUse = Callable[[Set[int]], Set[int]]


def shipped(products: Set[int]) -> Set[int]:
    """Which of these products were ever shipped."""
    return set(Shipment.objects.filter(product__in=products).values_list("product_id", flat=True).distinct())


def product_importer(*uses: InUse) -> Importer:
    """The importer of products. A category is fixed as soon as one of ``uses`` knows the product as moved.

    Purchases and sales are summed by category as they arrive; another category later would split a year in two.
    """

    def take_products(taking: Taking, source: RowSource) -> None:
        for rows in in_portions(source, 2_000):
            _take(taking, rows, (shipped, *uses))

    return Importer(Feed.PRODUCTS, LAYOUT, take_products)


def _take(taking: Taking, rows: list[Any], uses: tuple[InUse, ...]) -> None:
    skus = [row.values.get("sku", "") for row in rows]
    known = {product.sku: product for product in Product.objects.filter(sku__in=skus)}
    readable: list[tuple[Any, str, dict[str, Any]]] = []
    for row in rows:
        if broken(taking, row):
            continue
        try:
            readable.append((row, *_read(Cells(row.values))))
        except RowRefused as refusal:
            refused(taking, row, refusal)
    moving = {
        known[sku].pk for _row, sku, wanted in readable if sku in known and known[sku].category != wanted["category"]
    }
    fixed = {product for use in uses for product in use(moving)} if moving else set()
    new: list[Product] = []
    changed: dict[str, Product] = {}
    for row, sku, wanted in readable:
        standing = known.get(sku)
        if standing is None:
            known[sku] = Product(sku=sku, **wanted)
            new.append(known[sku])
            taking.accepted += 1
        elif not (changes := changed_attributes(standing, wanted)):
            taking.duplicates += 1
        elif "category" in changes and standing.pk in fixed:
            refused(taking, row, problem("category", wanted["category"], "category_in_use", before=standing.category))
        else:
            change(taking, standing, changes, action="product.change", key=sku)
            taking.revised += 1
            if standing.pk:
                changed[sku] = standing
    save_all(Product, new, list(changed.values()), _FIELDS)


def _read(cells: Cells) -> tuple[str, dict[str, Any]]:
    sku = cells.code("sku", 64)
    wanted: dict[str, Any] = {
        "name_zh": cells.text("name_zh", 200),
        "name_en": cells.text("name_en", 200),
        "category": cells.text("category", 64),
        "industry": cells.choice("industry", Industry).value,
    }
    if gtin := cells.given("gtin"):
        for finding in check_gtin(gtin):
            raise RowRefused(finding)
        wanted["gtin"] = gtin
    return sku, wanted
