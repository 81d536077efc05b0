"""What each window has earned and already settled, what is settled once, and what cancels the rebates of a year."""

from rebates.models.accruals import Accrual
from rebates.models.credits import Credit, CreditSettlement
from rebates.models.forfeitures import Forfeiture

__all__ = ["Accrual", "Credit", "CreditSettlement", "Forfeiture"]
