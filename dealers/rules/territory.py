"""Whether a region can be granted to a dealer while others hold it (rulebook section 2, territory).

A province covers its cities. Two grants meet when one's region is the other's or covers it and their days overlap; they
are in conflict when either of the two is exclusive. A dealer's own grants never are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dealers.foundation.effective import DateSpan


@dataclass(frozen=True, slots=True)
class Place:
    """A region and the province it lies in; None for a province itself."""

    region: int
    province: int | None = None

    def meets(self, other: Place) -> bool:
        """Whether one is the other or covers it."""
        return self.region in (other.region, other.province) or self.province == other.region


@dataclass(frozen=True, slots=True)
class Grant:
    """Whose right to sell where, from when to when. ``dealer`` is None for somebody who is no dealer yet."""

    dealer: int | None
    place: Place
    span: DateSpan
    exclusive: bool
    #: The row it comes from, for those who show it.
    key: int = 0


def conflicts(wanted: Grant, standing: Iterable[Grant]) -> tuple[Grant, ...]:
    """The standing grants of others that cannot stand beside the wanted one, in the order given."""
    return tuple(
        grant
        for grant in standing
        if (wanted.dealer is None or grant.dealer != wanted.dealer)
        and (wanted.exclusive or grant.exclusive)
        and wanted.place.meets(grant.place)
        and wanted.span.overlaps(grant.span)
    )
