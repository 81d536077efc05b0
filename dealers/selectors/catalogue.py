"""The catalogue with the list price of a day, and provinces with their cities."""

from __future__ import annotations

from datetime import date

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from dealers.models import ListPrice, Product, Region


def products_on(day: date) -> QuerySet[Product]:
    """Every product by SKU, with ``price_now`` (list price that day) and ``price_next_on`` (next change after it)."""
    prices = ListPrice.objects.filter(product=OuterRef("pk"), superseded_at__isnull=True)
    in_force = prices.filter(valid__contains=day).values("price")[:1]
    later = prices.filter(valid__startswith__gt=day).order_by("valid").values("valid__startswith")[:1]
    return Product.objects.annotate(price_now=Subquery(in_force), price_next_on=Subquery(later)).order_by("sku")


def categories() -> list[str]:
    """The categories in use, by name."""
    return list(Product.objects.order_by("category").values_list("category", flat=True).distinct())


def provinces_with_cities(cities: QuerySet[Region], *, all_provinces: bool = True) -> QuerySet[Region]:
    """Provinces by code with these cities as ``shown_cities``; unless all, only provinces with any of them."""
    provinces = Region.objects.filter(kind="province").order_by("code")
    if not all_provinces:
        provinces = provinces.filter(pk__in=cities.order_by().values("parent"))
    return provinces.prefetch_related(Prefetch("cities", cities.order_by("code"), to_attr="shown_cities"))
