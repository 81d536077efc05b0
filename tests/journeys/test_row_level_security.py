"""The second wall: raw SQL in a dealer's session finds no row of anybody else, whatever a query forgets to filter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from dealers.models import Dealer
from dealers.scope import NOTHING, WHOLE_COMPANY, row_scope
from tests.journeys.first_half_month import PERIOD, Story, tell
from tests.journeys.office import Office, told_once

pytestmark = pytest.mark.django_db

#: Tables that name a dealer and stay open, each with its reason.
OPEN = {
    "dealers_apikey": "keys are looked up before it is known whose they are",
    "dealers_user": "people are looked up before it is known who they are",
    "dealers_auditrecord": "written for everybody and sealed as one trail; read by HQ only",
    "settlement_accountbalance": "kept by the ledger's triggers; read by HQ only",
    "settlement_journaltransaction": "loaded by COPY, which row security forbids; read by HQ only",
    "settlement_journalentry": "loaded by COPY, which row security forbids; read by HQ only",
    "dealers_dealertier": "terms, not figures; every query names its dealer",
    "dealers_territory": "terms, not figures; every query names its dealer",
    "dealers_b2baddendum": "terms, not figures; every query names its dealer",
    "pricing_promorequest_dealers": "behind its promotion request, which has the policy",
}


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with told_once(django_db_blocker, lambda: tell(Office(tmp_path_factory.mktemp("scope")))) as told:
        yield told


@pytest.fixture(autouse=True)
def ordinary_role() -> None:
    """Row-level security binds only a role that is no superuser and does not bypass it."""
    if asked("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") == [(True,)]:
        pytest.skip("the tests run as a superuser, whom row-level security does not bind; name another in DATABASE_URL")


def asked(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return list(cursor.fetchall())


def scoped_tables() -> dict[str, str]:
    """Every table with the policy, and the column that names the dealer."""
    rows = asked(
        "SELECT tablename, CASE WHEN tablename = 'dealers_dealer' THEN 'id' ELSE 'dealer_id' END"
        " FROM pg_policies WHERE policyname = 'row_scope' AND schemaname = current_schema() ORDER BY 1"
    )
    columns = asked(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'dealer_id'"
        " AND table_schema = current_schema()"
    )
    named = {table for (table,) in columns} | {"dealers_dealer"}
    return {table: column for table, column in rows if table in named}


def test_the_product_never_works_as_a_superuser() -> None:
    assert asked("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user") == [(False, False)]


def test_every_policy_binds_the_tables_owner_too() -> None:
    loose = asked(
        "SELECT p.tablename FROM pg_policies p JOIN pg_class c ON c.oid = p.tablename::regclass"
        " WHERE p.policyname = 'row_scope' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    )
    assert loose == []


def test_every_table_that_names_a_dealer_has_the_policy_or_a_reason() -> None:
    naming = asked(
        "SELECT c.table_name FROM information_schema.columns c JOIN pg_class k ON k.oid = c.table_name::regclass"
        " WHERE c.column_name = 'dealer_id' AND c.table_schema = current_schema() AND k.relkind IN ('r', 'p')"
    )
    assert sorted({table for (table,) in naming} - scoped_tables().keys() - OPEN.keys()) == []


def test_raw_sql_in_a_dealers_session_finds_only_its_own_rows(story: Story) -> None:
    hangzhou = Dealer.objects.get(code="HZ01").pk
    found = 0
    for table, column in scoped_tables().items():
        ((everything,),) = asked(f"SELECT count(*) FROM {table}")
        with row_scope(str(hangzhou)):
            ((seen, foreign),) = asked(
                f"SELECT count(*), count(*) FILTER (WHERE {column} IS DISTINCT FROM {hangzhou}) FROM {table}"
            )
        assert foreign == 0, f"{table} shows {foreign} rows of others"
        assert seen <= everything
        found += seen
    assert found > 20


def test_a_session_nobody_opened_sees_nothing(story: Story) -> None:
    tables = scoped_tables()
    with row_scope(NOTHING):
        assert {table for table in tables if asked(f"SELECT 1 FROM {table} LIMIT 1")} == set()


def test_a_dealer_cannot_write_into_anothers_rows(story: Story) -> None:
    hangzhou = Dealer.objects.get(code="HZ01").pk
    with row_scope(str(hangzhou)), connection.cursor() as cursor:
        cursor.execute("UPDATE pricing_saleline SET quantity = 1 WHERE doc_no LIKE 'B-%%'", [])
        assert cursor.rowcount == 0


@pytest.mark.parametrize("door", ["key", "browser"])
def test_both_doors_open_the_callers_rows_and_close_them_again(story: Story, door: str) -> None:
    hangzhou = Dealer.objects.get(code="HZ01").pk
    browser = story.office.browser("li")
    scopes: list[str] = []

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Remember whose rows are open after each statement."""
        answer = execute(sql, params, many, context)
        with connection.connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('halfmoon.dealer', true)")
            scopes.append(cursor.fetchone()[0])
        return answer

    with connection.execute_wrapper(watch):
        if door == "key":
            assert story.hangzhou.get(f"statements/{PERIOD}").status_code == 200
        else:
            assert browser.get("/receipts/").status_code == 200
    opened = scopes[scopes.index(str(hangzhou)) :]
    assert len(opened) > 3 and set(opened[:-1]) == {str(hangzhou)}
    assert asked("SELECT current_setting('halfmoon.dealer')") == [(WHOLE_COMPANY,)]
