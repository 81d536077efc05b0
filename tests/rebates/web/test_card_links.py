"""Every figure of a scorecard opens to exactly the facts it was reckoned from."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine

from aftersales.services.tickets.answering import resolve, respond
from aftersales.services.tickets.by_customer import customer_rates
from dealers.choices import Role
from rebates.models import Scorecard
from rebates.services.scorecards.publishing import publish_scorecards
from tests import factories
from tests.aftersales.service_stage import new_ticket, received
from tests.aftersales.service_stage import stage as service_stage
from tests.pricing.promo_stage import moment
from tests.rebates.scorecard_stage import AFTER, Q3, sell
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db

_HOUR = timedelta(hours=1)


def _links(page: str) -> dict[str, str]:
    """The links in the column of facts, by their words."""
    return {words: unescape(url) for url, words in re.findall(r'<a href="(/[^"]+)">([^<]+)</a>', page)}


def _rows(client: Any, path: str) -> int:
    answer = client.get(path)
    assert answer.status_code == 200, path
    body = answer.content.decode().partition('id="results"')[2]
    return body.count('class="rowlink') or body.count('<li><a href="/tickets/')


@pytest.fixture
def cast() -> Any:
    """A dealer with five lines, one below the floor, three tickets of the quarter and one before it."""
    cast = service_stage()
    cast.second.territories.all().delete()  # so that every ticket of the city is the first dealer's
    factories.PriceBand(product=factories.Product(sku="PJ-1"))
    sell(cast.first, ("2026-07-10", "1000", "1"), ("2026-07-11", "800", "1"), ("2026-08-01", "1100", "-1"))
    sell(cast.first, ("2026-06-30", "1000", "1"), doc="T")
    sell(cast.second, ("2026-07-10", "1000", "1"))
    cast.answered, cast.late, cast.silent, cast.before = (
        _ticket(cast, number, at)
        for number, at in enumerate(("2026-07-02 10:00", "2026-08-02 10:00", "2026-09-02 10:00", "2026-06-02 10:00"))
    )
    _ticket(cast, 9, "2026-07-05 10:00", region=cast.far)
    for made, hours in ((cast.answered, 2), (cast.late, 30), (cast.before, 2)):
        at = made.ticket.received_at + hours * _HOUR
        respond(number=made.ticket.number, text="已联系客户", actor=cast.owner, at=at)
        resolve(number=made.ticket.number, text="已更换", actor=cast.owner, at=at + _HOUR)
    customer_rates(token=cast.answered.token, stars=5, text="", at=cast.answered.ticket.received_at + 5 * _HOUR)
    return cast


def _ticket(cast: Any, number: int, at: str, **changed: Any) -> Any:
    return received(cast, new_ticket(cast, number, **changed), at=moment(at))


def test_each_figure_opens_to_its_facts_for_hq_and_for_the_dealer(cast: Any) -> None:
    publish_scorecards(quarter=Q3, actor=None, at=AFTER)
    facts = Scorecard.objects.get(dealer=cast.first).facts
    expected = {
        "Lines sold": 3,
        "Lines judged on price": facts["price"]["judged"],
        "Lines held against the dealer": facts["price"]["breaches"],
        "Tickets answered in time": facts["response"]["in_time"],
        "Tickets answered late or never": facts["response"]["due"] - facts["response"]["in_time"],
        "Tickets rated": facts["ratings"]["ratings"],
    }
    assert expected == {**expected, "Lines judged on price": 2, "Lines held against the dealer": 1, "Tickets rated": 1}
    assert (facts["response"]["in_time"], facts["response"]["due"]) == (1, 3)
    with time_machine.travel(AFTER + 3 * _HOUR, tick=False):
        cast.owner.language = "en"
        cast.owner.save()
        for reader, path in (
            (visitor(Role.POLICY_MANAGER), "/scorecards/2026-Q3/D0001/"),
            (signed_in(cast.owner), "/scorecards/?quarter=2026-Q3"),
        ):
            links = _links(reader.get(path).content.decode())
            assert {words: _rows(reader, links[words]) for words in expected} == expected
            assert {"2026-07", "2026-08", "2026-09"} <= set(links)
            assert "from=2025-07-01&to=2025-09-30" in links["Lines sold a year before"]


def test_the_target_of_a_card_of_long_ago_can_be_opened(cast: Any) -> None:
    page = visitor(Role.POLICY_MANAGER).get("/sales-targets/?quarter=2024-Q4&q=D0001").content.decode()
    assert "<option selected>2024-Q4" in page
    assert "D0002" not in page
