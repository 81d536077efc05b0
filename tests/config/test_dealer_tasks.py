"""What waits for a dealer's people stands on their start page, the most urgent first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from psycopg2.extras import DateRange

from config.home.dealer_tasks import dealer_tasks
from dealers.choices import CertificateState, DocumentKind, HoldKind, Role
from dealers.foundation import clock
from dealers.foundation.clock import business_day
from dealers.models import (
    Certificate,
    Contract,
    Dealer,
    DealerTier,
    FeedDelivery,
    Notice,
    QuarantinedLine,
    SupplyHold,
    User,
)
from dealers.services.bulletins import Draft, publish_bulletin, write_bulletin
from dealers.services.files import keep_file
from settlement.choices import DisputeState
from settlement.models import Dispute, Statement
from tests import factories, policies, visitors
from tests.dealers.services.test_bulletins import TEXTS
from tests.settlement.world import after, close, dealer, sell

pytestmark = pytest.mark.django_db
NOW = after("2026-11-H1", 1)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


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


def test_the_start_page_says_how_supply_goes_on_how_far_the_next_tier_is_and_what_is_new(owner: User) -> None:
    shop = owner.dealer
    assert shop is not None
    DealerTier.objects.filter(dealer=shop).update(tier="T3")
    for kind in (HoldKind.SYNC, HoldKind.MANUAL):
        SupplyHold.objects.create(dealer=shop, kind=kind, reason="manual", opened_at=NOW)
    told = {"recipient": owner, "kind": "aftersales", "created_at": NOW}
    params = {"reason": "report_asked", "dealer": shop.name, "quarter": "2026-Q3", "due_at": "2026-10-11", "remark": ""}
    for number in range(5):
        Notice.objects.create(**told, key=str(number), params=params)
    for person in (owner, factories.User(role=Role.DEALER_OPERATOR, dealer=shop, language="en")):
        browser = visitors.signed_in(person)
        with clock.as_if_at(NOW):
            answer = browser.get("/")
        page = answer.content.decode()
        assert {way.kind: way.url for way in answer.context["ways"]} == {"sync": "/upload/", "manual": ""}
        assert "declare the days without any. The hold then lifts by itself." in page
        assert "points are missing to" in page and "/my-tier/" in page
        assert len(answer.context["unread"]) == (3 if person == owner else 0)


def test_a_paper_that_ends_or_is_gone_waits_with_its_last_day(owner: User) -> None:
    shop = owner.dealer
    assert shop is not None
    today = business_day(NOW)
    for name, days in (("gone", -1), ("soon", 30), ("later", 90)):
        file = keep_file(actor=owner, name="a.png", content=PNG + name.encode(), dealer_id=shop.pk, at=NOW)
        Certificate.objects.create(
            dealer=shop,
            kind=DocumentKind.QUALIFICATION,
            name=name,
            file=file,
            valid=DateRange(today - timedelta(days=100), today + timedelta(days=days)),
            state=CertificateState.CONFIRMED,
            handed_in_at=NOW,
            decided_at=NOW,
        )
    found = [title for title in titles(owner) if title.startswith("Renew")]
    assert found == ["Renew the document gone", "Renew the document soon"]
