"""What each window has earned and already settled, and what is settled once."""

from rebates.models.accruals import Accrual
from rebates.models.credits import Credit, CreditSettlement

__all__ = ["Accrual", "Credit", "CreditSettlement"]
