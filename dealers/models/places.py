"""Where goods are sold."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dealers.choices import CityTier, RegionKind


class Region(models.Model):
    """A province, or a city within one. A city has a tier; ``remote`` regions may earn a subsidy."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=16, choices=RegionKind)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="cities", verbose_name=_("province")
    )
    city_tier = models.SmallIntegerField(_("city tier"), choices=CityTier, null=True, blank=True)
    remote = models.BooleanField(_("remote"), default=False)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="a_province_has_no_parent_and_no_city_tier",
                condition=Q(kind=RegionKind.CITY) | Q(parent__isnull=True, city_tier__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en
