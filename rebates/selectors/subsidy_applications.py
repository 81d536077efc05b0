"""Applications for the remote-area subsidy in a person's sight, and how a dealer stands in the present quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from dealers.foundation.clock import business_day
from dealers.foundation.periods import Quarter
from dealers.models import Dealer
from dealers.selectors.policies import policy_in_force
from dealers.selectors.purchases import TallyQuestion, remote_purchases_by_half_month
from dealers.selectors.remote_regions import remote_regions_of
from dealers.selectors.visibility import visible_dealers
from rebates.choices import RightAct
from rebates.models import RemoteSubsidyApplication, RemoteSubsidyRight
from rebates.rules.quantities import micros
from rebates.rules.remote_subsidy import Bought, Subsidy, Terms, subsidy
from rebates.selectors.remote_subsidies import has_right
from rebates.terms import rebates_terms

_MICRO, _CENT = Decimal("0.000001"), Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Standing:
    """The present quarter of a dealer as of now, by the policy in force today; amounts in yuan."""

    quarter: str
    agreed: bool
    minimum: Decimal
    rate: Decimal
    purchases: Decimal
    remote: Decimal
    missing: Decimal
    earned: Decimal
    regions: Sequence[dict[str, Any]]


def visible_applications(user: Any) -> QuerySet[RemoteSubsidyApplication]:
    """The applications of the dealers in sight with ``ends_on``, the quarter's first day from which one has ended."""
    ended = RemoteSubsidyRight.objects.filter(application=OuterRef("pk"), act=RightAct.ENDED).order_by("starts_on")
    found = RemoteSubsidyApplication.objects.filter(dealer__in=visible_dealers(user))
    return found.select_related("dealer", "requested_by", "decided_by").annotate(
        is_ended=Exists(ended), ends_on=Subquery(ended.values("starts_on")[:1])
    )


def standing(dealer: Dealer, *, at: datetime) -> Standing | None:
    """How far the dealer is in the present quarter; None without a policy in force."""
    quarter = Quarter.containing(at)
    policy = policy_in_force(business_day(at))
    if policy is None:
        return None
    said = rebates_terms(policy).remote_subsidy
    recorded = RemoteSubsidyRight.objects.filter(dealer=dealer).order_by("starts_on", "pk")
    agreed = has_right(recorded.values_list("starts_on", "act", "known_from"), quarter)
    asked = TallyQuestion(quarter.first_period.ordinal, quarter.last_period.ordinal, at, dealers=[dealer.pk])
    bought = [Bought(row.period, row.amount, row.remote, row.lines) for row in remote_purchases_by_half_month(asked)]
    found: Subsidy = subsidy(Terms(micros(said.min_quarterly_purchases), micros(said.rate)), bought, approved=agreed)
    return Standing(
        quarter=str(quarter),
        agreed=agreed,
        minimum=said.min_quarterly_purchases,
        rate=said.rate,
        purchases=found.purchases * _MICRO,
        remote=found.remote * _MICRO,
        missing=found.missing * _MICRO,
        earned=found.entitlement * _CENT,
        regions=remote_regions_of(dealer, on=business_day(at)),
    )
