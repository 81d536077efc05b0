"""The exact lines a violation consists of, each with the band edge it missed and by how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from dealers.foundation.half_months import HalfMonth
from pricing.choices import Flag, Verdict, ViolationKind
from pricing.models import PriceBand, PromoItem, SaleLine, Violation
from pricing.rules.nearest_promo import NearPromo, nearest_promo
from pricing.rules.verdict import PromoPrice
from pricing.rules.violations import shortfall_of
from pricing.selectors.standing_facts import StandingFacts, instant_number, micros, standing_facts

_MICRO = Decimal("0.000001")
_PRICED = {ViolationKind.BELOW_FLOOR: Verdict.BELOW_FLOOR, ViolationKind.ABOVE_CEILING: Verdict.ABOVE_CEILING}
_FLAGGED = {
    ViolationKind.OUT_OF_TERRITORY: Flag.OUT_OF_TERRITORY,
    ViolationKind.B2B_WITHOUT_ADDENDUM: Flag.B2B_WITHOUT_ADDENDUM,
}


@dataclass(frozen=True, slots=True)
class BreachLine:
    """A line with what it is held against. ``edge`` and ``shortfall`` are for price kinds only."""

    line: SaleLine
    band: PriceBand | None
    edge: Decimal | None
    shortfall: Decimal
    #: The promotion that came nearest to allowing the price, with what it lacked; below-floor lines only.
    promo: PromoItem | None = None
    promo_gaps: tuple[str, ...] = ()


def breach_lines(dealer_id: int, kind: str, period: HalfMonth) -> QuerySet[SaleLine]:
    """The lines of a dealer's half-month held against it as this kind, the newest day first."""
    lines = SaleLine.objects.filter(
        dealer_id=dealer_id, sold_on__gte=period.start, sold_on__lt=period.end, quantity__gt=0
    )
    kind = ViolationKind(kind)
    if kind in _PRICED:
        forgiven = F("flags").bitand(int(Flag.NOT_ENFORCED))
        lines = lines.filter(verdict=_PRICED[kind]).annotate(forgiven=forgiven).filter(forgiven=0)
    else:
        lines = lines.annotate(held=F("flags").bitand(int(_FLAGGED[kind]))).filter(held__gt=0)
    return lines.order_by("-dealer_id", "-sold_on", "-doc_no", "-line_no")


def lines_of(violation: Violation) -> QuerySet[SaleLine]:
    """The lines of a violation with their product and place."""
    found = breach_lines(violation.dealer_id, violation.kind, HalfMonth.from_ordinal(violation.period))
    return found.prefetch_related("product", "region__parent")


def explained(
    violation: Violation, lines: Iterable[SaleLine], *, for_dealer: bool, with_promos: bool = True
) -> Iterator[BreachLine]:
    """The lines with band, edge and shortfall; a dealer is shown no promotion made for others only."""
    rows = list(lines)
    bands = PriceBand.objects.select_related("legal_basis", "region").in_bulk({line.band_id for line in rows})
    near = _near_promos(rows, for_dealer) if with_promos and violation.kind == ViolationKind.BELOW_FLOOR else {}
    items = PromoItem.objects.select_related("request").in_bulk({found.id for found in near.values()}) if near else {}
    for line in rows:
        band = bands.get(line.band_id) if line.band_id else None
        found = near.get((line.doc_no, line.line_no))
        yield BreachLine(
            line=line,
            band=band,
            edge=_edge(violation.kind, band),
            shortfall=_shortfall(violation.kind, line, band),
            promo=items.get(found.id) if found else None,
            promo_gaps=found.gaps if found else (),
        )


def evidence_of(violation: Violation, lines: Iterable[BreachLine]) -> list[dict[str, Any]]:
    """The lines as they are kept with a case: what was sold, when, where, at which price, and what was missed."""
    return [
        {
            "doc_no": found.line.doc_no,
            "line_no": found.line.line_no,
            "revision": found.line.revision,
            "known_from": found.line.known_from,
            "sold_at": found.line.sold_at,
            "sku": found.line.product.sku,
            "region": found.line.region.code,
            "quantity": found.line.quantity,
            "unit_price": found.line.unit_price,
            "verdict": Verdict(found.line.verdict).code,
            "flags": Flag.codes(found.line.flags),
            "edge": found.edge,
            "band": _band_name(found.band),
            "legal_basis": found.band.legal_basis.reference if found.band and found.band.legal_basis else None,
            "legal_basis_until": found.band.legal_basis.valid_until if found.band and found.band.legal_basis else None,
            "shortfall": found.shortfall,
        }
        for found in lines
    ]


def _edge(kind: str, band: PriceBand | None) -> Decimal | None:
    if band is None:
        return None
    return {ViolationKind.BELOW_FLOOR: band.floor, ViolationKind.ABOVE_CEILING: band.ceiling}.get(ViolationKind(kind))


def _shortfall(kind: str, line: SaleLine, band: PriceBand | None) -> Decimal:
    if band is None:
        return Decimal(0)
    short = shortfall_of(kind, micros(line.unit_price), line.quantity, micros(band.floor), micros(band.ceiling))
    return short * _MICRO


def _near_promos(lines: Iterable[SaleLine], for_dealer: bool) -> dict[tuple[str, int], NearPromo]:
    facts = standing_facts()
    found = {}
    for line in lines:
        near = _near_promo(facts, line, for_dealer)
        if near is not None:
            found[line.doc_no, line.line_no] = near
    return found


def _near_promo(facts: StandingFacts, line: SaleLine, for_dealer: bool) -> NearPromo | None:
    promos: Iterable[PromoPrice] = facts.index.promos.of(line.product_id)
    if for_dealer:
        promos = [promo for promo in promos if not promo.dealers or line.dealer_id in promo.dealers]
    day: date = line.sold_on
    province_id = facts.index.places[line.region_id].province_id
    sold_at, price = instant_number(line.sold_at), micros(line.unit_price)
    return nearest_promo(promos, line.dealer_id, line.region_id, province_id, day, sold_at, price)


def _band_name(band: PriceBand | None) -> str | None:
    if band is None:
        return None
    place = band.region.code if band.region else str(band.city_tier or "")
    return f"{band.scope}{':' if place else ''}{place}@{band.valid.lower}"
