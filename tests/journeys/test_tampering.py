"""Whatever somebody with the database's password alters after the books are closed, `verify` finds and names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.first_half_month import Story, tell
from tests.journeys.office import Office, behind_the_back, told_once

pytestmark = pytest.mark.django_db

#: The statement of a dealer for November's first half.
STATEMENT = (
    "(SELECT s.id FROM settlement_statement s JOIN settlement_settlementrun r ON r.id = s.run_id"
    " JOIN dealers_dealer d ON d.id = s.dealer_id WHERE r.period = '2026-11-H1' AND d.code = '{dealer}')"
)
NANJING, LHASA = STATEMENT.format(dealer="NJ01"), STATEMENT.format(dealer="LS01")

#: What is done, by SQL on one table; which check has to find it; and what it has to name.
DEEDS: dict[str, tuple[str, str, str, str]] = {
    "a sale line made dearer": (
        "pricing_saleline",
        "UPDATE pricing_saleline SET unit_price = unit_price + 1 WHERE doc_no = 'A-4' AND line_no = 2",
        "settlement",
        "HZ01",
    ),
    "a sale line forgiven": (
        "pricing_saleline",
        "UPDATE pricing_saleline SET verdict = 1 WHERE doc_no = 'A-1' AND line_no = 3",
        "settlement",
        "HZ01",
    ),
    "a sale line removed": (
        "pricing_saleline",
        "DELETE FROM pricing_saleline WHERE doc_no = 'B-3' AND line_no = 1",
        "settlement",
        "NJ01",
    ),
    "a sale line moved to another half-month": (
        "pricing_saleline",
        "UPDATE pricing_saleline SET sold_on = '2026-11-16' WHERE doc_no = 'B-3' AND line_no = 1",
        "settlement",
        "NJ01",
    ),
    "a tally made higher": (
        "pricing_salestally",
        "UPDATE pricing_salestally SET earning = earning + 1 WHERE id = (SELECT min(id) FROM pricing_salestally)",
        "settlement",
        "2026-11-H1",
    ),
    "a sale line and its tally made dearer alike": (
        "pricing_saleline",
        "WITH tally AS (UPDATE pricing_salestally SET amount = amount + 400, earning = earning + 400 WHERE id ="
        " (SELECT min(t.id) FROM pricing_salestally t JOIN dealers_dealer d ON d.id = t.dealer_id"
        " WHERE d.code = 'HZ01' AND t.category = 'projectors'))"
        " UPDATE pricing_saleline SET unit_price = unit_price + 1 WHERE doc_no = 'A-4' AND line_no = 2",
        "settlement",
        "HZ01",
    ),
    "a shipment made cheaper": (
        "dealers_shipment",
        "UPDATE dealers_shipment SET unit_price = 1 WHERE doc_no = 'FH-1' AND line_no = 1",
        "settlement",
        "HZ01",
    ),
    "a rate of the policy": (
        "dealers_policyversion",
        "UPDATE dealers_policyversion"
        " SET document = jsonb_set(document, '{rebates,programs,0,brackets,0,rate}', '\"0.9\"')",
        "settlement",
        "policy 2026 v1",
    ),
    "a tier": (
        "dealers_dealertier",
        "UPDATE dealers_dealertier SET tier = 'T1' WHERE tier = 'T2'",
        "settlement",
        "NJ01",
    ),
    "an amount of a statement line": (
        "settlement_statementline",
        f"UPDATE settlement_statementline SET amount = amount + 1 WHERE statement_id = {NANJING}",
        "settlement",
        "NJ01",
    ),
    "a proof": (
        "settlement_statementline",
        "UPDATE settlement_statementline SET proof = jsonb_set(proof, '{base}', '\"1.00\"')"
        f" WHERE statement_id = {LHASA}",
        "settlement",
        "LS01",
    ),
    "a statement line removed": (
        "settlement_statementline",
        f"DELETE FROM settlement_statementline WHERE statement_id = {NANJING}",
        "settlement",
        "NJ01",
    ),
    "the balances of a statement": (
        "settlement_statement",
        f"UPDATE settlement_statement SET opening = opening + 1, closing = closing + 1 WHERE id = {LHASA}",
        "settlement",
        "LS01",
    ),
    "what a window has settled": (
        "rebates_accrual",
        "UPDATE rebates_accrual SET due = due + 1 WHERE id = (SELECT min(id) FROM rebates_accrual)",
        "settlement",
        "",
    ),
    "an entry of the ledger": (
        "settlement_journalentry",
        "UPDATE settlement_journalentry SET amount = amount + 1"
        " WHERE id = (SELECT min(id) FROM settlement_journalentry)",
        "ledger",
        "",
    ),
    "two entries of a transaction alike": (
        "settlement_journalentry",
        "WITH other AS (UPDATE settlement_journalentry SET amount = amount - 1"
        " WHERE id = (SELECT max(id) FROM settlement_journalentry WHERE transaction_id ="
        " (SELECT min(transaction_id) FROM settlement_journalentry)))"
        " UPDATE settlement_journalentry SET amount = amount + 1 WHERE id = (SELECT min(id)"
        " FROM settlement_journalentry WHERE transaction_id ="
        " (SELECT min(transaction_id) FROM settlement_journalentry))",
        "ledger",
        "",
    ),
    "a balance": (
        "settlement_accountbalance",
        "UPDATE settlement_accountbalance SET balance = balance + 1"
        " WHERE id = (SELECT min(id) FROM settlement_accountbalance)",
        "ledger",
        "",
    ),
    "an audit record": (
        "dealers_auditrecord",
        "UPDATE dealers_auditrecord SET actor = 'nobody'"
        " WHERE id = (SELECT max(id) FROM dealers_auditrecord WHERE action = 'settlement.approve')",
        "audit",
        "record",
    ),
    "an audit record removed": (
        "dealers_auditrecord",
        "DELETE FROM dealers_auditrecord"
        " WHERE id = (SELECT max(id) FROM dealers_auditrecord WHERE action = 'settlement.approve')",
        "audit",
        "record",
    ),
}


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with told_once(django_db_blocker, lambda: tell(Office(tmp_path_factory.mktemp("tampering")))) as told:
        yield told


@pytest.mark.parametrize("deed", DEEDS)
def test_what_is_altered_behind_the_back_is_found_and_named(story: Story, deed: str) -> None:
    table, sql, what, named = DEEDS[deed]
    with behind_the_back(table, sql):
        found = story.office.run("verify", what)
    assert found.code == 1, f"{deed} goes unnoticed: {found.said}"
    assert named in found.said
    assert story.office.run("verify", what).code == 0
