"""The promotions whose price would count for a product somewhere on a day, by the index that judges sales."""

from __future__ import annotations

from datetime import date

from dealers.models import Product, Region
from pricing.models import PromoItem
from pricing.rules.verdict import promo_gaps
from pricing.selectors.standing_facts import standing_facts


def applying_promos(*, product: Product, region: Region, on: date, dealer_id: int | None) -> list[PromoItem]:
    """Approved promo prices that cover product, place and day, the lowest first; those withdrawn are left out.

    With ``dealer_id`` only those that cover this dealer, else whichever dealer they are for. One query beside the
    index. A sale must also come after the approval.
    """
    named = set()
    for promo in standing_facts().index.promos.of(product.pk):
        gaps = set(promo_gaps(promo, dealer_id or 0, region.pk, region.parent_id, on))
        if dealer_id is None:
            gaps.discard("other_dealers")
        if not gaps and promo.withdrawn_at is None:
            named.add(promo.id)
    items = PromoItem.objects.select_related("request").filter(pk__in=named)
    return sorted(items, key=lambda item: (item.promo_price, item.request.code))
