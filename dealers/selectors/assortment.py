"""What a dealer deals in, by what it counted and was sent lately."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Max

from dealers.foundation.clock import business_day
from dealers.models import InventoryLine, Shipment

#: How far back a count or a shipment makes a product part of the assortment.
COUNTED_WITHIN, SHIPPED_WITHIN = timedelta(days=60), timedelta(days=180)


def handled_lately(dealer_id: int, at: datetime) -> dict[int, date]:
    """The products counted or shipped lately, each with its latest day; two queries by index."""
    counted = InventoryLine.objects.filter(dealer=dealer_id, as_of__gte=at - COUNTED_WITHIN)
    shipped = Shipment.objects.filter(dealer=dealer_id, shipped_on__gte=business_day(at) - SHIPPED_WITHIN)
    found = dict(shipped.values_list("product_id").annotate(Max("shipped_on")))
    for product_id, as_of in counted.values_list("product_id").annotate(Max("as_of")):
        found[product_id] = max(business_day(as_of), found.get(product_id, date.min))
    return found
