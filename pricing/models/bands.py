"""Price bands and the legal basis an enforced floor needs."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import CityTier
from dealers.models.guards import no_overlap
from pricing.choices import BandScope, Enforcement


class LegalBasis(models.Model):
    """Why a floor may be enforced (Anti-Monopoly Law, article 18), and until when; the end is exclusive."""

    reference = models.CharField(_("reference"), max_length=64)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("legal basis")
        verbose_name_plural = _("legal bases")
        constraints = [
            models.UniqueConstraint(
                name="a_legal_basis_is_recorded_once", fields=["reference", "valid_until"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.reference


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
        LegalBasis, on_delete=models.PROTECT, null=True, blank=True, related_name="bands", verbose_name=_("legal basis")
    )
    valid = DateRangeField(_("valid"))
    recorded_at = models.DateTimeField(_("recorded at"))
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)
    #: ``national``, ``city_tier:2`` or ``region:17``; the scope as one value for the exclusion constraint.
    scope_key = models.GeneratedField(
        expression=models.Case(
            models.When(scope=BandScope.REGION, then=models.functions.Concat(models.Value("region:"), models.functions.Cast("region_id", models.TextField()))),
            models.When(scope=BandScope.CITY_TIER, then=models.functions.Concat(models.Value("city_tier:"), models.functions.Cast("city_tier", models.TextField()))),
            default=models.Value("national"),
        ),
        output_field=models.CharField(max_length=40),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("price band")
        verbose_name_plural = _("price bands")
        constraints = [
            no_overlap(
                "one_band_per_product_and_scope",
                "product",
                "scope_key",
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
