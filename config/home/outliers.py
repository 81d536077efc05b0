"""Dealers that stand out: in the draft of a settlement, by their sales against their own past, by signals of fraud.

Each is put in order by how far it stands out, and leads to what is behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _

from config.display.figures import percent_text
from config.home.tasks import list_url
from dealers.choices import Role
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer
from dealers.selectors.policies import policy_in_force
from dealers.selectors.visibility import visible_dealers
from pricing.permissions import can as pricing_can
from pricing.rules.departures import Departure, DepartureKind, DepartureLimits
from pricing.selectors.departures import dealers_that_depart
from settlement.choices import SignalState
from settlement.models import ReviewItem, SettlementRun
from settlement.permissions import can as settlement_can
from settlement.selectors.signals.findings import open_signals, visible_signals
from settlement.signal_words import sentence_of
from settlement.terms import ReviewTerms, settlement_terms
from settlement.web.outlier_words import finding_words

MOST_SHOWN = 5
#: Sales of half a year are added up for this; the answer is good enough for so many seconds.
_KEPT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Outlier:
    """A dealer that stands out: why, in a sentence with its numbers, and where that is to be seen."""

    dealer: Dealer
    why: str
    url: str
    tone: str = "warn"


@dataclass(frozen=True, slots=True)
class Group:
    """Outliers of one sort, the furthest first, with the list that has all of them; empty where there is none."""

    label: str
    rows: list[Outlier]
    url: str = ""
    count: int = 0


def outliers(user: Any, present: HalfMonth) -> list[Group] | None:
    """Who stands out in sight of ``user``; None for a role that sees nothing of it. At most seven queries."""
    groups = []
    if settlement_can(user, "statements.view_drafts"):
        groups.append(_in_settlement())
    if pricing_can(user, "sales.view"):
        groups.append(_by_sales(user, present))
    if settlement_can(user, "signals.view"):
        groups.append(_by_signals(user))
    return [group for group in groups if group.rows] if groups else None


def _in_settlement() -> Group:
    """The statements of the latest draft that stand out and that nobody has looked at yet, the weightiest first."""
    run = SettlementRun.objects.order_by("-ordinal").first()
    if run is None:
        return Group("", [])
    items = ReviewItem.objects.filter(run=run)
    shown = items.filter(looked_at=None).select_related("dealer").order_by("-weight", "pk")[:MOST_SHOWN]
    rows = [
        Outlier(
            item.dealer,
            finding_words(item.findings[0]) if item.findings else "",
            reverse("statement-detail", args=[run.period, item.dealer.code]),
        )
        for item in shown
    ]
    label = _("In the settlement of %(period)s") % {"period": run.period}
    return Group(label, rows, reverse("run-outliers", args=[run.period]), items.count())


def _by_sales(user: Any, present: HalfMonth) -> Group:
    half = present.previous()
    own = user.role == Role.CHANNEL_MANAGER
    key = f"home:departures:{half.ordinal}:{user.pk if own else 'all'}"
    found: list[tuple[int, Departure]] | None = cache.get(key)
    if found is None:
        dealers = list(visible_dealers(user).values_list("pk", flat=True)) if own else None
        found = dealers_that_depart(half, limits=_limits(half), dealers=dealers, most=MOST_SHOWN)
        cache.set(key, found, _KEPT_SECONDS)
    known = visible_dealers(user).in_bulk([dealer for dealer, _departure in found])
    rows = [_departed(known[dealer], departure, half) for dealer, departure in found if dealer in known]
    return Group(_("Sales of %(period)s against the dealer's own past") % {"period": half}, rows)


def _by_signals(user: Any) -> Group:
    """The signals of fraud nobody has looked at yet, those about the largest amounts first."""
    at = clock.now()
    waiting = visible_signals(user, at=at).filter(state=SignalState.OPEN).defer("latest__evidence")
    rows = [
        Outlier(one.dealer, sentence_of(one.latest.said), reverse("signal", args=[one.pk]), "bad")
        for one in waiting.order_by("-amount", "-pk")[:MOST_SHOWN]
    ]
    return Group(_("Fraud signals"), rows, reverse("signals"), open_signals(user, at=at) if rows else 0)


def _departed(dealer: Dealer, found: Departure, half: HalfMonth) -> Outlier:
    query = {"dealer": dealer.code, "period": str(half)}
    if found.kind == DepartureKind.BREACHES:
        why = _("%(now)s of the lines in breach, usually %(usual)s: %(score)s standard deviations.")
        numbers = {"now": percent_text(found.now), "usual": percent_text(found.usual), "score": found.score}
        return Outlier(dealer, why % numbers, list_url("sale-lines", **query, breach="1"), "bad")
    why = _("%(now)s a day, usually %(usual)s: %(score)s standard deviations.")
    numbers = {"now": _yuan(found.now), "usual": _yuan(found.usual), "score": _signed(found.score)}
    return Outlier(dealer, why % numbers, list_url("sale-lines", **query))


def _limits(half: HalfMonth) -> DepartureLimits:
    """What the policy says stands out in a review holds here too."""
    policy = policy_in_force(half.start)
    terms = settlement_terms(policy).review if policy else ReviewTerms()
    return DepartureLimits(terms.deviations, terms.least_change)


def _yuan(amount: Decimal) -> str:
    return f"{'−' if amount < 0 else ''}¥{abs(amount):,.0f}"


def _signed(score: Decimal) -> str:
    return f"+{score}" if score > 0 else f"−{abs(score)}"
