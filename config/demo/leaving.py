"""Who leaves the demo company: one end of a contract awaits its decision, one is agreed, one dealer is suspended."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.demo.people import Staff
from dealers.foundation.clock import business_day
from dealers.models import Dealer, User
from dealers.services.exit_plans import decide_exit, propose_exit
from dealers.services.notices import managers_of_dealers
from dealers.services.suspensions import suspend_dealer

_ASKED, _AGREED, _SUSPENDED = "D00014", "D00012", "D00010"


def let_some_leave(staff: Staff, at: datetime) -> None:
    """Nothing in a company too small to have these dealers."""
    today = business_day(at)
    if (found := _dealer(_AGREED)) is not None:
        dealer, manager = found
        plan = propose_exit(
            dealer=dealer,
            last_day=today + timedelta(days=40),
            reason="经销商转行，双方协商一致不再续约",
            actor=manager,
            at=at - timedelta(days=2),
        )
        decide_exit(plan=plan, agree=True, note="同意，注意清算往来", actor=staff["gm"], at=at - timedelta(days=1))
    if (found := _dealer(_ASKED)) is not None:
        dealer, manager = found
        reason = "连续两个季度没有进货，联系不上负责人"
        propose_exit(
            dealer=dealer, last_day=today + timedelta(days=24), reason=reason, actor=manager, at=at - timedelta(hours=5)
        )
    if (found := _dealer(_SUSPENDED)) is not None:
        dealer, manager = found
        reason = "门店装修停业，暂停供货至重新开业"
        suspend_dealer(dealer=dealer, reason=reason, actor=manager, at=at - timedelta(hours=20))


def _dealer(code: str) -> tuple[Dealer, User] | None:
    dealer = Dealer.objects.filter(code=code).first()
    managers = managers_of_dealers([dealer.pk]).get(dealer.pk, []) if dealer is not None else []
    return (dealer, managers[0]) if dealer is not None and managers else None
