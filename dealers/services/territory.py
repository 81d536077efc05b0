"""Granting and ending a dealer's right to sell in a region."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from dealers.models import Region


def lock_regions(regions: Iterable[int]) -> None:
    """Keep everybody else from granting in these regions until the transaction ends.

    Their provinces are locked, in the order of their keys: a grant of a province and one of its cities may be in
    conflict, so that two who grant at once have to see each other.
    """
    wanted = list(regions)
    provinces = Region.objects.filter(Q(pk__in=wanted, parent=None) | Q(cities__in=wanted)).values("pk")
    list(Region.objects.select_for_update(no_key=True).filter(pk__in=provinces).order_by("pk"))
