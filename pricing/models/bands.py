"""Price bands: floor and ceiling of a product for a place over a range of days."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from dealers.choices import CityTier
from pricing.choices import BandScope, Enforcement


class PriceBand(models.Model):
    """Floor and ceiling of one product for one scope over a range of days. Both ends are allowed prices."""

    product = models.ForeignKey("dealers.Product", on_delete=models.PROTECT, related_name="bands")
    scope = models.CharField(_("scope"), max_length=16, choices=BandScope)
    region = models.ForeignKey("dealers.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="bands")
    city_tier = models.SmallIntegerField(_("city tier"), choices=CityTier, null=True, blank=True)
    floor = models.DecimalField(_("floor"), max_digits=18, decimal_places=6)
    ceiling = models.DecimalField(_("ceiling"), max_digits=18, decimal_places=6)
    enforcement = models.CharField(_("enforcement"), max_length=16, choices=Enforcement)
    legal_basis = models.ForeignKey(
        "pricing.LegalBasis",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bands",
        verbose_name=_("legal basis"),
    )
    valid = DateRangeField(_("valid"))
    recorded_at = models.DateTimeField(_("recorded at"))
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)

    class Meta:
        verbose_name = _("price band")
        verbose_name_plural = _("price bands")
        constraints = [
            ExclusionConstraint(
                name="one_band_per_product_and_scope",
                expressions=[
                    ("product", RangeOperators.EQUAL),
                    ("scope", RangeOperators.EQUAL),
                    (Coalesce("region", Value(0, output_field=models.BigIntegerField())), RangeOperators.EQUAL),
                    (Coalesce("city_tier", Value(0, output_field=models.SmallIntegerField())), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="a_band_runs_from_floor_to_ceiling", condition=Q(floor__gte=0, ceiling__gte=F("floor"))
            ),
            models.CheckConstraint(
                name="a_band_names_the_place_of_its_scope",
                condition=Q(scope=BandScope.NATIONAL, region__isnull=True, city_tier__isnull=True)
                | Q(scope=BandScope.CITY_TIER, region__isnull=True, city_tier__isnull=False)
                | Q(scope=BandScope.REGION, region__isnull=False, city_tier__isnull=True),
            ),
        ]
