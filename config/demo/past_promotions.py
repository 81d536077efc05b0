"""The demo company's promotions that are over: sold, paid for, and most of them judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from config.demo.company import DemoDealer
from config.demo.goods import CENT, Good
from config.demo.people import Staff
from dealers.foundation.clock import BUSINESS_ZONE
from pricing.rules.promo_content import PromoContent, PromoItemContent
from pricing.rules.promo_goals import Goal
from pricing.rules.promo_spend import SpendEntry
from pricing.services.promos.budget import decide_budget
from pricing.services.promos.clockwork import advance_promotions
from pricing.services.promos.drafts import create_promo
from pricing.services.promos.evaluation import evaluate_promo
from pricing.services.promos.legal import decide_legal
from pricing.services.promos.spend import Proof, declare_spend_complete, record_spend
from pricing.services.promos.submission import submit_promo

Event = tuple[datetime, Callable[[datetime], None]]

_RECEIPT = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class PastPromotion:
    """One promotion of one dealer; ``prices`` by SKU, ``ends_on`` the first day after it."""

    dealer: str
    login: str
    kind: str
    title: str
    starts_on: date
    ends_on: date
    budget: Decimal
    prices: Mapping[str, Decimal]
    spends: Sequence[tuple[str, str, str, str]]
    lessons: str

    def covers(self, dealer: DemoDealer, sku: str, day: date) -> bool:
        return dealer.code == self.dealer and self.starts_on <= day < self.ends_on and sku in self.prices


class PastPromotions:
    """Plans them around ``today``; :meth:`events` tells when each step of each happened."""

    def __init__(self, network: Sequence[DemoDealer], goods: Sequence[Good], staff: Staff, today: date) -> None:
        self.staff = staff
        self.codes: dict[str, str] = {}
        self.promotions = [
            PastPromotion(
                dealer=network[place].code,
                login="owner" if place == 0 else f"owner{place + 1}",
                kind=kind,
                title=title,
                starts_on=today - timedelta(days=started),
                ends_on=today - timedelta(days=started - days),
                budget=Decimal(budget),
                prices=_prices([good for good in goods if good.industry == network[place].industry]),
                spends=spends,
                lessons=lessons,
            )
            for place, kind, title, started, days, budget, spends, lessons in _PLAN
            if place < len(network)
        ]

    def events(self) -> list[Event]:
        """Asked for, granted, run, paid for and, where there are lessons, judged."""
        events: list[Event] = []
        for promo in self.promotions:
            if promo.login in self.staff.users:
                asked_on = promo.starts_on - timedelta(days=16)
                ended = _at(promo.ends_on, 0)
                events += [
                    (_at(asked_on, 10), self._ask(promo)),
                    (_at(asked_on + timedelta(days=1), 10), self._grant(promo)),
                    (ended + timedelta(minutes=5), lambda at: void(advance_promotions(at=at))),
                    (ended + timedelta(days=2, hours=11), self._pay(promo)),
                ]
                if promo.lessons:
                    events.append((ended + timedelta(days=5, hours=15), self._judge(promo)))
        return events

    def _ask(self, promo: PastPromotion) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            content = PromoContent(
                title=promo.title,
                kind=promo.kind,
                starts_on=promo.starts_on,
                ends_on=promo.ends_on,
                budget=promo.budget,
                brand_share=Decimal("0.6"),
                dealer_share=Decimal("0.4"),
                goals=(Goal("uplift", Decimal("0.3")),),
                goal="",
                ad_copy="到店体验，限时优惠。",
                items=tuple(PromoItemContent(sku, price) for sku, price in promo.prices.items()),
                dealers=(promo.dealer,),
            )
            actor = self.staff[promo.login]
            self.codes[promo.title] = create_promo(content=content, actor=actor, at=at - timedelta(minutes=20)).code
            submit_promo(code=self.codes[promo.title], actor=actor, at=at)

        return act

    def _grant(self, promo: PastPromotion) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            code = self.codes[promo.title]
            decide_legal(code=code, decision="approve", reason="文案合规", actor=self.staff["legal"], at=at)
            granted = at + timedelta(hours=3)
            decide_budget(code=code, decision="approve", reason="同意", actor=self.staff["marketing"], at=granted)

        return act

    def _pay(self, promo: PastPromotion) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            code, actor = self.codes[promo.title], self.staff[promo.login]
            for payee, purpose, amount, borne_by in promo.spends:
                entry = SpendEntry(promo.starts_on, payee, purpose, Decimal(amount), borne_by)
                record_spend(code=code, entry=entry, proofs=[Proof(f"{payee}发票.pdf", _RECEIPT)], actor=actor, at=at)
            if promo.lessons:
                declare_spend_complete(code=code, actor=actor, at=at)

        return act

    def _judge(self, promo: PastPromotion) -> Callable[[datetime], None]:
        code_of = self.codes
        return lambda at: void(
            evaluate_promo(code=code_of[promo.title], lessons=promo.lessons, actor=self.staff["policy"], at=at)
        )


def void(_result: object) -> None:
    """An event's result nobody needs."""


def _prices(goods: Sequence[Good]) -> dict[str, Decimal]:
    return {good.sku: (good.floor * Decimal("0.95")).quantize(CENT) for good in goods[:3]}


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=BUSINESS_ZONE)


#: Dealer, kind, title, began so many days ago, days, budget, spend (payee, purpose, amount, bearer), lessons if judged.
_PLAN = (
    (
        0,
        "discount",
        "国庆余热周",
        38,
        9,
        "30000",
        (("星光广告", "店头陈列", "9800", "brand"), ("城市快印", "海报与单页", "2600", "dealer")),
        "直降配合收银台旁的堆头效果最好，周末销量占一半以上；单页几乎没有带来新客，下次可省。",
    ),
    (
        1,
        "gift",
        "满额赠保温杯",
        36,
        9,
        "30000",
        (("恒温礼品", "赠品采购", "38600", "brand"),),
        "赠品成本过高，且老客户囤货，结束后两周销量明显回落；建议改用小额直降。",
    ),
    (
        9,
        "trade_in",
        "以旧换新体验月",
        34,
        12,
        "26000",
        (("绿环回收", "旧机回收补贴", "8200", "brand"), ("星光广告", "门店立牌", "3100", "dealer")),
        "旧机估价透明时成交率高；需提前培训店员，前三天因流程不熟流失了部分顾客。",
    ),
    (3, "bundle", "套装优惠周", 17, 8, "18000", (("城市快印", "套装贴纸", "3600", "brand"),), ""),
)
