"""Who holds which region, and whose exclusive right stands in the way of whom; for headquarters only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from dealers.foundation.effective import DateSpan
from dealers.models import Application, Dealer, Region, Territory
from dealers.rules.territory import Grant, Place, conflicts


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
    """What stands in the way of granting these regions, each exclusively or not, over these days. Two queries."""
    asked = list(wanted)
    ids = {region.pk for region, _exclusive in asked} | {region.parent_id for region, _exclusive in asked}
    meeting = Territory.objects.filter(Q(region__in=ids - {None}) | Q(region__parent__in=ids - {None}))
    meeting = meeting.filter(valid__overlap=(span.lower, span.upper), dealer__state__in=("active", "suspended"))
    if dealer is not None:
        meeting = meeting.exclude(dealer=dealer)
    rows = {row.pk: row for row in meeting.select_related("dealer", "region__parent").order_by("pk")}
    standing = [
        Grant(row.dealer_id, place_of(row.region), span_of(row), row.exclusive, row.pk) for row in rows.values()
    ]
    own = dealer.pk if dealer is not None else None
    return [
        Conflict(region, rows[grant.key])
        for region, exclusive in asked
        for grant in conflicts(Grant(own, place_of(region), span, exclusive), standing)
    ]


def conflicts_of_application(application: Application, span: DateSpan) -> list[Conflict]:
    """What stands in the way of the territory an applicant asks for."""
    asked = application.regions.select_related("region__parent").order_by("region__code")
    return conflicts_of([(row.region, row.exclusive) for row in asked], span, dealer=application.dealer)
