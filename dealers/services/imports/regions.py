"""Provinces and cities. A city's province may stand anywhere in the file, so provinces are taken first."""

from __future__ import annotations

from typing import Any

from dealers.choices import CityTier, Feed, RegionKind
from dealers.foundation.refusals import msgid as _
from dealers.models import Region
from dealers.services.imports.attributes import change, changed_attributes, save_all
from dealers.services.imports.cells import Cells, RowRefused, refuse
from dealers.services.imports.importing import Importer, broken, refused
from dealers.services.imports.sources import Layout, RowSource
from dealers.services.imports.taking import Taking

LAYOUT = Layout(("code", "name_zh", "name_en", "kind"), ("parent", "city_tier", "remote"))
_FIELDS = ("name_zh", "name_en", "parent", "city_tier", "remote")


def take_regions(taking: Taking, source: RowSource) -> None:
    """Take provinces, then cities. The whole list of places fits in memory: a country has a few thousand."""
    known = {region.code: region for region in Region.objects.all()}
    for wanted_kind in RegionKind.PROVINCE, RegionKind.CITY:
        new: list[Region] = []
        changed: dict[str, Region] = {}
        for row in source:
            is_city = row.problem is None and row.values.get("kind") == RegionKind.CITY
            if is_city != (wanted_kind is RegionKind.CITY) or broken(taking, row):
                continue
            try:
                code, wanted = _read(Cells(row.values), known)
            except RowRefused as refusal:
                refused(taking, row, refusal)
                continue
            standing = known.get(code)
            if standing is None:
                known[code] = Region(code=code, **wanted)
                new.append(known[code])
                taking.accepted += 1
                _remark_on_gaps(taking, known[code], row.line_no)
            elif changes := changed_attributes(standing, wanted):
                change(taking, standing, changes, action="region.change", key=code)
                taking.revised += 1
                if standing.pk:
                    changed[code] = standing
                    if changes.keys() & {"parent_id", "city_tier", "remote"}:
                        taking.touched.regions.add(standing.pk)
            else:
                taking.duplicates += 1
        save_all(Region, new, list(changed.values()), _FIELDS)


def _read(cells: Cells, known: dict[str, Region]) -> tuple[str, dict[str, Any]]:
    code = cells.code("code", 32)
    kind = cells.choice("kind", RegionKind)
    standing = known.get(code)
    if standing is not None and standing.kind != kind:
        raise refuse("kind", kind, "region_kind_is_fixed", code=code, kind=standing.kind)
    wanted: dict[str, Any] = {
        "name_zh": cells.text("name_zh", 120),
        "name_en": cells.text("name_en", 120),
        "kind": kind.value,
    }
    if cells.given("remote"):
        wanted["remote"] = cells.yes_no("remote")
    if kind is RegionKind.PROVINCE:
        for column, reason in ("parent", "province_with_parent"), ("city_tier", "province_with_city_tier"):
            if cells.given(column):
                raise refuse(column, cells.given(column), reason)
        return code, wanted
    if parent := cells.given("parent"):
        wanted["parent_id"] = _province(parent, known).pk
    if cells.given("city_tier"):
        wanted["city_tier"] = cells.number_choice("city_tier", CityTier)
    return code, wanted


def _province(code: str, known: dict[str, Region]) -> Region:
    if (province := known.get(code)) is None:
        raise refuse("parent", code, "unknown_province")
    if province.kind != RegionKind.PROVINCE:
        raise refuse("parent", code, "parent_not_a_province")
    return province


def _remark_on_gaps(taking: Taking, region: Region, line: int) -> None:
    """A city without province or tier is taken, but fewer bands and territories reach it."""
    if region.kind != RegionKind.CITY:
        return
    if region.parent_id is None:
        message = _("city %(code)s names no province: no band or territory of a province covers it")
        taking.remark("city_without_province", message, line=line, column="parent", code=region.code)
    if region.city_tier is None:
        message = _("city %(code)s has no tier: no band of a city tier covers it")
        taking.remark("city_without_tier", message, line=line, column="city_tier", code=region.code)


REGIONS = Importer(Feed.REGIONS, LAYOUT, take_regions)
