"""`import_bills`: the bills of a table, entered by a named clerk, with the exit code of what became of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from dealers.choices import Role
from settlement.models import Payment
from settlement.services.bill_import import CHINESE
from tests import factories
from tests.settlement.pay_stage import SECOND, Office, bill_number, consent, noon, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> str:
    shop = settled("1080", "0")
    office = Office(noon(SECOND))
    consent(shop, office.at)
    factories.User(role=Role.FINANCE_CLERK, username="clerk")
    factories.User(role=Role.FINANCE_APPROVER, username="approver")
    return office.plan().number


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(*lines: str, head: str = "dealer,number,range,drawer,acceptor,issued_on,due_on") -> Path:
        file = tmp_path / "bills.csv"
        file.write_text("\n".join((head, *lines)), encoding="utf-8")
        return file

    return written


def run(plan: str, file: Path, *options: str, user: str = "clerk") -> tuple[int, str]:
    said = StringIO()
    with translation.override("en"):
        try:
            call_command("import_bills", plan, str(file), "--as", user, *options, stdout=said, stderr=said)
        except SystemExit as left:
            return int(str(left.code)), said.getvalue()
    return 0, said.getvalue()


GOOD = f"D1,{bill_number()},1-14000,HM,Bank,2026-01-20,2026-07-20"
BAD = f"D1,{bill_number()},14001-20000,HM,Bank,2026-01-20,2027-07-20"


def test_good_lines_are_entered_once_and_a_faulty_one_is_named(plan: str, write: Callable[..., Path]) -> None:
    file = write(GOOD, BAD)
    code, said = run(plan, file)
    assert (code, Payment.objects.count()) == (3, 1)
    assert "entered 1, entered before 0, refused 1" in said and "due_on" in said
    code, said = run(plan, write(GOOD), "--json")
    assert (code, Payment.objects.count()) == (0, 1)
    assert [line["already"] for line in json.loads(said)] == [True]


def test_the_columns_may_have_their_chinese_names(plan: str, write: Callable[..., Path]) -> None:
    names = ("dealer", "number", "range", "drawer", "acceptor", "issued_on", "due_on")
    file = write(GOOD, head=",".join(CHINESE[name] for name in names))
    assert run(plan, file)[0] == 0
    assert Payment.objects.get().amount == 140


def test_what_is_no_table_of_bills_enters_nothing(plan: str, write: Callable[..., Path], tmp_path: Path) -> None:
    assert run(plan, write("x", head="sku"))[0] == 2
    assert run(plan, tmp_path / "absent.csv")[0] == 2
    assert run(plan, write())[0] == 2
    assert not Payment.objects.exists()


def test_only_a_clerk_enters_bills(plan: str, write: Callable[..., Path]) -> None:
    for user in ("approver", "nobody"):
        with pytest.raises(CommandError):
            run(plan, write(GOOD), user=user)
    with pytest.raises(CommandError):
        run("NO-SUCH", write(GOOD))
