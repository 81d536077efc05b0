"""Three disputes of the demo company: one granted, one back at its dealer, one that finance has let lie too long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from config.demo.people import Staff
from dealers.foundation.periods import HalfMonth
from dealers.models import User
from settlement.choices import DisputeOutcome
from settlement.models import Dispute, Statement
from settlement.services.disputes.acting import GivenFile
from settlement.services.disputes.deciding import decide_dispute, prepare_decision
from settlement.services.disputes.opening import ContestedLine, open_dispute

Event = tuple[datetime, Callable[[datetime], None]]
_SLIP = "退货单号,SKU,数量\nTH-20118,HM-P100,2\n".encode()
_DELIVERED_AFTER = timedelta(hours=41)


def dispute_events(periods: Sequence[HalfMonth], staff: Staff) -> list[Event]:
    """What happens, with its instants: the disputes follow the delivery of the last two issued statements."""
    if len(periods) < 3:
        return []
    owners = list(staff.owners())
    before, latest = periods[-3], periods[-2]
    events = [
        (before.ends_at + _DELIVERED_AFTER, _granted(before, owners[0], staff)),
        (latest.ends_at + _DELIVERED_AFTER, _asked_back(latest, owners[0], staff)),
    ]
    if len(owners) > 2:
        events.append((latest.ends_at + _DELIVERED_AFTER, _left_lying(latest, owners[2])))
    return events


def _granted(period: HalfMonth, owner: User, staff: Staff) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        reason = "有两台退货被重复扣减，退货单见附件。"
        dispute = _opened(period, owner, reason, at, [GivenFile("退货单.csv", _SLIP)])
        if dispute is None:
            return
        line = dispute.lines.select_related("line").get().line.line_no
        said = "核对退货单 TH-20118：第二次扣减有误，补付 128.50 元。"
        soon = at + timedelta(hours=6)
        prepare_decision(
            number=dispute.number,
            outcome=DisputeOutcome.ACCEPTED,
            reason=said,
            granted={line: Decimal("128.50")},
            actor=staff["clerk"],
            at=soon,
        )
        decide_dispute(number=dispute.number, actor=staff["approver"], at=soon + timedelta(hours=1))

    return act


def _asked_back(period: HalfMonth, owner: User, staff: Staff) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        dispute = _opened(period, owner, "本半月的净采购额与我司入库记录相差一单。", at)
        if dispute is None:
            return
        soon = at + timedelta(hours=7)
        prepare_decision(
            number=dispute.number,
            outcome=DisputeOutcome.NEEDS_ACTION,
            reason="请上传该单的签收单（盖章）和入库单，核对后再处理。",
            days=20,
            actor=staff["clerk"],
            at=soon,
        )
        decide_dispute(number=dispute.number, actor=staff["approver"], at=soon + timedelta(hours=1))

    return act


def _left_lying(period: HalfMonth, owner: User) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        _opened(period, owner, "档位应按 T2 计算，我司 10 月初已收到升级通知。", at)

    return act


def _opened(
    period: HalfMonth, owner: User, reason: str, at: datetime, files: Sequence[GivenFile] = ()
) -> Dispute | None:
    """The owner contests the largest line of its statement; nothing without one."""
    statement = Statement.objects.filter(run__period=str(period), dealer=owner.dealer).first()
    line = statement.lines.order_by("-amount").first() if statement else None
    if statement is None or line is None:
        return None
    contested = [ContestedLine(line.line_no, line.amount + Decimal("128.50"))]
    return open_dispute(statement=statement, lines=contested, reason=reason, actor=owner, at=at, files=files)
