"""The people and steps that the tests of market support play with."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from dealers.choices import Role, Tier
from dealers.models import DealerTier
from rebates.choices import SupportPaper
from rebates.models import SupportActivity
from rebates.rules.support_plan import SupportPlan
from rebates.services.support.deciding import accept_proof, reserve_support
from rebates.services.support.executing import commit_support, hand_in_proof
from rebates.services.support.papers import attach_paper
from rebates.services.support.plans import ask_for_support, plan_activity
from tests import factories
from tests.pricing.promo_stage import moment

#: A Monday in the fourth quarter.
MONDAY = moment("2026-10-12 10:00")
DURING = moment("2026-11-05 10:00")


def stage(tier: str = Tier.T2) -> SimpleNamespace:
    """A T2 dealer (quota 50,000 a quarter), its owner, and one person for every office that decides."""
    factories.PolicyVersion()
    dealer = factories.Dealer(code="D0001")
    DealerTier.objects.filter(dealer=dealer).update(tier=tier)
    return SimpleNamespace(
        dealer=dealer,
        owner=factories.User(username="owner", role=Role.DEALER_OWNER, dealer=dealer),
        channel=factories.User(username="channel", role=Role.CHANNEL_MANAGER, regions=[dealer.home_region]),
        director=factories.User(username="director", role=Role.MARKETING_DIRECTOR),
        approver=factories.User(username="approver", role=Role.FINANCE_APPROVER),
    )


def plan(budget: str = "20000", **changed: Any) -> SupportPlan:
    given: dict[str, Any] = {
        "kind": "display",
        "purpose": "双十一门店陈列",
        "starts_on": date(2026, 11, 1),
        "ends_on": date(2026, 11, 12),
        "budget": Decimal(budget),
    }
    return SupportPlan(**{**given, **changed})


def planned(cast: Any, budget: str = "20000", at: datetime = MONDAY, **changed: Any) -> SupportActivity:
    number = plan_activity(plan=plan(budget, **changed), actor=cast.owner, at=at).number
    return ask_for_support(number=number, actor=cast.owner, at=at)


def reserved(cast: Any, budget: str = "20000", at: datetime = MONDAY, **changed: Any) -> SupportActivity:
    number = planned(cast, budget, at, **changed).number
    return reserve_support(number=number, amount=Decimal(budget), reason="", actor=cast.channel, at=at)


def committed(cast: Any, budget: str = "20000", at: datetime = MONDAY, **changed: Any) -> SupportActivity:
    number = reserved(cast, budget, at, **changed).number
    paper(cast, number, SupportPaper.CONTRACT, f"合同 {number}".encode(), at)
    return commit_support(number=number, amount=Decimal(budget), supplier="星光广告", actor=cast.owner, at=at)


def proven(
    cast: Any, claimed: str = "20000", content: bytes = b"invoice", why: str = "", **changed: Any
) -> SupportActivity:
    number = committed(cast, claimed, **changed).number
    paper(cast, number, SupportPaper.PROOF, content, DURING)
    return hand_in_proof(number=number, claimed=Decimal(claimed), repeat_reason=why, actor=cast.owner, at=DURING)


def accepted(cast: Any, amount: str = "20000", content: bytes = b"invoice") -> SupportActivity:
    number = proven(cast, amount, content).number
    return accept_proof(number=number, amount=Decimal(amount), reason="", actor=cast.director, at=DURING)


def paper(cast: Any, number: str, kind: SupportPaper, content: bytes, at: datetime = MONDAY) -> Any:
    return attach_paper(number=number, paper=kind, name="文件.txt", content=content, actor=cast.owner, at=at)
