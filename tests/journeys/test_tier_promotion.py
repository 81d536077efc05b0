"""A quarter ends, the review proposes T1, the manager confirms, and the next half-month earns by T1's program."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from rebates.models import TierProposal
from rebates.tasks import keep_scorecards
from tests.journeys.office import Office
from tests.journeys.quarter import PRODUCTS, REGIONS
from tests.journeys.quarter import dealer_row as row_of
from tests.policies import variation

pytestmark = pytest.mark.django_db

HEAD = (
    "code,name,uscc,industry,annual_revenue,territory,activated_on,contract_no,contract_amount,contract_start,"
    "contract_end,tier\n"
)
#: The only city there is earns all of coverage; the card of a dealer that sells well earns its share of performance.
EASY = ("cities: 12", "cities: 1")


def sell(office: Office, day: str, amount: str) -> None:
    with office.at(f"{day} 20:00"):
        office.taken(
            "sales",
            "dealer,doc_no,line_no,sold_at,sku,quantity,unit_price,region\n"
            f"UP,X{day},1,{day}T12:00:00+08:00,PJ-1,1,{amount},HZ\n",
        )


def rebates_of(office: Office, half: str, on: str) -> dict[str, Decimal]:
    """Settle and approve a half-month; the rebates by program."""
    with office.at(f"{on} 09:00"):
        office.good("settle", half, "--approve-as", "zheng")
    lines = [row for row in office.statement_lines(half) if row["kind"] == "rebate" and Decimal(row["amount"])]
    return {row["program"]: Decimal(row["amount"]) for row in lines}


def test_a_promoted_dealer_earns_by_the_better_program_from_the_next_half_month(tmp_path: Path) -> None:
    office = Office(tmp_path)
    with office.at("2026-06-20 10:00"):
        office.hire("gao", "general_manager")
        office.hire("zheng", "finance_approver")
        policy = office.file("policy.yaml", variation(EASY))
        office.good("policy", "import", str(policy), "--publish-as", "gao")
        office.taken("regions", REGIONS)
        office.hire("ma", "channel_manager", "--regions", "ZJ")
        office.taken("products", PRODUCTS)
        office.taken("dealers", HEAD + row_of(0, "UP", "T2").replace(",20000000,", ",50000000,"))
        office.hire("li", "dealer_owner", "--dealer", "UP")
        office.taken("sales_targets", "dealer,quarter,amount\nUP,2026-Q3,900000\n")
    with office.at("2026-07-02 10:00"):
        office.taken(
            "shipments",
            "doc_no,line_no,dealer,sku,quantity,unit_price,shipped_at\n"
            "H1,1,UP,PJ-1,1,20000000,2026-07-02T09:00:00+08:00\n",
        )
    sell(office, "2026-07-03", "900000")

    # The quarter is over. Its cards run until the policy's day, then they stand and the review follows.
    with office.at("2026-10-01 06:30"):
        keep_scorecards()
        assert not TierProposal.objects.exists()
    sell(office, "2026-10-03", "100000")
    with office.at("2026-10-16 06:30"):
        keep_scorecards()
    proposal = TierProposal.objects.get()
    assert (proposal.tier, proposal.proposed, proposal.move) == ("T2", "T1", "promotion")
    assert rebates_of(office, "2026-10-H1", "2026-10-17") == {"T2-ALL": Decimal("1500.00")}

    with office.at("2026-10-19 10:00"):
        decided = office.browser("ma").post(
            "/tier-reviews/2026-Q3/decide/", {"proposal": [proposal.pk], "decision": "confirm"}
        )
        assert decided.status_code == 302
    with office.at("2026-10-20 10:00"):
        me = office.key("--dealer", "UP").get("me").json()["tier"]
        assert (me["tier"], me["until"], me["following"]) == (
            "T2",
            "2026-11-01",
            {"tier": "T1", "since": "2026-11-01"},
        )
        notices = office.browser("li").get("/notices/").content.decode()
        assert "Your tier rises from T2 to T1 on 2026-11-01" in notices

    # The half-month in which it was decided is still T2's; the next one is T1's, on a base of its own.
    sell(office, "2026-10-21", "100000")
    assert rebates_of(office, "2026-10-H2", "2026-11-02") == {"T2-ALL": Decimal("1500.00")}
    sell(office, "2026-11-05", "100000")
    assert rebates_of(office, "2026-11-H1", "2026-11-17") == {"T1-ALL": Decimal("2000.00")}
    assert office.run("verify", "settlement").code == 0
