"""Which products were ever sold: their category is fixed, since sales are summed by it as they arrive."""

from __future__ import annotations

from collections.abc import Set

from pricing.models import SaleLine


def sold(products: Set[int]) -> set[int]:
    """Which of these products any sale line names. Reads the whole table; asked only when a category would change."""
    return set(SaleLine.objects.filter(product__in=products).order_by().values_list("product_id", flat=True).distinct())
