"""The demo company's after-sales service: teams with papers, customers in every state, reports with one overdue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aftersales.choices import TeamRole, TicketSource, TicketTopic
from aftersales.models import SatisfactionReport
from aftersales.services.reports import acknowledge_report, submit_report, sweep_reports
from aftersales.services.team import add_certificate, add_member, decide_certificate, sweep_teams
from aftersales.services.tickets.answering import resolve, respond
from aftersales.services.tickets.assigning import assign_ticket
from aftersales.services.tickets.by_customer import customer_complains, customer_rates, customer_writes
from aftersales.services.tickets.intake import NewTicket, receive_ticket
from aftersales.services.tickets.sweeping import sweep_tickets
from config.demo.company import DemoDealer
from config.demo.people import Staff
from dealers.choices import Role
from dealers.foundation.clock import business_day, start_of_day
from dealers.foundation.periods import Quarter
from dealers.models import Dealer, Product, Region, User
from settlement.services.breach_intake import take_up_overdue_reports

Event = tuple[datetime, Callable[[datetime], None]]
_T, _S = TicketTopic, TicketSource
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

_NAMES = ("王建国", "李志强", "张敏", "刘洋", "陈晓东", "杨帆", "赵磊", "黄丽", "周涛", "吴昊")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One customer: how long ago, in which dealer's city (None: where nobody is), and what became of it in hours."""

    hours: int
    near: int | None
    topic: TicketTopic
    source: TicketSource
    contact: str
    phone: str
    text: str
    answered: float | None = None
    resolved: float | None = None
    stars: int = 0
    word: str = ""
    again: str = ""
    complaint: str = ""
    moved: bool = False


# fmt: off
_ASKED = (
    _Asked(1440, 0, _T.FAULT, _S.PUBLIC, "胡先生", "13611110001", "投影仪开机后画面发黄", 5, 50, 5, "上门很快"),
    _Asked(1420, 0, _T.INSTALLATION, _S.DEALER, "林女士", "13611110002", "幕布与投影安装", 3, 26, 5, "安装整洁"),
    _Asked(1400, 1, _T.FAULT, _S.HOTLINE, "郑先生", "13611110003", "音响左声道无声", 30, 96, 2, "等了太久"),
    _Asked(1380, 2, _T.DELIVERY, _S.PUBLIC, "何女士", "13611110004", "送货少一箱配件", 8, 40, 4, ""),
    _Asked(700, 0, _T.FAULT, _S.PUBLIC, "马先生", "13611110005", "遥控器失灵", 2, 20, 5, "谢谢"),
    _Asked(620, 1, _T.RETURN, _S.PUBLIC, "孙女士", "13611110006", "尺寸不合适想换货", 20, 60, 3, "流程有点复杂"),
    _Asked(500, 3, _T.FAULT, _S.HOTLINE, "罗先生", "13611110007", "指示灯闪红灯无法开机", 6, 30, 0, "", "又闪红灯"),
    _Asked(300, 0, _T.INVOICE, _S.DEALER, "高女士", "13611110008", "补开保修卡", 1, 2, 5, ""),
    _Asked(150, 1, _T.FAULT, _S.PUBLIC, "梁先生", "13611110009", "镜头有划痕", None, None, 0, "", "", "一直没人联系我"),
    _Asked(80, 0, _T.FAULT, _S.PUBLIC, "谢女士", "13611110010", "风扇噪音大", 7, None),
    _Asked(70, 2, _T.INSTALLATION, _S.PUBLIC, "唐先生", "13611110011", "会议室吊装", 4, 30),
    _Asked(60, 1, _T.FAULT, _S.HOTLINE, "曹女士", "13611110012", "画面抖动", None, None, 0, "", "", "", True),
    _Asked(20, 0, _T.FAULT, _S.PUBLIC, "彭先生", "13611110013", "连接不上无线网络"),
    _Asked(9, 0, _T.RETURN, _S.PUBLIC, "曾女士", "13611110014", "收到的颜色不对"),
    _Asked(3, 1, _T.FAULT, _S.PUBLIC, "萧先生", "13611110015", "充电底座不通电"),
    _Asked(2, None, _T.INSTALLATION, _S.PUBLIC, "田先生", "13611110016", "新房装修，预约安装"),
)
# fmt: on


def service_events(network: Sequence[DemoDealer], staff: Staff, opening: datetime, now: datetime) -> list[Event]:
    """Teams at the beginning, customers as they come in, the reports of the quarter that ended in between."""
    events: list[Event] = [(opening + 3 * _HOUR, _teams(network[:16], staff, now))]
    for number, asked in enumerate(_ASKED):
        if asked.near is None or asked.near < len(network):
            events += _Story(asked, number, network, staff).events(now - asked.hours * _HOUR)
    quarter = Quarter.containing(business_day(now)).previous()
    ended = start_of_day(quarter.end)
    if opening < ended:
        events.append((ended + _HOUR, lambda at: _swept(at)))
        events += [
            (ended + days * _DAY + 10 * _HOUR, _report(place, quarter, staff))
            for place, days in enumerate((4, 0, 6, 7, 8, 9, 13, 9, 5, 6, 7, 8, 9, 5, 6, 7))
            if days
        ]
        events.append((ended + 10 * _DAY + _HOUR, lambda at: _swept(at)))
    events.append((now - timedelta(minutes=1), lambda at: _swept(at)))
    return events


def _swept(at: datetime) -> None:
    sweep_tickets(at=at)
    sweep_reports(at=at)
    take_up_overdue_reports(at=at)
    sweep_teams(at=at)


def _teams(network: Sequence[DemoDealer], staff: Staff, now: datetime) -> Callable[[datetime], None]:
    """Every tier's headcount, but one is short, one paper waits to be checked, one ends soon."""

    def act(at: datetime) -> None:
        for place, told in enumerate(network):
            owner = _owner(told.code)
            if owner is None:
                continue
            people = {"T1": 5, "T2": 3, "T3": 1}[told.tier] - (place == 1)
            for number in range(people):
                role = TeamRole.MANAGER if number == 0 and people > 1 else TeamRole.TECHNICIAN
                name = _NAMES[(place * 3 + number) % len(_NAMES)]
                since = business_day(at) - 200 * _DAY
                member = add_member(name=name, role=role, since=since, actor=owner, at=at)
                ends = business_day(now) + (40 if (place, number) == (0, 1) else 500) * _DAY
                made = add_certificate(
                    key=member.pk,
                    title="家电维修技师" if told.industry == "electronics" else "售后服务技师",
                    number=f"SH-{told.code}-{number + 1:02}",
                    issued_on=since,
                    last_day=ends,
                    file=None,
                    actor=owner,
                    at=at + _HOUR,
                )
                if place != 3:
                    decide_certificate(key=made.pk, accept=True, reason="", actor=staff["service"], at=at + 2 * _HOUR)

    return act


class _Story:
    """One customer's ticket, act by act."""

    def __init__(self, asked: _Asked, number: int, network: Sequence[DemoDealer], staff: Staff) -> None:
        self.asked, self.number, self.network, self.staff = asked, number, network, staff
        self.ticket = self.token = ""

    def events(self, at: datetime) -> list[Event]:
        """What happens when; what lies in the future never does."""
        asked = self.asked
        found: list[Event] = [(at, self.receive)]
        if asked.answered is not None:
            found.append((at + asked.answered * _HOUR, self.answer))
        if asked.resolved is not None:
            found.append((at + asked.resolved * _HOUR, self.resolve))
            if asked.stars:
                found.append((at + (asked.resolved + 9) * _HOUR, self.rate))
            if asked.again:
                found.append((at + (asked.resolved + 48) * _HOUR, self.again))
        if asked.complaint:
            found.append((at + 40 * _HOUR, self.complain))
        if asked.moved:
            found.append((at + 30 * _HOUR, self.move))
        found.append((at + 24 * _HOUR, _swept))
        return found

    def receive(self, at: datetime) -> None:
        asked = self.asked
        near = self.network[asked.near] if asked.near is not None else None
        dealer = Dealer.objects.get(code=near.code) if near is not None else None
        entering = {_S.PUBLIC: None, _S.HOTLINE: self.staff["service"]}.get(asked.source, self.owner(dealer))
        made, self.token = receive_ticket(
            new=NewTicket(
                source=asked.source,
                topic=asked.topic,
                description=asked.text,
                contact=asked.contact,
                phone=asked.phone,
                consent=True,
                dealer=dealer,
                region=Region.objects.get(code=near.cities[0].code) if near is not None else None,
                product=Product.objects.order_by("sku")[self.number % 9],
                serial=f"SN{26000 + self.number * 37}",
            ),
            actor=entering,
            at=at,
        )
        self.ticket = made.number

    def owner(self, dealer: Dealer | None = None) -> User:
        """Who answers: somebody of the dealer, or headquarters where there is none."""
        near = self.network[self.asked.near].code if dealer is None and self.asked.near is not None else ""
        return _owner(dealer.code if dealer is not None else near) or self.staff["service"]

    def answer(self, at: datetime) -> None:
        respond(number=self.ticket, text="您好，已与您电话约好上门时间。", actor=self.owner(), at=at)

    def resolve(self, at: datetime) -> None:
        resolve(number=self.ticket, text="已处理完毕，请试用。如有问题请在本页留言。", actor=self.owner(), at=at)

    def rate(self, at: datetime) -> None:
        customer_rates(token=self.token, stars=self.asked.stars, text=self.asked.word, at=at)

    def again(self, at: datetime) -> None:
        customer_writes(token=self.token, text=self.asked.again, at=at)

    def complain(self, at: datetime) -> None:
        customer_complains(token=self.token, text=self.asked.complaint, at=at)

    def move(self, at: datetime) -> None:
        """The dealer missed its day; headquarters gives the customer to another."""
        dealer = self.network[0].code
        assign_ticket(number=self.ticket, dealer_code=dealer, reason="原服务商超时", actor=self.staff["service"], at=at)


def _report(place: int, quarter: Quarter, staff: Staff) -> Callable[[datetime], None]:
    """A dealer hands its report in; headquarters reads the first."""

    def act(at: datetime) -> None:
        owners = list(staff.owners())
        owed = SatisfactionReport.objects.filter(quarter=str(quarter), submitted_at=None)
        owner = next((one for one in owners[place : place + 1] if owed.filter(dealer=one.dealer).exists()), None)
        if owner is None:
            return
        report = submit_report(
            quarter=str(quarter),
            statement="本季工单以故障报修为主，周末响应偏慢。",
            plan="周末安排值班技师一名；每月复盘超时工单。",
            actor=owner,
            at=at,
        )
        if place == 0:
            remark = "值班安排请附排班表。"
            acknowledge_report(key=report.pk, remark=remark, actor=staff["service"], at=at + 5 * _HOUR)

    return act


def _owner(code: str) -> User | None:
    return User.objects.filter(dealer__code=code, role=Role.DEALER_OWNER).first()
