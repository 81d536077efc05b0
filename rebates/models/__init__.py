"""Windows and credits as settled, forfeited years, support, subsidies, estimates of protection, referrals, scorecards
and tier reviews.
"""

from rebates.models.accruals import Accrual
from rebates.models.credits import Credit, CreditSettlement
from rebates.models.estimates import EstimatedProtection, ProtectionEstimate
from rebates.models.forfeitures import Forfeiture
from rebates.models.market_support import SupportActivity, SupportFile, SupportQuota, SupportStep
from rebates.models.referrals import Lead, LeadAssignment, LeadStep, ReferralPayout, ReferralReward
from rebates.models.remote_subsidies import RemoteSubsidyApplication, RemoteSubsidyRight
from rebates.models.scorecards import (
    CorrectivePlan,
    CorrectivePlanStep,
    PublishedScorecard,
    SalesTarget,
    Scorecard,
    ScorecardQuarter,
)
from rebates.models.tier_reviews import TierProposal, TierReview

__all__ = [
    "Accrual",
    "CorrectivePlan",
    "CorrectivePlanStep",
    "Credit",
    "CreditSettlement",
    "EstimatedProtection",
    "Forfeiture",
    "Lead",
    "LeadAssignment",
    "LeadStep",
    "ProtectionEstimate",
    "PublishedScorecard",
    "ReferralPayout",
    "ReferralReward",
    "RemoteSubsidyApplication",
    "RemoteSubsidyRight",
    "SalesTarget",
    "Scorecard",
    "ScorecardQuarter",
    "SupportActivity",
    "SupportFile",
    "SupportQuota",
    "SupportStep",
    "TierProposal",
    "TierReview",
]
