"""The people and steps that the tests of referrals play with."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from dealers.choices import Role
from rebates.choices import Referrer
from rebates.models import Lead
from rebates.services.referrals.assigning import assign_lead
from rebates.services.referrals.following import follow_up, report_deal
from rebates.services.referrals.intake import NewLead, receive_lead
from tests import factories
from tests.pricing.promo_stage import moment
from tests.settlement.world import sell

AT = moment("2026-11-02 10:00")
LATER = AT + timedelta(days=14)


def stage() -> SimpleNamespace:
    """Two dealers of one city, a partner elsewhere, and one person for every office."""
    factories.PolicyVersion()
    city = factories.City(code="C001")
    first, second = factories.Dealer(code="D0001", home_region=city), factories.Dealer(code="D0002", home_region=city)
    partner = factories.Dealer(code="P0001")
    return SimpleNamespace(
        city=city,
        first=first,
        second=second,
        partner=partner,
        owner=factories.User(username="owner", role=Role.DEALER_OWNER, dealer=first),
        partner_owner=factories.User(username="partner", role=Role.DEALER_OWNER, dealer=partner),
        channel=factories.User(username="channel", role=Role.CHANNEL_MANAGER, regions=[city]),
        service=factories.User(username="service", role=Role.AFTERSALES_SUPERVISOR),
        clerk=factories.User(username="clerk", role=Role.FINANCE_CLERK),
        approver=factories.User(username="approver", role=Role.FINANCE_APPROVER),
        employee=factories.User(username="employee", role=Role.LEGAL_REVIEWER),
    )


def new_lead(cast: Any, number: int = 0, **changed: Any) -> NewLead:
    given: dict[str, Any] = {
        "referrer": Referrer.CUSTOMER,
        "referrer_name": "王女士",
        "referrer_phone": f"1390000{number:04d}",
        "contact": "李先生",
        "phone": f"1380000{number:04d}",
        "company": f"云帆{number}贸易有限公司",
        "region": cast.city,
        "consent": True,
    }
    return NewLead(**{**given, **changed})


def by_partner(cast: Any, number: int = 0, **changed: Any) -> NewLead:
    return new_lead(cast, number, referrer=Referrer.PARTNER, partner=cast.partner, referrer_phone="", **changed)


def by_employee(cast: Any, number: int = 0, **changed: Any) -> NewLead:
    return new_lead(cast, number, referrer=Referrer.EMPLOYEE, employee=cast.employee, referrer_phone="", **changed)


def received(cast: Any, new: NewLead | None = None, at: Any = AT) -> Lead:
    return receive_lead(new=new or new_lead(cast), actor=None, at=at)


def with_deal(cast: Any, new: NewLead, amount: str = "50000") -> Lead:
    """A lead that the first dealer called and sold to, reported as a sale line in November's second half."""
    lead = received(cast, new)
    if lead.dealer_id != cast.first.pk:
        assign_lead(number=lead.number, dealer_code=cast.first.code, reason="x", actor=cast.channel, at=AT)
    follow_up(number=lead.number, note="已联系", actor=cast.owner, at=AT + timedelta(hours=2))
    line = sell(cast.first, "2026-11-H2", amount)
    return report_deal(number=lead.number, doc_no=line.doc_no, line_no=1, actor=cast.owner, at=LATER)
