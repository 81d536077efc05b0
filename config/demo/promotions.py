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
from pricing.rules.promo_content import PromoContent, PromoItemContent
from pricing.services.promos.budget import decide_budget
from pricing.services.promos.drafts import create_promo
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
        events += self._asked("legal", 1, "88000", "autumn", days_ago=1, copy="全网最低价，音质第一，买到就是赚到。")
        events += self._asked("late", 2, "100000.00", "kitchen", days_ago=9, cleared=True)
        events += self._asked("manager", 3, "260000", "newhome", days_ago=3, cleared=True)
        events += self._asked("meeting", 4, "680000", "yearend", days_ago=4, cleared=True, votes=("office1", "office2"))
        events += self._asked(
            "returned", 5, "42000", "brand", days_ago=8, copy="国家级品质，100%好评。", verdict="return"
        )
        events += self._asked("approved", 6, "56000", "members", days_ago=12, cleared=True, budget="approve")
        events += self._asked("rejected", 7, "93000", "clearance", days_ago=11, cleared=True, budget="reject")
        events.append((self._moment(0, 9), self._draft))
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
        self,
        name: str,
        dealer: int,
        amount: str,
        topic: str,
        *,
        days_ago: int,
        copy: str = "换季焕新，到店体验，限时优惠。",
        cleared: bool = False,
        verdict: str = "",
        budget: str = "",
        votes: Sequence[str] = (),
    ) -> list[Event]:
        if dealer >= len(self.network) or f"owner{dealer + 1}" not in self.staff.users:
            return []
        starts_on = self.today + timedelta(days=18 + dealer)
        content = self._content(topic, amount, starts_on, starts_on + timedelta(days=12), dealer)
        content = replace(content, ad_copy=copy)
        events = [(self._moment(days_ago, 15), self._submit(name, content, f"owner{dealer + 1}"))]
        legal_at = self._moment(max(days_ago - 1, 0), 9, 40)
        if cleared:
            events.append((legal_at, self._legal(name, "approve", "文案合规")))
        elif verdict:
            events.append((legal_at, self._legal(name, verdict, "请删除绝对化用语后重新提交。")))
        if budget:
            reason = "同意" if budget == "approve" else "与总部活动重复，预算不支持。"
            events.append((legal_at + timedelta(hours=3), self._budget(name, budget, "marketing", reason)))
        for number, voter in enumerate(votes):
            at = legal_at + timedelta(hours=2 + number)
            events.append((at, self._budget(name, "approve", voter, "同意，预算可控")))
        return events

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
            goal="销量较前四周提升 30%",
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


_TITLES = {
    "hq": "明月焕新季",
    "autumn": "秋日上新",
    "kitchen": "厨卫节",
    "newhome": "新居季",
    "yearend": "年终大促",
    "brand": "品牌周",
    "members": "会员日",
    "clearance": "尾货清仓",
}


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BUSINESS_ZONE)
