"""Closed half-months settle again to the same; whatever was altered behind the application's back is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dealers.models import Dealer
from pricing.choices import Verdict
from settlement.models import SettlementRun
from settlement.selectors.verification import Difference, first_difference
from tests import factories
from tests.settlement.world import after, change_tier, close, dealer, sell, ship

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = "2026-09-H2", "2026-10-H1", "2026-10-H2"


@pytest.fixture(autouse=True)
def history() -> None:
    """Three closed half-months with revisions, late facts, returns and a tier change."""
    factories.PolicyVersion()
    shops = [dealer(f"D{number}", ("T1", "T2", "T3")[number % 3]) for number in range(4)]
    for number, shop in enumerate(shops):
        sell(shop, FIRST, f"{1000 * number + 7}.25")
        ship(shop, FIRST, "100")
    revised = sell(shops[1], FIRST, "900")
    close(FIRST)
    sell(shops[1], FIRST, "850.5", known=after(FIRST, 2), revises=revised)
    sell(shops[2], FIRST, "-2000", known=after(FIRST, 3))
    sell(shops[3], SECOND, "5000", verdict=Verdict.BELOW_FLOOR)
    sell(shops[0], SECOND, "700")
    close(SECOND)
    change_tier(shops[0], "T2", THIRD)
    sell(shops[0], THIRD, "100")
    sell(shops[0], SECOND, "50", known=after(SECOND, 2))
    close(THIRD)


@contextmanager
def behind_the_back(*tables: str) -> Iterator[None]:
    """Work as someone with the keys to the database: triggers do not see it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def alter(table: str, sql: str) -> None:
    with behind_the_back(table), connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount > 0


def difference(period: str) -> Difference | None:
    return first_difference(SettlementRun.objects.select_related("policy").get(period=period))


def verify(*args: str) -> str:
    """What the command says; its refusal as text when it refuses."""
    try:
        call_command("verify", *args)
    except CommandError as error:
        assert error.returncode == 1
        return str(error)
    return ""


def test_untouched_half_months_are_the_same_again() -> None:
    assert [difference(period) for period in (FIRST, SECOND, THIRD)] == [None, None, None]
    assert [verify("settlement"), verify("settlement", SECOND), verify("ledger"), verify("audit")] == [""] * 4


def test_later_facts_and_states_of_dealers_change_nothing_about_a_closed_half_month() -> None:
    shop = Dealer.objects.get(code="D3")
    sell(shop, FIRST, "123", known=after(THIRD, 3))
    Dealer.objects.filter(code="D2").update(state="terminated")
    dealer("LATER")
    close("2026-11-H1")
    assert verify("settlement") == ""


LINE_OF_D1 = (
    "(SELECT l.id FROM settlement_statementline l JOIN dealers_dealer d ON d.id = l.dealer_id"
    " WHERE d.code = 'D1' AND l.for_period = '2026-09-H2' ORDER BY l.id LIMIT 1)"
)


@pytest.mark.parametrize(
    ("table", "change", "field"),
    [
        ("settlement_statementline", "amount = amount + 0.01", "amount"),
        ("settlement_statementline", "base = base + 0.000001", "base"),
        ("settlement_statementline", "rate = 0.5", "rate"),
        ("settlement_statementline", "program = 'T9'", "program"),
        ("settlement_statementline", "proof = jsonb_set(proof, '{inputs,0,lines}', '9')", "proof"),
    ],
)
def test_an_altered_line_is_named(table: str, change: str, field: str) -> None:
    alter(table, f"UPDATE {table} SET {change} WHERE id = {LINE_OF_D1}")
    found = difference(FIRST)
    assert found is not None and (found.dealer, found.line_no, found.field) == ("D1", 1, field)
    assert verify("settlement", FIRST).startswith(f"settlement: {FIRST} D1 line 1: {field} is ")


@pytest.mark.parametrize(
    ("table", "sql", "field"),
    [
        ("settlement_statement", "UPDATE settlement_statement SET payable = payable + 1", "payable"),
        ("settlement_statement", "UPDATE settlement_statement SET digest = 'x'", "digest"),
        (
            "settlement_statement",
            "UPDATE settlement_statement SET opening = opening + 5, closing = closing + 5",
            "opening",
        ),
        ("settlement_statementline", "DELETE FROM settlement_statementline", "line"),
        ("rebates_accrual", "UPDATE rebates_accrual SET due = due + 1 WHERE due <> 0", "accrual"),
        ("rebates_accrual", "DELETE FROM rebates_accrual", "accrual"),
        ("settlement_settlementrun", "UPDATE settlement_settlementrun SET digest = repeat('0', 64)", "digest"),
    ],
)
def test_altered_statements_accruals_and_digests_are_named(table: str, sql: str, field: str) -> None:
    alter(table, sql)
    found = difference(FIRST)
    assert found is not None and found.field == field


def test_a_removed_statement_is_named() -> None:
    with behind_the_back("settlement_statementline", "settlement_statement"), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM settlement_statementline WHERE dealer_id = (SELECT id FROM dealers_dealer WHERE code = 'D2')"
        )
        cursor.execute(
            "DELETE FROM settlement_statement WHERE dealer_id = (SELECT id FROM dealers_dealer WHERE code = 'D2')"
        )
    found = difference(SECOND)
    assert found is not None and (found.dealer, found.field, found.stored) == ("D2", "statement", "missing")


@pytest.mark.parametrize(
    ("table", "change", "says"),
    [
        ("pricing_saleline", "unit_price = unit_price + 1", "sales of D0, projectors, 2026-09-H2"),
        ("pricing_saleline", "flags = 1", "sales of D0, projectors, 2026-09-H2"),
        ("pricing_salestally", "earning = earning + 1", "sales of D0, projectors, 2026-09-H2"),
        ("pricing_salestally", "lines = lines + 1", "sales of D0, projectors, 2026-09-H2"),
        ("dealers_shipment", "quantity = quantity + 1", "purchases of D0, projectors, 2026-09-H2"),
        ("dealers_shipmenttally", "amount = amount + 1", "purchases of D0, projectors, 2026-09-H2"),
    ],
)
def test_a_tally_that_is_not_what_its_lines_add_up_to_is_named(table: str, change: str, says: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")
    assert verify("settlement", FIRST).startswith(f"settlement: {says}: tallied")


def test_a_revision_counts_in_the_state_it_had_at_the_cutoff() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pricing_salelinehistory SET unit_price = unit_price + 1")
    assert "D1" in verify("settlement", FIRST)
    assert verify("settlement", SECOND) == ""


@pytest.mark.parametrize(
    ("table", "change", "says"),
    [
        ("settlement_journalentry", "amount = amount + 1 WHERE amount > 0", "transaction"),
        ("settlement_accountbalance", "balance = balance + 1", "balance"),
        ("settlement_statement", "total = total + 1, closing = closing + 1", "statement"),
    ],
)
def test_altered_books_are_named(table: str, change: str, says: str) -> None:
    alter(table, f"UPDATE {table} SET {change}")
    assert verify("ledger").startswith(f"ledger: {says} ")


def test_a_half_month_that_is_not_closed_cannot_be_verified() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("verify", "settlement", "2026-11-H1")
    assert refused.value.returncode == 2
