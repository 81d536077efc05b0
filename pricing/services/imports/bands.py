"""Price bands; a new band starts on its day and ends the one before of the same product and scope."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from dealers.choices import CityTier, Feed
from dealers.foundation.refusals import msgid as _
from dealers.services.imports.cells import Cells, refuse
from dealers.services.imports.importing import Importer
from dealers.services.imports.lookups import Products, Regions
from dealers.services.imports.ranges import RangeRow, RangeTable, take_ranges
from dealers.services.imports.sources import Layout, RowSource
from dealers.services.imports.taking import Taking
from pricing.choices import BandScope, Enforcement
from pricing.models import LegalBasis, PriceBand

LAYOUT = Layout(
    ("sku", "scope", "scope_code", "floor", "ceiling", "enforcement", "valid_from"),
    ("valid_to", "legal_basis", "legal_basis_until"),
)
_TABLE = RangeTable(
    PriceBand,
    ("product_id", "scope", "region_id", "city_tier"),
    ("floor", "ceiling", "enforcement", "legal_basis_id"),
    "band",
)


def take_bands(taking: Taking, source: RowSource) -> None:
    reader = _Reader(taking)
    take_ranges(taking, source, _TABLE, reader.read)
    if reader.without_basis:
        message = _("%(count)s enforced floors have no legal basis: sales below them are shown as information only")
        taking.remark("floor_without_basis", message, column="legal_basis", count=reader.without_basis)


class _Reader:
    def __init__(self, taking: Taking) -> None:
        self._taking = taking
        self._products = Products.load()
        self._regions = Regions.load()
        self._bases: dict[tuple[str, date | None], int] = {}
        self.without_basis = 0

    def read(self, cells: Cells) -> RangeRow:
        product = self._products.read(cells)
        scope = cells.choice("scope", BandScope)
        region_id, city_tier = self._place(cells, scope)
        floor = cells.decimal("floor", places=6)
        ceiling = cells.decimal("ceiling", places=6)
        if ceiling < floor:
            raise refuse("ceiling", cells.given("ceiling"), "ceiling_below_floor", floor=cells.given("floor"))
        enforcement = cells.choice("enforcement", Enforcement)
        lower, upper = cells.span("valid_from", "valid_to")
        basis_id = self._basis(cells)
        if enforcement is Enforcement.ENFORCED and floor > 0 and basis_id is None:
            self.without_basis += 1
        key: tuple[Any, ...] = (product.id, scope.value, region_id, city_tier)
        content: tuple[Decimal | str | int | None, ...] = (floor, ceiling, enforcement.value, basis_id)
        return RangeRow(key, content, lower, upper)

    def _place(self, cells: Cells, scope: BandScope) -> tuple[int | None, int | None]:
        code = cells.given("scope_code")
        match scope:
            case BandScope.NATIONAL:
                if code:
                    raise refuse("scope_code", code, "scope_code_not_empty")
                return None, None
            case BandScope.CITY_TIER:
                return None, cells.number_choice("scope_code", CityTier)
            case _:
                return self._regions.of("scope_code", cells.code("scope_code", 32)).id, None

    def _basis(self, cells: Cells) -> int | None:
        reference = cells.optional_text("legal_basis", 64)
        until = cells.optional_day("legal_basis_until")
        if not reference:
            if until is not None:
                raise refuse("legal_basis_until", until.isoformat(), "basis_until_without_basis")
            return None
        key = (reference, until)
        if key not in self._bases:
            basis, _created = LegalBasis.objects.get_or_create(
                reference=reference, valid_until=until, defaults={"recorded_at": self._taking.at}
            )
            self._bases[key] = basis.pk
        return self._bases[key]


def record_of(band: PriceBand, basis: LegalBasis | None) -> dict[str, str]:
    """A standing band as a row of the import, resting on ``basis``."""
    code = "" if band.city_tier is None else str(band.city_tier)
    until = None if basis is None else basis.valid_until
    return {
        "sku": band.product.sku,
        "scope": band.scope,
        "scope_code": code if band.region is None else band.region.code,
        "floor": format(band.floor, "f"),
        "ceiling": format(band.ceiling, "f"),
        "enforcement": band.enforcement,
        "valid_from": "" if band.valid.lower is None else band.valid.lower.isoformat(),
        "valid_to": "" if band.valid.upper is None else band.valid.upper.isoformat(),
        "legal_basis": "" if basis is None else basis.reference,
        "legal_basis_until": "" if until is None else until.isoformat(),
    }


BANDS = Importer(Feed.BANDS, LAYOUT, take_bands)
