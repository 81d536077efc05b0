"""The command `backtest`."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from rebates.models import Accrual
from tests import factories
from tests.settlement.world import close, dealer, sell

pytestmark = pytest.mark.django_db
FIRST, SECOND = "2026-10-H1", "2026-10-H2"


@pytest.fixture(autouse=True)
def history() -> None:
    factories.PolicyVersion()
    sell(dealer("D2", "T2"), SECOND, "1000")
    sell(dealer("D1"), FIRST, "1000")
    close(FIRST)
    close(SECOND)


def test_it_writes_one_row_per_dealer_and_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dearer = tmp_path / "draft.yaml"
    dearer.write_text(factories.POLICY_FILE.read_text().replace('rate: "0.015"', 'rate: "0.02"'))
    accruals = Accrual.objects.count()
    output = tmp_path / "found.csv"
    call_command("backtest", str(dearer), "--from", FIRST, "--to", SECOND, "--output", str(output))
    rows = [tuple(row.values()) for row in csv.DictReader(output.open(encoding="utf-8-sig"))]
    assert rows == [
        ("D1", "rebate", "20.00", "20.00", "0.00"),
        ("D2", "rebate", "15.00", "20.00", "5.00"),
    ]
    assert Accrual.objects.count() == accruals
    assert "winners 1 (5.00)" in capsys.readouterr().err


def test_a_faulty_document_is_named_and_leaves_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(factories.POLICY_FILE.read_text().replace('rate: "0.015"', "rate: 0.015"))
    with pytest.raises(SystemExit) as left:
        call_command("backtest", str(faulty), "--from", FIRST, "--to", SECOND)
    assert left.value.code == 2
    assert "rebates.programs" in capsys.readouterr().err


@pytest.mark.parametrize("asked", [("2026-10", SECOND), (SECOND, FIRST), (FIRST, "2099-01-H1")])
def test_a_stretch_that_makes_no_sense_is_refused(tmp_path: Path, asked: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        call_command("backtest", str(factories.POLICY_FILE), "--from", asked[0], "--to", asked[1])
