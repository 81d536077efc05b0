"""The market support quotas of a quarter: of one dealer, and of everybody in sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dealers.foundation.periods import Quarter
from dealers.models import Dealer, DealerTier
from dealers.selectors.policies import first_day, policies_between
from dealers.selectors.visibility import visible_dealers
from rebates.models import SupportQuota
from rebates.rules.support_quota import Entitled, Pots, QuotaTerms, TierRange, entitled_in, granted
from rebates.terms import rebates_terms


def quota_terms(quarter: Quarter) -> list[QuotaTerms]:
    """What the policies of a quarter grant, the earliest first."""
    return [
        QuotaTerms(
            policy.pk,
            first_day(policy),
            policy.valid.upper,
            dict(rebates_terms(policy).market_support.quota_per_quarter.items()),
        )
        for policy in policies_between(quarter.start, quarter.end)
    ]


def tier_ranges(dealer_ids: Iterable[int] | None, quarter: Quarter) -> Mapping[int, list[TierRange]]:
    """By dealer, the tiers held on any day of a quarter; None is every dealer."""
    rows = DealerTier.objects.filter(valid__overlap=(quarter.start, quarter.end)).order_by("valid")
    if dealer_ids is not None:
        rows = rows.filter(dealer__in=list(dealer_ids))
    found: dict[int, list[TierRange]] = {}
    for dealer_id, valid, tier in rows.values_list("dealer_id", "valid", "tier"):
        found.setdefault(dealer_id, []).append(TierRange(valid.lower or quarter.start, valid.upper, tier))
    return found


def entitled_quota(dealer_id: int, quarter: Quarter) -> Entitled | None:
    """A dealer's quota by today's facts; None while no tier or no policy covers the quarter."""
    return entitled_in(quarter, tier_ranges([dealer_id], quarter).get(dealer_id, []), quota_terms(quarter))


@dataclass(frozen=True, slots=True)
class QuotaOf:
    """A quota as pages show it, also before anything was asked for."""

    dealer: Dealer
    tier: str
    pots: Pots
    #: Whether the quarter is over: what is free then has lapsed.
    lapsed: bool = False


@dataclass(slots=True)
class QuotaSum:
    """Quotas of a tier or a region together."""

    key: str
    dealers: int = 0
    pots: Pots = field(default_factory=Pots)

    def add(self, pots: Pots) -> None:
        now = self.pots
        self.dealers += 1
        self.pots = Pots(
            now.granted + pots.granted,
            now.planned + pots.planned,
            now.reserved + pots.reserved,
            now.committed + pots.committed,
            now.spent + pots.spent,
        )


def pots_of(quota: SupportQuota) -> Pots:
    return Pots(quota.granted, quota.planned, quota.reserved, quota.committed, quota.spent)


def own_quota(dealer: Dealer, quarter: Quarter, *, over: bool) -> QuotaOf | None:
    """A dealer's quota of a quarter; None when there is none."""
    entitled = entitled_quota(dealer.pk, quarter)
    kept = SupportQuota.objects.filter(dealer=dealer, quarter=str(quarter)).first()
    return _quota_of(dealer, entitled, kept, over)


@dataclass(frozen=True, slots=True)
class Quotas:
    """Everybody in sight, the fullest first, and the sums by tier and by region (code of the home province)."""

    rows: list[QuotaOf]
    whole: QuotaSum
    by_tier: list[QuotaSum]
    by_region: list[QuotaSum]


def quotas_in_sight(user: Any, quarter: Quarter, *, over: bool, tier: str = "", region: str = "") -> Quotas:
    """The quotas of a quarter. Four queries, however many dealers there are."""
    terms, tiers = quota_terms(quarter), tier_ranges(None, quarter)
    kept = {row.dealer_id: row for row in SupportQuota.objects.filter(quarter=str(quarter))}
    whole = QuotaSum("")
    sums: dict[str, dict[str, QuotaSum]] = {"tier": {}, "region": {}}
    rows = []
    for dealer in visible_dealers(user).select_related("home_region__parent").order_by("code"):
        entitled = entitled_in(quarter, tiers.get(dealer.pk, []), terms)
        quota = _quota_of(dealer, entitled, kept.get(dealer.pk), over)
        place = province_of(dealer)
        if quota is None or (tier and quota.tier != tier) or (region and place != region):
            continue
        rows.append(quota)
        whole.add(quota.pots)
        for name, key in (("tier", quota.tier), ("region", place)):
            sums[name].setdefault(key, QuotaSum(key)).add(quota.pots)
    rows.sort(key=lambda row: (-row.pots.used, row.dealer.code))
    by_tier, by_region = (sorted(sums[name].values(), key=lambda one: one.key) for name in ("tier", "region"))
    return Quotas(rows, whole, by_tier, by_region)


def province_of(dealer: Dealer) -> str:
    """The code of the province a dealer is at home in, empty when none is on record."""
    home = dealer.home_region
    return "" if home is None else (home.parent or home).code


def _quota_of(dealer: Dealer, entitled: Entitled | None, kept: SupportQuota | None, over: bool) -> QuotaOf | None:
    """What is kept, brought up to what the tier gives now; a quarter that is over stays as it was kept."""
    if kept is None:
        return None if entitled is None else QuotaOf(dealer, entitled.tier, Pots(entitled.amount), over)
    pots = pots_of(kept)
    if over or entitled is None:
        return QuotaOf(dealer, kept.tier, pots, over)
    amount = granted(entitled.amount, pots.used)
    return QuotaOf(dealer, entitled.tier, Pots(amount, pots.planned, pots.reserved, pots.committed, pots.spent), over)
