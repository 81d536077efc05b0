"""Reading a row of the dealers table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dealers.choices import Industry, Tier
from dealers.foundation.effective import DateSpan
from dealers.foundation.uscc import check_uscc, compact_uscc
from dealers.services.imports.cells import Cells, RowRefused, refuse
from dealers.services.imports.lookups import Alliances, Regions
from dealers.services.imports.sources import Layout

LAYOUT = Layout(
    (
        "code",
        "name",
        "uscc",
        "industry",
        "annual_revenue",
        "territory",
        "activated_on",
        "contract_no",
        "contract_amount",
        "contract_start",
        "contract_end",
    ),
    ("alliance", "tier", "b2b_from", "b2b_to"),
)


@dataclass(frozen=True, slots=True)
class DealerRow:
    """What a row says. An empty optional cell says nothing and is None: what stands is left alone."""

    code: str
    name: str
    uscc: str
    industry: str
    annual_revenue: Decimal
    territory: tuple[int, ...]
    activated_on: date
    contract_no: str
    contract_amount: Decimal
    contract_span: DateSpan
    alliance_id: int | None
    tier: str | None
    b2b: DateSpan | None


def read_dealer(cells: Cells, regions: Regions, alliances: Alliances) -> DealerRow:
    """Raises ``RowRefused`` naming the first cell that cannot be taken."""
    code = cells.code("code", 32)
    name = cells.text("name", 200)
    uscc = compact_uscc(cells.given("uscc"))
    for finding in check_uscc(uscc):
        raise RowRefused(finding)
    alliance = cells.given("alliance")
    return DealerRow(
        code=code,
        name=name,
        uscc=uscc,
        industry=cells.choice("industry", Industry).value,
        annual_revenue=cells.decimal("annual_revenue", places=2),
        territory=_territory(cells, regions),
        activated_on=cells.day("activated_on"),
        contract_no=cells.text("contract_no", 64),
        contract_amount=cells.decimal("contract_amount", places=2),
        contract_span=DateSpan(*cells.span("contract_start", "contract_end")),
        alliance_id=alliances.of("alliance", alliance) if alliance else None,
        tier=cells.choice("tier", Tier).value if cells.given("tier") else None,
        b2b=_b2b(cells),
    )


def _territory(cells: Cells, regions: Regions) -> tuple[int, ...]:
    codes = cells.codes("territory")
    if not codes:
        raise refuse("territory", "", "missing_value")
    return tuple(regions.of("territory", code).id for code in codes)


def _b2b(cells: Cells) -> DateSpan | None:
    if cells.given("b2b_from"):
        return DateSpan(*cells.span("b2b_from", "b2b_to"))
    if until := cells.given("b2b_to"):
        raise refuse("b2b_to", until, "b2b_to_without_from")
    return None
