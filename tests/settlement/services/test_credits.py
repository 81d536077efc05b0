"""One-off amounts stand on exactly one statement, add up in the ledger, and are taken back only by another one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from dealers.models import Dealer
from rebates.choices import CreditKind
from rebates.models import Credit, CreditSettlement
from rebates.services.credits import NewCredit, record_credits, reverse_credit, settle_credits
from settlement.models import SettlementRun, StatementLine
from settlement.selectors.ledger import payable_to
from settlement.selectors.ledger_faults import ledger_faults
from settlement.selectors.verification import first_difference
from tests import factories
from tests.settlement.world import after, close, dealer, half, sell

pytestmark = pytest.mark.django_db
FIRST, SECOND = "2026-09-H2", "2026-10-H1"


@pytest.fixture(autouse=True)
def policy() -> None:
    factories.PolicyVersion()


def credit(shop: Dealer, amount: str, reference: str, *, at: datetime | None = None, **fields: object) -> Credit:
    asked = NewCredit(
        dealer_id=shop.pk,
        kind=CreditKind.ADJUSTMENT,
        program="GOODWILL",
        reference=reference,
        for_period=half(FIRST),
        amount=Decimal(amount),
        proof={"rule": "adjustment", "due": amount},
        **fields,  # type: ignore[arg-type]
    )
    return record_credits([asked], actor=None, at=at or half(FIRST).starts_at)[0]


def shown(period: str) -> list[tuple[str, str, Decimal]]:
    lines = StatementLine.objects.filter(statement__run__period=period).order_by("statement__dealer", "line_no")
    return [(line.kind, line.program, line.amount) for line in lines]


def same_again(period: str) -> bool:
    return first_difference(SettlementRun.objects.select_related("policy").get(period=period)) is None


def test_a_credit_stands_on_the_next_statement_after_the_rebates_and_on_no_other() -> None:
    shop = dealer("D1")
    sell(shop, FIRST, "1000")
    credit(shop, "12.34", "adjustment:1")
    close(FIRST)
    close(SECOND)
    assert [(kind, amount) for kind, _, amount in shown(FIRST)] == [
        ("rebate", Decimal("20.00")),
        ("adjustment", Decimal("12.34")),
    ]
    assert "adjustment" not in [kind for kind, _, _ in shown(SECOND)]
    assert CreditSettlement.objects.get().period == half(FIRST).ordinal
    assert payable_to(shop.pk) == Decimal("32.34") and not list(ledger_faults())
    assert same_again(FIRST) and same_again(SECOND)


def test_a_credit_decided_after_the_cutoff_waits_for_the_next_half_month() -> None:
    shop = dealer("D1")
    credit(shop, "5.00", "adjustment:late", at=after(FIRST, 3))
    close(FIRST)
    assert shown(FIRST) == []
    close(SECOND)
    assert shown(SECOND) == [("adjustment", "GOODWILL", Decimal("5.00"))]
    line = StatementLine.objects.get(statement__run__period=SECOND)
    assert (line.for_period, line.proof["credit"]) == (FIRST, "adjustment:late")


def test_the_same_reference_is_recorded_once() -> None:
    shop = dealer("D1")
    first, again = credit(shop, "7.00", "support:1"), credit(shop, "7.00", "support:1")
    assert first.pk == again.pk and Credit.objects.count() == 1


def test_a_reversal_takes_back_to_the_cent_and_only_once() -> None:
    shop = dealer("D1")
    made = credit(shop, "7.01", "support:1")
    close(FIRST)
    once = reverse_credit(made, reason="proof withdrawn", actor=None, at=after(FIRST, 3))
    assert reverse_credit(made, reason="again", actor=None, at=after(FIRST, 4)).pk == once.pk
    close(SECOND)
    assert [amount for _, _, amount in shown(SECOND)] == [Decimal("-7.01")]
    assert payable_to(shop.pk) == 0 and same_again(SECOND)


def test_a_credit_that_was_altered_behind_the_back_is_found() -> None:
    shop = dealer("D1")
    credit(shop, "7.00", "support:1")
    close(FIRST)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE rebates_credit DISABLE TRIGGER USER")
        cursor.execute("UPDATE rebates_credit SET amount = 8")
        cursor.execute("ALTER TABLE rebates_credit ENABLE TRIGGER USER")
    difference = first_difference(SettlementRun.objects.select_related("policy").get(period=FIRST))
    assert difference is not None and (difference.dealer, difference.line_no, difference.field) == ("D1", 0, "total")


def test_a_credit_is_neither_changed_nor_removed_nor_settled_twice() -> None:
    shop = dealer("D1")
    made = credit(shop, "7.00", "support:1")
    close(FIRST)
    with pytest.raises(DatabaseError), transaction.atomic():
        Credit.objects.filter(pk=made.pk).update(amount=8)
    with pytest.raises(DatabaseError), transaction.atomic():
        Credit.objects.filter(pk=made.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        settle_credits(source="SELECT 'support:1'", params=[], period=half(SECOND).ordinal)
