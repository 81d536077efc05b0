"""Windows and credits as settled, forfeited years, market support, and who gets the remote-area subsidy."""

from rebates.models.accruals import Accrual
from rebates.models.credits import Credit, CreditSettlement
from rebates.models.forfeitures import Forfeiture
from rebates.models.market_support import SupportActivity, SupportFile, SupportQuota, SupportStep
from rebates.models.remote_subsidies import RemoteSubsidyApplication, RemoteSubsidyRight

__all__ = [
    "Accrual",
    "Credit",
    "CreditSettlement",
    "Forfeiture",
    "RemoteSubsidyApplication",
    "RemoteSubsidyRight",
    "SupportActivity",
    "SupportFile",
    "SupportQuota",
    "SupportStep",
]
