"""A list costs the same number of queries at ten rows and at sixty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.foundation.clock import now
from dealers.models import JobRun, Notice, QuarantinedLine, User
from dealers.services.audit import record_audit
from dealers.services.keys import create_api_key
from tests import factories
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db


def more_dealers(count: int, _reader: User) -> None:
    for _number in range(count):
        factories.Dealer().holds.create(kind="manual", reason="manual", opened_at=now())


def more_regions(count: int, _reader: User) -> None:
    factories.City.create_batch(count)


def more_products(count: int, _reader: User) -> None:
    factories.Product.create_batch(count)


def more_deliveries(count: int, _reader: User) -> None:
    for _number in range(count):
        delivery = factories.Dealer().deliveries.create(
            feed="sales", door="portal", received_at=now(), lines=1, quarantined=1
        )
        QuarantinedLine.objects.create(
            delivery=delivery,
            dealer=delivery.dealer,
            feed="sales",
            line=1,
            content={},
            code="bad_date",
            refused_at=now(),
        )


def more_jobs(count: int, reader: User) -> None:
    JobRun.objects.bulk_create(
        [
            JobRun(task="t", key=str(JobRun.objects.count() + n), requested_by=reader, requested_at=now())
            for n in range(count)
        ]
    )


def more_notices(count: int, reader: User) -> None:
    params = {"reason": "hold_placed", "dealer": "A", "opened_at": "now", "detail": ""}
    start = Notice.objects.count()
    Notice.objects.bulk_create(
        [
            Notice(recipient=reader, kind="hold_placed", key=str(start + n), params=params, created_at=now())
            for n in range(count)
        ]
    )


def more_people(count: int, _reader: User) -> None:
    for _number in range(count):
        factories.User(role=Role.CHANNEL_MANAGER, regions=[factories.City()])
        factories.User(role=Role.DEALER_OWNER)


def more_keys(count: int, _reader: User) -> None:
    for _number in range(count):
        create_api_key(name="k", actor=None, at=now(), dealer=factories.Dealer())


def more_records(count: int, reader: User) -> None:
    for _number in range(count):
        record_audit(actor=reader, action="a.b", subject=factories.Dealer(), at=now(), after={"a": 1})


LISTS: list[tuple[str, Role, Callable[[int, User], None]]] = [
    ("/dealers/", Role.POLICY_MANAGER, more_dealers),
    ("/holds/", Role.POLICY_MANAGER, more_dealers),
    ("/sync-board/", Role.POLICY_MANAGER, more_dealers),
    ("/regions/", Role.POLICY_MANAGER, more_regions),
    ("/products/", Role.POLICY_MANAGER, more_products),
    ("/deliveries/", Role.POLICY_MANAGER, more_deliveries),
    ("/quarantine/", Role.POLICY_MANAGER, more_deliveries),
    ("/quarantine/?code=bad_date", Role.POLICY_MANAGER, more_deliveries),
    ("/jobs/", Role.ADMINISTRATOR, more_jobs),
    ("/notices/", Role.ADMINISTRATOR, more_notices),
    ("/users/", Role.ADMINISTRATOR, more_people),
    ("/api-keys/", Role.ADMINISTRATOR, more_keys),
    ("/audit-trail/", Role.AUDITOR, more_records),
]


@pytest.mark.parametrize(("page", "role", "more"), LISTS, ids=[page for page, _role, _more in LISTS])
def test_a_list_costs_the_same_at_any_length(page: str, role: Role, more: Callable[[int, User], None]) -> None:
    factories.PolicyVersion()
    reader = factories.User(role=role)
    client = signed_in(reader)
    more(10, reader)
    first = queries(client, page)
    more(50, reader)
    assert queries(client, page) == first


def test_a_dealer_costs_the_same_however_much_is_on_record() -> None:
    factories.PolicyVersion()
    dealer = factories.Dealer()
    client = signed_in(factories.User(role=Role.POLICY_MANAGER))
    page = f"/dealers/{dealer.code}/"
    add_past(dealer, 2)
    first = queries(client, page)
    add_past(dealer, 30)
    assert queries(client, page) == first


def add_past(dealer: object, count: int) -> None:
    for number in range(count):
        at = now() + timedelta(seconds=number)
        opener = factories.User()
        dealer.holds.create(kind="manual", reason="manual", opened_at=at, opened_by=opener)  # type: ignore[attr-defined]
        dealer.deliveries.create(feed="sales", door="portal", received_at=at)  # type: ignore[attr-defined]
        record_audit(actor=opener, action="a.b", subject=dealer, at=at, dealer_id=dealer.pk)  # type: ignore


def queries(client: Client, page: str) -> int:
    client.get(page)  # what is remembered between visits is remembered now
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page).status_code == 200
    return len(asked)
