"""Scorecards and tier reviews by key and by session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.models import Dealer
from rebates.models import TierProposal
from rebates.services.scorecards.publishing import publish_scorecards
from rebates.services.tiers.deciding import decide_proposals
from rebates.services.tiers.proposing import propose_tiers
from tests import factories
from tests.callers import dealer_caller, hq_system, person
from tests.rebates.scorecard_stage import AFTER, Q3, days_of, policy, report_days

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealers() -> Any:
    """Two dealers of one city, their cards published, their tiers reviewed."""
    policy()
    first = factories.Dealer(code="D-1")
    second = factories.Dealer(code="D-2", home_region=first.home_region)
    report_days(first, days_of(Q3))
    report_days(second, days_of(Q3)[:80])
    publish_scorecards(quarter=Q3, actor=None, at=AFTER)
    propose_tiers(quarter=Q3, at=AFTER)
    with time_machine.travel(AFTER + timedelta(hours=3), tick=False):
        yield [first, second]


def rows(caller: Any, path: str, **query: str) -> list[dict[str, Any]]:
    answer = caller.get(path, query)
    assert answer.status_code == 200, answer.content
    return list(answer.json()["results"])


def test_a_dealers_system_reads_its_own_cards_alone(dealers: list[Dealer]) -> None:
    (card,) = rows(dealer_caller(dealers[1]), "scorecards")
    assert (card["dealer"], card["quarter"], card["rank"], card["ranked"]) == ("D-2", "2026-Q3", 2, 2)
    sync = next(part for part in card["parts"] if part["name"] == "sync")
    assert (sync["value"], sync["points"]) == ("0.869565", card["score"])
    assert card["facts"]["sync"]["sales_in_time"] == 80
    assert rows(dealer_caller(dealers[1]), "scorecards", dealer="D-1") == []
    assert dealer_caller(dealers[1], "me:read").get("scorecards").status_code == 403


def test_the_running_card_is_reckoned_when_asked(dealers: list[Dealer]) -> None:
    found = dealer_caller(dealers[0]).get("scorecards/running").json()
    assert (found["dealer"], found["quarter"], found["facts"]["elapsed"]) == ("D-1", "2026-Q4", {"days": 1, "of": 92})
    assert dealer_caller(dealers[0]).get("scorecards/running", {"dealer": "D-2"}).status_code == 404
    system = hq_system("scorecards:read")
    assert system.get("scorecards/running", {"dealer": "D-2"}).json()["dealer"] == "D-2"
    assert system.get("scorecards/running").json()["code"] == "dealer_required"


def test_headquarters_reads_by_capability_and_region(dealers: list[Dealer]) -> None:
    assert len(rows(hq_system("scorecards:read"), "scorecards", quarter="2026-Q3")) == 2
    manager = factories.User(role=Role.CHANNEL_MANAGER, regions=[dealers[0].home_region])
    elsewhere = factories.User(role=Role.CHANNEL_MANAGER, regions=[factories.City()])
    assert len(rows(person(manager), "tier-reviews")) == len(rows(person(manager), "scorecards")) == 2
    assert rows(person(elsewhere), "scorecards") == rows(person(elsewhere), "tier-reviews") == []
    judge = person(factories.User(role=Role.RISK_JUDGE))
    assert {judge.get(path).status_code for path in ("scorecards", "tier-reviews", "scorecards/running")} == {403}


def test_a_dealer_reads_its_review_once_it_is_decided(dealers: list[Dealer]) -> None:
    caller = dealer_caller(dealers[1])
    assert rows(caller, "tier-reviews") == []
    proposal = TierProposal.objects.get(dealer=dealers[1])
    manager = factories.User(role=Role.CHANNEL_MANAGER, regions=[dealers[1].home_region])
    decide_proposals(pks=[proposal.pk], tier=None, reason="", actor=manager, at=AFTER + timedelta(hours=1))
    (review,) = rows(caller, "tier-reviews")
    assert (review["tier"], review["decided"], review["effective_on"]) == ("T2", "T3", "2026-10-16")
    assert review["evidence"]["needed"]["tier"] == "T2" and review["evidence"]["needed"]["ways"]
    assert len(rows(hq_system("scorecards:read"), "tier-reviews", state="proposed")) == 1


def test_more_rows_cost_no_more_queries(dealers: list[Dealer]) -> None:
    system = hq_system("scorecards:read")

    def asked(path: str, size: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(rows(system, path, page_size=str(size))) == size
        return len(queries)

    for path in ("scorecards", "tier-reviews"):
        asked(path, 1)
        assert asked(path, 1) == asked(path, 2)
