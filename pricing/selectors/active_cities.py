"""In how many cities dealers actively sell."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Count

from dealers.choices import RegionKind
from dealers.models import Region
from pricing.models import SaleLine


def active_cities_by_dealer(*, first: date, end: date, dealer_ids: Collection[int] | None = None) -> dict[int, int]:
    """Cities with a sale inside the dealer's territory from ``first`` up to ``end`` (exclusive); one query.

    Dealers without any are left out.
    """
    sold_in = SaleLine.objects.filter(
        sold_on__gte=first,
        sold_on__lt=end,
        quantity__gt=0,
        territory__isnull=False,
        region__in=Region.objects.filter(kind=RegionKind.CITY).values("pk"),
    )
    if dealer_ids is not None:
        sold_in = sold_in.filter(dealer_id__in=dealer_ids)
    counted = sold_in.order_by().values_list("dealer_id").annotate(Count("region", distinct=True))
    return dict(counted)
