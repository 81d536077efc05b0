"""List prices: proposed by one person, put in force by another, and by nobody twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from dealers.choices import PriceChangeState, Role
from dealers.errors import NotFound, NotPermitted, OwnWork, Refused
from dealers.models import AuditRecord, ListPrice, PriceChange, Product, User
from dealers.services.price_changes import (
    NewPrice,
    NothingProposed,
    PriceChangeDecided,
    PriceDayPast,
    PriceOpen,
    PriceReasonMissing,
    PriceRefused,
    PriceUnchanged,
    confirm_prices,
    decline_prices,
    propose_prices,
    withdraw_prices,
)
from tests import factories

AT = datetime(2026, 11, 20, 4, tzinfo=UTC)
DECEMBER = date(2026, 12, 1)


@pytest.fixture
def product() -> Product:
    made: Product = factories.Product(sku="A1")
    ListPrice.objects.create(
        product=made, price=Decimal(1000), valid=(date(2026, 1, 1), None), recorded_at=factories.LONG_AGO
    )
    return made


def person(role: Role = Role.POLICY_MANAGER) -> User:
    made: User = factories.User(role=role)
    return made


def propose(product: Product, price: str = "900", *, actor: User | None = None, **changes: Any) -> PriceChange:
    wanted = NewPrice(product.pk, Decimal(price), **({"valid_from": DECEMBER} | changes))
    return propose_prices(prices=[wanted], reason="cheaper panels", actor=actor or person(), at=AT)


def confirm(change: PriceChange, actor: User | None = None, at: datetime = AT) -> PriceChange:
    return confirm_prices(change_id=change.pk, announced={"amount": "12.00"}, actor=actor or person(), at=at)


def prices(product: Product) -> list[tuple[str, date, date | None]]:
    standing = ListPrice.objects.filter(product=product, superseded_at=None).order_by("valid")
    return [(f"{row.price:.2f}", row.valid.lower, row.valid.upper) for row in standing]


@pytest.mark.django_db
def test_a_confirmed_price_follows_the_one_before_from_its_day_on(product: Product) -> None:
    change = propose(product)
    assert prices(product) == [("1000.00", date(2026, 1, 1), None)], "a proposal changes nothing"
    done = confirm(change)
    assert prices(product) == [("1000.00", date(2026, 1, 1), DECEMBER), ("900.00", DECEMBER, None)]
    assert (done.state, done.announced, done.delivery.revised) == (PriceChangeState.CONFIRMED, {"amount": "12.00"}, 1)
    assert set(AuditRecord.objects.values_list("action", flat=True)) >= {"list_price.propose", "list_price.confirm"}


@pytest.mark.django_db
def test_whoever_proposes_neither_confirms_nor_declines(product: Product) -> None:
    proposer = person()
    change = propose(product, actor=proposer)
    with pytest.raises(OwnWork):
        confirm(change, proposer)
    with pytest.raises(OwnWork):
        decline_prices(change_id=change.pk, actor=proposer, at=AT, note="no")
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceChange.objects.filter(pk=change.pk).update(
            state=PriceChangeState.CONFIRMED, decided_by=proposer, decided_at=AT
        )
    for role in (Role.CHANNEL_MANAGER, Role.FINANCE_APPROVER):
        with pytest.raises(NotPermitted):
            confirm(change, person(role))
    assert confirm(change, person(Role.GENERAL_MANAGER)).state == PriceChangeState.CONFIRMED


@pytest.mark.django_db
def test_what_cannot_be_a_price_is_refused_when_it_is_proposed(product: Product) -> None:
    ListPrice.objects.filter(product=product).update(valid=(date(2026, 1, 1), date(2026, 12, 20)))
    ListPrice.objects.create(
        product=product, price=Decimal(800), valid=(date(2026, 12, 20), None), recorded_at=factories.LONG_AGO
    )
    cases: list[tuple[type[Refused], dict[str, Any]]] = [
        (PriceDayPast, {"valid_from": date(2026, 11, 19)}),
        (PriceUnchanged, {"price": "1000"}),
        (PriceRefused, {"valid_to": date(2026, 12, 25)}),
    ]
    for refusal, changes in cases:
        with pytest.raises(refusal):
            propose(product, **changes)
    with pytest.raises(NothingProposed):
        propose_prices(prices=[], reason="x", actor=person(), at=AT)
    with pytest.raises(PriceReasonMissing):
        propose_prices(prices=[NewPrice(product.pk, Decimal(1), DECEMBER)], reason=" ", actor=person(), at=AT)
    with pytest.raises(NotPermitted):
        propose(product, actor=person(Role.FINANCE_CLERK))
    assert not PriceChange.objects.exists()


@pytest.mark.django_db
def test_a_product_waits_in_one_proposal_at_a_time(product: Product) -> None:
    proposer = person()
    change = propose(product, actor=proposer)
    with pytest.raises(PriceOpen):
        propose(product, "800")
    with pytest.raises(NotFound):
        withdraw_prices(change_id=change.pk, actor=person(), at=AT)
    withdraw_prices(change_id=change.pk, actor=proposer, at=AT)
    other = propose(product, "800")
    decline_prices(change_id=other.pk, actor=person(), at=AT, note="too low")
    with pytest.raises(PriceChangeDecided):
        confirm(other)


@pytest.mark.django_db
def test_a_price_whose_day_is_over_is_not_put_in_force_afterwards(product: Product) -> None:
    change = propose(product)
    with pytest.raises(PriceDayPast):
        confirm(change, at=datetime(2026, 12, 2, tzinfo=UTC))
    assert PriceChange.objects.get().state == PriceChangeState.PROPOSED


@pytest.mark.django_db(transaction=True)
def test_of_two_confirmations_at_once_one_counts() -> None:
    product = factories.Product()
    ListPrice.objects.create(
        product=product, price=Decimal(1000), valid=(date(2026, 1, 1), None), recorded_at=factories.LONG_AGO
    )
    change = propose(product)
    people = [person(), person(Role.GENERAL_MANAGER)]
    found = at_once(*(lambda actor=actor: confirm(change, actor) for actor in people))
    assert sum(isinstance(result, PriceChange) for result in found) == 1
    assert sum(isinstance(result, PriceChangeDecided) for result in found) == 1
    assert len(prices(product)) == 2


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each returns or raises when all start together, each on a connection of its own."""
    gate = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(number: int) -> None:
        try:
            gate.wait(timeout=10)
            results[number] = works[number]()
        except Refused as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results
