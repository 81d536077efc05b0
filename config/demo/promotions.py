"""The demo company's promotion requests: one in every place of the flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from config.demo.company import DemoDealer
from config.demo.goods import CENT, Good
from config.demo.people import Staff
from dealers.foundation.clock import BUSINESS_ZONE
from pricing.choices import GoalMeasure
from pricing.rules.promo_content import PromoContent, PromoItemContent
from pricing.rules.promo_goals import Goal
from pricing.rules.promo_remarks import RemarkContent
from pricing.services.promos.attachments import attach_file
from pricing.services.promos.budget import decide_budget
from pricing.services.promos.delegations import record_delegation
from pricing.services.promos.drafts import change_promo, create_promo
from pricing.services.promos.legal import decide_legal
from pricing.services.promos.submission import submit_promo

Event = tuple[datetime, Callable[[datetime], None]]


class Promotions:
    """Plans the requests around ``today``; :meth:`events` tells when each step of each happens."""

    def __init__(self, network: Sequence[DemoDealer], goods: Sequence[Good], staff: Staff, today: date) -> None:
        self.network = network
        self.goods = goods
        self.staff = staff
        self.today = today
        self.running_from = today - timedelta(days=24)
        #: Promo price per SKU of the promotion that runs now.
        self.prices = {good.sku: (good.floor * Decimal("0.93")).quantize(CENT) for good in goods[:18:3]}
        self.codes: dict[str, str] = {}

    def events(self, now: datetime) -> list[Event]:
        """Every step in time; those that lie after ``now`` never happen."""
        events = self._running()
        for name, dealer, amount, topic, days_ago, copy, fate in _REQUESTS:
            events += self._asked(name, dealer, amount, topic, days_ago, copy, fate)
        events.append((self._moment(0, 9), self._draft))
        events.append((self._moment(0, 9, 5), self._away))
        return events

    def _running(self) -> list[Event]:
        """HQ's own promotion for all dealers, approved long before it started."""
        content = self._content("hq", "300000", self.running_from, self.today + timedelta(days=7))
        items = tuple(PromoItemContent(sku, price) for sku, price in self.prices.items())
        content = replace(content, items=items, brand_share=Decimal(1))
        asked_on = self.running_from - timedelta(days=21)
        return [
            (_at(asked_on, 10), self._submit("running", content, "policy")),
            (_at(asked_on + timedelta(days=1), 10), self._legal("running", "approve", "文案合规")),
            (_at(asked_on + timedelta(days=1), 16), self._budget("running", "approve", "gm", "旺季主推，同意")),
        ]

    def _asked(
        self, name: str, dealer: int, amount: str, topic: str, days_ago: int, copy: str, fate: str
    ) -> list[Event]:
        """A dealer's request up to where ``fate`` leaves it: waiting for legal or budget, voted on, or decided."""
        if dealer >= len(self.network) or self._owner(dealer) not in self.staff.users:
            return []
        starts_on = self.today + timedelta(days=13 + dealer)
        content = self._content(topic, amount, starts_on, starts_on + timedelta(days=7 + dealer % 6), dealer)
        content = replace(content, ad_copy=copy)
        events = [(self._moment(days_ago, 15), self._submit(name, content, self._owner(dealer)))]
        legal_at = self._moment(max(days_ago - 1, 0), 9, 40)
        if fate == "legal":
            return events
        if fate == "returned":
            return [*events, (legal_at, self._return(name))]
        if fate == "mended":
            mended = replace(content, ad_copy=_MENDED, budget=content.budget - 6000)
            again = self._moment(max(days_ago - 1, 0), 10, 20)
            return [*events, (legal_at, self._return(name)), (again, self._mend(name, mended, self._owner(dealer)))]
        events.append((legal_at, self._legal(name, "approve", "文案合规")))
        if fate in _DECISIONS:
            decision, reason = _DECISIONS[fate]
            events.append((legal_at + timedelta(hours=3), self._budget(name, decision, "marketing", reason)))
        if fate == "meeting":
            for number, voter in enumerate(("office1", "office2")):
                at = legal_at + timedelta(hours=2 + number)
                events.append((at, self._budget(name, "approve", voter, "同意，预算可控")))
        return events

    @staticmethod
    def _owner(dealer: int) -> str:
        return "owner" if dealer == 0 else f"owner{dealer + 1}"

    def _content(
        self, topic: str, amount: str, starts_on: date, ends_on: date, dealer: int | None = None
    ) -> PromoContent:
        demo = None if dealer is None else self.network[dealer]
        own = [good for good in self.goods if demo is None or good.industry == demo.industry][:3]
        items = tuple(PromoItemContent(good.sku, (good.floor * Decimal("0.95")).quantize(CENT)) for good in own)
        return PromoContent(
            title=_TITLES[topic],
            kind="discount",
            starts_on=starts_on,
            ends_on=ends_on,
            budget=Decimal(amount),
            brand_share=Decimal("0.6"),
            goal="带动门店客流，巩固旺季份额",
            goals=(Goal(GoalMeasure.UPLIFT, Decimal("0.3")), Goal(GoalMeasure.AMOUNT, Decimal(amount) * 4)),
            other_share=Decimal("0.1") if topic in _WITH_A_MALL else Decimal(0),
            other_party="万象汇商场" if topic in _WITH_A_MALL else "",
            ad_copy="明月焕新季，到店体验，限时优惠。",
            items=items,
            regions=() if demo is None else (demo.province.code,),
            dealers=() if demo is None else (demo.code,),
        )

    def _submit(self, name: str, content: PromoContent, login: str) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            actor = self.staff[login]
            request = create_promo(content=content, actor=actor, at=at - timedelta(minutes=25))
            self.codes[name] = request.code
            submit_promo(code=request.code, actor=actor, at=at)

        return act

    def _return(self, name: str) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            remarks = [
                RemarkContent("ad_copy", "无法提供证明，请删除或改写。", 0),
                RemarkContent("budget", "请附费用明细。"),
            ]
            decide_legal(
                code=self.codes[name],
                decision="return",
                reason="请删除绝对化用语后重新提交。",
                remarks=remarks,
                actor=self.staff["legal"],
                at=at,
            )

        return act

    def _mend(self, name: str, content: PromoContent, login: str) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            actor, code = self.staff[login], self.codes[name]
            change_promo(code=code, content=content, actor=actor, at=at)
            attach_file(code=code, name="费用明细.csv", content=_COSTS, actor=actor, at=at)
            submit_promo(code=code, actor=actor, at=at)

        return act

    def _away(self, at: datetime) -> None:
        """The marketing director travels next week; the general manager stands in."""
        first = at.astimezone(BUSINESS_ZONE).date() + timedelta(days=3)
        record_delegation(
            delegator=self.staff["marketing"],
            delegate=self.staff["gm"],
            first_day=first,
            last_day=first + timedelta(days=4),
            reason="赴广州参加订货会",
            actor=self.staff["marketing"],
            at=at,
        )

    def _legal(self, name: str, decision: str, reason: str) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            decide_legal(code=self.codes[name], decision=decision, reason=reason, actor=self.staff["legal"], at=at)

        return act

    def _budget(self, name: str, decision: str, login: str, reason: str) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            decide_budget(code=self.codes[name], decision=decision, reason=reason, actor=self.staff[login], at=at)

        return act

    def _draft(self, at: datetime) -> None:
        starts_on = self.today + timedelta(days=30)
        content = self._content("members", "36000", starts_on, starts_on + timedelta(days=9), 0)
        create_promo(content=content, actor=self.staff["owner"], at=at)

    def _moment(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        return _at(self.today - timedelta(days=days_ago), hour, minute)


#: Promotions a mall bears a part of.
_WITH_A_MALL = frozenset({"newyear", "opening", "newhome"})
_MENDED = "备受欢迎的体验。顶级系列到店。"
_COSTS = "项目,金额\n物料,12000\n人员,8000\n让利,12000\n".encode()
_PLAIN = "换季焕新，到店体验，限时优惠。"

#: Name, dealer, budget, topic, submitted so many days ago, ad copy, and where the request stands today.
_REQUESTS = (
    ("autumn", 1, "88000", "autumn", 1, "全网最低价，音质第一，买到就是赚到。", "legal"),
    ("corner", 9, "18600", "community", 1, "社区体验日，到店有礼。", "legal"),
    ("opening", 10, "36500", "opening", 0, "新店开业，前一百名顾客赠礼。", "legal"),
    ("toys", 8, "38000", "toys", 2, "行业第一的体验。顶级系列到店。", "mended"),
    ("family", 11, "52000", "members", 2, "顶级体验，仅此一次。", "legal"),
    ("kitchen", 2, "100000.00", "kitchen", 9, _PLAIN, "budget"),
    ("festival", 12, "64000", "newyear", 2, _PLAIN, "budget"),
    ("campus", 13, "27500", "campus", 3, "校园开放日，学生凭证立减。", "budget"),
    ("newhome", 3, "260000", "newhome", 3, _PLAIN, "budget"),
    ("winter", 14, "155000", "winter", 5, "冬日暖家，焕新补贴。", "budget"),
    ("yearend", 4, "680000", "yearend", 4, _PLAIN, "meeting"),
    ("brand", 5, "42000", "brand", 8, "国家级品质，100%好评。", "returned"),
    ("members", 6, "56000", "members", 12, _PLAIN, "approved"),
    ("trade", 15, "73000", "tradein", 10, "以旧换新，旧机抵价三成。", "approved"),
    ("clearance", 7, "93000", "clearance", 11, _PLAIN, "rejected"),
)
_DECISIONS = {"approved": ("approve", "同意"), "rejected": ("reject", "与总部活动重复，预算不支持。")}

_TITLES = {
    "hq": "明月焕新季",
    "autumn": "秋日上新",
    "kitchen": "厨卫节",
    "newhome": "新居季",
    "yearend": "年终大促",
    "brand": "品牌周",
    "members": "会员日",
    "clearance": "尾货清仓",
    "community": "社区体验日",
    "opening": "新店开业",
    "newyear": "元旦特惠",
    "campus": "校园开放日",
    "winter": "冬日暖家",
    "tradein": "以旧换新",
    "toys": "亲子体验周",
}


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BUSINESS_ZONE)
