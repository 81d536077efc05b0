"""How the verdict on a sale line came about, with every band, promotion and right considered as its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dealers.models import B2BAddendum, Territory
from pricing.choices import Channel
from pricing.models import PriceBand, PromoItem, SaleLine
from pricing.rules.explanation import Considered, explain
from pricing.selectors.standing_facts import instant_number, micros, standing_facts


@dataclass(frozen=True, slots=True)
class Weighed:
    """One candidate with its row."""

    found: Considered
    row: Any

    @property
    def decided(self) -> bool:
        return self.found.outcome == "decided"


@dataclass(frozen=True, slots=True)
class LineProof:
    """The candidates by kind. ``stands`` is False when the facts changed and the line will be judged again."""

    bands: tuple[Weighed, ...]
    promos: tuple[Weighed, ...]
    territories: tuple[Weighed, ...]
    addenda: tuple[Weighed, ...]
    stands: bool


def line_proof(line: SaleLine, *, for_dealer: bool) -> LineProof:
    """Judge ``line`` by the facts as they stand now and say what was considered.

    A dealer is shown no promotion made for others only.
    """
    explanation = explain(
        standing_facts().index,
        line.dealer_id,
        line.product_id,
        line.region_id,
        line.sold_on,
        instant_number(line.sold_at),
        instant_number(line.reported_at),
        line.quantity,
        micros(line.unit_price),
        line.channel == Channel.B2B,
    )
    considered = [
        found
        for found in explanation.considered
        if not (for_dealer and found.kind == "promo" and "other_dealers" in found.reasons)
    ]
    rows = _rows(considered)
    judged = explanation.judgement
    stored = (line.verdict, line.flags, line.band_id, line.promo_item_id, line.territory_id)
    return LineProof(
        bands=_of_kind(considered, rows, "band"),
        promos=_of_kind(considered, rows, "promo"),
        territories=_of_kind(considered, rows, "territory"),
        addenda=_of_kind(considered, rows, "addendum"),
        stands=stored == tuple(judged),
    )


def _of_kind(considered: list[Considered], rows: Mapping[tuple[str, int], Any], kind: str) -> tuple[Weighed, ...]:
    return tuple(
        Weighed(found, rows[kind, found.id]) for found in considered if found.kind == kind and (kind, found.id) in rows
    )


def _rows(considered: list[Considered]) -> dict[tuple[str, int], Any]:
    """The rows of all candidates, one query per kind."""
    sources: dict[str, Any] = {
        "band": PriceBand.objects.select_related("region", "legal_basis"),
        "promo": PromoItem.objects.select_related("request"),
        "territory": Territory.objects.select_related("region"),
        "addendum": B2BAddendum.objects.all(),
    }
    found: dict[tuple[str, int], Any] = {}
    for kind, source in sources.items():
        keys = {candidate.id for candidate in considered if candidate.kind == kind}
        found |= {(kind, pk): row for pk, row in source.in_bulk(keys).items()} if keys else {}
    return found
