"""A statement and its proof on the page, down to the lines behind it, and out in every format."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.foundation.tabular import open_table
from dealers.models import Dealer
from pricing.choices import Flag, Verdict
from settlement.choices import StatementState
from settlement.models import Statement, StatementLine
from settlement.selectors.inputs import inputs_of
from settlement.selectors.progress import rebate_progress
from tests import factories
from tests.settlement.world import after, calculate, close, dealer, sell, ship, statement

pytestmark = pytest.mark.django_db
PAGE = "/statements/2026-11-H1/D1/"


@pytest.fixture
def shop() -> Dealer:
    factories.PolicyVersion()
    return dealer("D1")


@pytest.fixture
def clerk(client: Client) -> Any:
    person = factories.User(role=Role.FINANCE_CLERK, language="en")
    client.force_login(person)
    return person


def text_of(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def only_line(period: str, shop: Dealer) -> StatementLine:
    return StatementLine.objects.select_related("statement__run").get(statement=statement(period, shop))


def test_the_lines_behind_an_amount_sum_to_its_base(client: Client, shop: Dealer, clerk: Any) -> None:
    kept = sell(shop, "2026-11-H1", "1000.005")
    sell(shop, "2026-11-H1", "-100")
    sell(shop, "2026-11-H1", "700", verdict=Verdict.BELOW_FLOOR)
    sell(shop, "2026-11-H1", "300", verdict=Verdict.BELOW_FLOOR, flags=Flag.NOT_ENFORCED)
    sell(shop, "2026-11-H1", "400", flags=Flag.OUT_OF_TERRITORY)
    sell(shop, "2026-10-H2", "50")
    calculate("2026-11-H1")
    sell(shop, "2026-11-H1", "9999", known=after("2026-11-H1", 2))
    sell(shop, "2026-11-H1", "5", revises=kept, known=after("2026-11-H1", 2))
    line = only_line("2026-11-H1", shop)
    cutoff = line.statement.run.cutoff
    assert cutoff is not None
    sums = {}
    for share in line.proof["inputs"]:
        found = inputs_of(line, share["period"], cutoff=cutoff)
        assert found is not None
        assert found.total.agrees
        assert sum(row["amount"] for row in found.rows) == Decimal(share["amount"])
        sums[share["period"]] = found.total.amount
    assert sums == {"2026-10-H2": Decimal("50"), "2026-11-H1": Decimal("1200.005")}
    assert sum(sums.values()) == line.base
    page = text_of(client.get(f"{PAGE}lines/1/"))
    assert "exactly the base of this half-month" in page
    assert f"/sale-lines/D1/1/{kept.doc_no}/" in page
    assert "9,999" not in page


def test_a_base_of_purchases_leads_to_shipments(shop: Dealer) -> None:
    ship(shop, "2026-11-H1", "800")
    ship(shop, "2026-11-H1", "-30")
    sell(shop, "2026-11-H1", "10")
    calculate("2026-11-H1")
    line = only_line("2026-11-H1", shop)
    line.proof["program"]["base"] = "purchases"
    line.proof["inputs"] = [{"period": "2026-11-H1", "tier": "T1", "lines": 2, "amount": "770.00"}]
    cutoff = line.statement.run.cutoff
    assert cutoff is not None
    found = inputs_of(line, "2026-11-H1", cutoff=cutoff)
    assert found is not None
    assert found.total.agrees
    assert [row["amount"] for row in found.rows.order_by("amount")] == [-30, 800]


def test_a_half_month_outside_the_base_has_no_lines_page(client: Client, shop: Dealer, clerk: Any) -> None:
    sell(shop, "2026-11-H1", "1000")
    calculate("2026-11-H1")
    assert client.get(f"{PAGE}lines/1/?of=2026-01-H1").status_code == 404
    assert client.get(f"{PAGE}lines/7/").status_code == 404


def test_the_proof_shows_every_step_with_its_numbers(client: Client, shop: Dealer, clerk: Any) -> None:
    sell(shop, "2026-10-H1", "400000")
    close("2026-10-H1")
    close("2026-10-H2")
    sell(shop, "2026-11-H1", "800000")
    calculate("2026-11-H1")
    page = text_of(client.get(PAGE))
    for said in (
        "¥1,200,000.00",  # the base of the quarter
        "× 2% =",
        "× 3% =",
        "¥26,000.00",  # 1,000,000 at 2% and 200,000 at 3%
        "¥500,000.00",  # the cap
        "settled in 2026-10 first half",
        "−¥8,000.00",
        "¥18,000.00",
        "rebates.programs.T1-ALL",
        "2026 v",
    ):
        assert said in page, said


def test_the_dealer_confirms_and_sees_what_that_means(client: Client, shop: Dealer) -> None:
    sell(shop, "2026-11-H1", "1000")
    close("2026-11-H1")
    client.force_login(factories.User(role=Role.DEALER_OPERATOR, dealer=shop, language="en"))
    page = text_of(client.get(PAGE))
    assert "Confirming says that the balance below is right" in page
    assert "5 working days counted" in page
    for _press in range(2):
        answer = client.post(f"{PAGE}confirm/", follow=True)
    assert "Confirmed by" in text_of(answer)
    assert f"{PAGE}confirm/" not in text_of(client.get(PAGE))
    assert Statement.objects.get().state == StatementState.CONFIRMED


def test_headquarters_does_not_confirm_for_a_dealer(client: Client, shop: Dealer, clerk: Any) -> None:
    sell(shop, "2026-11-H1", "1000")
    close("2026-11-H1")
    assert f"{PAGE}confirm/" not in text_of(client.get(PAGE))
    assert client.post(f"{PAGE}confirm/").status_code == 403


def test_the_address_of_a_notice_leads_each_side_to_its_page(client: Client, shop: Dealer, clerk: Any) -> None:
    close("2026-11-H1")
    assert client.get("/statements/2026-11-H1/")["Location"] == "/statements/?period=2026-11-H1"
    client.force_login(factories.User(role=Role.DEALER_OWNER, dealer=shop))
    assert client.get("/statements/2026-11-H1", follow=True).redirect_chain[-1][0] == PAGE


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(client: Client, shop: Dealer, clerk: Any) -> None:
    Dealer.objects.filter(pk=shop.pk).update(name='=HYPERLINK("http://x","y")')
    sell(shop, "2026-11-H1", "-1000")
    close("2026-11-H1")
    body = text_of(client.get("/statements/export.csv?period=2026-11-H1"))
    assert body.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(body.removeprefix("\ufeff")))
    assert row["name"] == '\'=HYPERLINK("http://x","y")'
    assert (row["dealer"], row["sales"], row["closing"]) == ("D1", "-1000.00", "0.00")


def test_every_format_says_the_same(client: Client, shop: Dealer, clerk: Any) -> None:
    sell(shop, "2026-11-H1", "1000")
    close("2026-11-H1")
    line = only_line("2026-11-H1", shop)
    (row,) = csv.DictReader(io.StringIO(text_of(client.get(f"{PAGE}statement.csv")).removeprefix("\ufeff")))
    assert (row["base"], row["rate"], row["amount"]) == ("1000.00", "0.02", "20.00")
    assert "1,000.00 × 2% = 20.00" in row["explanation"]
    told = json.loads(text_of(client.get(f"{PAGE}statement.json")))
    assert told["lines"][0]["proof"] == line.proof
    assert told["closing"] == "20.00"
    workbook = client.get(f"{PAGE}statement.xlsx").content
    (sheet_row,) = open_table(io.BytesIO(workbook))
    assert (sheet_row.values["dealer"], sheet_row.values["kind"]) == ("D1", "rebate")
    assert client.get(f"{PAGE}statement.doc").status_code == 404


def test_a_streamed_file_of_a_dealer_holds_its_rows(client: Client, shop: Dealer) -> None:
    sell(shop, "2026-11-H1", "1000")
    close("2026-11-H1")
    client.force_login(factories.User(role=Role.DEALER_OWNER, dealer=shop))
    assert "T1-ALL" in text_of(client.get(f"{PAGE}statement.csv"))


def test_the_report_sums_to_the_run_by_every_dimension(client: Client, shop: Dealer, clerk: Any) -> None:
    sell(shop, "2026-11-H1", "1000")
    sell(dealer("D2", tier="T3"), "2026-11-H1", "2000")
    sell(dealer("D3", tier=None, home_region=None), "2026-11-H1", "5")
    run = close("2026-11-H1")
    told = json.loads(text_of(client.get("/finance-report/export.json")))
    for dimension in ("tier", "region", "industry", "kind"):
        rows = [row for row in told if row["dimension"] == dimension]
        assert sum(Decimal(row["total"]) for row in rows) == Decimal(run.totals["total"]), dimension
    assert {row["key"] for row in told if row["dimension"] == "tier"} == {"T1", "T3", "none"}
    page = text_of(client.get("/finance-report/"))
    assert "/statements/?period=2026-11-H1&amp;tier=none" in page
    listed = text_of(client.get("/statements/?period=2026-11-H1&tier=none"))
    assert "/D3/" in listed
    assert "/D1/" not in listed


@pytest.mark.parametrize("query", ["?sort=payable;drop", "?page=x", "?period=never", "?tier=T9&q=;", "?dealer=%E0"])
def test_an_odd_address_is_no_error(client: Client, shop: Dealer, clerk: Any, query: str) -> None:
    sell(shop, "2026-11-H1", "1000")
    close("2026-11-H1")
    assert client.get(f"/statements/{query}").status_code == 200


def test_progress_says_how_far_the_next_bracket_is(shop: Dealer) -> None:
    sell(shop, "2026-10-H1", "600000")
    close("2026-10-H1")
    sell(shop, "2026-11-H1", "150000")
    sell(dealer("D2"), "2026-11-H1", "999999")
    (one,) = rebate_progress(shop.pk, at=after("2026-11-H1", -1))
    assert (one.program, one.window, one.base, one.rate) == ("T1-ALL", "2026-Q4", 750000, Decimal("0.02"))
    assert (one.next_at, one.missing, one.next_rate) == (1000000, 250000, Decimal("0.03"))
    assert (one.earned, one.settled, one.pending) == (15000, 12000, 3000)


def test_there_is_no_progress_without_policy_or_tier() -> None:
    assert rebate_progress(dealer("D1").pk, at=after("2026-11-H1")) == []
    factories.PolicyVersion()
    assert rebate_progress(dealer("D2", tier=None).pk, at=after("2026-11-H1", -1)) == []


def test_progress_asks_the_same_number_of_queries_however_many_programs(shop: Dealer) -> None:
    sell(shop, "2026-11-H1", "150000")
    with CaptureQueriesContext(connection) as captured:
        rebate_progress(shop.pk, at=after("2026-11-H1", -1))
    assert len(captured) <= 12


def test_the_ledger_balances_and_is_verified(client: Client, shop: Dealer) -> None:
    sell(shop, "2026-11-H1", "1000")
    close("2026-11-H1")
    client.force_login(factories.User(role=Role.AUDITOR, language="en"))
    assert "Balanced" in text_of(client.get("/ledger/"))
    assert "/statements/2026-11-H1/D1/" in text_of(client.get("/ledger/postings/?dealer=D1&run=2026-11-H1"))
    assert "The books hold" in text_of(client.post("/ledger/verify/"))
