"""Sales targets from a table: one row per dealer and quarter."""

from __future__ import annotations

from decimal import Decimal

from dealers.choices import Feed, Role
from dealers.foundation.findings import Finding
from dealers.foundation.periods import Quarter
from dealers.foundation.refusals import Refused
from dealers.foundation.tabular import Row
from dealers.models import User
from dealers.selectors.visibility import visible_dealers
from dealers.services.imports.cells import Cells, RowRefused, refuse
from dealers.services.imports.importing import Importer, broken, refused
from dealers.services.imports.lookups import Dealers
from dealers.services.imports.sources import Layout, RowSource
from dealers.services.imports.taking import Taking
from dealers.services.staging import in_portions
from rebates.models import ScorecardQuarter
from rebates.services.scorecards.targets import NewTarget, set_targets

LAYOUT = Layout(("dealer", "quarter", "amount"), ("reason",))
_ROWS_AT_ONCE = 2_000
_LONGEST_REASON = 500
_LEAST = Decimal("0.01")


def take_targets(taking: Taking, source: RowSource) -> None:
    """Set targets row by row; a row that says what stands is a duplicate, another amount a revision."""
    dealers = _dealers_of(taking)
    for rows in in_portions(source, _ROWS_AT_ONCE):
        published = set(ScorecardQuarter.objects.filter(published_at__isnull=False).values_list("quarter", flat=True))
        wanted: dict[tuple[int, Quarter], NewTarget] = {}
        for row in rows:
            if broken(taking, row):
                continue
            try:
                target = _read(row, dealers, published)
                if wanted.setdefault((target.dealer_id, target.quarter), target) is not target:
                    raise refuse("dealer", row.values.get("dealer", ""), "target_twice_in_file")
            except RowRefused as refusal:
                refused(taking, row, refusal)
        changed = set_targets(wanted.values(), actor=taking.actor, at=taking.at)
        taking.accepted += changed.first
        taking.revised += changed.revised
        taking.duplicates += len(wanted) - changed.first - changed.revised


def _dealers_of(taking: Taking) -> Dealers:
    """Every dealer, or those of a channel manager's regions; others are unknown to it."""
    if isinstance(taking.actor, User) and taking.actor.role == Role.CHANNEL_MANAGER:
        return Dealers(visible_dealers(taking.actor).values_list("code", "pk"))
    return Dealers.load()


def _read(row: Row, dealers: Dealers, published: set[str]) -> NewTarget:
    cells = Cells(row.values)
    dealer_id = dealers.read(cells)
    text = cells.text("quarter", 7)
    try:
        quarter = Quarter.parse(text)
    except Refused as refusal:
        raise RowRefused(Finding.from_refusal(refusal, field="quarter", value=text)) from None
    if text in published:
        raise refuse("quarter", text, "quarter_published")
    amount = cells.decimal("amount", places=2, least=_LEAST)
    return NewTarget(dealer_id, quarter, amount, cells.optional_text("reason", _LONGEST_REASON))


SALES_TARGETS = Importer(Feed.SALES_TARGETS, LAYOUT, take_targets)
