"""A forfeited year in the books: taken back, cancelled beside the full rebate, given back when it is lifted."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.models import AuditRecord, Dealer, PolicyVersion
from rebates.errors import NotForfeited
from rebates.models import Forfeiture
from rebates.resources import explain
from rebates.rules.proof_shape import faults_of_generic
from rebates.services.forfeitures import impose_forfeiture, lift_forfeiture
from settlement.models import SettlementRun, StatementLine
from settlement.selectors.ledger import payable_to
from settlement.selectors.ledger_faults import ledger_faults
from settlement.selectors.questions import Books, RunQuestion
from settlement.selectors.reckoning import reckoned_statements
from settlement.selectors.verification import first_difference
from tests import factories
from tests.guides import number, table
from tests.policies import published_policy, starting
from tests.settlement.world import after, calculate, close, dealer, half, lines, sell

pytestmark = pytest.mark.django_db
OCT1, OCT2, NOV1, NOV2, DEC1, DEC2, JAN1 = (
    "2026-10-H1",
    "2026-10-H2",
    "2026-11-H1",
    "2026-11-H2",
    "2026-12-H1",
    "2026-12-H2",
    "2027-01-H1",
)


@pytest.fixture
def policy() -> None:
    factories.PolicyVersion()


def during(period: str) -> datetime:
    """A day in the half-month, when the one before it is closed."""
    return half(period).starts_at + timedelta(days=5)


def impose(shop: Dealer, at: datetime, reference: str = "case:7", **kwargs: Any) -> Forfeiture:
    asked = {"year": 2026, "reason": "fake sales confirmed", "actor": None, **kwargs}
    return impose_forfeiture(dealer=shop, reference=reference, at=at, **asked)


def lift(shop: Dealer, at: datetime, reference: str = "case:7") -> Forfeiture:
    return lift_forfeiture(dealer=shop, year=2026, reference=reference, reason="overturned", actor=None, at=at)


def shown(period: str, shop: Dealer) -> list[tuple[str, str, Decimal]]:
    return [(line.kind, line.for_period, line.amount) for line in lines(period, shop)]


def differences(*periods: str) -> list[object]:
    """What the ledger or a replay of the half-months finds wrong."""
    runs = SettlementRun.objects.select_related("policy").filter(period__in=periods)
    return [*ledger_faults(), *filter(None, map(first_difference, runs))]


def test_the_guide_shows_what_is_settled(policy: None) -> None:
    """docs/forfeiture.md: every row of its table is a statement of this dealer."""
    shop = dealer("D1")
    rows = table("forfeiture.md", "Worked example")
    for row in rows:
        period = row["half-month"]
        sell(shop, period, number(row["compliant sales"]))
        if row["decided"] == "imposed":
            impose(shop, during(period))
        if row["decided"] == "lifted":
            lift(shop, during(period))
        close(period)
        settled = {line.kind: line.amount for line in lines(period, shop)}
        for kind in ("rebate", "forfeiture", "clawback"):
            assert settled.get(kind, 0) == number(row[kind]), (period, kind)
        assert payable_to(shop.pk) == number(row["owed to the dealer"])
    assert len(rows) == 4 and differences(*(row["half-month"] for row in rows)) == []


def test_every_line_proves_itself_and_says_so_in_a_sentence(policy: None) -> None:
    shop = dealer("D1")
    sell(shop, OCT1, "700000")
    close(OCT1)
    impose(shop, during(OCT2))
    sell(shop, OCT2, "500000")
    close(OCT2)
    lift(shop, during(NOV1))
    close(NOV1)
    cancelled = StatementLine.objects.filter(kind__in=["forfeiture", "clawback"]).order_by("pk")
    assert [faults_of_generic(line.proof) for line in cancelled] == [[], [], [], []]
    sentences = [explain(line.proof, line.kind) for line in cancelled]
    assert all("case:7" in sentence and "T1-ALL" in sentence for sentence in sentences)
    assert "12,000.00" in sentences[0] and "14,000.00" in sentences[1]


def test_late_facts_of_a_forfeited_year_appear_in_full_and_are_cancelled(policy: None) -> None:
    factories.PolicyVersion(code="2027", valid=(half(JAN1).start, None))
    shop = dealer("D1")
    sell(shop, DEC2, "100000")
    close(DEC2)
    impose(shop, during(JAN1))
    sell(shop, DEC2, "50000", known=during(JAN1))
    sell(shop, JAN1, "10000")
    close(JAN1)
    assert shown(JAN1, shop) == [
        ("rebate", JAN1, Decimal("200.00")),
        ("rebate", DEC2, Decimal("1000.00")),
        ("forfeiture", DEC2, Decimal("-1000.00")),
        ("clawback", DEC2, Decimal("-2000.00")),
    ]
    assert payable_to(shop.pk) == Decimal("200.00")
    assert differences(DEC2, JAN1) == []


def test_a_year_window_under_two_policies_is_taken_back_whole() -> None:
    yearly = ("window: quarter                        # half_month, quarter, year", "window: year")
    for first, end, code in (("2026-01-01", "2026-11-01", "a"), ("2026-11-01", "2027-01-01", "b")):
        published_policy(starting(first, end, code).replace(*yearly))
    shop = dealer("D1")
    sell(shop, OCT2, "1000000")
    close(OCT2)
    sell(shop, NOV1, "1000000")
    close(NOV1)
    impose(shop, during(NOV2))
    close(NOV2)
    assert shown(NOV2, shop)[-1] == ("clawback", NOV1, Decimal("-50000.00"))
    assert payable_to(shop.pk) == 0
    assert differences(OCT2, NOV1, NOV2) == []


def test_a_decision_after_the_cutoff_waits_for_the_next_half_month(policy: None) -> None:
    shop = dealer("D1")
    sell(shop, OCT1, "1000")
    impose(shop, after(OCT1, 3))
    close(OCT1)
    assert shown(OCT1, shop) == [("rebate", OCT1, Decimal("20.00"))]
    close(OCT2)
    assert shown(OCT2, shop)[-1] == ("clawback", OCT1, Decimal("-20.00"))
    assert differences(OCT1, OCT2) == []


def test_other_dealers_and_other_years_are_left_alone(policy: None) -> None:
    shop, other = dealer("D1"), dealer("D2")
    for one in (shop, other):
        sell(one, OCT1, "1000")
    impose(shop, during(OCT1), year=2025)
    close(OCT1)
    assert {line.kind for line in lines(OCT1)} == {"rebate"}


def test_of_two_decisions_lifting_one_leaves_the_year_forfeited(policy: None) -> None:
    shop = dealer("D1")
    sell(shop, OCT1, "1000")
    impose(shop, during(OCT1), "case:1")
    impose(shop, during(OCT1), "case:2")
    close(OCT1)
    lift(shop, during(OCT2), "case:1")
    close(OCT2)
    assert payable_to(shop.pk) == 0
    lift(shop, during(NOV1), "case:2")
    close(NOV1)
    assert payable_to(shop.pk) == Decimal("20.00")
    assert differences(OCT1, OCT2, NOV1) == []


def test_it_is_recorded_once_audited_once_and_never_changed(policy: None) -> None:
    shop = dealer("D1")
    judge = factories.User(role=Role.RISK_JUDGE)
    first = impose(shop, after(OCT1), actor=judge)
    assert impose(shop, after(OCT1, 5), actor=judge).pk == first.pk
    assert AuditRecord.objects.filter(action="forfeiture.impose", dealer_id=shop.pk).count() == 1
    with pytest.raises(NotForfeited, match="case:8"):
        lift(shop, after(OCT1), "case:8")
    with pytest.raises(NotPermitted):
        impose(shop, after(OCT1), "case:9", actor=factories.User(role=Role.FINANCE_APPROVER))
    with pytest.raises(Exception, match="Cannot update or delete"):
        Forfeiture.objects.update(year=2025)


def test_the_number_of_queries_does_not_grow_with_forfeited_dealers(policy: None) -> None:
    def asked() -> int:
        question = RunQuestion(half(OCT2), after(OCT2), PolicyVersion.objects.get(), Books(), {})
        with CaptureQueriesContext(connection) as captured:
            list(reckoned_statements(question))
        return len(captured)

    one = dealer("D1")
    sell(one, OCT1, "1000")
    impose(one, during(OCT1))
    close(OCT1)
    before = asked()
    for place in range(2, 6):
        shop = dealer(f"D{place}")
        sell(shop, OCT2, "1000")
        impose(shop, during(OCT1))
    assert asked() == before


def test_shards_make_no_difference(policy: None) -> None:
    for place in range(1, 5):
        shop = dealer(f"D{place}")
        sell(shop, OCT1, "1000")
        impose(shop, during(OCT1))
    assert calculate(OCT1, shards=1).digest == calculate(OCT1, shards=3).digest
