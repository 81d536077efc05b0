"""Events are told once per change, at least once over the wire, and never to a stranger."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from dealers.choices import Announcement, HoldKind, Role, WebhookState
from dealers.foundation.clock import business_day, now
from dealers.foundation.signatures import HEADER, problem_with
from dealers.models import (
    Notice,
    SupplyAnswer,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from dealers.services.holds import lift_hold, place_hold
from dealers.services.outgoing import Answer
from dealers.services.supply_answers import note_supply_answers, sweep_supply_answers
from dealers.services.webhook_endpoints import (
    AddressRefused,
    EndpointOff,
    NothingToHear,
    create_endpoint,
    redeliver,
    rotate_secret,
    secret_of,
    send_test,
    switch_endpoint,
)
from dealers.services.webhook_sending import LEASE, send_due
from dealers.services.webhooks import announce, forget_old_webhooks, hand_out
from tests import factories

pytestmark = pytest.mark.django_db
ALL = ["supply.changed", "statement.issued"]


def public(host: str, port: int) -> list[str]:
    return ["8.8.8.8"]


def endpoint_of(dealer=None, *, events=ALL, system="erp", url="https://erp.example.cn/in") -> WebhookEndpoint:
    return create_endpoint(
        url=url,
        events=events,
        actor=None,
        at=now(),
        dealer=dealer,
        system="" if dealer else system,
        resolve=public,
    )[0]


class Receiver:
    """Takes what is sent and answers as told."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.got: list[tuple[str, bytes, dict[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: dict[str, str], **_: Any) -> Answer:
        self.got.append((url, body, headers))
        status = self.statuses.pop(0) if self.statuses else 204
        return Answer(status, "" if status < 300 else "refused", 5)


def send(receiver: Receiver, at=None) -> None:
    while hand_out(at=now()):
        continue
    send_due(present=lambda: at or now(), send=receiver)


def hold(dealer, **kwargs):
    return place_hold(dealer=dealer, kind=HoldKind.DOCUMENT, reason="x", actor=None, at=now(), note="x", **kwargs)


def told(dealer) -> list[bool]:
    events = WebhookEvent.objects.filter(dealer=dealer, kind="supply.changed").order_by("id")
    return [event.data["eligible"] for event in events]


@pytest.fixture
def dealer():
    made = factories.Dealer()
    sweep_supply_answers(at=now())
    WebhookEvent.objects.all().delete()
    return made


def test_every_change_of_the_answer_is_told_once(dealer) -> None:
    first = hold(dealer)
    second = hold(dealer)
    lift_hold(hold=first, actor=None, at=now(), note="x")
    assert told(dealer) == [False], "the second hold and lifting the first change nothing"
    lift_hold(hold=second, actor=None, at=now(), note="x")
    sweep_supply_answers(at=now())
    assert told(dealer) == [False, True]
    assert list(WebhookEvent.objects.order_by("id").values_list("data__sequence", flat=True)) == [2, 3]


def test_a_new_dealer_that_may_be_supplied_is_news_and_one_that_may_not_is_none() -> None:
    supplied, other = factories.Dealer(), factories.Dealer(dealings=False)
    assert sweep_supply_answers(at=now()) == 1
    assert (told(supplied), told(other)) == ([True], [])


def test_a_contract_that_ends_at_midnight_is_told_by_the_sweep(dealer) -> None:
    today = now()
    contract = dealer.contracts.get()
    contract.valid = (contract.valid.lower, business_day(today) + timedelta(days=1))
    contract.save()
    assert sweep_supply_answers(at=today) == 0
    assert sweep_supply_answers(at=today + timedelta(days=2)) == 1
    assert told(dealer) == [False]


def test_what_is_rolled_back_was_never_announced(dealer) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        hold(dealer)
        raise RuntimeError
    assert told(dealer) == []
    assert SupplyAnswer.objects.get(dealer=dealer).eligible


def test_hq_hears_of_everybody_and_a_dealer_only_of_itself(dealer) -> None:
    other = factories.Dealer()
    erp, own, others = endpoint_of(), endpoint_of(dealer), endpoint_of(other)
    hold(dealer)
    receiver = Receiver()
    send(receiver)
    heard = WebhookDelivery.objects.filter(event__dealer=dealer).values_list("endpoint_id", flat=True)
    assert set(heard) == {erp.pk, own.pk}
    assert others.pk not in set(heard)
    assert len(receiver.got) >= 2


def test_an_event_is_signed_and_says_which_it_is(dealer) -> None:
    erp = endpoint_of()
    hold(dealer)
    receiver = Receiver()
    send(receiver)
    url, body, headers = receiver.got[0]
    assert url == "https://erp.example.cn/in"
    assert problem_with(headers[HEADER], body, secret=secret_of(erp), now=now().timestamp()) == ""
    assert headers["Halfmoon-Event-Id"] == str(WebhookEvent.objects.get().number)
    assert b'"eligible":false' in body and dealer.code.encode() in body


def test_a_secret_is_replaced_with_overlap(dealer) -> None:
    erp = endpoint_of()
    old = secret_of(erp)
    erp, new = rotate_secret(endpoint=erp, actor=None, at=now())
    hold(dealer)
    receiver = Receiver()
    send(receiver)
    _url, body, headers = receiver.got[0]
    for secret in (old, new):
        assert problem_with(headers[HEADER], body, secret=secret, now=now().timestamp()) == ""
    later = now() + timedelta(hours=25)
    redeliver(delivery=WebhookDelivery.objects.get(), actor=None, at=later)
    send_due(present=lambda: later, send=receiver)
    header = receiver.got[-1][2][HEADER]
    assert problem_with(header, body, secret=old, now=later.timestamp()) == "wrong"


def test_no_secret_stands_in_the_database() -> None:
    erp = endpoint_of()
    with connection.cursor() as cursor:
        cursor.execute("SELECT e::text FROM dealers_webhookendpoint e")
        assert secret_of(erp) not in str(cursor.fetchall())


def test_what_is_refused_is_tried_again_and_logged(dealer) -> None:
    endpoint_of()
    hold(dealer)
    receiver = Receiver(500, 503)
    send(receiver)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.attempts) == (WebhookState.WAITING, 1)
    assert delivery.next_attempt_at > now() + timedelta(seconds=20)
    send(receiver)
    assert len(receiver.got) == 1, "not before its time"
    for _attempt in range(2):
        delivery.refresh_from_db()
        send(receiver, at=delivery.next_attempt_at)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (WebhookState.DELIVERED, 3)
    assert list(WebhookAttempt.objects.order_by("number").values_list("status", flat=True)) == [500, 503, 204]
    assert WebhookEndpoint.objects.get().failing_since is None
    assert len({body for _url, body, _headers in receiver.got}) == 1


def test_a_receiver_dead_for_three_days_is_switched_off_and_its_owner_told() -> None:
    owner = factories.User(role=Role.DEALER_OWNER)
    endpoint = endpoint_of(owner.dealer)
    sweep_supply_answers(at=now())
    at, receiver = now(), Receiver(*[500] * 60)
    send(receiver, at=at)
    while (delivery := WebhookDelivery.objects.get()).state == WebhookState.WAITING:
        at = delivery.next_attempt_at
        send(receiver, at=at)
    endpoint.refresh_from_db()
    assert delivery.state == WebhookState.FAILED
    assert (endpoint.enabled, endpoint.disabled_reason) == (False, "failing_for_days")
    assert Notice.objects.filter(recipient=owner, kind="webhook").count() == 1
    with pytest.raises(EndpointOff):
        redeliver(delivery=delivery, actor=None, at=at)


def test_switched_off_means_nothing_is_sent(dealer) -> None:
    erp = endpoint_of()
    hold(dealer)
    while hand_out(at=now()):
        continue
    switch_endpoint(endpoint=erp, enabled=False, actor=None, at=now())
    receiver = Receiver()
    send_due(send=receiver)
    assert receiver.got == []
    assert WebhookDelivery.objects.get().state == WebhookState.FAILED
    switch_endpoint(endpoint=erp, enabled=True, actor=None, at=now())
    redeliver(delivery=WebhookDelivery.objects.get(), actor=None, at=now())
    send_due(send=receiver)
    assert len(receiver.got) == 1


def test_a_test_goes_to_one_endpoint_alone() -> None:
    first, _second = endpoint_of(), endpoint_of(url="https://two.example.cn/")
    send_test(endpoint=first, actor=None, at=now())
    receiver = Receiver()
    send(receiver)
    assert [url for url, *_rest in receiver.got] == ["https://erp.example.cn/in"]


def test_addresses_and_events_are_checked_when_the_endpoint_is_made() -> None:
    with pytest.raises(AddressRefused):
        endpoint_of(url="http://erp.example.cn/")
    with pytest.raises(AddressRefused):
        create_endpoint(
            url="https://erp.example.cn/",
            events=ALL,
            actor=None,
            at=now(),
            system="erp",
            resolve=lambda host, port: ["127.0.0.1"],
        )
    for events in ([], ["ping"], ["nonsense"]):
        with pytest.raises(NothingToHear):
            endpoint_of(events=events)


def test_private_premises_are_open_to_hq_and_never_to_dealers(settings) -> None:
    settings.WEBHOOK_PRIVATE_RECEIVERS = ["10.20.0.0/16"]
    endpoint_of(url="http://10.20.0.5:8080/in")
    with pytest.raises(AddressRefused):
        endpoint_of(factories.Dealer(), url="https://10.20.0.5:8080/in")


def test_events_are_handed_out_in_a_fixed_number_of_queries(django_assert_num_queries) -> None:
    endpoint_of()
    for _number in range(3):
        announce(event=Announcement.SUPPLY_CHANGED, dealer_id=factories.Dealer().pk, data={}, at=now())
    with django_assert_num_queries(3):  # savepoint, statement, release
        assert hand_out(at=now()) == 3
    assert WebhookDelivery.objects.count() == 3


def test_old_events_are_forgotten_once_nobody_waits_for_them() -> None:
    endpoint_of()
    long_ago = now() - timedelta(days=100)
    for _number in range(2):
        announce(event=Announcement.SUPPLY_CHANGED, dealer_id=factories.Dealer().pk, data={}, at=long_ago)
    while hand_out(at=now()):
        continue
    WebhookDelivery.objects.filter(pk=WebhookDelivery.objects.first().pk).update(
        state=WebhookState.DELIVERED, delivered_at=now()
    )
    forget_old_webhooks(at=now())
    assert WebhookEvent.objects.count() == 1


def at_once(*works) -> None:
    started = threading.Barrier(len(works))

    def run(work) -> None:
        try:
            started.wait()
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_two_senders_send_each_event_once() -> None:
    endpoint_of()
    for _number in range(20):
        announce(event=Announcement.SUPPLY_CHANGED, dealer_id=factories.Dealer().pk, data={}, at=now())
    receiver = Receiver()
    at_once(lambda: send(receiver), lambda: send(receiver))
    numbers = [headers["Halfmoon-Event-Id"] for _url, _body, headers in receiver.got]
    assert (len(numbers), len(set(numbers))) == (20, 20)


@pytest.mark.django_db(transaction=True)
def test_a_sender_that_dies_leaves_its_work_to_the_next() -> None:
    endpoint_of()
    announce(event=Announcement.SUPPLY_CHANGED, dealer_id=factories.Dealer().pk, data={}, at=now())

    def dies(*_args: Any, **_kwargs: Any) -> Answer:
        raise RuntimeError("killed")

    while hand_out(at=now()):
        continue
    with pytest.raises(RuntimeError):
        send_due(send=dies)
    receiver = Receiver()
    send_due(send=receiver)
    assert receiver.got == [], "the lease still runs"
    send_due(present=lambda: now() + LEASE, send=receiver)
    assert len(receiver.got) == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_lift_the_last_two_holds_at_once_make_one_event() -> None:
    dealer = factories.Dealer()
    sweep_supply_answers(at=now())
    holds = [hold(dealer), hold(dealer)]
    at_once(*[lambda one=one: lift_hold(hold=one, actor=None, at=now(), note="x") for one in holds])
    assert told(dealer) == [True, False, True]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_of_a_change_once() -> None:
    dealers = [factories.Dealer() for _number in range(10)]
    at_once(*[lambda: sweep_supply_answers(at=now())] * 2)
    assert [told(dealer) for dealer in dealers] == [[True]] * 10


def test_noticing_costs_the_same_queries_for_one_and_for_many(django_assert_num_queries) -> None:
    ids = [factories.Dealer().pk for _number in range(12)]
    with django_assert_num_queries(8):
        note_supply_answers(dealer_ids=ids[:1], at=now())
    with django_assert_num_queries(8):
        note_supply_answers(dealer_ids=ids[1:], at=now())
