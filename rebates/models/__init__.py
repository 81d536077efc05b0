"""Windows and credits as settled, forfeited years, support, subsidies, estimates of protection, and referrals."""

from rebates.models.accruals import Accrual
from rebates.models.credits import Credit, CreditSettlement
from rebates.models.estimates import EstimatedProtection, ProtectionEstimate
from rebates.models.forfeitures import Forfeiture
from rebates.models.market_support import SupportActivity, SupportFile, SupportQuota, SupportStep
from rebates.models.referrals import Lead, LeadAssignment, LeadStep, ReferralPayout, ReferralReward
from rebates.models.remote_subsidies import RemoteSubsidyApplication, RemoteSubsidyRight

__all__ = [
    "Accrual",
    "Credit",
    "CreditSettlement",
    "EstimatedProtection",
    "Forfeiture",
    "Lead",
    "LeadAssignment",
    "LeadStep",
    "ProtectionEstimate",
    "ReferralPayout",
    "ReferralReward",
    "RemoteSubsidyApplication",
    "RemoteSubsidyRight",
    "SupportActivity",
    "SupportFile",
    "SupportQuota",
    "SupportStep",
]
