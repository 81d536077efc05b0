"""Who leaves the demo company: one dealer has left, one end awaits its day and one its decision, one is suspended."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.demo.people import Staff
from dealers.choices import ReturnReason
from dealers.foundation.clock import business_day
from dealers.models import Dealer, User
from dealers.services.exit_plans import decide_exit, propose_exit
from dealers.services.notices import managers_of_dealers
from dealers.services.stock_returns import LineChange, change_lines, draw_up_return, offer_return
from dealers.services.suspensions import suspend_dealer

_ASKED, _AGREED, _SUSPENDED, _LEFT = "D00014", "D00012", "D00010", "D00015"


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
    if (found := _dealer(_LEFT)) is not None:
        _has_left(*found, staff, at)


def _has_left(dealer: Dealer, manager: User, staff: Staff, at: datetime) -> None:
    """Its contract is over, and the list of the stock that goes back awaits its answer."""
    reason = "股东退休，公司清算注销"
    last_day = business_day(at) - timedelta(days=3)
    plan = propose_exit(dealer=dealer, last_day=last_day, reason=reason, actor=manager, at=at - timedelta(hours=30))
    decide_exit(plan=plan, agree=True, note="同意", actor=staff["gm"], at=at - timedelta(hours=26))
    drawn = draw_up_return(dealer=dealer, actor=manager, at=at - timedelta(hours=5))
    lines = drawn.lines.filter(cost__isnull=False).order_by("line_no")[:2]
    said = [(ReturnReason.OPENED, "样机，已拆封"), (ReturnReason.DAMAGED, "外箱破损")]
    changes = {
        line.line_no: LineChange(line.accepted - min(line.accepted, 2), line.price, reason, note)
        for line, (reason, note) in zip(lines, said, strict=False)
    }
    change_lines(stock_return=drawn, changes=changes, actor=manager, at=at - timedelta(hours=4))
    offer_return(stock_return=drawn, actor=manager, at=at - timedelta(hours=4))


def _dealer(code: str) -> tuple[Dealer, User] | None:
    dealer = Dealer.objects.filter(code=code).first()
    managers = managers_of_dealers([dealer.pk]).get(dealer.pk, []) if dealer is not None else []
    return (dealer, managers[0]) if dealer is not None and managers else None
