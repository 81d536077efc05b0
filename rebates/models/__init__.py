"""What windows and credits have settled, what cancels the rebates of a year, and the market support of each quarter."""

from rebates.models.accruals import Accrual
from rebates.models.credits import Credit, CreditSettlement
from rebates.models.forfeitures import Forfeiture
from rebates.models.market_support import SupportActivity, SupportFile, SupportQuota, SupportStep

__all__ = [
    "Accrual",
    "Credit",
    "CreditSettlement",
    "Forfeiture",
    "SupportActivity",
    "SupportFile",
    "SupportQuota",
    "SupportStep",
]
