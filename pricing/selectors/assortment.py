"""A dealer's own assortment: what it counted, was sent or sold lately, the latest first."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Max

from dealers.foundation.clock import business_day
from dealers.models import Dealer, Product
from dealers.selectors.assortment import handled_lately
from pricing.models import SaleLine

SOLD_WITHIN = timedelta(days=30)


def own_assortment(dealer: Dealer, at: datetime) -> list[Product]:
    """The products a dealer deals in, the latest moved first; all of its industry when nothing has moved yet."""
    seen = handled_lately(dealer.pk, at)
    sold = SaleLine.objects.filter(dealer=dealer.pk, sold_on__gte=business_day(at) - SOLD_WITHIN)
    for product_id, day in sold.values_list("product_id").annotate(Max("sold_on")):
        seen[product_id] = max(day, seen.get(product_id, date.min))
    if not seen:
        return list(Product.objects.filter(industry=dealer.industry).order_by("sku"))
    products = Product.objects.in_bulk(seen)
    return sorted(products.values(), key=lambda product: (-seen[product.pk].toordinal(), product.sku))
