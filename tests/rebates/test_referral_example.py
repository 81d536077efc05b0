"""The numbers of docs/referrals.md, reckoned by the rules that reward."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from django.utils import translation

from rebates.resources import explain
from rebates.rules.referral_reward import PartnerTerms, employee_proof, partner_proof

GUIDE = (Path(__file__).parents[2] / "docs" / "referrals.md").read_text(encoding="utf-8")
TERMS = PartnerTerms(Decimal("0.05"), Decimal("100000"), Decimal("0.08"))
ABOUT = {"period": "2026-11-H1", "subject": {"lead": "RL-2611-00001", "document": "X1/1"}}


def test_the_guide_shows_what_a_partners_quarter_pays() -> None:
    rows = re.findall(r"^\| ([\d,.]+) \| ([\d,.]+) \| .*= ([\d,.]+) \| ([\d,.]+) \| \*\*([\d,.]+)\*\* \|$", GUIDE, re.M)
    assert len(rows) == 3
    before = paid = Decimal("0.00")
    for row in rows:
        deal, cumulated, earned, settled, due = (Decimal(cell.replace(",", "")) for cell in row)
        proof = partner_proof(amount=deal, before=before, paid=paid, terms=TERMS, window="2026-Q4", **ABOUT)
        assert (before + deal, Decimal(proof["earned"]), paid, Decimal(proof["due"])) == (
            cumulated,
            earned,
            settled,
            due,
        )
        before, paid = before + deal, paid + Decimal(proof["due"])


def test_the_guide_shows_what_an_employee_earns_and_the_sentence_says_it() -> None:
    proof = employee_proof(amount=Decimal("50000.00"), rate=Decimal("0.02"), **ABOUT)
    assert proof["due"] == "1000.00" and "50,000.00 × 2 % = **1,000.00**" in GUIDE
    with translation.override("en"):
        assert explain(proof) == "RL-2611-00001 became a deal of 50,000.00 (X1/1): 50,000.00 × 2% = 1,000.00."
