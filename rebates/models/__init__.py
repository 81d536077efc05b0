"""Windows and credits as settled, forfeited years, market support, remote-area subsidies, estimates of protection."""

from rebates.models.accruals import Accrual
from rebates.models.credits import Credit, CreditSettlement
from rebates.models.estimates import EstimatedProtection, ProtectionEstimate
from rebates.models.forfeitures import Forfeiture
from rebates.models.market_support import SupportActivity, SupportFile, SupportQuota, SupportStep
from rebates.models.remote_subsidies import RemoteSubsidyApplication, RemoteSubsidyRight

__all__ = [
    "Accrual",
    "Credit",
    "CreditSettlement",
    "EstimatedProtection",
    "Forfeiture",
    "ProtectionEstimate",
    "RemoteSubsidyApplication",
    "RemoteSubsidyRight",
    "SupportActivity",
    "SupportFile",
    "SupportQuota",
    "SupportStep",
]
