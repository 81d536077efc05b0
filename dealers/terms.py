"""What the policy says about itself, and about admission, authorization tiers and the sync clock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import ValidationInfo, field_validator, model_validator

from dealers.foundation.faults import Fault
from dealers.foundation.refusals import msgid as _
from dealers.foundation.term_values import (
    ByTier,
    Code,
    Days,
    DaysOrNone,
    HalfMonthBoundary,
    Hours,
    HoursOrNone,
    PositiveAmount,
    Share,
    Text,
    one_of,
    refuse_unless_one,
    several,
    whole,
)
from dealers.foundation.terms import Section, StoredPolicy, Terms, refuse

DOCUMENTS = ("business_license", "tax_registration", "qualification", "bank_account")
FEEDS = ("inventory", "sales")


class RevenueThresholds(Terms):
    """The annual revenue an applicant of each industry needs."""

    fmcg: PositiveAmount
    electronics: PositiveAmount
    home_building: PositiveAmount

    def __getitem__(self, industry: str) -> Decimal:
        return {"fmcg": self.fmcg, "electronics": self.electronics, "home_building": self.home_building}[industry]


class AdmissionTerms(Terms):
    """Who is admitted, and how long what newcomers told us is kept.

    Optional: ``open`` lets anybody apply, else only who was invited; a draft nobody touched for ``draft_days`` (30) is
    erased, and the personal data of an unsuccessful application ``unsuccessful_days`` (180) after its end.
    """

    min_annual_revenue: RevenueThresholds
    required_documents: Annotated[tuple[Annotated[str, one_of("document", *DOCUMENTS)], ...], several]
    document_warning_days: Annotated[tuple[Days, ...], several]
    open: bool = False
    draft_days: Days = 30
    unsuccessful_days: Days = 180


class ContractTerms(Terms):
    """Optional: how many days before its end a contract is assessed and reminded of, an addendum listed as ending."""

    assessment_days: Days = 90
    reminder_days: Annotated[tuple[Days, ...], several] = (60, 30, 7)
    addendum_days: Days = 60


class ScoreWeights(Terms):
    """How the three parts of the tier score weigh; together exactly 1."""

    scale: Share
    performance: Share
    coverage: Share

    @model_validator(mode="after")
    def _sum_to_one(self) -> ScoreWeights:
        refuse_unless_one(self.scale + self.performance + self.coverage)
        return self


class FullMarks(Terms):
    """What earns each part of the score in full; less earns its proportion."""

    annual_revenue: PositiveAmount
    purchases_4q: PositiveAmount
    cities: Annotated[int, whole(1, 10_000)]


class TierThresholds(ByTier[Annotated[int, whole(0, 100)]]):
    """The score from which each tier is reached."""

    @model_validator(mode="after")
    def _descend_to_zero(self) -> TierThresholds:
        if not self.T1 > self.T2 > self.T3:
            raise refuse("thresholds_not_descending", _("must fall from T1 to T2 to T3"))
        if self.T3 != 0:
            raise refuse("lowest_threshold_not_zero", _("must be 0 for T3, so that every score has a tier"))
        return self

    @property
    def points(self) -> dict[str, Decimal]:
        """By tier, the points it begins at."""
        return {tier: Decimal(points) for tier, points in self.items()}


class TierTerms(Terms):
    """`kpi_share` (optional) is the part of the performance weight that the KPI score earns, the rest is purchases."""

    weights: ScoreWeights
    full_marks: FullMarks
    thresholds: TierThresholds
    kpi_share: Share = Decimal("0.5")


class SyncTerms(Terms):
    """When a report is due, late, and when supply is held for it."""

    interval_hours: Hours
    grace_hours: HoursOrNone
    onboarding_days: DaysOrNone
    lift: Annotated[str, one_of("lift", "automatic", "manual")]
    feeds: Annotated[tuple[Annotated[str, one_of("feed", *FEEDS)], ...], several]

    @property
    def lifts_automatically(self) -> bool:
        return self.lift == "automatic"


class Title(Terms):
    """What the policy is called, in both languages."""

    zh: Text
    en: Text


class PolicyHead(Terms):
    """What a policy document says about itself. The whole document adds one section per app to it."""

    code: Code
    title: Title
    effective_from: HalfMonthBoundary
    effective_to: HalfMonthBoundary | None = None

    @field_validator("effective_to", mode="after")
    @classmethod
    def _ends_after_it_begins(cls, end: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("effective_from")
        if end is not None and start is not None and end <= start:
            raise refuse("ends_before_it_begins", _("must be later than effective_from, %(start)s"), start=str(start))
        return end


class DealersTerms(Section):
    key = "dealers"

    admission: AdmissionTerms
    contracts: ContractTerms = ContractTerms()
    tiers: TierTerms
    sync: SyncTerms


def parse(section: Any) -> tuple[DealersTerms | None, list[Fault]]:
    """The `dealers` section as terms, or why it cannot be."""
    return DealersTerms.parse(section)


def dealers_terms(policy: StoredPolicy) -> DealersTerms:
    """What a stored policy version says about dealers."""
    return DealersTerms.in_version(policy)
