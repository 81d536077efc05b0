"""In how many cities a dealer actively sells."""

from __future__ import annotations

from datetime import date

from django.db.models import Count

from dealers.choices import RegionKind
from dealers.models import Region
from pricing.models import SaleLine


def active_cities(*, dealer_id: int, first: date, end: date) -> int:
    """Cities with a sale inside the dealer's territory from ``first`` up to ``end`` (exclusive)."""
    sold_in = SaleLine.objects.filter(
        dealer_id=dealer_id, sold_on__gte=first, sold_on__lt=end, quantity__gt=0, territory__isnull=False
    )
    return Region.objects.filter(kind=RegionKind.CITY, pk__in=sold_in.values("region")).count()


def active_cities_by_dealer(*, first: date, end: date) -> dict[int, int]:
    """The same for every dealer that has any, in one query."""
    sold_in = SaleLine.objects.filter(
        sold_on__gte=first,
        sold_on__lt=end,
        quantity__gt=0,
        territory__isnull=False,
        region__in=Region.objects.filter(kind=RegionKind.CITY).values("pk"),
    )
    counted = sold_in.order_by().values_list("dealer_id").annotate(Count("region", distinct=True))
    return dict(counted)
