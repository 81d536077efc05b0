"""References read once per import or portion, so that no row costs a query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dealers.choices import RegionKind
from dealers.models import Alliance, Dealer, Product, Region
from dealers.services.imports.cells import Cells, refuse


class KnownProduct(NamedTuple):
    id: int
    category: str


class KnownRegion(NamedTuple):
    id: int
    is_province: bool
    remote: bool


class Products(dict[str, KnownProduct]):
    """The catalogue by SKU."""

    @classmethod
    def load(cls) -> Products:
        rows = Product.objects.values_list("sku", "id", "category").iterator(chunk_size=20_000)
        return cls({sku: KnownProduct(id, category) for sku, id, category in rows})

    def learn(self, skus: Iterable[str]) -> None:
        """Look up those not known yet, for deliveries that name few of many."""
        wanted = {sku for sku in skus if sku not in self}
        rows = Product.objects.filter(sku__in=wanted).values_list("sku", "id", "category") if wanted else ()
        self.update({sku: KnownProduct(id, category) for sku, id, category in rows})

    def read(self, cells: Cells, column: str = "sku") -> KnownProduct:
        """The product named in a cell. Raises ``RowRefused``."""
        sku = cells.text(column, 64)
        if (known := self.get(sku)) is None:
            raise refuse(column, sku, "unknown_sku")
        return known


class Dealers(dict[str, int]):
    """Dealers' keys by code."""

    @classmethod
    def load(cls) -> Dealers:
        return cls(Dealer.objects.values_list("code", "id").iterator(chunk_size=20_000))

    def learn(self, codes: Iterable[str]) -> None:
        """Look up those not known yet, for deliveries that name few of many."""
        wanted = {code for code in codes if code not in self}
        self.update(Dealer.objects.filter(code__in=wanted).values_list("code", "id") if wanted else ())

    def read(self, cells: Cells, column: str = "dealer") -> int:
        return self.of(column, cells.text(column, 32))

    def of(self, column: str, code: str) -> int:
        if (known := self.get(code)) is None:
            raise refuse(column, code, "unknown_dealer")
        return known


class Regions(dict[str, KnownRegion]):
    """Regions by code; a city in a remote province is remote."""

    @classmethod
    def load(cls) -> Regions:
        rows = Region.objects.values_list("code", "id", "kind", "remote", "parent__remote")
        return cls(
            {
                code: KnownRegion(id, kind == RegionKind.PROVINCE, remote or bool(parent_remote))
                for code, id, kind, remote, parent_remote in rows.iterator(chunk_size=20_000)
            }
        )

    def of(self, column: str, code: str) -> KnownRegion:
        if (known := self.get(code)) is None:
            raise refuse(column, code, "unknown_region")
        return known


class Alliances(dict[str, int]):
    """Alliances' keys by code."""

    @classmethod
    def load(cls) -> Alliances:
        return cls(Alliance.objects.values_list("code", "id"))

    def of(self, column: str, code: str) -> int:
        if (known := self.get(code)) is None:
            raise refuse(column, code, "unknown_alliance")
        return known
