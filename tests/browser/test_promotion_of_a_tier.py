"""A dealer rises: confirmed at a desk of headquarters, told on the dealer's phone, and earned on its statement."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import time_machine

from dealers.choices import Role
from dealers.models import User
from rebates.services.tiers.proposing import propose_tiers
from tests import factories
from tests.browser.desk import PHONE, desk, in_a_browser
from tests.journeys.office import told
from tests.rebates.scorecard_stage import AFTER, Q3, buy, policy, sell
from tests.settlement.world import close

pytestmark = in_a_browser


def test_a_promotion_is_confirmed_told_and_earned_from_the_next_half_month(chromium: Any, live_server: Any) -> None:
    policy(
        (
            '{scale: "0.30", performance: "0.40", coverage: "0.30"}',
            '{scale: "0.30", performance: "0.70", coverage: "0"}',
        )
    )
    dealer = factories.Dealer(code="UP", name="向上商贸有限公司", annual_revenue=Decimal("50000000"))
    factories.User(username="ma", role=Role.CHANNEL_MANAGER, regions=[dealer.home_region])
    factories.User(username="li", role=Role.DEALER_OWNER, dealer=dealer)
    User.objects.update(language="en")
    buy(dealer, "20000000", on="2026-05-10")
    propose_tiers(quarter=Q3, at=AFTER)

    with time_machine.travel(told("2026-10-19 10:00")), desk(chromium, live_server, "ma") as manager:
        manager.open("/tier-reviews/2026-Q3/")
        manager.reads("T2 → T1", "what is decided today holds from 2026-11-01")
        manager.page.get_by_role("checkbox", name="向上商贸有限公司").check()
        manager.press("button[value=confirm]")
        manager.reads("T1", "from 2026-11-01")

    sell(dealer, ("2026-10-21", "100000", "1"))
    sell(dealer, ("2026-11-05", "100000", "1"))
    close("2026-10-H2", at=told("2026-11-02 09:00"))
    close("2026-11-H1", at=told("2026-11-17 09:00"))

    with desk(chromium, live_server, "li", **PHONE) as owner:
        with time_machine.travel(told("2026-10-20 10:00")):
            owner.open("/notices/")
            owner.reads("Your tier rises from T2 to T1 on 2026-11-01")
            owner.open("/my-tier/")
            owner.reads("From 2026-11-01 your tier is T1.", "T2")
            assert owner.too_wide() <= 0
        with time_machine.travel(told("2026-11-18 10:00")):
            owner.open("/my-tier/")
            assert owner.page.locator(".kpi", has_text="Tier in force").locator(".value").inner_text() == "T1"
            for half, program, amount in (("second", "T2-ALL", "1,500.00"), ("first", "T1-ALL", "2,000.00")):
                owner.open("/statements/")
                month = "2026-10" if half == "second" else "2026-11"
                owner.follow(f"{month} {half} half")
                proof = owner.page.locator("details.proof").first
                assert program in proof.inner_text() and amount in proof.inner_text()
                proof.locator("summary").click()
                assert f"rebates.programs.{program}" in proof.inner_text() and owner.too_wide() <= 0
