"""Three stories of due process: a ring of fake sales, an honest dealer's burst, an appeal that comes after payment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from dealers.choices import HoldKind
from dealers.models import AuditRecord, Dealer, Notice, SupplyHold
from dealers.selectors.supply import eligibility
from dealers.services.audit import verify_audit
from settlement.choices import AppealOutcome, CaseOutcome, CaseState
from settlement.models import Case
from settlement.rules.case_consequences import Choice
from settlement.selectors.cases import visible_cases
from settlement.selectors.ledger import payable_to
from settlement.services.case_path.appealing import appeal, decide_appeal
from settlement.services.case_path.applying import apply_decided_cases
from settlement.services.case_path.merging import merge_cases
from settlement.services.cases import Evidence
from settlement.services.payment_steps import move_payment
from tests import factories
from tests.settlement.casework import (
    Stage,
    accused,
    applied,
    contracted,
    heard,
    judged,
    people,
    replied,
    signal,
)
from tests.settlement.pay_stage import Office, bill_number, consent
from tests.settlement.world import close, dealer, half, lines, sell

pytestmark = pytest.mark.django_db
OCT2, NOV1, NOV2 = "2026-10-H2", "2026-11-H1", "2026-11-H2"


def during(period: str) -> datetime:
    return half(period).starts_at + timedelta(days=3, hours=9)


def shown(period: str, of: Stage) -> dict[str, Decimal]:
    return {line.kind: line.amount for line in lines(period, of.dealer)}


def test_a_ring_of_fake_sales_is_found_heard_confirmed_and_settled() -> None:
    """Two dealers pass the same documents round; each is heard alone and never learns of the other."""
    factories.PolicyVersion()
    ring = [people(dealer(code)) for code in ("D1", "D2")]
    honest = dealer("D3")
    at = during(NOV1)
    for of in ring:
        contracted(of.dealer, "20000")
    for shop in (*(of.dealer for of in ring), honest):
        sell(shop, OCT2, "700000")
    close(OCT2)
    for number, of in enumerate(ring, start=1):
        told = {"text": {"en": "6 of your documents also exist elsewhere.", "zh-hans": "6 张单据在别处也出现过。"}}
        base = signal(number, circle=["D1", "D2"])
        circle = Evidence(base.kind, base.reference, {"sentence": "D1 and D2 traded in a circle."}, base.snapshot, told)
        one = accused(of, at=at, evidence=circle)
        twin = accused(of, at=at, facts=f"circle:{number}", evidence=signal(number + 10))
        case = merge_cases(number=twin.number, into=one.number, reason="one ring", actor=of.investigator, at=at)
        heard(of, case, at, charge="The documents were passed round.", alleged_loss=Decimal("30000"))
        replied(of, case, at + timedelta(hours=5), text="A mistake of our clerk.")
        assert {each.dealer_id for each in visible_cases(of.owner)} == {of.dealer.pk}
        judged(of, case, at + timedelta(days=1), proven_loss=Decimal("30000"), choice=Choice(hold=True))
        applied_later(at + timedelta(days=2))
        answer = eligibility(dealer=of.dealer.code, at=at + timedelta(days=3))
        assert answer is not None and HoldKind.FRAUD in [reason.kind for reason in answer.reasons]
    sell(ring[0].dealer, NOV1, "100000")
    close(NOV1)
    # 2 % of 700,000 taken back, 2 % of 100,000 shown and cancelled, and the contract amount.
    assert shown(NOV1, ring[0]) == {
        "rebate": Decimal("2000.00"),
        "forfeiture": Decimal("-2000.00"),
        "clawback": Decimal("-14000.00"),
        "penalty": Decimal("-20000.00"),
    }
    assert [payable_to(of.dealer.pk) for of in ring] == [Decimal("-20000.00")] * 2
    assert payable_to(honest.pk) == Decimal("14000.00")
    read = " ".join(str(note.params) for note in Notice.objects.filter(recipient=ring[0].owner))
    assert "D2" not in read
    assert verify_audit() is None


def test_an_honest_dealers_burst_is_explained_and_dismissed() -> None:
    """The burst crossed a bracket because a school bought its equipment; nothing follows, and nothing counts later."""
    factories.PolicyVersion()
    of = people(dealer("D1"))
    contracted(of.dealer, "50000")
    sell(of.dealer, OCT2, "1100000")
    close(OCT2)
    at = during(NOV1)
    case = heard(of, accused(of, at=at, facts=f"bracket_burst:{OCT2}"), at, charge="A burst just across a bracket.")
    replied(of, case, at + timedelta(hours=20), text="A school renewed its projectors; here is the contract.")
    judged(of, case, at + timedelta(days=1), outcome=CaseOutcome.DISMISSED, reasons="The tender is public.")
    applied_later(at + timedelta(days=2))
    close(NOV1)
    case.refresh_from_db()
    assert case.state == CaseState.DISMISSED
    assert not case.consequences.exists() and not SupplyHold.objects.exists()
    assert sum(shown(NOV1, of).values()) == 0
    # 2 % of a million and 3 % of the rest, as it was
    assert payable_to(of.dealer.pk) == Decimal("23000.00")
    told = Notice.objects.filter(recipient=of.owner, params__reason="case_dismissed").get()
    assert told.params["why"] == "The tender is public."


def test_an_appeal_overturns_after_the_half_month_was_paid() -> None:
    """Paid, then forfeited, then overturned: what the dealer is owed in the end is what it would have been owed."""
    factories.PolicyVersion()
    of, twin = people(dealer("D1")), dealer("D2")
    contracted(of.dealer, "50000")
    for shop in (of.dealer, twin):
        sell(shop, OCT2, "700000")
    close(OCT2)
    at = during(NOV1)
    paid((of.dealer, twin), at - timedelta(days=1), "1-1400000")
    assert payable_to(of.dealer.pk) == 0
    case = applied(of, accused(of, at=at), at=at, proven_loss=Decimal("60000"))
    for shop in (of.dealer, twin):
        sell(shop, NOV1, "500000")
    close(NOV1)
    assert payable_to(of.dealer.pk) == Decimal("-64000.00")
    later = during(NOV2)
    appeal(number=case.number, grounds="The goods went to a school.", actor=of.owner, at=later)
    decide_appeal(number=case.number, outcome=AppealOutcome.OVERTURNED, reasons="They did.", actor=of.third, at=later)
    close(NOV2)
    assert payable_to(of.dealer.pk) == payable_to(twin.pk) == Decimal("12000.00")
    assert all(hasattr(row, "reversal") for row in case.consequences.filter(reverses__isnull=True))
    acts = AuditRecord.objects.filter(action="case.overturn").count()
    assert (acts, Case.objects.get(pk=case.pk).state) == (1, CaseState.OVERTURNED)


def paid(shops: Sequence[Dealer], at: datetime, notes: str) -> None:
    """Each takes a bill for what is open, and it is honoured."""
    office = Office(at=at)
    for shop in shops:
        consent(shop, at)
    plan, day = office.plan(), at.date()
    for shop in shops:
        due = day + timedelta(days=90)
        bill = office.bill(plan, shop, notes, number=bill_number(day), issued_on=day, due_on=due)
        for act in ("accept", "deliver", "settle"):
            move_payment(payment=bill, act=act, actor=office.clerk, at=at)


def applied_later(at: datetime) -> None:
    """The clock comes by."""
    apply_decided_cases(at=at)
