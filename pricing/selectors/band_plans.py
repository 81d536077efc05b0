"""What setting or ending a band would do, before anything is written: the very rule by which the import places rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dealers.foundation.effective import DateSpan, Outcome, Placement, place_new_span
from dealers.foundation.findings import Finding
from dealers.models import Product, Region
from pricing.choices import BandScope, Enforcement
from pricing.models import LegalBasis, PriceBand
from pricing.rules.index import NATIONAL, tier_place
from pricing.rules.verdict import Band
from pricing.selectors.band_effect import NOT_YET, BandEffect, effect_on_lines, placed_facts
from pricing.selectors.band_series import SeriesKey, as_standing, fingerprint, standing_series
from pricing.selectors.standing_facts import micros


@dataclass(frozen=True, slots=True)
class BandDraft:
    """A band as somebody wants it. ``valid_to`` is the first day no longer covered; None is open."""

    product: Product
    scope: BandScope
    region: Region | None
    city_tier: int | None
    floor: Decimal
    ceiling: Decimal
    enforcement: Enforcement
    legal_basis: LegalBasis | None
    valid_from: date
    valid_to: date | None

    @property
    def key(self) -> SeriesKey:
        region_id = None if self.region is None else self.region.pk
        return SeriesKey(self.product.pk, self.scope.value, region_id, self.city_tier)

    @property
    def content(self) -> tuple[Any, ...]:
        basis_id = None if self.legal_basis is None else self.legal_basis.pk
        return self.floor, self.ceiling, self.enforcement.value, basis_id

    def record(self) -> dict[str, str]:
        """The same as a row of the import."""
        basis = self.legal_basis
        code = "" if self.city_tier is None else str(self.city_tier)
        return {
            "sku": self.product.sku,
            "scope": self.scope.value,
            "scope_code": code if self.region is None else self.region.code,
            "floor": format(self.floor, "f"),
            "ceiling": format(self.ceiling, "f"),
            "enforcement": self.enforcement.value,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": "" if self.valid_to is None else self.valid_to.isoformat(),
            "legal_basis": "" if basis is None else basis.reference,
            "legal_basis_until": "" if basis is None or basis.valid_until is None else basis.valid_until.isoformat(),
        }

    def as_rule(self, span: DateSpan) -> tuple[int, Band]:
        """The band in force for ``span``, as the rule of the verdict sees it."""
        basis = self.legal_basis
        place = NATIONAL if self.region is None else self.region.pk
        return tier_place(self.city_tier) if self.city_tier is not None else place, Band(
            NOT_YET,
            micros(self.floor),
            micros(self.ceiling),
            self.enforcement is Enforcement.ENFORCED,
            basis is not None,
            None if basis is None else basis.valid_until,
            span.lower,
            span.upper,
        )


@dataclass(frozen=True, slots=True)
class BandPlan:
    """What would happen; ``seen`` is what the confirmation must bring back.

    ``closed`` ends on ``close_on``; ``corrected`` is replaced from its own first day; from ``gap_from`` on nothing
    of this series is in force any more. ``refusal`` says why nothing can happen.
    """

    seen: str
    first_day: date
    effect: BandEffect
    span: DateSpan | None = None
    closed: PriceBand | None = None
    close_on: date | None = None
    corrected: PriceBand | None = None
    gap_from: date | None = None
    unchanged: bool = False
    refusal: Finding | None = None

    @property
    def possible(self) -> bool:
        return self.refusal is None and not self.unchanged


def plan_to_set(draft: BandDraft, *, today: date) -> BandPlan:
    """What setting a band would do to those that stand and to the lines reported."""
    standing = standing_series(draft.key)
    span = DateSpan(draft.valid_from, draft.valid_to)
    placement = place_new_span(as_standing(standing), span, draft.content)
    seen = fingerprint(standing)
    if placement.outcome is not Outcome.INSERT:
        unchanged = placement.outcome is Outcome.DUPLICATE
        return BandPlan(seen, draft.valid_from, BandEffect(), span, unchanged=unchanged, refusal=placement.refusal)
    by_id = {band.pk: band for band in standing}
    after = [*_left_standing(standing, placement, draft.product.pk), draft.as_rule(placement.span)]
    effect = effect_on_lines(product_id=draft.product.pk, bands=after, first=draft.valid_from, today=today)
    return BandPlan(
        seen,
        draft.valid_from,
        effect,
        placement.span,
        closed=None if placement.close is None else by_id[placement.close],
        close_on=placement.close_on,
        corrected=None if placement.supersede is None else by_id[placement.supersede],
        gap_from=placement.gap_from,
    )


def plan_to_end(band: PriceBand, *, on: date, today: date) -> BandPlan:
    """What ending a band would do; ended on its own first day it never comes into force."""
    standing = standing_series(SeriesKey.of(band))
    withdrawn = on == band.valid.lower
    placement: Placement[int] = Placement(
        Outcome.INSERT,
        DateSpan(on),
        close=None if withdrawn else band.pk,
        close_on=on,
        supersede=band.pk if withdrawn else None,
    )
    after = _left_standing(standing, placement, band.product_id)
    effect = effect_on_lines(product_id=band.product_id, bands=after, first=on, today=today)
    return BandPlan(
        fingerprint(standing),
        on,
        effect,
        closed=None if withdrawn else band,
        close_on=on,
        corrected=band if withdrawn else None,
        gap_from=on,
    )


def _left_standing(standing: list[PriceBand], placement: Placement[int], product_id: int) -> list[tuple[int, Band]]:
    """Every band of the product as it would stand, the new one not yet among them."""
    changed = {placement.close, placement.supersede}
    others = PriceBand.objects.filter(product=product_id, superseded_at__isnull=True).select_related("legal_basis")
    left = placed_facts(band for band in others if band.pk not in changed)
    for place, band in placed_facts(band for band in standing if band.pk == placement.close):
        ended = Band(
            band.id,
            band.floor,
            band.ceiling,
            band.enforced,
            band.has_basis,
            band.basis_until,
            band.valid_from,
            placement.close_on,
        )
        left.append((place, ended))
    return left
