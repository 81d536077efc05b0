"""Finance sees rewards whose deal was revised or came back, and only those."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pricing.models import SaleLine
from rebates.choices import LeadState
from rebates.models import Lead
from rebates.selectors.returned_deals import returned_deals
from rebates.services.referrals.deciding import confirm_deal
from rebates.services.referrals.rewarding import take_reward_back
from tests.rebates.referral_stage import LATER, by_partner, stage, with_deal
from tests.settlement.world import after, sell
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db
NOW = LATER + timedelta(days=5)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("rebates.services.referrals.deciding.is_sampled", lambda *_: False)
    return stage()


def rewarded(cast: Any, number: int, amount: str) -> Lead:
    lead = with_deal(cast, by_partner(cast, number), amount)
    lead = confirm_deal(number=lead.number, actor=cast.channel, at=LATER + timedelta(hours=1))
    assert lead.state == LeadState.REWARDED
    return lead


def test_a_deal_that_stands_is_not_listed(cast: Any) -> None:
    rewarded(cast, 1, "50000")
    sell(cast.first, "2026-11-H2", "-30")
    assert returned_deals(at=NOW) == []


def test_a_return_of_the_same_goods_is_listed_until_the_reward_is_taken_back(cast: Any) -> None:
    lead = rewarded(cast, 1, "50000")
    sell(cast.first, "2026-11-H2", "-50000")
    (found,) = returned_deals(at=NOW)
    assert (found.number, found.base, found.now, found.returned) == (lead.number, 50000, 50000, 50000)
    page = signed_in(cast.clerk).get("/referrals/payouts/").content.decode()
    assert lead.number in page
    take_reward_back(number=lead.number, reason="returned", actor=cast.approver, at=NOW)
    assert returned_deals(at=NOW) == []


def test_a_revised_line_is_listed_with_what_it_says_now(cast: Any) -> None:
    lead = rewarded(cast, 1, "50000")
    sold = SaleLine.objects.get(dealer=cast.first, doc_no=lead.doc_no, line_no=1)
    sell(cast.first, "2026-11-H2", "42000", revises=sold, known=after("2026-11-H2", 1))
    (found,) = returned_deals(at=NOW)
    assert (found.base, found.now, found.returned) == (50000, 42000, 0)


def test_the_list_costs_one_query_however_many_deals_changed(cast: Any) -> None:
    for number, amount in enumerate(("1000", "2000", "3000")):
        rewarded(cast, number, amount)
        sell(cast.first, "2026-11-H2", f"-{amount}")
    with CaptureQueriesContext(connection) as asked:
        assert len(returned_deals(at=NOW)) == 3
    assert len(asked) == 1
