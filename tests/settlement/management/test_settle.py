"""The commands `settle` and `export_statements`."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from python_calamine import CalamineWorkbook

from dealers.choices import Role
from rebates.rules.proof import faults_of
from settlement.choices import RunState
from settlement.models import SettlementRun
from tests import factories
from tests.settlement.world import dealer, sell

pytestmark = pytest.mark.django_db
PERIOD = "2026-10-H1"


@pytest.fixture(autouse=True)
def sales() -> None:
    factories.PolicyVersion()
    sell(dealer("D1"), PERIOD, "1234567.89")
    sell(dealer("D2", "T3"), PERIOD, "-5")


def settle(*args: str) -> str:
    out = StringIO()
    call_command("settle", PERIOD, *args, stdout=out)
    return out.getvalue()


def test_settle_prints_totals_digest_and_seconds() -> None:
    said = dict(line.split(maxsplit=1) for line in settle("--shards", "2").splitlines())
    run = SettlementRun.objects.get()
    assert (said["digest"], said["total"], said["statements"], said["state"]) == (
        run.digest,
        "27037.04",
        "2",
        RunState.CALCULATED,
    )
    assert float(said["seconds"]) >= 0


def test_settle_approves_by_a_person_with_that_role() -> None:
    factories.User(username="boss", role=Role.FINANCE_APPROVER)
    settle("--approve-as", "boss")
    run = SettlementRun.objects.get()
    assert (run.state, str(run.approved_by.username)) == (RunState.CLOSED, "boss")  # type: ignore[union-attr]
    with pytest.raises(CommandError):
        settle()


@pytest.mark.parametrize(
    "args",
    [
        ("2026-11",),
        (PERIOD, "--cutoff", "2026-11-01"),
        (PERIOD, "--shards", "0"),
        (PERIOD, "--approve-as", "nobody"),
        (PERIOD, "--approve-as", "clerk"),
        ("2031-01-H1",),
    ],
)
def test_settle_refuses_what_it_cannot_do(args: tuple[str, ...]) -> None:
    factories.User(username="clerk", role=Role.FINANCE_CLERK)
    with pytest.raises(CommandError):
        call_command("settle", *args, stdout=StringIO())


def test_a_cutoff_leaves_later_facts_out() -> None:
    assert "lines       0" in settle("--cutoff", "2026-09-30T00:00:00+08:00")


def export(tmp_path: Path, written: str) -> Path:
    target = tmp_path / f"statements.{written}"
    call_command("export_statements", PERIOD, "--format", written, "--output", str(target))
    return target


def test_the_csv_has_the_columns_of_the_contract_and_explains_itself(tmp_path: Path) -> None:
    settle()
    with translation.override("en"):
        rows = list(csv.DictReader(export(tmp_path, "csv").open(encoding="utf-8")))
    assert list(rows[0]) == [
        *("period", "dealer", "line_no", "kind", "program", "for_period", "base", "rate", "amount", "explanation")
    ]
    first = rows[0]
    assert [first[name] for name in ("period", "dealer", "line_no", "kind", "program", "for_period")] == [
        *(PERIOD, "D1", "1", "rebate", "T1-ALL", PERIOD)
    ]
    assert [first[name] for name in ("base", "rate", "amount")] == ["1234567.89", "0.03", "27037.04"]
    assert first["explanation"] == (
        "Compliant sales in 2026-Q4 up to 2026-10-H1 came to 1,234,567.89, on which T1-ALL earns 1,000,000.00 × 2% + "
        "234,567.89 × 3% = 27,037.0367, rounded to 27,037.04; 0.00 was settled before, so 27,037.04 is due now."
    )
    assert rows[1]["explanation"].startswith(
        "Compliant sales in 2026-Q4 up to 2026-10-H1 came to -5.00, on which T3-ALL"
    )


def test_the_json_carries_the_full_proof(tmp_path: Path) -> None:
    settle()
    objects = json.loads(export(tmp_path, "json").read_text())
    assert [faults_of(one["proof"]) for one in objects] == [[], []]
    assert [one["amount"] for one in objects] == ["27037.04", "0.00"]


def test_the_workbook_holds_numbers_as_numbers(tmp_path: Path) -> None:
    settle()
    rows = CalamineWorkbook.from_path(str(export(tmp_path, "xlsx"))).get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["period", "dealer", "line_no"]
    assert Decimal(str(rows[1][8])) == Decimal("27037.04")


def test_a_half_month_that_was_never_calculated_is_not_exported(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="not been calculated"):
        export(tmp_path, "csv")
