"""All bands of one product for one scope: what stands, what stood, and who changed it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from dealers.foundation.digest import sha256_hex
from dealers.foundation.effective import DateSpan, StandingRow
from dealers.models import AuditRecord
from pricing.models import PriceBand

#: What a change of an effective range may change, in the order of the import's columns.
CONTENT = ("floor", "ceiling", "enforcement", "legal_basis_id")


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """What makes bands one series: at most one of them is in force on a day."""

    product_id: int
    scope: str
    region_id: int | None
    city_tier: int | None

    @classmethod
    def of(cls, band: PriceBand) -> SeriesKey:
        return cls(band.product_id, band.scope, band.region_id, band.city_tier)

    def rows(self) -> QuerySet[PriceBand]:
        """Every band of the series, corrected ones too, by day and age."""
        found = PriceBand.objects.filter(product=self.product_id, scope=self.scope, city_tier=self.city_tier)
        found = found.filter(region=self.region_id) if self.region_id else found.filter(region__isnull=True)
        return found.select_related("product", "region", "legal_basis").order_by("valid", "recorded_at")


def standing_series(key: SeriesKey) -> list[PriceBand]:
    """The bands of a series that stand, by day."""
    return list(key.rows().filter(superseded_at__isnull=True))


def as_standing(bands: Iterable[PriceBand]) -> list[StandingRow[int]]:
    """Bands as the rule of effective ranges sees them."""
    return [StandingRow(band.pk, span_of(band), content_of(band)) for band in bands]


def span_of(band: PriceBand) -> DateSpan:
    return DateSpan(band.valid.lower or date.min, band.valid.upper)


def content_of(band: PriceBand) -> tuple[Any, ...]:
    return tuple(getattr(band, name) for name in CONTENT)


def fingerprint(bands: Iterable[PriceBand]) -> str:
    """What a series says now; a change made meanwhile by somebody else gives another one."""
    said = [[band.pk, str(band.valid.lower), str(band.valid.upper)] for band in bands]
    return sha256_hex(said)[:16]


def authors_of(bands: Iterable[PriceBand]) -> dict[int, AuditRecord]:
    """By band, the newest record of who set or ended it in the portal, and why. One query."""
    subjects = [str(band.pk) for band in bands]
    records = AuditRecord.objects.filter(
        subject_type=PriceBand._meta.label_lower, subject_id__in=subjects, action__in=["band.set", "band.end"]
    ).order_by("id")
    return {int(record.subject_id): record for record in records}
