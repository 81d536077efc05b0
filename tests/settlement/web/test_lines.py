"""One amount on its page, whatever it is for: read as a calculation, down to the lines, taken away as JSON."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest

from dealers.choices import Role
from dealers.models import Dealer
from rebates.choices import CreditKind
from rebates.rules.proof_shape import prove
from rebates.services.credits import NewCredit, record_credits, reverse_credit
from settlement.models import StatementLine
from tests import factories
from tests.settlement.world import calculate, dealer, half, sell, ship
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db
PERIOD = "2026-11-H1"
LINE = f"/statements/{PERIOD}/D1/lines/1/"


@pytest.fixture
def shop() -> Dealer:
    factories.PolicyVersion()
    return dealer("D1")


def credited(shop: Dealer, amount: str = "10.01") -> Any:
    """An amount reckoned on what was shipped in the half-month."""
    proof = prove(
        rule="adjustment",
        policy=("2026", 1),
        terms={"rate": "0.01"},
        subject={"reason": "goodwill"},
        reasons=["agreed_by_phone"],
        inputs=[
            {"of": "purchases", "period": PERIOD, "lines": 2, "amount": "770.00"},
            {"of": "purchases", "period": "2026-10-H2", "lines": 0, "amount": "0.00"},
        ],
        steps=[("credit", "max(purchases, 1001) * rate")],
    )
    credit = NewCredit(shop.pk, CreditKind.ADJUSTMENT, "GOODWILL", "a:1", half(PERIOD), Decimal(amount), proof)
    (made,) = record_credits([credit], actor=None, at=half(PERIOD).starts_at)
    return made


def text(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(body.decode())


def test_a_proof_of_the_general_shape_is_read_as_a_calculation(shop: Dealer) -> None:
    ship(shop, PERIOD, "800")
    ship(shop, PERIOD, "-30")
    credited(shop)
    calculate(PERIOD)
    clerk = visitor(Role.FINANCE_CLERK)
    for path in (f"/statements/{PERIOD}/D1/", LINE):
        page = text(clerk.get(path))
        for words in ("770.00", "the most of (770.00, 1,001) × ", "10.01", "agreed by phone", "goodwill", "2026 v1"):
            assert words in page, (path, words)
    page = text(clerk.get(f"{LINE}?of=purchases.{PERIOD}"))
    assert "exactly the base of this half-month" in page
    assert "Purchases 2026-11 first half" in page


def test_a_credit_taken_back_has_a_proof_too(shop: Dealer) -> None:
    reverse_credit(credited(shop), reason="wrong dealer", actor=None, at=half(PERIOD).starts_at)
    calculate(PERIOD)
    page = text(visitor(Role.FINANCE_CLERK).get(f"/statements/{PERIOD}/D1/lines/2/"))
    assert "wrong dealer" in page
    assert "−10.01" in page


def test_the_proof_and_the_lines_behind_it_are_taken_away(shop: Dealer) -> None:
    sale = sell(shop, PERIOD, "1000")
    sell(shop, "2026-10-H2", "50")
    calculate(PERIOD)
    clerk = visitor(Role.FINANCE_CLERK)
    (told,) = json.loads(text(clerk.get(f"{LINE}proof.json")))
    line = StatementLine.objects.get()
    assert (told["amount"], told["proof"]) == ("21.00", line.proof)
    (row,) = csv.DictReader(io.StringIO(text(clerk.get(f"{LINE}inputs.csv?of={PERIOD}")).removeprefix("\ufeff")))
    assert (row["doc_no"], row["amount"], row["verdict"]) == (sale.doc_no, "1000.000000", "in_band")
    assert clerk.get(f"{LINE}inputs.csv?of=2020-01-H1").status_code == 404


def test_no_dealer_reads_anothers_proof(shop: Dealer) -> None:
    sell(shop, PERIOD, "1000")
    calculate(PERIOD)
    stranger = signed_in(factories.User(role=Role.DEALER_OWNER, dealer=dealer("D2")))
    for path in (LINE, f"{LINE}proof.json", f"{LINE}inputs.csv?of={PERIOD}"):
        assert stranger.get(path).status_code == 404
