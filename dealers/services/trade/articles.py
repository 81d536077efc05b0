"""From the article numbers of a message to SKUs, looked up by portions so that no line costs a query."""

from __future__ import annotations

from collections.abc import Iterable

from dealers.foundation.trade_messages import ItemNumber
from dealers.foundation.trade_messages.lines import GTIN, SKU, LineFault
from dealers.models import Product

_LENGTHS = (8, 12, 13, 14)
_MOST_KNOWN = 200_000


class Articles:
    """The products that the lines seen so far have named."""

    def __init__(self) -> None:
        self._by_sku: dict[str, str] = {}
        self._by_gtin: dict[str, frozenset[str]] = {}

    def learn(self, numbers: Iterable[ItemNumber]) -> None:
        """Look up the numbers not known yet; two queries at most."""
        if len(self._by_sku) + len(self._by_gtin) > _MOST_KNOWN:
            self._by_sku.clear()
            self._by_gtin.clear()
        wanted = set(numbers)
        skus = {number.value for number in wanted if number.kind == SKU} - self._by_sku.keys()
        gtins = {plain_gtin(number.value) for number in wanted if number.kind == GTIN} - self._by_gtin.keys() - {""}
        if skus:
            self._by_sku.update(dict.fromkeys(skus, ""))
            known = Product.objects.filter(sku__in=skus).values_list("sku", flat=True)
            self._by_sku.update({sku: sku for sku in known})
        if gtins:
            found: dict[str, set[str]] = {gtin: set() for gtin in gtins}
            spellings = [gtin.zfill(length) for gtin in gtins for length in _LENGTHS if len(gtin) <= length]
            for sku, gtin in Product.objects.filter(gtin__in=spellings).values_list("sku", "gtin"):
                found[plain_gtin(gtin)].add(sku)
            self._by_gtin.update({gtin: frozenset(skus) for gtin, skus in found.items()})

    def sku_of(self, numbers: tuple[ItemNumber, ...]) -> tuple[str, LineFault | None]:
        """The SKU that the numbers of a line name together; else the number as given, which no product has.

        Numbers of two products, and a GTIN of several, are a fault: which one is meant cannot be told.
        """
        meant: set[str] = set()
        for number in numbers:
            if number.kind == SKU and self._by_sku.get(number.value):
                meant.add(number.value)
        candidates = [self._by_gtin.get(plain_gtin(n.value), frozenset()) for n in numbers if n.kind == GTIN]
        for skus in candidates:
            if len(skus) > 1 and not skus & meant:
                value = next(n.value for n in numbers if n.kind == GTIN)
                return value, LineFault("sku", value, "article_of_several", {"skus": ", ".join(sorted(skus)[:5])})
            if len(skus) == 1 or not skus & meant:
                meant |= skus
        if len(meant) > 1:
            value = numbers[0].value
            return value, LineFault("sku", value, "article_contradicts_itself", {"skus": ", ".join(sorted(meant)[:5])})
        if meant:
            return next(iter(meant)), None
        return (numbers[0].value if numbers else ""), None


def plain_gtin(number: str) -> str:
    """A GTIN without its leading zeros, so that UPC, EAN and GTIN-14 of one article are the same."""
    return number.lstrip("0") if number.isascii() and number.isdigit() and len(number) <= 14 else ""
