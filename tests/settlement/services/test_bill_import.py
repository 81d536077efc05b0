"""Many bills from a table: each line by itself, faults named by line and column, the same file any number of times."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from dealers.foundation.tabular import UnusableFile
from dealers.models import Dealer
from settlement.errors import TooManyBills
from settlement.models import Bill, PaymentPlan
from settlement.selectors.ledger import payable_to
from settlement.services import bill_import
from settlement.services.bill_import import BillLine, import_bills
from tests.settlement import world
from tests.settlement.pay_stage import SECOND, Office, bill_number, consent, noon, owe, settled
from tests.settlement.world import close

pytestmark = pytest.mark.django_db

HEADER = ("dealer", "number", "range", "amount", "kind", "drawer", "acceptor", "issued_on", "due_on")


def line(shop: str = "D1", **given: str) -> dict[str, str]:
    fields = {
        "dealer": shop,
        "number": bill_number(),
        "range": "1-14000",
        "amount": "",
        "kind": "",
        "drawer": "Halfmoon",
        "acceptor": "Bank of Shanghai",
        "issued_on": "2026-01-20",
        "due_on": "2026-07-20",
    }
    return {**fields, **given}


def table(*lines: dict[str, str], header: tuple[str, ...] = HEADER) -> io.BytesIO:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([one[column] for column in HEADER] for one in lines)
    return io.BytesIO(text.getvalue().encode())


@pytest.fixture
def office() -> Office:
    return Office(noon(SECOND))


@pytest.fixture
def plan(office: Office) -> PaymentPlan:
    """1,080 for D1, which takes bills, and 50 for D2, which does not."""
    shop = settled("1080")
    other = world.dealer("D2")
    owe(other, SECOND, "50")
    close(SECOND)
    consent(shop, office.at)
    return office.plan()


def entered(office: Office, plan: PaymentPlan, *lines: dict[str, str]) -> list[BillLine]:
    return import_bills(plan=plan, given=table(*lines), actor=office.clerk, at=office.at)


def test_every_good_line_becomes_a_payment_and_every_other_says_where_it_is_at_fault(
    office: Office, plan: PaymentPlan
) -> None:
    found = entered(
        office,
        plan,
        line(),
        line(number="12"),
        line(range="14001-108000", amount="940.01"),
        line(due_on="2026-07-21"),
        line(issued_on="20 January"),
        line(amount="1,0"),
        line(drawer=""),
        line(acceptor="x" * 201),
        line("D9"),
        line("D2"),
        line(range="1-94001"),
        line(range="14001-108000", kind="银行承兑汇票"),
    )
    assert [one.line for one in found] == list(range(2, 14))
    assert [bool(one.payment) for one in found] == [True] + [False] * 10 + [True]
    assert [one.column for one in found[1:11]] == [
        "number",
        "amount",
        "due_on",
        "issued_on",
        "amount",
        "drawer",
        "acceptor",
        "dealer",
        "",
        "amount",
    ]
    assert all(one.why for one in found[1:11])
    assert sorted(Bill.objects.values_list("amount", flat=True)) == [Decimal("140.00"), Decimal("940.00")]
    assert payable_to(Dealer.objects.get(code="D1").pk) == 0


def test_the_same_file_again_enters_what_was_at_fault_and_nothing_twice(office: Office, plan: PaymentPlan) -> None:
    good, faulty = line(), line(range="14001-108000", issued_on="2026-01-99")
    first = entered(office, plan, good, faulty)
    mended = {**faulty, "issued_on": "2026-01-20"}
    second = entered(office, plan, good, mended)
    third = entered(office, plan, good, mended)
    assert (second[0].payment, second[0].already) == (first[0].payment, True)
    assert second[1].payment is not None
    assert not second[1].already
    assert [one.already for one in third] == [True, True]
    assert Bill.objects.count() == 2


def test_a_bill_of_another_payment_is_no_repetition(office: Office, plan: PaymentPlan) -> None:
    good = line()
    entered(office, plan, good)
    overlapping = entered(office, plan, {**good, "range": "1-100"})
    assert (overlapping[0].payment, overlapping[0].column) == (None, "number")


def test_columns_may_have_their_chinese_names_and_unfilled_lines_of_the_template_are_passed_over(
    office: Office, plan: PaymentPlan
) -> None:
    names = ("经销商", "票据号码", "子票区间", "金额", "类型", "出票人", "承兑人", "出票日期", "到期日")
    empty = dict.fromkeys(HEADER, "") | {"dealer": "D1", "amount": "1080.00"}
    found = import_bills(plan=plan, given=table(empty, line(), header=names), actor=office.clerk, at=office.at)
    assert [one.line for one in found] == [3]
    assert found[0].payment is not None


def test_what_is_no_table_of_bills_or_too_long_enters_nothing(
    office: Office, plan: PaymentPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnusableFile):
        import_bills(plan=plan, given=io.BytesIO(b"dealer,number\nD1,1\n"), actor=office.clerk, at=office.at)
    monkeypatch.setattr(bill_import, "MOST_LINES", 1)
    with pytest.raises(TooManyBills):
        entered(office, plan, line(), line(range="14001-108000"))
    assert not Bill.objects.exists()


def test_a_number_that_a_spreadsheet_has_rounded_is_refused(office: Office, plan: PaymentPlan) -> None:
    found = entered(office, plan, line(number="5.31329E+29"))
    assert (found[0].payment, found[0].column) == (None, "number")
