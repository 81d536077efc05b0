"""Dealers taken over from existing contracts, with their territory, contract, tier and B2B addendum.

On the first import tier and territory are in force from ``activated_on``. A later row with another tier or territory
changes them from the day it gives when that differs from the recorded one, else from today: the past is not
rewritten by a row that repeats the old day. A row that says what is recorded for its own day is a duplicate, even
when something else is in force by now; a remark says so. Name, revenue, industry, credit code and alliance have no
range: they are changed with before and after in the audit trail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Sum

from dealers.choices import Feed
from dealers.foundation.clock import now
from dealers.foundation.refusals import msgid as _
from dealers.foundation.tabular import Row
from dealers.foundation.uscc import is_sole_proprietor
from dealers.models import B2BAddendum, Contract, Dealer, DealerTier, SyncClock, Territory
from dealers.rules.admission import Applicant, check_admission
from dealers.selectors.policies import policy_in_force
from dealers.services.imports.attributes import change, changed_attributes
from dealers.services.imports.cells import Cells, RowRefused, problem
from dealers.services.imports.dealer_ranges import RangeChanges, Standing
from dealers.services.imports.dealer_rows import LAYOUT, DealerRow, read_dealer
from dealers.services.imports.importing import Importer, broken, refused
from dealers.services.imports.lookups import Alliances, Regions
from dealers.services.imports.sources import RowSource
from dealers.services.imports.taking import Taking
from dealers.services.supply_answers import sweep_supply_answers
from dealers.terms import dealers_terms

_FIELDS = ("name", "uscc", "industry", "annual_revenue", "activated_on", "alliance", "home_region")
_ROWS_AT_ONCE = 1_000
_Read = tuple[Row, DealerRow]


def take_dealers(taking: Taking, source: RowSource) -> None:
    regions, alliances = Regions.load(), Alliances.load()
    policy = policy_in_force(taking.today)
    thresholds = dealers_terms(policy).admission.min_annual_revenue if policy is not None else None
    if thresholds is None:
        taking.remark("admission_not_checked", _("no policy is in force yet: admission thresholds were not compared"))
    for rows in _portions(taking, _read(taking, source, regions, alliances)):
        taken = _take(taking, rows)
        if thresholds is not None:
            _remark_on_admission(taking, taken, thresholds)
    sweep_supply_answers(at=now())


def _read(taking: Taking, source: RowSource, regions: Regions, alliances: Alliances) -> Iterator[_Read]:
    for row in source:
        if broken(taking, row):
            continue
        try:
            yield row, read_dealer(Cells(row.values), regions, alliances)
        except RowRefused as refusal:
            refused(taking, row, refusal)


def _portions(taking: Taking, rows: Iterable[_Read]) -> Iterator[list[_Read]]:
    """Some hundred rows at a time, no dealer or credit code twice in one: later rows meet what earlier ones left."""
    portion: list[_Read] = []
    seen: dict[str, DealerRow] = {}
    for row, wanted in rows:
        if seen.get(wanted.code) == wanted:
            taking.duplicates += 1
            continue
        if len(portion) >= _ROWS_AT_ONCE or wanted.code in seen or wanted.uscc in seen:
            yield portion
            portion, seen = [], {}
        portion.append((row, wanted))
        seen[wanted.code] = seen[wanted.uscc] = wanted
    if portion:
        yield portion


def _take(taking: Taking, rows: list[_Read]) -> list[tuple[int, Dealer]]:
    """Take one portion; returns the new and changed dealers with their lines."""
    codes = [wanted.code for _row, wanted in rows]
    known = {dealer.code: dealer for dealer in Dealer.objects.select_for_update().filter(code__in=codes)}
    uscc_owner = dict(
        Dealer.objects.filter(uscc__in=[wanted.uscc for _row, wanted in rows]).values_list("uscc", "code")
    )
    standing = _standing(known.values())
    changes = RangeChanges(taking)
    new: list[Dealer] = []
    changed: list[Dealer] = []
    taken: list[tuple[int, Dealer]] = []
    for row, wanted in rows:
        owner = uscc_owner.get(wanted.uscc, wanted.code)
        if owner != wanted.code:
            refused(taking, row, problem("uscc", wanted.uscc, "uscc_taken", dealer=owner))
            continue
        dealer = known.get(wanted.code)
        if dealer is None:
            dealer = Dealer(
                code=wanted.code, created_at=taking.at, **_attributes(wanted), activated_on=wanted.activated_on
            )
            changes.apply(dealer, Standing(), wanted, wanted.activated_on, row.line_no)
            new.append(dealer)
            taken.append((row.line_no, dealer))
            taking.accepted += 1
            continue
        ranges = standing[dealer.pk]
        if finding := changes.refusal(ranges, wanted):
            refused(taking, row, finding)
            continue
        attributes = changed_attributes(dealer, _attributes(wanted))
        day = _day_of_change(dealer, wanted, taking.today)
        moved = changes.apply(dealer, ranges, wanted, day, row.line_no)
        if wanted.activated_on != dealer.activated_on and not (
            wanted.activated_on > dealer.activated_on and ranges.begins_on(wanted.activated_on)
        ):
            attributes["activated_on"] = wanted.activated_on
        if attributes:
            change(taking, dealer, attributes, action="dealer.change", key=str(dealer.pk), dealer_id=dealer.pk)
            changed.append(dealer)
        if attributes or moved:
            taken.append((row.line_no, dealer))
            taking.revised += 1
        else:
            taking.duplicates += 1
    Dealer.objects.bulk_create(new, batch_size=1_000)
    if changed:
        Dealer.objects.bulk_update(changed, _FIELDS, batch_size=1_000)
    SyncClock.objects.bulk_create([SyncClock(dealer=dealer) for dealer in new], ignore_conflicts=True, batch_size=2_000)
    changes.save()
    return taken


def _attributes(wanted: DealerRow) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "name": wanted.name,
        "uscc": wanted.uscc,
        "industry": wanted.industry,
        "annual_revenue": wanted.annual_revenue,
        "home_region_id": wanted.territory[0],
    }
    if wanted.alliance_id is not None:
        attributes["alliance_id"] = wanted.alliance_id
    return attributes


def _day_of_change(dealer: Dealer, wanted: DealerRow, today: date) -> date:
    """From when a changed tier or territory is in force (see the module's own words)."""
    return wanted.activated_on if wanted.activated_on != dealer.activated_on else max(today, wanted.activated_on)


def _standing(dealers: Iterable[Dealer]) -> dict[int, Standing]:
    """The ranges of these dealers, in four queries."""
    standing = {dealer.pk: Standing() for dealer in dealers}
    for tier in DealerTier.objects.filter(dealer__in=standing):
        standing[tier.dealer_id].tiers.append(tier)
    for grant in Territory.objects.filter(dealer__in=standing):
        standing[grant.dealer_id].territories.append(grant)
    for contract in Contract.objects.filter(dealer__in=standing):
        standing[contract.dealer_id].contracts.append(contract)
    for addendum in B2BAddendum.objects.filter(dealer__in=standing):
        standing[addendum.dealer_id].addenda.append(addendum)
    return standing


def _remark_on_admission(taking: Taking, taken: list[tuple[int, Dealer]], thresholds: Any) -> None:
    """Existing contracts are taken over below the thresholds, too; it is only said."""
    alliances = {dealer.alliance_id for _line, dealer in taken if dealer.alliance_id is not None}
    members = Dealer.objects.filter(alliance__in=alliances).order_by()
    revenue = dict(members.values_list("alliance").annotate(together=Sum("annual_revenue")))
    for line, dealer in taken:
        applicant = Applicant(
            code=dealer.code,
            industry=dealer.industry,
            annual_revenue=dealer.annual_revenue,
            is_sole_proprietor=is_sole_proprietor(dealer.uscc),
            alliance_revenue=revenue.get(dealer.alliance_id) if dealer.alliance_id is not None else None,
        )
        for finding in check_admission(applicant, thresholds):
            taking.remark(finding.code, finding.message, line=line, column=finding.field, **finding.params)


DEALERS = Importer(Feed.DEALERS, LAYOUT, take_dealers)
