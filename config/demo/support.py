"""The demo company's market support: asked for, granted, done and proven, so that every pot holds something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from config.demo.people import Staff
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import User
from dealers.services.notices import managers_of_dealers
from rebates.choices import SupportPaper
from rebates.rules.support_plan import SupportPlan
from rebates.services.support.deciding import accept_proof, reject_support, reserve_support
from rebates.services.support.executing import commit_support, hand_in_proof
from rebates.services.support.papers import attach_paper
from rebates.services.support.plans import ask_for_support, plan_activity

Event = tuple[datetime, Callable[[datetime], None]]

#: Days ago it was asked for, login, kind, purpose, budget, and how far it came.
_PLAN = (
    (44, "owner", "display", "旗舰店橱窗与堆头陈列", "18000", "accepted"),
    (20, "owner", "advertising", "地铁灯箱广告两周", "36000", "proven"),
    (9, "owner", "event", "新品体验日", "12000", "committed"),
    (3, "owner", "training", "店员产品培训", "6000", "planned"),
    (12, "owner3", "display", "社区店门头翻新", "9000", "reserved"),
    (6, "owner2", "fair", "家居建材展位", "26000", "rejected"),
    (2, "owner2", "advertising", "本地生活平台投放", "15000", "planned"),
)
_WAY = ("planned", "reserved", "committed", "proven", "accepted")
_PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n% "


def support_events(staff: Staff, today: date) -> list[Event]:
    """Each activity as one event per stage, at believable hours."""
    events: list[Event] = []
    for ago, login, kind, purpose, budget, stage in _PLAN:
        if login in staff.users:
            asked_on = today - timedelta(days=ago)
            events.append((_at(asked_on, 10), _ask(staff, login, kind, purpose, Decimal(budget), asked_on, stage)))
    return events


def _ask(
    staff: Staff, login: str, kind: str, purpose: str, budget: Decimal, asked_on: date, stage: str
) -> Callable[[datetime], None]:
    """Walk the way from the plan as far as the activity came, each act some hours after the one before."""

    def act(at: datetime) -> None:
        owner, manager = staff[login], _manager_of(staff, login)
        plan = SupportPlan(
            kind=kind,
            purpose=purpose,
            starts_on=asked_on + timedelta(days=2),
            ends_on=asked_on + timedelta(days=9),
            budget=budget,
        )
        number = plan_activity(plan=plan, actor=owner, at=at).number
        ask_for_support(number=number, actor=owner, at=at)
        if stage == "rejected":
            reason = "展会与总部展位重复，请改为分会场活动"
            reject_support(number=number, reason=reason, actor=manager, at=at + timedelta(hours=4))
            return
        reached = _WAY.index(stage)
        if reached >= 1:
            reserve_support(number=number, amount=budget, reason="", actor=manager, at=at + timedelta(hours=5))
        if reached >= 2:
            signed = at + timedelta(hours=26)
            _attach(number, SupportPaper.CONTRACT, "报价单.pdf", owner, signed)
            commit_support(number=number, amount=budget, supplier="星光广告", actor=owner, at=signed)
        if reached >= 3:
            done = at + timedelta(days=10)
            _attach(number, SupportPaper.PROOF, "发票与现场照片.pdf", owner, done)
            claimed = budget - Decimal(480)
            hand_in_proof(number=number, claimed=claimed, repeat_reason="", actor=owner, at=done)
            if reached >= 4:
                reason = "一张餐饮发票不属于本活动"
                amount = claimed - Decimal("320.50")
                judged = done + timedelta(hours=6)
                accept_proof(number=number, amount=amount, reason=reason, actor=staff["marketing"], at=judged)

    return act


def _attach(number: str, paper: SupportPaper, name: str, owner: User, at: datetime) -> None:
    content = _PAPER + f"{number} {paper}\n".encode()
    attach_paper(number=number, paper=paper, name=name, content=content, actor=owner, at=at)


def _manager_of(staff: Staff, login: str) -> User:
    """A channel manager whose regions hold the dealer of that login."""
    dealer = staff[login].dealer_id or 0
    return managers_of_dealers([dealer])[dealer][0]


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=BUSINESS_ZONE)
