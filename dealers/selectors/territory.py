"""Who holds which region, and whose exclusive right stands in the way of whom; for headquarters only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from dealers.choices import DealerState, RequestState, TerritoryAct
from dealers.foundation.effective import DateSpan
from dealers.models import Application, Dealer, Region, Territory, TerritoryChange
from dealers.permissions import can
from dealers.rules.territory import Grant, Place, conflicts
from dealers.selectors.visibility import visible_dealers


@dataclass(frozen=True, slots=True)
class Conflict:
    """A grant of another dealer that cannot stand beside the one that is wanted for ``region``."""

    region: Region
    standing: Territory

    @property
    def dealer(self) -> Dealer:
        return self.standing.dealer


def span_of(row: Territory) -> DateSpan:
    """The days of a grant, which always has a first one."""
    return DateSpan(row.valid.lower or date.min, row.valid.upper)


def place_of(region: Region) -> Place:
    """A region as the rule sees it."""
    return Place(region.pk, region.parent_id)


def conflicts_of(wanted: Iterable[tuple[Region, bool]], span: DateSpan, *, dealer: Dealer | None) -> list[Conflict]:
    """What stands in the way of granting these regions, each exclusively or not, over these days. One query."""
    asked = list(wanted)
    rows, standing = _granted_near(region for region, _exclusive in asked)
    own = dealer.pk if dealer is not None else None
    return [
        Conflict(region, rows[grant.key])
        for region, exclusive in asked
        for grant in conflicts(Grant(own, place_of(region), span, exclusive), standing)
    ]


def conflicts_of_changes(changes: Iterable[TerritoryChange]) -> dict[int, list[Conflict]]:
    """What stands in the way of each of these changes, by its key. One query for however many."""
    granting = [
        change for change in changes if TerritoryAct(change.act).grants or TerritoryAct(change.act).is_exclusive
    ]
    rows, standing = _granted_near(change.region for change in granting)
    found: dict[int, list[Conflict]] = {}
    for change in granting:
        wanted = Grant(
            change.dealer_id,
            place_of(change.region),
            DateSpan(change.effective_on),
            TerritoryAct(change.act).is_exclusive,
        )
        found[change.pk] = [Conflict(change.region, rows[grant.key]) for grant in conflicts(wanted, standing)]
    return found


def _granted_near(regions: Iterable[Region]) -> tuple[dict[int, Territory], list[Grant]]:
    """The grants of dealers that have not left which may meet these regions, by key and as the rule sees them."""
    places = list(regions)
    ids = {region.pk for region in places} | {region.parent_id for region in places if region.parent_id}
    meeting = Territory.objects.filter(Q(region__in=ids) | Q(region__parent__in=ids))
    meeting = meeting.exclude(dealer__state=DealerState.TERMINATED)
    rows = {row.pk: row for row in meeting.select_related("dealer", "region__parent").order_by("pk")}
    standing = [
        Grant(row.dealer_id, place_of(row.region), span_of(row), row.exclusive, row.pk) for row in rows.values()
    ]
    return rows, standing


def visible_changes(user: Any) -> QuerySet[TerritoryChange]:
    """Changes of the territory of dealers in sight, the latest first."""
    changes = TerritoryChange.objects.select_related("dealer", "region__parent", "requested_by", "decided_by").order_by(
        "-id"
    )
    if not can(user, "territory.view"):
        return changes.none()
    return changes.filter(dealer__in=visible_dealers(user))


def waiting_changes(user: Any) -> QuerySet[TerritoryChange]:
    """Changes this person can decide: those of others that wait."""
    waiting = visible_changes(user).filter(state=RequestState.OPEN)
    return waiting.exclude(requested_by=user) if can(user, "territory.decide") else waiting.none()


def conflicts_of_application(application: Application, span: DateSpan) -> list[Conflict]:
    """What stands in the way of the territory an applicant asks for."""
    asked = application.regions.select_related("region__parent").order_by("region__code")
    return conflicts_of([(row.region, row.exclusive) for row in asked], span, dealer=application.dealer)
