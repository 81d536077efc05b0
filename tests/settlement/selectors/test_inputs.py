"""Which inputs of a proof can be opened down to lines: those summed from facts of a half-month, whatever the rule."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dealers.models import Dealer, Region, Shipment
from rebates.rules.proof_shape import prove
from settlement.models import StatementLine
from settlement.proof_words import words_of
from settlement.proof_words.reading import read_proof
from settlement.selectors.inputs import inputs_of, shares_of
from tests import factories
from tests.settlement.world import after, calculate, dealer, sell, ship, statement

CREDITED = (
    prove(rule="market_support", inputs=[{"of": "claimed", "amount": "100"}], steps=[("due", "claimed")]),
    prove(rule="reversal", inputs=[{"of": "credit", "doc": "x", "amount": "5"}], steps=[("reversed", "-credit")]),
    prove(rule="referral_voucher", inputs=[{"of": "deal", "amount": "5"}], steps=[("reward", "deal")]),
    prove(rule="referral_employee", inputs=[{"of": "deal", "amount": "5"}], steps=[("reward", "deal")]),
    prove(
        rule="penalty",
        inputs=[{"of": "shortfall", "doc": "V-1", "amount": "900"}],
        steps=[("penalty", "shortfall * 2"), ("charged", "-penalty")],
    ),
    prove(rule="adjustment", inputs=[{"of": "adjusted_by", "amount": "1"}], steps=[("adjustment", "adjusted_by")]),
)


@pytest.mark.parametrize("proof", CREDITED, ids=lambda proof: proof["rule"])
def test_an_amount_of_one_fact_has_no_lines_behind_it(proof: dict[str, Any]) -> None:
    line = StatementLine(proof=proof, dealer_id=1)
    assert shares_of(proof) == []
    assert inputs_of(line, "2026-11-H1", cutoff=after("2026-11-H1", 0)) is None


def test_a_line_without_a_proof_opens_nothing() -> None:
    assert shares_of({}) == []


@pytest.mark.parametrize("rule", ["penalty", "referral_employee", "referral_voucher", "reversal"])
def test_what_can_be_credited_is_put_into_words(rule: str) -> None:
    proof = next(proof for proof in CREDITED if proof["rule"] == rule)
    words = words_of(proof)
    assert str(words.title) != rule
    named = [fact["of"] for fact in proof["inputs"]] + [step["step"] for step in proof["formula"]]
    assert [name for name in named if name not in words.names] == []
    assert read_proof(proof).rows


@pytest.mark.django_db
def test_remote_purchases_open_to_the_shipments_into_remote_regions_alone() -> None:
    factories.PolicyVersion()
    shop: Dealer = dealer("D1")
    ship(shop, "2026-11-H1", "800")
    ship(shop, "2026-11-H1", "200", remote=True)
    far = factories.City(code="XZ01", remote=True)
    Shipment.objects.filter(dealer=shop, unit_price=200).update(region=far)
    near = factories.City(code="SH01", remote=False)
    Shipment.objects.filter(dealer=shop, unit_price=800).update(region=near)
    sell(shop, "2026-11-H1", "10")
    calculate("2026-11-H1")
    line = StatementLine.objects.select_related("statement__run").get(statement=statement("2026-11-H1", shop))
    line.proof = prove(
        rule="remote_subsidy",
        inputs=[
            {"of": "purchases", "period": "2026-11-H1", "lines": 2, "amount": "1000"},
            {"of": "remote_purchases", "period": "2026-11-H1", "lines": 1, "amount": "200"},
        ],
        steps=[("subsidy", "remote_purchases")],
    )
    cutoff = line.statement.run.cutoff
    assert cutoff is not None
    # What the regions are called later changes nothing that was settled.
    Region.objects.filter(pk=far.pk).update(remote=False)
    Region.objects.filter(pk=near.pk).update(remote=True)
    assert [share.key for share in shares_of(line.proof)] == ["purchases.2026-11-H1", "remote_purchases.2026-11-H1"]
    for share, amount in zip(shares_of(line.proof), ("1000", "200"), strict=True):
        found = inputs_of(line, share.key, cutoff=cutoff)
        assert found is not None
        assert found.total.agrees
        assert found.total.amount == Decimal(amount)
