"""The demo company's remote-area subsidies: one agreed to since the first days, one still waiting for a decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from config.demo.company import DemoDealer
from config.demo.people import Staff
from dealers.foundation.periods import Quarter
from dealers.models import User
from dealers.services.notices import managers_of_dealers
from rebates.services.remote_subsidies import apply_for_subsidy, decide_subsidy

Event = tuple[datetime, Callable[[datetime], None]]


def remote_subsidy_events(network: Sequence[DemoDealer], staff: Staff, opening: datetime, now: datetime) -> list[Event]:
    """The first dealer of a remote province has the subsidy, the second asks for it; nothing without such dealers."""
    known = {demo.code for demo in network if demo.province.remote}
    owners = [owner for owner in staff.owners() if owner.dealer is not None and owner.dealer.code in known]
    reasons = ("祁连山区配送距离超过六百公里，单台物流成本是省会的三倍", "那曲、阿里方向没有干线物流，需自备车辆配送")
    instants = (opening + timedelta(days=2), now - timedelta(days=2))
    return [
        (at, _apply(owner, reason, agree=not number))
        for number, (owner, reason, at) in enumerate(zip(owners, reasons, instants, strict=False))
    ]


def _apply(owner: User, reason: str, *, agree: bool) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        assert owner.dealer is not None
        quarter = Quarter.containing(at)
        application = apply_for_subsidy(dealer=owner.dealer, quarter=quarter, reason=reason, actor=owner, at=at)
        if agree:
            manager = managers_of_dealers([owner.dealer.pk])[owner.dealer.pk][0]
            note = "已核对配送合同，情况属实"
            decide_subsidy(application=application, agree=True, note=note, actor=manager, at=at + timedelta(hours=20))

    return act
