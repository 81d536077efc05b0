"""Regional alliances, through which sole proprietors are admitted."""

from __future__ import annotations

from typing import Any

from dealers.choices import Feed
from dealers.models import Alliance
from dealers.services.imports.attributes import change, changed_attributes, save_all
from dealers.services.imports.cells import Cells, RowRefused
from dealers.services.imports.importing import Importer, broken, refused
from dealers.services.imports.lookups import Regions
from dealers.services.imports.sources import Layout, RowSource
from dealers.services.imports.taking import Taking
from dealers.services.staging import in_portions

LAYOUT = Layout(("code", "name"), ("region",))


def take_alliances(taking: Taking, source: RowSource) -> None:
    regions = Regions.load()
    for rows in in_portions(source, 2_000):
        codes = [row.values.get("code", "") for row in rows]
        known = {alliance.code: alliance for alliance in Alliance.objects.filter(code__in=codes)}
        new: list[Alliance] = []
        changed: dict[str, Alliance] = {}
        for row in rows:
            if broken(taking, row):
                continue
            try:
                code, wanted = _read(Cells(row.values), regions)
            except RowRefused as refusal:
                refused(taking, row, refusal)
                continue
            standing = known.get(code)
            if standing is None:
                known[code] = Alliance(code=code, **wanted)
                new.append(known[code])
                taking.accepted += 1
            elif changes := changed_attributes(standing, wanted):
                change(taking, standing, changes, action="alliance.change", key=code)
                taking.revised += 1
                if standing.pk:
                    changed[code] = standing
            else:
                taking.duplicates += 1
        save_all(Alliance, new, list(changed.values()), ("name", "region"))


def _read(cells: Cells, regions: Regions) -> tuple[str, dict[str, Any]]:
    code = cells.code("code", 32)
    wanted: dict[str, Any] = {"name": cells.text("name", 200)}
    if region := cells.given("region"):
        wanted["region_id"] = regions.of("region", region).id
    return code, wanted


ALLIANCES = Importer(Feed.ALLIANCES, LAYOUT, take_alliances)
