"""Goods and their list prices."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dealers.choices import Industry
from dealers.models.guards import no_overlap


class Product(models.Model):
    """One stock-keeping unit. ``category`` is what rebate programs choose by."""

    sku = models.CharField("SKU", max_length=64, unique=True)
    gtin = models.CharField("GTIN", max_length=14, blank=True, db_index=True)
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200)
    category = models.CharField(_("category"), max_length=64, db_index=True)
    industry = models.CharField(_("industry"), max_length=20, choices=Industry)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["sku"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en


class ListPrice(models.Model):
    """HQ's price to dealers over a range of days; up to 6 places.

    What stood at an instant are the rows recorded by then and not superseded by then: a range that is cut short later
    is superseded by a shorter row.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="list_prices")
    price = models.DecimalField(_("list price"), max_digits=18, decimal_places=6)
    valid = DateRangeField(_("valid"))
    recorded_at = models.DateTimeField(_("recorded at"))
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)

    class Meta:
        verbose_name = _("list price")
        verbose_name_plural = _("list prices")
        constraints = [
            no_overlap("one_list_price_at_a_time", "product", condition=models.Q(superseded_at__isnull=True)),
            models.CheckConstraint(name="a_list_price_is_positive", condition=models.Q(price__gt=0)),
        ]
