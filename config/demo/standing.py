"""Sales targets, the scorecards of the quarter that ended last, and the tier review that follows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from config.demo.people import Staff
from dealers.foundation.clock import business_day, start_of_day
from dealers.foundation.periods import Quarter
from dealers.models import Dealer, User
from dealers.services.notices import managers_of_dealers
from pricing.models import SaleLine
from rebates.choices import PlanState, ProposalState
from rebates.models import CorrectivePlan, TierProposal
from rebates.services.scorecards.keeping import keep_quarters
from rebates.services.scorecards.plans import PlanGiven, accept_plan, report_progress, submit_plan
from rebates.services.scorecards.targets import NewTarget, set_targets
from rebates.services.tiers.deciding import decide_proposals

Event = tuple[datetime, Callable[[datetime], None]]
#: What dealers reach of their targets, one after the other; every sixth has none.
_REACHES = ("0.95", "1.10", "0.80", "1.02", "", "0.90")
_BEGUN_AFTER = timedelta(days=16)


def standing_events(staff: Staff, starts_on: date, now: datetime) -> Iterator[Event]:
    """Targets late in the quarter and early in the present one, publication on the policy's day, then decisions."""
    present = Quarter.containing(now)
    ended = present.previous()
    if ended.end <= starts_on:
        return
    yield _morning(ended.end - timedelta(days=2)), _targets_of(ended, staff)
    yield _morning(present.start + _BEGUN_AFTER - timedelta(days=2)), _targets_of(present, staff)
    for days in (0, 7, 15):
        yield _morning(ended.end + timedelta(days=days)), lambda at: keep_quarters(at=at)
    yield _morning(ended.end + timedelta(days=18)), _write_plans(staff)
    yield _morning(ended.end + timedelta(days=20)), _decide


def _morning(day: date) -> datetime:
    return start_of_day(day) + timedelta(hours=6, minutes=40)


def _targets_of(quarter: Quarter, staff: Staff) -> Callable[[datetime], None]:
    """Targets near what the dealers sell, rounded to ten thousand."""

    def act(at: datetime) -> None:
        days = max((business_day(at) - quarter.start).days, 1)
        lines = SaleLine.objects.filter(sold_on__gte=quarter.start, sold_on__lt=quarter.end)
        sold: dict[int, Decimal] = {}
        first: dict[int, date] = {}
        for dealer_id, day, quantity, price in lines.values_list("dealer_id", "sold_on", "quantity", "unit_price"):
            sold[dealer_id] = sold.get(dealer_id, Decimal(0)) + quantity * price
            first[dealer_id] = min(first.get(dealer_id, day), day)
        wanted = []
        for number, dealer in enumerate(Dealer.objects.order_by("code")):
            share = _REACHES[number % len(_REACHES)]
            if not share or sold.get(dealer.pk, 0) <= 0:
                continue
            reported = max(days - (first[dealer.pk] - quarter.start).days, 1)
            whole = (quarter.end - max(first[dealer.pk], quarter.start)).days
            expected = sold[dealer.pk] / reported * whole / Decimal(share)
            wanted.append(
                NewTarget(dealer.pk, quarter, max(expected.quantize(Decimal("1E4")), Decimal(10_000)), "年度计划")
            )
        set_targets(wanted, actor=staff["policy"], at=at)

    return act


def _write_plans(staff: Staff) -> Callable[[datetime], None]:
    """The dealers that have a person hand their plans in; the first is accepted and reported on."""

    def act(at: datetime) -> None:
        owners = {owner.dealer_id: owner for owner in staff.owners() if owner.dealer_id is not None}
        due = CorrectivePlan.objects.filter(state=PlanState.DUE, dealer_id__in=owners).order_by("dealer__code")
        given = PlanGiven(
            "门店换人，上报无人接手；部分门店自行打折。",
            "1. 指定专人每日 20:00 前上报；2. 门店改价须经店长签字；3. 每周自查限价一次。",
            business_day(at) + timedelta(days=45),
        )
        for number, plan in enumerate(list(due)[:2]):
            owner = owners[plan.dealer_id]
            submit_plan(pk=plan.pk, given=given, actor=owner, at=at)
            if number == 0:
                later = at + timedelta(hours=4)
                accept_plan(pk=plan.pk, remark="措施具体，请按期完成。", actor=_manager(plan.dealer_id), at=later)
                report_progress(
                    pk=plan.pk, text="已指定专人上报，本周零迟报。", actor=owner, at=later + timedelta(days=7)
                )

    return act


def _decide(at: datetime) -> None:
    """The first dealers stay where they are, the last is moved as proposed; the others still wait."""
    proposed = list(TierProposal.objects.filter(state=ProposalState.PROPOSED).order_by("dealer__code"))
    for proposal in [*proposed[:2], *proposed[2:][-1:]]:
        stays = proposal in proposed[:2]
        tier, reason = (proposal.tier, "进货数据不足四个季度，暂不调整。") if stays else (None, "")
        decide_proposals(pks=[proposal.pk], tier=tier, reason=reason, actor=_manager(proposal.dealer_id), at=at)


def _manager(dealer_id: int) -> User:
    return managers_of_dealers([dealer_id])[dealer_id][0]
