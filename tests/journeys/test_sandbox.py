"""A program is tried out with a sandbox key: everything answers as it would, and nothing ever counts."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.db import connection

from dealers.choices import Role
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.models import ApiKey, Dealer, DealerTier, FeedDelivery, SupplyHold, SyncClock
from dealers.scope import row_scope
from dealers.selectors.sync import sweep_terms
from dealers.services import sandbox
from dealers.services.keys import SandboxForDealers, create_api_key, rotate_api_key
from dealers.services.sandbox import SandboxNotWalled, refresh_sandboxes
from dealers.services.sync import sweep_sync
from dealers.services.trade.agreements import agree
from pricing.models import SaleLine, SalesTally
from settlement.models import Statement
from settlement.services.calculation import calculate_run
from tests import factories
from tests.callers import Caller, dealer_caller, hq_system
from tests.messages import x12
from tests.pricing.api.test_sales_reports import COLUMNS, sale
from tests.visitors import visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel("2026-11-05T12:00:00+08:00", tick=True):
        yield


@pytest.fixture
def dealer() -> Any:
    factories.PolicyVersion()
    dealer = factories.Dealer(code="D0001", home_region=factories.City(code="C-1"))
    factories.PriceBand(product=factories.Product(sku="S-1"))
    return dealer


def sandbox_key(dealer: Any, **changed: Any) -> tuple[ApiKey, str]:
    return create_api_key(name="trial", actor=None, at=clock.now(), dealer=dealer, sandbox=True, **changed)


@pytest.fixture
def program(dealer: Any) -> Caller:
    """A dealer's program with a sandbox key."""
    return Caller(secret=sandbox_key(dealer)[1])


def seen_by_headquarters(sql: str) -> list[tuple[Any, ...]]:
    with row_scope("*"), connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_trade_messages_are_tried_under_the_dealers_own_agreement(dealer: Any) -> None:
    owner = factories.User(role=Role.DEALER_OWNER, dealer=dealer)
    terms = {"strict": True, "qs_is_sales": True, "net_price_is_paid": False, "region": dealer.home_region}
    agree(dealer=dealer, actor=owner, at=clock.now(), **terms)
    body = x12("852~XQ*H*20261104~LIN**SK*S-1~CTP**RES*999~ZA*QS*2~ZA*QA*5")

    answer = Caller(secret=sandbox_key(dealer)[1]).post("edi-messages", body, content_type="application/edi-x12")

    (message,) = answer.json()["messages"]
    assert [(receipt["accepted"], receipt["sandbox"]) for receipt in message["receipts"]] == [(1, True), (1, True)]
    assert seen_by_headquarters("SELECT count(*) FROM dealers_tradefilereceived") == [(0,)]


def test_reports_are_judged_repeated_corrected_and_quarantined_as_real_ones_are(program: Caller, dealer: Any) -> None:
    first = program.post("sales-reports", {"lines": [sale(1), sale(2, unit_price="800"), sale(3, sku="S-9")]})
    again = program.post("sales-reports", {"lines": [sale(1), sale(2, unit_price="790", revision=2)]})

    assert first.status_code == again.status_code == 201
    assert (first.json()["accepted"], first.json()["quarantined"]) == (2, 1)
    assert (again.json()["duplicates"], again.json()["revised"]) == (1, 1)
    assert first.json()["sandbox"] is True
    assert program.get(f"receipts/{first.json()['id']}").json()["problems"][0]["code"] == "unknown_sku"
    refused = program.get("quarantine").json()["results"][0]
    mended = program.post(f"quarantine/{refused['id']}/resubmit", {"line": sale(3)})
    assert mended.json()["accepted"] == 1, mended.content
    with row_scope(str(dealer.sandbox_id)):
        assert SaleLine.objects.filter(dealer_id=dealer.sandbox_id).count() == 3


def test_a_file_may_name_the_dealer_by_the_code_it_will_have_in_earnest(program: Caller) -> None:
    row = {**sale(), "dealer": "D0001"}
    columns = ("dealer", *COLUMNS)
    body = "\n".join([",".join(columns), ",".join(str(row[column]) for column in columns)])
    receipt = program.post("sales-reports", body, content_type="text/csv").json()
    assert (receipt["accepted"], receipt["quarantined"]) == (1, 0)


def test_the_program_is_told_that_it_plays(program: Caller, dealer: Any) -> None:
    assert program.get("me").json()["dealer"]["sandbox"] is True
    assert program.get("me").json()["tier"]["tier"] == "T2"
    assert dealer_caller(dealer).get("me").json()["dealer"]["sandbox"] is False


def test_a_real_key_of_the_same_dealer_sees_nothing_of_it(program: Caller, dealer: Any) -> None:
    receipt = program.post("sales-reports", {"lines": [sale()]}).json()
    real = dealer_caller(dealer)
    assert real.get(f"receipts/{receipt['id']}").status_code == 404
    assert real.post("sales-reports", {"lines": [sale()]}).json()["accepted"] == 1


def test_headquarters_neither_sees_nor_counts_any_of_it(program: Caller, dealer: Any) -> None:
    program.post("sales-reports", {"lines": [sale(1), sale(2, sku="S-9")]})
    program.post("inventory-reports", {"as_of": "2026-11-05T09:00:00+08:00", "lines": [{"sku": "S-1", "on_hand": 4}]})
    program.post("zero-sales-declarations", {"date": "2026-11-04"})

    # What strangers hand in before they are dealers belongs to none, and to no sandbox.
    scoped = (
        "SELECT tablename FROM pg_policies WHERE policyname = 'sandbox_apart' AND schemaname = current_schema()"
        " AND strpos(qual, 'NULL::bigint <') = 0"
    )
    columns = {"dealers_dealer": "id", "pricing_promorequest": "applicant_id", "rebates_referralreward": "partner_id"}
    for (table,) in seen_by_headquarters(scoped):
        column = columns.get(table, "dealer_id")
        assert seen_by_headquarters(f"SELECT count(*) FROM {table} WHERE {column} < 0") == [(0,)], table
    assert SaleLine.objects.count() == SalesTally.objects.count() == FeedDelivery.objects.count() == 0
    assert hq_system().get("supply-eligibility", {"dealer": "D0001-SANDBOX"}).status_code == 404
    page = visitor(Role.CHANNEL_MANAGER).get("/dealers/")
    assert page.status_code == 200
    assert "SANDBOX" not in page.content.decode()


def test_no_statement_is_made_of_it(program: Caller, dealer: Any) -> None:
    program.post("sales-reports", {"lines": [sale()]})
    period = HalfMonth.parse("2026-11-H1")
    with time_machine.travel("2026-11-17T12:00:00+08:00"):
        calculate_run(period=period, actor=factories.User(role=Role.FINANCE_CLERK), at=clock.now())
    assert not Statement.objects.filter(dealer_id__lt=0).exists()
    assert not Statement.objects.exclude(sales=0).exists()


def test_a_sandbox_that_falls_silent_is_never_held(program: Caller, dealer: Any) -> None:
    program.post("sales-reports", {"lines": [sale()]})
    later = clock.now() + timedelta(days=20)
    terms = sweep_terms(at=later)
    assert terms is not None
    sweep_sync(terms=terms, at=later)
    assert list(SupplyHold.objects.values_list("dealer_id", flat=True)) == [dealer.pk]
    with row_scope(str(dealer.sandbox_id)):
        assert not SupplyHold.objects.exists()


def test_what_the_dealer_is_granted_later_holds_in_the_sandbox_after_the_night(program: Caller, dealer: Any) -> None:
    DealerTier.objects.filter(dealer=dealer).update(tier="T1")
    refresh_sandboxes()
    assert program.get("me").json()["tier"]["tier"] == "T1"
    refresh_sandboxes()
    with row_scope(str(dealer.sandbox_id)):
        assert DealerTier.objects.filter(dealer_id=dealer.sandbox_id).count() == 1


def test_a_successor_of_a_sandbox_key_plays_too_and_a_second_key_plays_in_the_same_sandbox(dealer: Any) -> None:
    key, _secret = sandbox_key(dealer)
    successor, secret = rotate_api_key(key=key, actor=None, at=clock.now(), overlap_until=clock.now())
    other, _secret = sandbox_key(dealer)
    assert successor.dealer_id == other.dealer_id == key.dealer_id == dealer.sandbox_id
    assert Caller(secret=secret).get("me").json()["dealer"]["sandbox"] is True
    with row_scope(str(dealer.sandbox_id)):
        assert Dealer.objects.filter(pk__lt=0).count() == SyncClock.objects.filter(dealer_id__lt=0).count() == 1


def test_a_system_of_headquarters_has_no_sandbox() -> None:
    with pytest.raises(SandboxForDealers):
        create_api_key(name="erp", actor=None, at=clock.now(), system="erp", sandbox=True)


def test_no_sandbox_is_opened_where_the_database_would_not_wall_it_off(
    dealer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_wall() -> None:
        raise SandboxNotWalled(role="postgres")

    monkeypatch.setattr(sandbox, "_require_wall", open_wall)
    with pytest.raises(SandboxNotWalled):
        sandbox_key(dealer)
    assert not ApiKey.objects.exists()


def test_an_installation_that_stands_gets_the_wall_on_every_table_by_the_migration() -> None:
    apart = "SELECT tablename FROM pg_policies WHERE policyname = 'sandbox_apart' AND schemaname = current_schema()"
    before = set(seen_by_headquarters(apart))
    operation = import_module("dealers.migrations.0009_sandbox").Migration.operations[0]
    with connection.cursor() as cursor:
        cursor.execute("DROP POLICY sandbox_apart ON pricing_saleline; DROP POLICY sandbox_apart ON dealers_contract")
        cursor.execute(operation.sql)
        cursor.execute(operation.sql)
    assert set(seen_by_headquarters(apart)) >= before


def test_the_owner_makes_a_sandbox_key_on_the_page_and_sees_it_marked(dealer: Any) -> None:
    owner = visitor(Role.DEALER_OWNER, dealer=dealer)
    made = owner.post("/api-keys/new/", {"name": "trial till", "life": "90", "sandbox": "on"})
    assert made.status_code == 200, made.content
    key = ApiKey.objects.get(name="trial till")
    assert key.is_sandbox
    listed = owner.get("/api-keys/").content.decode()
    assert "trial till" in listed
    assert "Sandbox" in listed
    assert "trial till" in visitor(Role.ADMINISTRATOR).get("/api-keys/?q=D0001").content.decode()
