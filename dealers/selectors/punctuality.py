"""How punctual dealers report: the days of the reporting calendar counted, for one dealer or for all of them.

Three queries for every thousand dealers, however many reports they sent; the deadlines are those of the calendar.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from dealers.choices import DealerState, Feed
from dealers.foundation import clock
from dealers.foundation.clock import start_of_day
from dealers.models import Dealer, FeedDay, SyncExemption
from dealers.rules.punctuality import Punctuality, sales_punctuality, stock_punctuality
from dealers.selectors.counts_made import CountMade, counts_made
from dealers.selectors.outages import outages_between
from dealers.selectors.report_duties import Duties, exempted_spans, with_report

_AT_ONCE = 1_000
#: How far before the days asked for exemptions and outages may begin that still move a deadline within them.
_REACH = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Punctual:
    """Due days and those in time, by feed."""

    sales: Punctuality
    stock: Punctuality

    @property
    def both(self) -> Punctuality:
        return self.sales + self.stock


def punctuality(
    *, first: date, end: date, at: datetime, dealer_ids: Collection[int] | None = None
) -> dict[int, Punctual]:
    """The due days from ``first`` up to, not including, ``end`` as known at ``at``; every active dealer unless told."""
    duties = Duties(first, end)
    start, stop = start_of_day(first), start_of_day(end)
    outages = outages_between(start - _REACH, stop + _REACH, now=clock.now())
    dealers = Dealer.objects.filter(state=DealerState.ACTIVE, activated_on__lt=end)
    if dealer_ids is not None:
        dealers = dealers.filter(pk__in=dealer_ids)
    exempted: dict[int, list[SyncExemption]] = {}
    overlapping = Q(valid__overlap=(first - _REACH, end + timedelta(days=2)))
    for exemption in SyncExemption.objects.filter(overlapping, revoked_at__isnull=True).order_by("pk"):
        exempted.setdefault(exemption.dealer_id, []).append(exemption)
    known = list(dealers.only("pk", "activated_on", "state").order_by("pk"))
    return {
        dealer.pk: Punctual(
            sales_punctuality(
                [
                    with_report(facts, reported.get(clock.business_day(facts.start)))
                    for facts in duties.facts(dealer, Feed.SALES, pauses)
                ],
                exemptions=exempted_spans(pauses, Feed.SALES),
                outages=outages,
                at=at,
            ),
            stock_punctuality(
                duties.facts(dealer, Feed.INVENTORY, pauses),
                first_due=duties.first_due(dealer),
                counts=[made.count for made in counts],
                exemptions=exempted_spans(pauses, Feed.INVENTORY),
                outages=outages,
                at=at,
            ),
        )
        for dealer, reported, counts in _with_reports(known, first, end)
        for pauses in [exempted.get(dealer.pk, [])]
    }


def _with_reports(
    dealers: Sequence[Dealer], first: date, end: date
) -> Iterator[tuple[Dealer, dict[date, FeedDay], list[CountMade]]]:
    start, stop = start_of_day(first), start_of_day(end)
    for some in (dealers[at : at + _AT_ONCE] for at in range(0, len(dealers), _AT_ONCE)):
        ids = [dealer.pk for dealer in some]
        days: dict[int, dict[date, FeedDay]] = {}
        reported = FeedDay.objects.filter(dealer_id__in=ids, feed=Feed.SALES, day__gte=first, day__lt=end)
        for row in reported.only("dealer_id", "day", "coverage", "first_received_at"):
            days.setdefault(row.dealer_id, {})[row.day] = row
        counts = counts_made(ids, start=start - timedelta(days=1), end=stop + timedelta(days=1))
        for dealer in some:
            yield dealer, days.get(dealer.pk, {}), counts.get(dealer.pk, [])
