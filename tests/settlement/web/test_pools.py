"""The pools of alliances: HQ sees every member's part, a member its own and the sum, and nobody a stranger's figure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from dealers.choices import Role
from dealers.foundation import clock
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import Alliance, Dealer
from dealers.scope import row_scope
from settlement.selectors.pools import pools_of_period
from settlement.selectors.progress import rebate_progress
from tests import factories
from tests.callers import dealer_caller
from tests.policies import published_policy, variation
from tests.settlement.services.test_alliances import NOV1, NOV2, POOLED, join
from tests.settlement.world import close, dealer, half, sell
from tests.visitors import visitor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=BUSINESS_ZONE)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.as_if_at(NOW):
        yield


@pytest.fixture
def alliance() -> Alliance:
    published_policy(variation(POOLED))
    return Alliance.objects.create(code="AL", name="南岭联盟")


@pytest.fixture
def members(alliance: Alliance) -> dict[str, Dealer]:
    """A brought 700,000, B 480,000, C 120,000: 1,300,000 of which 29,000 are earned. E is no member."""
    shops = {code: dealer(code, alliance=alliance) for code in "ABC"}
    for code, amount in {"A": "700000", "B": "480000", "C": "120000"}.items():
        sell(shops[code], NOV2, amount)
    shops["E"] = dealer("E")
    sell(shops["E"], NOV2, "12345")
    return shops


def progress_as_its_own(shop: Dealer) -> list[object]:
    with row_scope(str(shop.pk)):
        return [one for one in rebate_progress(shop.pk, at=NOW)]


def test_hq_sees_the_pool_its_bracket_and_every_members_part(members: dict[str, Dealer]) -> None:
    page = visitor(Role.FINANCE_CLERK).get("/alliance-pools/").content.decode()
    assert "南岭联盟" in page and "1,300,000.00" in page and "29,000.00" in page
    assert "15,615.39" in page and "53.85%" in page  # A: 700,000 of 1,300,000
    assert "Bracket from ¥1,000,000.00 reached, 3%; together they have earned ¥29,000.00." in strip_tags(page)
    assert "12,345" not in page
    rows = list(csv.DictReader(io.StringIO(_file(visitor(Role.AUDITOR)))))
    assert [(row["dealer"], row["contribution"], row["share"]) for row in rows] == [
        ("A", "700000.00", "15615.39"),
        ("B", "480000.00", "10707.69"),
        ("C", "120000.00", "2676.92"),
    ]


def _file(client: object) -> str:
    answer = client.get("/alliance-pools/export.csv")  # type: ignore[attr-defined]
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_a_channel_manager_sees_only_members_of_its_own_regions(members: dict[str, Dealer]) -> None:
    place = factories.Province(code="330000")
    Dealer.objects.filter(code="A").update(home_region=place)
    page = visitor(Role.CHANNEL_MANAGER, regions=[place]).get("/alliance-pools/").content.decode()
    assert "2 members outside your regions" in page and members["B"].name not in page
    elsewhere = visitor(Role.CHANNEL_MANAGER, regions=[factories.Province(code="440000")])
    assert "No alliance pools its volume" in elsewhere.get("/alliance-pools/").content.decode()


def test_a_dealer_has_no_business_on_the_page_of_hq(members: dict[str, Dealer]) -> None:
    assert visitor(Role.DEALER_OWNER, dealer=members["A"]).get("/alliance-pools/").status_code == 403


def test_a_closed_half_month_shows_what_was_settled_whatever_came_later(members: dict[str, Dealer]) -> None:
    sell(members["A"], NOV1, "50000")
    close(NOV1, at=datetime(2026, 11, 18, 9, tzinfo=BUSINESS_ZONE))
    sell(members["A"], NOV1, "999", known=NOW)
    (pool,) = pools_of_period(half(NOV1), at=NOW).pools
    assert pool.pool.base == 50_000_000_000 and pool.pool.shares == {"A": 100_000}
    page = visitor(Role.FINANCE_CLERK).get(f"/alliance-pools/?period={NOV1}").content.decode()
    assert "as settled" in page and "50,000.00" in page and "50,999.00" not in page


def test_a_member_sees_its_part_and_the_sum_but_no_other_members_figure(members: dict[str, Dealer]) -> None:
    page = visitor(Role.DEALER_OWNER, dealer=members["A"]).get("/earnings/").content.decode()
    assert "1,300,000.00" in page and "700,000.00" in page and "15,615.39" in page
    for foreign in ("480,000.00", "120,000.00", "10,707.69", "2,676.92", members["B"].name):
        assert foreign not in page
    (own,) = progress_as_its_own(members["A"])
    assert (own.base, own.contribution, own.earned) == (Decimal(1_300_000), Decimal(700_000), Decimal("15615.39"))  # type: ignore[attr-defined]
    assert "15,615.39" in visitor(Role.DEALER_OWNER, dealer=members["A"]).get("/").content.decode()


def test_with_one_other_the_total_would_be_that_members_figure_and_stays_hidden(alliance: Alliance) -> None:
    shops = {code: dealer(code, alliance=alliance) for code in "AB"}
    sell(shops["A"], NOV2, "700000")
    sell(shops["B"], NOV2, "500000")
    page = visitor(Role.DEALER_OWNER, dealer=shops["A"]).get("/earnings/").content.decode()
    assert "Fewer than two others contributed" in page
    assert "1,200,000.00" not in page and "500,000.00" not in page
    (own,) = progress_as_its_own(shops["A"])
    assert (own.base, own.shows_pool, own.next_at) == (Decimal(700_000), False, None)  # type: ignore[attr-defined]


def test_the_api_gives_a_member_its_part_also_within_its_own_row_scope(members: dict[str, Dealer]) -> None:
    answer = dealer_caller(members["B"], "statements:read").get("earnings").json()
    (part,) = answer["pools"]
    assert (part["contribution"], part["share"], part["pool_base"]) == (
        "480000.000000",
        "10707.69",
        "1300000.000000",
    )
    assert answer["brackets"] == [] and answer["total"] == "10707.69"


def test_a_member_of_an_alliance_is_watched_in_the_pool_and_not_alone(members: dict[str, Dealer]) -> None:
    page = visitor(Role.FINANCE_CLERK).get("/brackets/?what=all").content.decode()
    assert members["E"].name in page and members["A"].name not in page
    assert 'href="/alliance-pools/"' in page


def test_who_left_keeps_its_part_in_the_window(members: dict[str, Dealer]) -> None:
    sell(members["C"], NOV1, "200000")
    join(members["C"], None, NOV2)
    (pool,) = pools_of_period(half(NOV2), at=NOW).pools
    parts = {member.code: (member.contribution, member.present) for member in pool.members}
    assert parts["C"] == (200_000_000_000, False)


@pytest.mark.parametrize("count", [2, 9])
def test_the_queries_do_not_grow_with_the_members(alliance: Alliance, count: int) -> None:
    for number in range(count):
        sell(dealer(f"M{number}", alliance=alliance), NOV2, "10000")
    assert _queries(lambda: pools_of_period(half(NOV2), at=NOW)) == 22


def _queries(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as caught:
        act()
    return len(caught)
