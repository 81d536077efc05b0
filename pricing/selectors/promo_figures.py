"""The figures of a promotion as its facts stand now, for judging it and for looking at it while it runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from dealers.foundation.clock import business_day
from dealers.models import PolicyVersion
from dealers.selectors.policies import required_policy
from pricing.models import PromoRequest, PromoSpend
from pricing.rules.promo_figures import PromoFigures, Spent, judge
from pricing.rules.promo_return import Marks
from pricing.rules.uplift import Stretch, baseline_before, elapsed
from pricing.selectors.promo_sales import promo_sales, reach_of
from pricing.terms import Evaluation, pricing_terms


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures of a promotion at an instant, and its sales day by day from the baseline on.

    ``days`` has an amount for every day up to the last one over, at most as many after the end as the baseline has.
    """

    figures: PromoFigures
    days: tuple[tuple[date, Decimal], ...]
    policy: PolicyVersion
    terms: Evaluation


def standing_of(request: PromoRequest, *, at: datetime, dealer_id: int | None = None) -> Standing:
    """The figures of ``request``; with ``dealer_id`` the part of that dealer alone, in sales and in spend.

    The policy in force on the promotion's last day says what it is compared with and judged by, whenever it is judged.
    Today is not over and does not count.
    """
    policy = required_policy(request.ends_on - timedelta(days=1))
    terms = pricing_terms(policy).promo.evaluation
    today = business_day(at)
    baseline = baseline_before(request.starts_on, terms.baseline_weeks)
    window = elapsed(Stretch(request.starts_on, request.ends_on), today)
    until = min(today, request.ends_on + timedelta(days=baseline.days))
    reach = reach_of(request)
    sales = promo_sales(reach if dealer_id is None else reach.of_dealer(dealer_id), baseline, window, until)
    marks = Marks(terms.retire_below, terms.expand_above)
    figures = judge(sales.before, sales.during, list(spent_on(request, dealer_id)), window, baseline, marks)
    return Standing(figures, tuple(_every_day(sales.days, baseline.first, until)), policy, terms)


def spent_on(request: PromoRequest, dealer_id: int | None = None) -> Iterable[Spent]:
    """The entries of spend of a promotion, or those in a dealer's sight."""
    entries = PromoSpend.objects.filter(request=request)
    if dealer_id is not None:
        entries = entries.filter(dealer=dealer_id)
    for amount, borne_by, channel, dealer in entries.values_list("amount", "borne_by", "channel", "dealer_id"):
        yield Spent(amount, borne_by, channel, dealer)


def _every_day(amounts: dict[date, Decimal], first: date, until: date) -> Iterable[tuple[date, Decimal]]:
    for offset in range((until - first).days):
        day = first + timedelta(days=offset)
        yield day, amounts.get(day, Decimal(0))
