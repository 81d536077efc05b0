"""HQ reads the watch list; a channel manager reads its own regions; dealers never."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from dealers.choices import Role
from dealers.foundation import clock
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import Region
from tests import factories
from tests.settlement.world import dealer, sell
from tests.visitors import visitor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=BUSINESS_ZONE)


@pytest.fixture(autouse=True)
def company() -> Iterator[None]:
    factories.PolicyVersion()
    for number, amount in enumerate(("270000", "400000", "10000")):
        sell(dealer(f"D{number}", "T3"), "2026-11-H1", amount)
    with clock.as_if_at(NOW):
        yield


def test_finance_reads_who_is_close_and_what_it_costs() -> None:
    page = visitor(Role.FINANCE_CLERK).get("/brackets/").content.decode()
    assert ">D0<" in page and ">D1<" in page and ">D2<" not in page  # a token may hold any two characters
    assert "¥13,300.00" in page and "About to miss" in page
    everybody = visitor(Role.GENERAL_MANAGER).get("/brackets/?what=all&sort=missing").content.decode()
    assert everybody.index(">D1<") < everybody.index(">D0<") < everybody.index(">D2<")


def test_a_channel_manager_reads_its_own_regions() -> None:
    home = Region.objects.create(code="P33", name_zh="浙江", name_en="Zhejiang", kind="province")
    own = dealer("OWN", "T3", home_region=home)
    sell(own, "2026-11-H1", "300000")
    page = visitor(Role.CHANNEL_MANAGER, regions=[home]).get("/brackets/?what=all").content.decode()
    assert "OWN" in page and ">D0<" not in page


def test_dealers_and_strangers_are_kept_out() -> None:
    assert visitor(Role.DEALER_OWNER, dealer=dealer("X")).get("/brackets/").status_code == 403
    assert visitor(Role.ADMINISTRATOR).get("/brackets/").status_code == 403


def test_the_file_says_what_the_page_says() -> None:
    file = b"".join(visitor(Role.AUDITOR).get("/brackets/export.csv?sort=missing").streaming_content).decode()
    first = file.splitlines()[1].split(",")
    assert first[:6] == ["D1", "T3", "T3-ALL", "2026-Q4", "400000.00", "53"] and "100000.00" in first
