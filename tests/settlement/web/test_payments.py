"""Payment pages: who opens them, what a clerk and an approver do there, and what a dealer sees of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.foundation import clock
from settlement.models import BankAccount, Payment, PaymentPlan
from settlement.services.transfers import make_bank_file, order_transfers
from tests import factories
from tests.settlement import world
from tests.settlement.pay_stage import FIRST, SECOND, Office, bank_account, bill_number, consent, noon, owe, settled
from tests.settlement.world import close
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db

PAGES = (
    "/payments/",
    "/payments/plans/",
    "/payments/list/",
    "/payments/bank-files/",
    "/payments/bank-accounts/",
    "/ledger/accounts/2241/",
    "/ledger/reconciliation/",
    "/ledger/vouchers/",
)


@pytest.mark.parametrize("page", PAGES)
def test_finance_and_audit_open_the_pages_and_nobody_else(page: str) -> None:
    settled("100", "-30")
    for role in (Role.FINANCE_CLERK, Role.FINANCE_APPROVER, Role.AUDITOR):
        assert visitor(role).get(page).status_code == 200
    for stranger in (
        visitor(Role.CHANNEL_MANAGER),
        visitor(Role.ADMINISTRATOR),
        visitor(Role.DEALER_OWNER, dealer=factories.Dealer()),
    ):
        assert stranger.get(page).status_code == 403


def test_a_clerk_plans_an_approver_releases_and_the_clerk_pays_by_bill() -> None:
    shop = settled("1080", "0")
    owner = factories.User(role=Role.DEALER_OWNER, dealer=shop, language="en")
    at_home = signed_in(owner)
    at_home.post("/my-payments/consent/", {"consents": "1"})
    clerk, approver = visitor(Role.FINANCE_CLERK), visitor(Role.FINANCE_APPROVER)
    assert clerk.post("/payments/plans/new/", {"dealers": "NOBODY"}).status_code == 422
    clerk.post("/payments/plans/new/", {"dealers": "D1", "plan_cap": "940"})
    plan = PaymentPlan.objects.get()
    where = f"/payments/plans/{plan.number}/"
    assert clerk.post(f"{where}release/").status_code == 403
    approver.post(f"{where}release/", {"note": "checked"})
    today = clock.business_day(clock.now())
    bill = {
        "number": bill_number(today),
        "range": "1-94001",
        "drawer": "HQ",
        "acceptor": "Bank",
        "issued_on": today.isoformat(),
        "due_on": (today + timedelta(days=90)).isoformat(),
    }
    refused = clerk.post(f"{where}bill/D1/", bill)
    assert refused.status_code == 422
    assert b"is more than the 940.00 that may be paid now" in refused.content
    assert clerk.post(f"{where}bill/D1/", {**bill, "range": "1-94000"}).status_code == 302
    made = Payment.objects.get()
    page = f"/payments/list/{made.number}/"
    assert b"1-94000" in clerk.get(page).content
    clerk.post(f"{page}accept/")
    assert at_home.get(f"/my-payments/{made.number}/").status_code == 404
    clerk.post(f"{page}deliver/")
    assert at_home.get(f"/my-payments/{made.number}/").status_code == 200
    clerk.post(f"{page}return/")
    assert Payment.objects.get().state == "delivered"
    clerk.post(f"{page}return/", {"reason": "not signed"})
    assert b"not signed" in at_home.get(f"/my-payments/{made.number}/").content


def test_a_dealer_sees_nothing_of_another() -> None:
    shop = settled("100", "0")
    bank_account(shop, noon(SECOND))
    office = Office(noon(SECOND))
    made = order_transfers(plan=office.plan(), actor=office.clerk, at=office.at)[0]
    make_bank_file(actor=office.clerk, at=office.at)
    stranger = visitor(Role.DEALER_OWNER, dealer=factories.Dealer())
    assert stranger.get(f"/my-payments/{made.number}/").status_code == 404
    assert made.number.encode() not in stranger.get("/my-payments/").content
    own = visitor(Role.DEALER_OWNER, dealer=shop)
    assert made.number.encode() in own.get("/my-payments/").content


def test_a_statement_says_what_was_paid_since_the_one_before() -> None:
    shop = settled("100")
    bank_account(shop, noon(FIRST))
    office = Office(noon(FIRST))
    order_transfers(plan=office.plan(), actor=office.clerk, at=office.at)
    close(SECOND)
    page = visitor(Role.FINANCE_CLERK).get(f"/statements/{SECOND}/D1/").content.decode()
    assert "Closing balance before" in page
    assert "Paid since" in page


def test_an_account_is_confirmed_by_another_person() -> None:
    world.dealer("D1")
    clerk, approver = visitor(Role.FINANCE_CLERK), visitor(Role.FINANCE_APPROVER)
    given = {"dealer": "D1", "holder": "D1", "bank": "Bank", "number": "622202020", "bank_number": "308290003010"}
    assert clerk.post("/payments/bank-accounts/new/", {**given, "bank_number": "1"}).status_code == 422
    assert clerk.post("/payments/bank-accounts/new/", given).status_code == 302
    account = BankAccount.objects.get()
    assert clerk.post(f"/payments/bank-accounts/{account.pk}/confirm/").status_code == 403
    approver.post(f"/payments/bank-accounts/{account.pk}/confirm/")
    account.refresh_from_db()
    assert account.state == "confirmed"


def test_the_certificate_of_an_account_is_handed_in_with_it_and_seen_by_its_dealer_and_finance_only() -> None:
    shop = world.dealer("D1")
    owner = signed_in(factories.User(role=Role.DEALER_OWNER, dealer=shop))
    given = {"holder": "D1", "bank": "Bank", "number": "622202020", "bank_number": "308290003010"}
    program = SimpleUploadedFile("certificate.pdf", b"MZ not a PDF")
    assert owner.post("/payments/bank-accounts/new/", {**given, "proof": program}).status_code == 422
    assert not BankAccount.objects.exists()
    content = b"%PDF-1.7\n1 0 obj"
    assert (
        owner.post(
            "/payments/bank-accounts/new/", {**given, "proof": SimpleUploadedFile("certificate.pdf", content)}
        ).status_code
        == 302
    )
    account = BankAccount.objects.get()
    where = f"/payments/bank-accounts/{account.pk}/proof/"
    assert owner.get(where).content == content
    assert where in visitor(Role.FINANCE_APPROVER).get(f"/payments/bank-accounts/{account.pk}/").content.decode()
    stranger = visitor(Role.DEALER_OWNER, dealer=factories.Dealer())
    assert stranger.get(where).status_code == 404


def test_a_plan_says_of_each_dealer_whether_it_takes_bills_and_where_it_is_paid() -> None:
    first = settled("100")
    second = world.dealer("D2")
    owe(second, SECOND, "50")
    close(SECOND)
    office = Office(noon(SECOND))
    consent(first, office.at)
    bank_account(second, office.at)
    plan = office.plan()
    page = visitor(Role.AUDITOR).get(f"/payments/plans/{plan.number}/").content.decode()
    assert page.count("Consented") == 1
    assert page.count("No consent") == 1
    assert page.count("•••• 2345") == 1


def test_a_clerk_fills_in_the_table_of_a_plan_and_reads_line_by_line_what_was_refused() -> None:
    shop = settled("1080", "0")
    office = Office(noon(SECOND))
    consent(shop, office.at)
    plan = office.plan()
    clerk = visitor(Role.FINANCE_CLERK)
    where = f"/payments/plans/{plan.number}/bills"
    with_template = b"".join(clerk.get(f"{where}.csv").streaming_content).decode("utf-8-sig")
    assert with_template.splitlines()[0].startswith("dealer,number,range,amount,kind,drawer")
    assert with_template.splitlines()[1].startswith("D1,,,1080.00")
    chinese = signed_in(factories.User(role=Role.FINANCE_CLERK, language="zh-hans"))
    in_chinese = b"".join(chinese.get(f"{where}.csv").streaming_content).decode("utf-8-sig")
    assert in_chinese.splitlines()[0].startswith("经销商编号,票据号码,子票区间,金额,票据种类,出票人")
    head = "dealer,number,range,drawer,acceptor,issued_on,due_on"
    good = f"D1,{bill_number()},1-14000,HM,Bank,2026-01-20,2026-07-20"
    bad = f"D1,{bill_number()},1-14000,HM,Bank,2026-01-20,2027-07-20"

    def hand_in(*lines: str) -> Any:
        return clerk.post(f"{where}/", {"file": SimpleUploadedFile("bills.csv", "\n".join((head, *lines)).encode())})

    answer = hand_in(good, bad)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Bills entered: 1; entered before: 0; refused: 1." in page
    assert "due_on" in page
    assert hand_in(good).status_code == 302
    assert Payment.objects.count() == 1
    assert visitor(Role.FINANCE_APPROVER).get(f"{where}/").status_code == 403


def test_the_pages_ask_the_same_number_of_queries_for_one_dealer_and_for_many() -> None:
    factories.PolicyVersion()
    shops = [world.dealer(f"E{number}") for number in range(7)]
    owe(shops[0], FIRST, "10")
    close(FIRST)
    reader = visitor(Role.AUDITOR)
    few = asked(reader)
    for shop in shops:
        owe(shop, SECOND, "10")
        consent(shop, noon(SECOND))
        bank_account(shop, noon(SECOND))
    close(SECOND)
    office = Office(noon(SECOND))
    order_transfers(plan=office.plan(), actor=office.clerk, at=office.at)
    many = asked(reader)
    grown = {page: (few[page], many[page]) for page in PAGES if many[page] > few[page] + 2}
    assert grown == {}


def asked(reader: Any) -> dict[str, int]:
    counts = {}
    for page in PAGES:
        reader.get(page)
        with CaptureQueriesContext(connection) as queries:
            reader.get(page)
        counts[page] = len(queries)
    return counts
