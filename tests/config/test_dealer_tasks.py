"""What waits for a dealer's people stands on their start page, the most urgent first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from psycopg2.extras import DateRange

from config.home.dealer_tasks import dealer_tasks
from dealers.choices import Role
from dealers.foundation.clock import business_day
from dealers.models import Contract, Dealer, FeedDelivery, QuarantinedLine, User
from dealers.services.bulletins import Draft, publish_bulletin, write_bulletin
from settlement.choices import DisputeState
from settlement.models import Dispute, Statement
from tests import factories, policies
from tests.dealers.services.test_bulletins import TEXTS
from tests.settlement.world import after, close, dealer, sell

pytestmark = pytest.mark.django_db
NOW = after("2026-11-H1", 1)


@pytest.fixture
def owner() -> User:
    factories.PolicyVersion()
    shop = dealer("D1")
    sell(shop, "2026-11-H1", "1000")
    close("2026-11-H1", at=NOW - timedelta(hours=1))
    person: User = factories.User(role=Role.DEALER_OWNER, dealer=shop, language="en")
    return person


def titles(person: User) -> list[str]:
    assert person.dealer is not None
    with translation.override("en"):
        return [str(task.title) for task in dealer_tasks(person, person.dealer, at=NOW)]


def refused_line(shop: Dealer) -> None:
    delivery = FeedDelivery.objects.create(dealer=shop, feed="sales", door="api", received_at=NOW)
    QuarantinedLine.objects.create(
        delivery=delivery, dealer=shop, feed="sales", line=1, content={}, code="unknown_sku", refused_at=NOW
    )


def bulletin() -> None:
    draft = write_bulletin(draft=Draft(**TEXTS), actor=policies.policy_manager("author"), at=NOW)
    publish_bulletin(bulletin=draft, actor=policies.policy_manager(), at=NOW)


def test_what_has_a_deadline_comes_first_and_the_earliest_on_top(owner: User) -> None:
    shop = owner.dealer
    assert shop is not None
    refused_line(shop)
    bulletin()
    today = business_day(NOW)
    valid = DateRange(today - timedelta(days=300), today + timedelta(days=2))
    Contract.objects.create(dealer=shop, number="HT-1", amount=1, valid=valid)
    found = titles(owner)
    assert found[0] == "Your contract HT-1 ends"
    assert found[1].startswith("Please confirm the statement of")
    assert found[2:] == ["Please acknowledge: New rules", "Correct refused lines"]


def test_a_dispute_waits_only_while_the_dealer_is_to_act(owner: User) -> None:
    statement = Statement.objects.get()
    facts = {"statement": statement, "dealer": owner.dealer, "number": "DSP-1", "reason": "why", "opened_at": NOW}
    dispute = Dispute.objects.create(state=DisputeState.NEEDS_ACTION, due_at=NOW + timedelta(hours=2), **facts)
    assert titles(owner)[0] == "Answer in dispute DSP-1"
    Dispute.objects.filter(pk=dispute.pk).update(state=DisputeState.OPEN)
    assert "Answer in dispute DSP-1" not in titles(owner)


def test_another_dealer_is_told_nothing_of_it(owner: User) -> None:
    other = factories.User(role=Role.DEALER_OWNER, dealer=dealer("D2"))
    refused_line(owner.dealer)
    assert titles(other) == []


def test_it_asks_the_same_number_of_questions_however_much_waits(owner: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            titles(owner)
        return len(asked)

    before = queries()
    for _ in range(6):
        bulletin()
    for _ in range(3):
        refused_line(owner.dealer)
    assert queries() == before
