"""What the policy says about rebates, subsidies, market support, price protection, referrals and the scorecard."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field, model_validator

from dealers.foundation.faults import Fault, warning
from dealers.foundation.refusals import msgid as _
from dealers.foundation.term_values import (
    TIERS,
    Amount,
    ByTier,
    Days,
    Factor,
    Hours,
    PositiveAmount,
    Score,
    Share,
    refuse_unless_one,
    whole,
)
from dealers.foundation.terms import Complaint, Row, Section, StoredPolicy, Terms, refuse, rows
from rebates.program_terms import Bracket, Program, check_programs, program_remarks

__all__ = ["Bracket", "Program", "RebatesTerms", "parse", "rebates_terms"]


class RemoteSubsidyTerms(Terms):
    min_quarterly_purchases: Amount
    rate: Share


class MarketSupportTerms(Terms):
    """Optional: an unused reservation lapses after `reservation_days`, proof is due `proof_days` after the end."""

    quota_per_quarter: ByTier[Amount]
    reservation_days: Days = 15
    proof_days: Days = 30


class PriceProtectionTerms(Terms):
    """Which units on hand are credited when a list price falls."""

    window_days: Days
    snapshot_max_age_hours: Hours
    include_in_transit: bool


class PartnerReward(Terms):
    """`rate` of the deal up to `above`, `rate_above` of what exceeds it."""

    rate: Share
    above: Amount
    rate_above: Share


class VoucherRow(Terms):
    """From this deal amount on, this voucher."""

    start: Annotated[Amount, Field(alias="from")]
    voucher: PositiveAmount


def _check_vouchers(members: list[Row]) -> Iterator[Complaint]:
    """Every step begins above the one before."""
    for number, (low, high) in enumerate(pairwise(members), start=1):
        if low.start is not None and high.start is not None and high.start <= low.start:
            yield (number, "from"), refuse("not_ascending", _("must be above the step before it"))


class ReferralTerms(Terms):
    """Optional: without `customer_vouchers` there are none; contacts are erased `keep_contact_days` after the end."""

    duplicate_days: Days
    max_per_device_per_day: Annotated[int, whole(1, 1000)]
    follow_up_hours: Hours
    employee_rate: Share
    partner: PartnerReward
    sample_rate: Share
    customer_vouchers: Annotated[tuple[VoucherRow, ...], rows(VoucherRow, _check_vouchers)] = ()
    keep_contact_days: Days = 180


class ScorecardWeights(Terms):
    """How the parts of a tier's scorecard weigh; together exactly 1."""

    attainment: Share
    price: Share
    sync: Share
    response: Share
    satisfaction: Share
    growth: Share

    @model_validator(mode="after")
    def _sum_to_one(self) -> ScorecardWeights:
        refuse_unless_one(self.attainment + self.price + self.sync + self.response + self.satisfaction + self.growth)
        return self


class Scale(Terms):
    """Up to `zero` a part of the scorecard earns nothing, from `full` on all its points, between them in proportion."""

    zero: Factor
    full: Factor

    @model_validator(mode="after")
    def _ascends(self) -> Scale:
        if self.full <= self.zero:
            raise refuse("scale_not_ascending", _("must earn its points above %(zero)s"), zero=str(self.zero))
        return self


class ScorecardTargets(Terms):
    """What earns each part of a scorecard its points. Optional, part by part; satisfaction is a rating from 1 to 5.

    Growth is the quarter's sales as a share of those of the same quarter a year before.
    """

    attainment: Scale = Scale(zero=Decimal("0"), full=Decimal("1"))
    price: Scale = Scale(zero=Decimal("0.80"), full=Decimal("1"))
    sync: Scale = Scale(zero=Decimal("0.80"), full=Decimal("1"))
    response: Scale = Scale(zero=Decimal("0.50"), full=Decimal("1"))
    satisfaction: Scale = Scale(zero=Decimal("1"), full=Decimal("5"))
    growth: Scale = Scale(zero=Decimal("0.90"), full=Decimal("1.10"))


class TargetsByTier(ByTier[ScorecardTargets]):
    """Each tier may have targets of its own."""

    T1: ScorecardTargets = ScorecardTargets()
    T2: ScorecardTargets = ScorecardTargets()
    T3: ScorecardTargets = ScorecardTargets()


class ScorecardTerms(Terms):
    """Optional but for the weights: cards are published `publish_days` after the quarter, at the latest.

    A score below `plan_below` asks for a corrective plan within `plan_days`; one from `commend_from` on is commended.
    """

    weights: ByTier[ScorecardWeights]
    targets: TargetsByTier = TargetsByTier()
    publish_days: Days = 15
    plan_below: Score = Decimal(60)
    plan_days: Days = 15
    commend_from: Score = Decimal(90)


class WatchTerms(Terms):
    """What the watch list takes for close to a bracket and for a burst. Optional in the document, key by key."""

    #: A bracket is close when the base projected to the window's end misses it by at most this share of it.
    near: Share = Decimal("0.10")
    #: The last so many days are compared with those before; so many times their daily average is a burst.
    burst_days: Days = 7
    burst_times: Factor = Decimal(2)
    #: Stock that lasts at most so many days explains purchases.
    cover_days: Days = 45


class RebatesTerms(Section):
    key = "rebates"

    programs: Annotated[tuple[Program, ...], rows(Program, check_programs)]
    remote_subsidy: RemoteSubsidyTerms
    market_support: MarketSupportTerms
    price_protection: PriceProtectionTerms
    referrals: ReferralTerms
    scorecard: ScorecardTerms
    watch: WatchTerms = WatchTerms()

    def programs_of(self, tier: str) -> tuple[Program, ...]:
        """The programs of a tier, in the document's order."""
        return tuple(program for program in self.programs if program.tier == tier)

    def remarks(self) -> Iterator[Fault]:
        yield from program_remarks(self.programs)
        for tier in TIERS:
            if not self.programs_of(tier):
                yield warning(
                    ("programs",),
                    "tier_without_program",
                    _("has no program for %(tier)s: its dealers earn nothing"),
                    tier=tier,
                )


def parse(section: Any) -> tuple[RebatesTerms | None, list[Fault]]:
    """The `rebates` section as terms, or why it cannot be."""
    return RebatesTerms.parse(section)


def rebates_terms(policy: StoredPolicy) -> RebatesTerms:
    """What a stored policy version says about rebates and support."""
    return RebatesTerms.in_version(policy)
