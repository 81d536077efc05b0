"""In how many cities a dealer actively sells."""

from __future__ import annotations

from datetime import date

from dealers.choices import RegionKind
from dealers.models import Region
from pricing.models import SaleLine


def active_cities(*, dealer_id: int, first: date, end: date) -> int:
    """Cities with a sale inside the dealer's territory from ``first`` up to ``end`` (exclusive)."""
    sold_in = SaleLine.objects.filter(
        dealer_id=dealer_id, sold_on__gte=first, sold_on__lt=end, quantity__gt=0, territory__isnull=False
    )
    return Region.objects.filter(kind=RegionKind.CITY, pk__in=sold_in.values("region")).count()
