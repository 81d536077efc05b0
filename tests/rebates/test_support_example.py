"""The numbers of docs/market-support.md, by the services that move the money."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from rebates.choices import SupportPaper
from rebates.models import Credit, SupportQuota
from rebates.resources import explain
from rebates.selectors.support_quotas import pots_of
from rebates.services.support.deciding import accept_proof, reject_support, reserve_support
from rebates.services.support.executing import commit_support, hand_in_proof
from tests.rebates.support_stage import DURING, MONDAY, paper, planned, stage

GUIDE = Path(__file__).parents[2] / "docs" / "market-support.md"


def in_the_guide() -> list[list[Decimal]]:
    rows = re.findall(r"^\| .+? \|((?: [\d,.]+ \|){6})$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    return [[Decimal(cell.strip().replace(",", "")) for cell in row.strip(" |").split("|")] for row in rows]


@pytest.mark.django_db
def test_the_guide_shows_where_the_money_lies() -> None:
    cast = stage()
    seen: list[list[Decimal]] = []

    def look() -> None:
        pots = pots_of(SupportQuota.objects.get())
        seen.append([pots.granted, pots.planned, pots.reserved, pots.committed, pots.spent, pots.free])

    first, second = planned(cast, "20000").number, planned(cast, "12000", starts_on=date(2026, 11, 2)).number
    look()
    reserve_support(number=first, amount=Decimal(18000), reason="预算偏高", actor=cast.channel, at=MONDAY)
    reject_support(number=second, reason="与前一项重复", actor=cast.channel, at=MONDAY)
    look()
    paper(cast, first, SupportPaper.CONTRACT, b"contract")
    commit_support(number=first, amount=Decimal(16000), supplier="星光广告", actor=cast.owner, at=MONDAY)
    look()
    paper(cast, first, SupportPaper.PROOF, b"invoices", DURING)
    hand_in_proof(number=first, claimed=Decimal(15500), repeat_reason="", actor=cast.owner, at=DURING)
    look()
    accept_proof(number=first, amount=Decimal("15000.50"), reason="一张发票不符", actor=cast.director, at=DURING)
    look()
    assert seen == in_the_guide()
    with translation.override("en"):
        assert explain(Credit.objects.get().proof) == (
            f"{first} “双十一门店陈列”: of 20,000.00 asked for, 18,000.00 was reserved and 16,000.00 committed; of "
            "15,500.00 claimed with proof 499.50 was not accepted, so 15,000.50 is paid, within the quota of 50,000.00 "
            "for 2026-Q4."
        )
