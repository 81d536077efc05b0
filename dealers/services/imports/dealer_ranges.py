"""A dealer's tier, territory, contract and B2B addendum: what a row changes about those that stand.

`RangeChanges` plans on objects in memory and writes for many dealers at once. These tables keep no superseded
rows: what began on the very same day with other content is corrected in place, with before and after in the audit
trail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model

from dealers.foundation.effective import DateSpan, Outcome, Placement, StandingRow, place_new_span
from dealers.foundation.findings import Finding
from dealers.foundation.refusals import msgid as _
from dealers.models import B2BAddendum, Contract, Dealer, DealerTier, Territory
from dealers.services.imports.dealer_rows import DealerRow
from dealers.services.imports.taking import Taking


class Standing:
    """The ranges a dealer has."""

    def __init__(self) -> None:
        self.tiers: list[DealerTier] = []
        self.territories: list[Territory] = []
        self.contracts: list[Contract] = []
        self.addenda: list[B2BAddendum] = []

    def begins_on(self, day: date) -> bool:
        """Whether a tier or a grant of territory begins on that day."""
        begun: list[Any] = [*self.tiers, *self.territories]
        return any(_span(row).lower == day for row in begun)


class RangeChanges:
    """What is to be inserted and moved, gathered over many dealers."""

    def __init__(self, taking: Taking) -> None:
        self._taking = taking
        self._new: dict[type[Model], list[Any]] = {}
        self._moved: dict[type[Model], dict[int, Any]] = {}

    def refusal(self, standing: Standing, row: DealerRow) -> Finding | None:
        """Why the contract or the addendum cannot be placed; asked before anything is changed."""
        contract = _place(standing.contracts, row.contract_span, (row.contract_no, row.contract_amount))
        if contract.refusal is not None:
            return contract.refusal.at(field="contract_end")
        addendum = _place(standing.addenda, row.b2b, ()) if row.b2b is not None else None
        if addendum is not None and addendum.refusal is not None:
            return addendum.refusal.at(field="b2b_to")
        return None

    def apply(self, dealer: Dealer, standing: Standing, row: DealerRow, day: date, line: int) -> bool:
        """Plan what the row changes from ``day`` on; whether it changes anything."""
        changes = [
            self._tier(dealer, standing, row, day, line),
            self._territory(dealer, standing, row, day, line),
            self._contract(dealer, standing, row),
            self._addendum(dealer, standing, row),
        ]
        return any(changes)

    def _tier(self, dealer: Dealer, standing: Standing, row: DealerRow, day: date, line: int) -> bool:
        if row.tier is None:
            return False
        start = day if standing.tiers else row.activated_on
        in_force = next((tier.tier for tier in standing.tiers if start in tier.valid), None)
        if in_force != row.tier and any(
            tier.tier == row.tier and tier.valid.lower == row.activated_on for tier in standing.tiers
        ):
            message = _("dealer %(code)s had tier %(given)s from %(day)s and has %(now)s since; a later day changes it")
            self._taking.remark(
                "tier_changed_since",
                message,
                line=line,
                column="tier",
                code=dealer.code,
                given=row.tier,
                day=row.activated_on.isoformat(),
                now=in_force or "–",
            )
            return False
        placed = self._put(dealer, standing.tiers, DealerTier, DateSpan(start), {"tier": row.tier}, "dealer_tier")
        return placed

    def _territory(self, dealer: Dealer, standing: Standing, row: DealerRow, day: date, line: int) -> bool:
        wanted = dict.fromkeys(row.territory)
        start = day if standing.territories else row.activated_on
        in_force = {grant.region_id: grant for grant in standing.territories if start in grant.valid}
        if in_force.keys() == wanted.keys():
            return False
        recorded = {grant.region_id for grant in standing.territories if grant.valid.lower == row.activated_on}
        if standing.territories and recorded == wanted.keys():
            message = _("dealer %(code)s had this territory from %(day)s and has another since; a later day changes it")
            self._taking.remark(
                "territory_changed_since",
                message,
                line=line,
                column="territory",
                code=dealer.code,
                day=row.activated_on.isoformat(),
            )
            return False
        for region_id in wanted:
            if region_id not in in_force:
                self._grant(dealer, standing, region_id, start)
        for region_id, grant in in_force.items():
            if region_id not in wanted:
                # A grant is never empty: one that begins today still holds today.
                self._close(dealer, grant, max(start, _span(grant).lower + timedelta(days=1)), "territory.close")
        self._touch(dealer, start)
        return True

    def _grant(self, dealer: Dealer, standing: Standing, region_id: int, start: date) -> None:
        same = [_span(grant).lower for grant in standing.territories if grant.region_id == region_id]
        later = min((lower for lower in same if lower > start), default=None)
        grant = Territory(dealer=dealer, region_id=region_id, valid=DateRange(start, later))
        standing.territories.append(grant)
        self._new.setdefault(Territory, []).append(grant)
        if dealer.pk:
            after = {"region": region_id, "valid": str(DateSpan(start, later))}
            self._taking.audit("territory.grant", _subject(dealer), before=None, after=after, dealer_id=dealer.pk)

    def _contract(self, dealer: Dealer, standing: Standing, row: DealerRow) -> bool:
        content = {"number": row.contract_no, "amount": row.contract_amount}
        return self._put(dealer, standing.contracts, Contract, row.contract_span, content, "contract")

    def _addendum(self, dealer: Dealer, standing: Standing, row: DealerRow) -> bool:
        if row.b2b is None:
            return False
        if changed := self._put(dealer, standing.addenda, B2BAddendum, row.b2b, {}, "b2b_addendum"):
            self._touch(dealer, row.b2b.lower)
        return changed

    def _put(
        self, dealer: Dealer, rows: list[Any], model: type[Any], span: DateSpan, content: dict[str, Any], action: str
    ) -> bool:
        placement = _place(rows, span, tuple(content.values()))
        if placement.outcome is Outcome.DUPLICATE:
            return False
        if placement.supersede is not None:
            self._correct(dealer, placement.supersede, placement.span, content, f"{action}.correct")
            return True
        if placement.close is not None and placement.close_on is not None:
            self._close(dealer, placement.close, placement.close_on, f"{action}.close")
        new = model(dealer=dealer, valid=_range(placement.span), **content)
        rows.append(new)
        self._new.setdefault(model, []).append(new)
        if dealer.pk:
            after = {**content, "valid": str(placement.span)}
            self._taking.audit(f"{action}.start", _subject(dealer), before=None, after=after, dealer_id=dealer.pk)
        return True

    def _close(self, dealer: Dealer, row: Any, on: date, action: str) -> None:
        self._move(dealer, row, DateSpan(row.valid.lower, on), {}, action)

    def _correct(self, dealer: Dealer, row: Any, span: DateSpan, content: dict[str, Any], action: str) -> None:
        self._move(dealer, row, span, content, action)

    def _move(self, dealer: Dealer, row: Any, span: DateSpan, content: dict[str, Any], action: str) -> None:
        before = {name: getattr(row, name) for name in content} | {"valid": str(_span(row))}
        after = {**content, "valid": str(span)}
        row.valid = _range(span)
        for name, value in content.items():
            setattr(row, name, value)
        if row.pk:
            self._moved.setdefault(type(row), {})[row.pk] = row
            self._taking.audit(action, _subject(row), before=before, after=after, dealer_id=dealer.pk)

    def _touch(self, dealer: Dealer, day: date) -> None:
        if dealer.pk:
            self._taking.touched.dealers.add(dealer.pk)
            self._taking.touched.from_day(day)

    def save(self) -> None:
        """Write everything: ends first, which makes room for the new rows."""
        for model, moved in self._moved.items():
            fields = {DealerTier: ["tier"], Contract: ["number", "amount"]}.get(model, [])
            model._default_manager.bulk_update(list(moved.values()), ["valid", *fields], batch_size=1_000)
        for model, new in self._new.items():
            model._default_manager.bulk_create(new, batch_size=2_000)


def _place(rows: Sequence[Any], span: DateSpan, content: tuple[Any, ...]) -> Placement[Any]:
    standing = [StandingRow(row, _span(row), _content(row)) for row in rows]
    return place_new_span(standing, span, content)


def _content(row: Any) -> tuple[Any, ...]:
    match row:
        case DealerTier():
            return (row.tier,)
        case Contract():
            return (row.number, row.amount)
        case _:
            return ()


def _span(row: Any) -> DateSpan:
    return DateSpan(row.valid.lower, row.valid.upper)


def _range(span: DateSpan) -> DateRange:
    return DateRange(span.lower, span.upper)


def _subject(row: Any) -> tuple[str, str]:
    return (row._meta.label_lower, str(row.pk))
