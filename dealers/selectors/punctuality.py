"""How punctual dealers report: the days of the reporting calendar counted, for one dealer or for all of them.

One query counts the reports of everybody, one more finds the stock counts of every thousand dealers; the deadlines are
those of the calendar.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from dealers.choices import DealerState, Feed
from dealers.foundation import clock
from dealers.foundation.clock import start_of_day
from dealers.models import Dealer, FeedDay, SyncExemption
from dealers.rules.punctuality import Punctuality, sales_punctuality, stock_punctuality
from dealers.rules.sync_calendar import Count, DayFacts, Span
from dealers.selectors.counts_made import counts_alone
from dealers.selectors.outages import outages_between
from dealers.selectors.report_duties import Duties, exempted_spans, with_report
from dealers.selectors.reported_days import ReportedDays

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
    sales = _sales(known, duties, exempted, outages, at)
    stock = _Stock(duties, outages, at)
    return {
        dealer.pk: Punctual(sales[dealer.pk], stock.of(dealer, counts, exempted.get(dealer.pk, [])))
        for dealer, counts in _with_counts(known, start, stop)
    }


def _sales(
    dealers: Sequence[Dealer],
    duties: Duties,
    exempted: Mapping[int, Sequence[SyncExemption]],
    outages: Sequence[Span],
    at: datetime,
) -> dict[int, Punctuality]:
    """By the database for all, day by day for the few whose clock an exemption stops."""
    plain = [dealer for dealer in dealers if dealer.pk not in exempted]
    reported = ReportedDays(duties, [dealer.pk for dealer in plain], outages=outages, at=at)
    found = {dealer.pk: reported.of(dealer.pk, dealer.activated_on) for dealer in plain}
    others = [dealer for dealer in dealers if dealer.pk in exempted]
    came: dict[int, dict[date, FeedDay]] = {}
    rows = FeedDay.objects.filter(dealer__in=others, feed=Feed.SALES, day__gte=duties.first, day__lt=duties.end)
    for row in rows.only("dealer_id", "day", "coverage", "first_received_at"):
        came.setdefault(row.dealer_id, {})[row.day] = row
    for dealer in others:
        pauses = exempted[dealer.pk]
        found[dealer.pk] = sales_punctuality(
            [
                with_report(facts, came.get(dealer.pk, {}).get(clock.business_day(facts.start)))
                for facts in duties.facts(dealer, Feed.SALES, pauses)
            ],
            exemptions=exempted_spans(pauses, Feed.SALES),
            outages=outages,
            at=at,
        )
    return found


class _Stock:
    """Reads the days of stock; dealers that became active on one day and have no exemptions share their duties."""

    def __init__(self, duties: Duties, outages: Sequence[Span], at: datetime) -> None:
        self._duties, self._outages, self._at = duties, outages, at
        self._shared: dict[date, list[DayFacts]] = {}

    def of(self, dealer: Dealer, counts: Sequence[Count], pauses: Sequence[SyncExemption]) -> Punctuality:
        return stock_punctuality(
            self._facts(dealer, pauses),
            first_due=self._duties.first_due(dealer),
            counts=counts,
            exemptions=exempted_spans(pauses, Feed.INVENTORY),
            outages=self._outages,
            at=self._at,
        )

    def _facts(self, dealer: Dealer, pauses: Sequence[SyncExemption]) -> list[DayFacts]:
        if pauses:
            return self._duties.facts(dealer, Feed.INVENTORY, pauses)
        if dealer.activated_on not in self._shared:
            self._shared[dealer.activated_on] = self._duties.facts(dealer, Feed.INVENTORY, ())
        return self._shared[dealer.activated_on]


def _with_counts(
    dealers: Sequence[Dealer], start: datetime, stop: datetime
) -> Iterator[tuple[Dealer, Sequence[Count]]]:
    for some in (dealers[at : at + _AT_ONCE] for at in range(0, len(dealers), _AT_ONCE)):
        ids = [dealer.pk for dealer in some]
        counts = counts_alone(ids, start=start - timedelta(days=1), end=stop + timedelta(days=1))
        for dealer in some:
            yield dealer, counts.get(dealer.pk, ())
