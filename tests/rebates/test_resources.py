"""What a line says of itself in one sentence."""

from __future__ import annotations

from decimal import Decimal

from django.utils import translation

from rebates.resources import explain
from rebates.rules.proof_shape import prove


def test_a_rule_nobody_has_put_into_words_shows_its_formula_with_the_numbers() -> None:
    proof = prove(
        rule="something_new",
        period="2026-11-H1",
        inputs=[{"of": "old", "amount": "1100.00"}, {"of": "new", "amount": "1000.00"}, {"of": "units", "amount": 7}],
        steps=[("fall", "old - new"), ("credit", "fall * units")],
        settled=[("2026-10-H2", Decimal("200.00"))],
    )
    with translation.override("en"):
        assert explain(proof, "adjustment") == (
            "1,100.00 − 1,000.00 = 100.00; 100.00 × 7 = 700.00; 200.00 was settled before, so 500.00 is due now."
        )
    with translation.override("zh-hans"):
        assert "本次应结 500.00" in explain(proof, "adjustment")


def test_a_proof_without_formula_says_nothing() -> None:
    assert explain({"rule": "entered_by_hand", "due": "5.00"}, "adjustment") == ""
