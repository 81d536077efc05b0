"""People around a case and its steps in short: `heard(of, case)`, `decided(of, case)`, `applied(of, case)`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from dealers.choices import Role
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.half_months import HalfMonth
from dealers.models import Contract, Dealer, User
from pricing.models import Violation
from settlement.choices import CaseKind, CaseOutcome, CasePriority, EvidenceKind
from settlement.models import Case
from settlement.services.case_intake import hand_over_violation
from settlement.services.case_path.applying import apply_decided_cases
from settlement.services.case_path.deciding import Verdict, decide_case
from settlement.services.case_path.hearing import hear_dealer, reply
from settlement.services.case_path.working import take_case
from settlement.services.cases import Evidence, open_case
from tests import factories
from tests.breaches import breach

PERIOD = "2026-11-H1"
#: Wednesday the 18th: three working days end with Monday the 23rd, five with Wednesday the 25th.
OPENED = datetime(2026, 11, 18, 9, tzinfo=BUSINESS_ZONE)
REPLIED = OPENED + timedelta(hours=5)
DECIDED = OPENED + timedelta(days=1)
APPLIED = OPENED + timedelta(days=2)


@dataclass(frozen=True)
class Stage:
    dealer: Dealer
    owner: User
    investigator: User
    judge: User
    third: User
    manager: User


def people(shop: Dealer) -> Stage:
    """The dealer's owner, an investigator, two judges and the general manager."""
    return Stage(
        dealer=shop,
        owner=factories.User(role=Role.DEALER_OWNER, dealer=shop, language="en"),
        investigator=factories.User(role=Role.RISK_INVESTIGATOR, language="en"),
        judge=factories.User(role=Role.RISK_JUDGE, language="en"),
        third=factories.User(role=Role.RISK_JUDGE, language="en"),
        manager=factories.User(role=Role.GENERAL_MANAGER, language="en"),
    )


def contracted(shop: Dealer, amount: str) -> Contract:
    """A contract for the year, of the amount a penalty is reckoned on."""
    Contract.objects.filter(dealer=shop).delete()
    year = (HalfMonth.parse("2026-01-H1").start, HalfMonth.parse("2027-01-H1").start)
    return Contract.objects.create(dealer=shop, number=f"C-{shop.code}", amount=Decimal(amount), valid=year)


def signal(number: int = 1, **snapshot: Any) -> Evidence:
    """A signal with its sentence; it names no lines unless told."""
    summary = {"sentence": "4 documents were reported by two dealers on the same days."}
    return Evidence(EvidenceKind.SIGNAL, f"signal:{number}", summary, {"number": number, **snapshot})


def accused(of: Stage, *, kind: CaseKind = CaseKind.FRAUD, at: datetime = OPENED, **given: Any) -> Case:
    """A case opened from a signal."""
    facts = {
        "facts": "duplicated_documents:2026-11-H1",
        "period": PERIOD,
        "priority": CasePriority.NORMAL,
        "evidence": signal(),
        "reason": "duplicated documents",
        **given,
    }
    return open_case(kind=kind, dealer=of.dealer, actor=of.investigator, at=at, **facts)


def handed_over(of: Stage, violation: Violation, at: datetime = OPENED) -> Case:
    return hand_over_violation(
        violation_id=violation.pk, version=violation.version, reason="look into it", actor=of.investigator, at=at
    )


def priced(of: Stage, *prices: str, period: str = PERIOD, at: datetime = OPENED, **line: Any) -> Case:
    """A price case from sales below the floor of 900 in a half-month."""
    half = HalfMonth.parse(period)
    return handed_over(of, breach(of.dealer, *prices, period=half, doc_no=f"S-{period}", **line), at)


def heard(of: Stage, case: Case, at: datetime = OPENED, **given: Any) -> Case:
    """Taken by the investigator and put to the dealer."""
    take_case(number=case.number, actor=of.investigator, at=at)
    charge = {"charge": "Sold below the floor.", **given}
    return hear_dealer(number=case.number, actor=of.investigator, at=at, **charge)


def replied(of: Stage, case: Case, at: datetime = REPLIED, final: bool = True, **given: Any) -> Case:
    said = {"text": "We matched a competitor.", "actor": of.owner, **given}
    return reply(number=case.number, at=at, final=final, **said)


def judged(of: Stage, case: Case, at: datetime = DECIDED, judge: User | None = None, **verdict: Any) -> Case:
    wish = Verdict(**{"outcome": CaseOutcome.CONFIRMED, "reasons": "The lines show it.", **verdict})
    return decide_case(number=case.number, verdict=wish, actor=judge or of.judge, at=at)


def decided(of: Stage, case: Case, at: datetime = OPENED, **verdict: Any) -> Case:
    """Heard, replied to and decided."""
    heard(of, case, at)
    replied(of, case, at + (REPLIED - OPENED))
    return judged(of, case, at + (DECIDED - OPENED), **verdict)


def applied(of: Stage, case: Case, at: datetime = OPENED, **verdict: Any) -> Case:
    """Decided and applied."""
    decided(of, case, at, **verdict)
    apply_decided_cases(at=at + (APPLIED - OPENED))
    return Case.objects.get(pk=case.pk)
