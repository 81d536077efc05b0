"""The region tree as the promotion rules need it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from dealers.choices import RegionKind
from dealers.models import Region
from pricing.rules.promo_bands import Place


@dataclass(frozen=True)
class RegionTree:
    """Provinces with their cities, by code. A province covers its cities."""

    parents: dict[str, str | None]
    tiers: dict[str, int | None]
    provinces: frozenset[str]

    @cached_property
    def _cities(self) -> dict[str, list[str]]:
        cities: dict[str, list[str]] = {}
        for code, parent in self.parents.items():
            if parent is not None:
                cities.setdefault(parent, []).append(code)
        return cities

    def covered_by(self, codes: Iterable[str]) -> frozenset[str]:
        """The regions named and the cities of the provinces among them; empty stays empty and means everywhere."""
        named = frozenset(codes)
        return named.union(*(self._cities.get(code, ()) for code in named)) if named else named

    def places_in(self, codes: Iterable[str]) -> tuple[Place, ...]:
        """The cities covered, and provinces without cities on record; everywhere when no code is given."""
        covered = self.covered_by(codes) or self.parents.keys()
        return tuple(
            Place(code, self.parents[code], self.tiers[code])
            for code in sorted(covered)
            if code not in self.provinces or code not in self._cities
        )


def load_region_tree() -> RegionTree:
    """The whole tree in one query; there are a few hundred regions."""
    rows = list(Region.objects.order_by("code").values_list("code", "kind", "parent__code", "city_tier"))
    return RegionTree(
        parents={code: parent for code, _kind, parent, _tier in rows},
        tiers={code: tier for code, _kind, _parent, tier in rows},
        provinces=frozenset(code for code, kind, _parent, _tier in rows if kind == RegionKind.PROVINCE),
    )
