"""The script that knows nothing of the product reckons real statements again, and finds whatever is altered."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dealers.foundation import clock
from rebates.choices import CreditKind
from rebates.rules.proof_shape import prove
from rebates.services.credits import NewCredit, record_credits
from rebates.services.forfeitures import impose_forfeiture
from settlement.choices import DocumentFormat
from settlement.services.documents import hand_out
from tests import factories
from tests.settlement.world import after, close, dealer, half, sell, statement

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).parents[2] / "docs"
SCRIPT, GUIDE = DOCS / "verify_statement.py", DOCS / "statements.md"
FIRST, SECOND = "2026-10-H1", "2026-10-H2"


def run(path: Path, *options: str) -> tuple[int, str]:
    """Exit code and output of the script, run where no package of the product can be imported."""
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(path), *options],
        cwd=path.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def told(tmp_path: Path) -> dict[str, Any]:
    """A statement with rebate, forfeiture, clawback, protection and penalty, as its dealer downloads it."""
    factories.PolicyVersion()
    shop = dealer("HZ01")
    sell(shop, FIRST, "1200000.005")
    close(FIRST)
    sell(shop, SECOND, "250000")
    impose_forfeiture(
        dealer=shop, year=2026, reference="case:7", reason="fake sales", actor=None, at=half(SECOND).starts_at
    )
    protection = prove(
        rule="price_protection",
        policy=("2026", 1),
        terms={"share": "0.5"},
        inputs=[
            {"of": "fall", "how": "before - now", "numbers": {"before": "100.00", "now": "89.99"}},
            {"of": "units", "doc": "FH-1", "amount": 5},
            {"of": "units", "doc": "FH-2", "amount": 2},
        ],
        steps=[("full", "fall * units"), ("credit", "min(full, 100) * share / 3")],
    )
    penalty = prove(
        rule="penalty", inputs=[{"of": "shortfall", "amount": "30.015"}], steps=[("due", "-max(shortfall, 1000)")]
    )
    record_credits(
        [
            NewCredit(shop.pk, kind, kind, f"{kind}:1", half(SECOND), Decimal(proof["due"]), proof)
            for kind, proof in ((CreditKind.ADJUSTMENT, protection), (CreditKind.PENALTY, penalty))
        ],
        actor=None,
        at=half(SECOND).starts_at,
    )
    close(SECOND, at=after(SECOND))
    file = hand_out(
        statement=statement(SECOND, shop), written=DocumentFormat.JSON, wanted="", actor=None, at=clock.now()
    )
    (tmp_path / "statement.json").write_bytes(file.content)
    assert run(tmp_path / "statement.json", "--sha256", file.sha256)[0] == 0
    content: dict[str, Any] = json.loads(file.content)
    return content


def line(told: Any, kind: str) -> Any:
    return next(line for line in told["lines"] if line["kind"] == kind)


def test_a_real_statement_adds_up_line_by_line(told: dict[str, Any], tmp_path: Path) -> None:
    code, said = run(tmp_path / "statement.json")
    assert code == 0, said
    assert said.strip() in GUIDE.read_text(encoding="utf-8")
    for words in (
        "1000000.00 x 0.02 = 20000.00",
        "full: fall * units = 70.07",
        "credit: min(full, 100) * share / 3 = 11.678333333333",
        "due: -max(shortfall, 1000) = -1000.00",
        "everything adds up: 5 lines recomputed",
    ):
        assert words in said
    assert {one["kind"] for one in told["lines"]} == {"rebate", "forfeiture", "clawback", "adjustment", "penalty"}


#: What is altered, and what the script has to name.
DEEDS: dict[str, tuple[Callable[[Any], None], str]] = {
    "an amount": (lambda t: line(t, "penalty").update(amount="-999.00"), "line"),
    "a rebate and its total": (
        lambda t: (
            line(t, "rebate").update(amount="1.00"),
            t.update(total=str(Decimal(t["total"]) - Decimal(line(t, "rebate")["proof"]["due"]) + 1)),
        ),
        "line 1: the amount is 1.00",
    ),
    "a base": (lambda t: line(t, "rebate")["proof"]["inputs"][0].update(amount="9.00"), "line 1: the base"),
    "a bracket": (
        lambda t: line(t, "rebate")["proof"]["program"]["brackets"][1].update({"from": "900000.00"}),
        "line 1: the slices",
    ),
    "a slice": (lambda t: line(t, "rebate")["proof"]["formula"][0].update(earned="1.00"), "line 1: the slice"),
    "a cap": (lambda t: line(t, "rebate")["proof"]["program"].update(cap="5.00"), "line 1: capped"),
    "what was settled": (lambda t: line(t, "rebate")["proof"].update(settled=[]), "line 1: what was settled before"),
    "a cancelled rebate": (lambda t: line(t, "forfeiture")["proof"]["inputs"][0].update(amount="1.00"), "line 2"),
    "a clawback": (lambda t: line(t, "clawback")["proof"].update(due="-1.00"), "what is due"),
    "units": (lambda t: line(t, "adjustment")["proof"]["inputs"][1].update(amount="6"), "full: units"),
    "a fact of a fact": (
        lambda t: line(t, "adjustment")["proof"]["inputs"][0]["numbers"].update(now="80.00"),
        "fall is 10.01, but comes to 20.00",
    ),
    "a term": (lambda t: line(t, "adjustment")["proof"]["terms"].update(share="0.6"), "credit: share"),
    "a formula": (
        lambda t: line(t, "adjustment")["proof"]["formula"][1].update(how="__import__('os')"),
        "is not understood",
    ),
    "a rounding": (lambda t: line(t, "adjustment")["proof"].update(entitlement="11.67"), "the entitlement"),
    "the total": (lambda t: t.update(total="0.00"), "the total of the lines"),
    "the opening": (lambda t: t.update(opening="0.00"), "the closing balance"),
    "the closing": (lambda t: t.update(closing="0.00"), "the closing balance"),
    "what was paid": (lambda t: t.update(paid_since="1.00"), "the opening balance"),
    "the payable": (lambda t: t.update(payable="5000.00"), "the payable amount"),
    "a line taken out": (lambda t: t["lines"].pop(0), "the lines are numbered"),
    "a proof taken out": (lambda t: line(t, "penalty").update(proof={}), "holds no calculation"),
}


def test_whatever_is_altered_is_found_and_named(told: dict[str, Any], tmp_path: Path) -> None:
    for deed, (alter, named) in DEEDS.items():
        forged = copy.deepcopy(told)
        alter(forged)
        path = tmp_path / "forged.json"
        path.write_text(json.dumps(forged), encoding="utf-8")
        code, said = run(path, "--quiet")
        assert (code, said[:7]) == (1, "FAULT: "), (deed, said)
        assert named in said, (deed, said)


def test_another_digest_or_file_is_refused(told: dict[str, Any], tmp_path: Path) -> None:
    assert run(tmp_path / "statement.json", "--sha256", "0" * 64)[0] == 1
    (tmp_path / "empty.json").write_text("")
    assert run(tmp_path / "empty.json")[0] == 2
    assert run(tmp_path / "nowhere.json")[0] == 2
