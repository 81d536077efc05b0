"""The demo company's papers and rights: a certificate that ends soon, one to confirm, a right in conflict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from config.demo.people import Staff
from dealers.choices import DocumentKind, RenewalKind, TerritoryAct
from dealers.foundation.clock import business_day
from dealers.models import Contract, Dealer, Territory
from dealers.selectors.contracts import ending_contracts
from dealers.services.certificates import NewCertificate, decide_certificate, hand_in_certificate
from dealers.services.contracts import NextContract, decide_renewal, propose_renewal
from dealers.services.territory import request_territory_change
from settlement.selectors.contract_facts import contract_facts

Event = tuple[datetime, Callable[[datetime], None]]
_PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n% "
_NAME = "产品经营资质证书"


def agreement_events(staff: Staff, now: datetime) -> list[Event]:
    """The first owner's certificate ends in forty days; the second's waits, and so does the right it wants alone.

    The contract that ends next is assessed and renewed; what is missing is the signed paper.
    """
    today = business_day(now)
    return [
        (now - timedelta(days=20), lambda at: _certificate(staff, "owner", today + timedelta(days=40), at, "channel")),
        (now - timedelta(days=1), lambda at: _certificate(staff, "owner2", today + timedelta(days=300), at)),
        (now - timedelta(days=6), lambda at: _renews(staff, at)),
        (now - timedelta(days=3), lambda at: _wants_exclusive(staff, "owner2", today + timedelta(days=20), at)),
    ]


def _certificate(staff: Staff, login: str, last_day: date, at: datetime, confirmed_by: str = "") -> None:
    if login not in staff.users:
        return
    owner = staff[login]
    paper = NewCertificate(
        kind=DocumentKind.QUALIFICATION,
        filename=f"{_NAME}.pdf",
        content=_PAPER + login.encode(),
        name=_NAME,
        number=f"ZZ-{last_day:%Y}-{owner.pk:04d}",
        last_day=last_day,
    )
    handed_in = hand_in_certificate(dealer=_dealer_of(staff, login), paper=paper, actor=owner, at=at)
    if confirmed_by:
        decide_certificate(certificate=handed_in, confirm=True, remark="", actor=staff[confirmed_by], at=at)


def _wants_exclusive(staff: Staff, login: str, effective_on: date, at: datetime) -> None:
    if login not in staff.users:
        return
    dealer = _dealer_of(staff, login)
    grant = Territory.objects.filter(dealer=dealer).select_related("region").order_by("pk").first()
    if grant is not None:
        request_territory_change(
            dealer=dealer,
            region=grant.region,
            act=TerritoryAct.MAKE_EXCLUSIVE,
            effective_on=effective_on,
            reason="全省网点已建成，申请独家经营。",
            actor=staff[login],
            at=at,
        )


def _renews(staff: Staff, at: datetime) -> None:
    ending = ending_contracts(Contract.objects.select_related("dealer"), today=business_day(at), within=90).first()
    if ending is None or ending.valid.upper is None:
        return
    last_day = ending.valid.upper + timedelta(days=364)
    renewal = propose_renewal(
        contract=ending,
        kind=RenewalKind.RENEW,
        reason="合作稳定，无违规记录；报送及时性须继续提升。",
        following=NextContract(f"HT-{last_day:%Y}-{ending.dealer_id:04d}", ending.amount, last_day),
        facts=contract_facts(ending.dealer, at=at),
        actor=staff["policy"],
        at=at,
    )
    later = at + timedelta(days=2)
    decide_renewal(renewal=renewal, agree=True, note="同意，按原条件续签一年。", actor=staff["gm"], at=later)


def _dealer_of(staff: Staff, login: str) -> Dealer:
    return Dealer.objects.get(pk=staff[login].dealer_id or 0)
