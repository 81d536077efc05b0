"""The demo company's referred customers: being dealt with, missed, fresh, not counted, and turned into deals.

One dealer refers a customer outside its region early enough that its reward stands on a statement; of the deals of
the last days some are drawn for a call-back and the rest wait on payout lists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from config.demo.company import DemoDealer
from config.demo.people import Staff
from dealers.choices import Role
from dealers.models import Dealer, Region, User
from dealers.services.notices import managers_of_dealers
from pricing.models import SaleLine
from rebates.choices import CallBack, LeadState, Referrer
from rebates.errors import NothingToPay
from rebates.models import Lead
from rebates.services.referrals.deciding import confirm_deal, record_call_back
from rebates.services.referrals.following import follow_up, report_deal
from rebates.services.referrals.intake import NewLead, receive_lead
from rebates.services.referrals.payouts import decide_payout, prepare_payout
from rebates.services.referrals.sweeping import sweep_leads

Event = tuple[datetime, Callable[[datetime], None]]
_C, _E, _P = Referrer.CUSTOMER, Referrer.EMPLOYEE, Referrer.PARTNER


@dataclass(frozen=True, slots=True)
class _Told:
    """One customer: how long ago, told by whom, in which dealer's city, and how far it came."""

    hours: int
    by: Referrer
    referrer: str
    referrer_phone: str
    contact: str
    phone: str
    company: str
    wish: str
    near: int
    called: bool
    deal_after_days: int = 0


# fmt: off
_TOLD = (
    _Told(816, _P, "", "", "胡总", "13822220009", "东方会议中心", "会议室投影与音响", 2, True, 9),
    _Told(340, _E, "", "", "郭主任", "13822220006", "实验小学", "教室投影十二套", 0, True, 8),
    _Told(320, _C, "钱女士", "13911110006", "马先生", "13822220007", "", "家庭影院", 0, True, 8),
    _Told(300, _C, "许先生", "13911110007", "林经理", "13822220008", "听涛酒店", "大堂显示屏", 2, True, 9),
    _Told(290, _E, "", "", "何老师", "13822220010", "星星幼儿园", "多媒体一体机", 1, True, 9),
    _Told(280, _C, "郑女士", "13911110008", "朱先生", "13822220011", "", "客厅投影", 5, True, 9),
    _Told(96, _C, "王女士", "13911110001", "李先生", "13822220001", "湖畔酒店", "客房投影二十台", 0, True),
    _Told(60, _E, "", "", "周女士", "13822220002", "晨光幼儿园", "多媒体教室", 0, True),
    _Told(31, _C, "陈先生", "13911110003", "吴先生", "13822220003", "", "家庭影院一套", 0, False),
    _Told(20, _C, "陈先生", "13911110003", "李经理", "13822220001", "湖畔酒店有限公司", "客房投影", 0, False),
    _Told(4, _C, "赵女士", "13911110005", "孙先生", "13822220005", "同舟健身", "门店显示屏", 0, False),
)
# fmt: on


def referral_events(network: Sequence[DemoDealer], staff: Staff, now: datetime) -> list[Event]:
    """Every customer as it comes in, its deal some days later, and two payout lists: one paid, one waiting."""
    events: list[Event] = []
    for told in _TOLD:
        if told.near < len(network):
            came_in = now - timedelta(hours=told.hours)
            numbers: list[str] = []
            events.append((came_in, _lead(told, network, staff, numbers)))
            if told.deal_after_days:
                events.append((came_in + timedelta(days=told.deal_after_days), _deal(staff, numbers)))
    events.append((now - timedelta(hours=90), _payout(staff, approve=True)))
    events.append((now - timedelta(hours=2), _payout(staff, approve=False)))
    return events


def _lead(told: _Told, network: Sequence[DemoDealer], staff: Staff, numbers: list[str]) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        employee = staff["legal"] if told.by == _E else None
        partner = Dealer.objects.get(code=network[0].code) if told.by == _P else None
        lead = receive_lead(
            new=NewLead(
                referrer=told.by,
                referrer_name=told.referrer or str(employee or partner),
                referrer_phone=told.referrer_phone,
                employee=employee,
                partner=partner,
                contact=told.contact,
                phone=told.phone,
                company=told.company,
                wish=told.wish,
                region=Region.objects.get(code=network[told.near].cities[0].code),
                consent=True,
            ),
            actor=None,
            at=at,
        )
        caller = _owner_of(lead)
        if told.called and caller is not None and lead.state == LeadState.ASSIGNED:
            follow_up(number=lead.number, note="已电话联系，约定周末到店", actor=caller, at=at + timedelta(hours=3))
            numbers.append(lead.number)
        sweep_leads(at=at)

    return act


def _deal(staff: Staff, numbers: list[str]) -> Callable[[datetime], None]:
    """The dealer names the largest line it sold since; its channel manager confirms it; a drawn one of a
    dealer that referred is called at once, the others wait."""

    def act(at: datetime) -> None:
        for number in numbers:
            lead = Lead.objects.get(number=number)
            taken = Lead.objects.filter(dealer=lead.dealer_id).exclude(doc_no="").values("doc_no")
            sold = SaleLine.objects.filter(dealer=lead.dealer_id, sold_at__gte=lead.received_at, quantity__gt=0)
            dear = (-F("quantity") * F("unit_price"), "sold_at", "doc_no")
            line = sold.filter(known_from__lte=at).exclude(doc_no__in=taken).order_by(*dear).first()
            caller = _owner_of(lead)
            if line is None or caller is None:
                continue
            report_deal(number=number, doc_no=line.doc_no, line_no=line.line_no, actor=caller, at=at)
            manager = managers_of_dealers([caller.dealer_id or 0])[caller.dealer_id or 0][0]
            lead = confirm_deal(number=number, actor=manager, at=at + timedelta(hours=2))
            if lead.sampled and lead.partner_id is not None:
                said = "客户确认已购买并安装"
                called_at = at + timedelta(hours=4)
                record_call_back(
                    number=number, outcome=CallBack.CONFIRMED, note=said, actor=staff["service"], at=called_at
                )

    return act


def _payout(staff: Staff, *, approve: bool) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        try:
            payout = prepare_payout(actor=staff["clerk"], at=at)
        except NothingToPay:
            return
        if approve:
            soon = at + timedelta(hours=1)
            decide_payout(number=payout.number, approve=True, reason="", actor=staff["approver"], at=soon)

    return act


def _owner_of(lead: Lead) -> User | None:
    return User.objects.filter(dealer=lead.dealer, role=Role.DEALER_OWNER).first() if lead.dealer_id else None
