"""Which dealers cover a place: those a customer from there is given to."""

from __future__ import annotations

from datetime import date

from dealers.choices import DealerState
from dealers.models import Region, Territory


def dealers_covering(region: Region | None, *, on: date) -> dict[int, bool]:
    """Keys of the active dealers that may sell in the region on a day, each with whether it alone may.

    A province covers its cities. Sandboxes cover nothing.
    """
    if region is None:
        return {}
    places = [region.pk, *([region.parent_id] if region.parent_id else [])]
    granted = Territory.objects.filter(region__in=places, valid__contains=on, dealer__state=DealerState.ACTIVE)
    found: dict[int, bool] = {}
    for dealer_id, alone in granted.filter(dealer__gt=0).values_list("dealer_id", "exclusive"):
        found[dealer_id] = found.get(dealer_id, False) or alone
    return found
