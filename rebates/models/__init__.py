"""What each window has earned and already settled."""

from rebates.models.accruals import Accrual

__all__ = ["Accrual"]
