"""For which days a dealer has to report, by the policy in force on each, its onboarding and its exemptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from dealers.choices import Coverage, DealerState, Feed
from dealers.foundation.clock import start_of_day
from dealers.models import Dealer, FeedDay, SyncExemption
from dealers.rules.sync_calendar import DayFacts, Obligation, Span
from dealers.selectors.policies import policies_between
from dealers.selectors.sync import SweepTerms, first_policy_day, sweep_terms_of

_NO_TIME = timedelta(0)


class Duties:
    """The terms of the policy in force on each of some days; two queries, whoever is asked about afterwards."""

    def __init__(self, first: date, end: date) -> None:
        self.first, self.end = first, end
        self._days = [first + timedelta(days=n) for n in range((end - first).days)]
        self._bounds = [start_of_day(first + timedelta(days=n)) for n in range((end - first).days + 1)]
        first_policy = first_policy_day()
        versions = [
            (version.valid, sweep_terms_of(version, first_policy_day=first_policy))
            for version in policies_between(first, end)
        ]
        self._terms = [next((terms for valid, terms in versions if day in valid), None) for day in self._days]

    def terms(self) -> Sequence[SweepTerms | None]:
        """Per day the terms; None while no policy is in force."""
        return self._terms

    def bounds(self) -> Iterator[tuple[datetime, datetime]]:
        """Start and end of each day."""
        return pairwise(self._bounds)

    def facts(self, dealer: Dealer, feed: Feed, exemptions: Sequence[SyncExemption]) -> list[DayFacts]:
        """Every day with the dealer's obligation for ``feed``, before any report is known."""
        active = dealer.state == DealerState.ACTIVE
        found = []
        for n, (day, terms) in enumerate(zip(self._days, self._terms, strict=True)):
            if terms is None:
                facts = DayFacts(self._bounds[n], self._bounds[n + 1], Obligation.NONE, _NO_TIME, _NO_TIME)
            else:
                obligation = Obligation.DUE
                if not active or feed not in terms.feeds or day < dealer.activated_on:
                    obligation = Obligation.NONE
                elif day < dealer.activated_on + timedelta(days=terms.onboarding_days):
                    obligation = Obligation.ONBOARDING
                elif exempting(exemptions, feed, day) is not None:
                    obligation = Obligation.EXEMPT
                facts = DayFacts(self._bounds[n], self._bounds[n + 1], obligation, terms.interval, terms.grace)
            found.append(facts)
        return found

    def first_due(self, dealer: Dealer) -> datetime:
        """The start of the first day the dealer has to report for, by the terms of the latest policy in sight."""
        known = next((terms for terms in reversed(self._terms) if terms is not None), None)
        if known is None:
            return self._bounds[0]
        begins = dealer.activated_on + timedelta(days=known.onboarding_days)
        return start_of_day(max(begins, known.first_policy_day or begins))


def with_report(facts: DayFacts, reported: FeedDay | None) -> DayFacts:
    """The day with what was reported or declared for it."""
    if reported is None:
        return facts
    declared = reported.coverage == Coverage.DECLARED_ZERO
    return replace(facts, received_at=reported.first_received_at, declared=declared)


def exempting(exemptions: Iterable[SyncExemption], feed: Feed, day: date) -> SyncExemption | None:
    """The exemption that covers a feed on a day."""
    return next((one for one in exemptions if one.feed in ("", feed) and day in one.valid), None)


def exempted_spans(exemptions: Iterable[SyncExemption], feed: Feed) -> list[Span]:
    """The time in which exemptions stop the clock of a feed."""
    return [
        (start_of_day(one.valid.lower), start_of_day(one.valid.upper) if one.valid.upper else None)
        for one in exemptions
        if one.feed in ("", feed) and one.valid.lower is not None
    ]
