"""What a fall of a list price costs is said before it is confirmed; who may, and at what cost of queries."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import JobState, PriceChangeState, Role
from dealers.foundation.clock import business_day, now, start_of_day
from dealers.models import Dealer, FeedDelivery, InventoryLine, JobRun, ListPrice, PriceChange, Product, Shipment
from rebates.models import ProtectionEstimate
from rebates.selectors.price_protection import PriceFall, protections, sums_by_dealer, terms_of
from rebates.selectors.protection_estimates import ESTIMATE_TASK, sums_in_parts
from rebates.tasks import estimate_protection
from tests import factories
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery() -> FeedDelivery:
    return FeedDelivery.objects.create(feed="shipments", door="command", received_at=now())


@pytest.fixture
def product() -> Product:
    """1,000 since the first day."""
    made: Product = factories.Product(sku="A1")
    ListPrice.objects.create(
        product=made, price=Decimal(1000), valid=(factories.FIRST_DAY, None), recorded_at=factories.LONG_AGO
    )
    factories.PolicyVersion(valid=(factories.FIRST_DAY, None))
    return made


class Shelf:
    """A dealer's receipts and counts of one product."""

    def __init__(self, dealer: Dealer, product: Product, delivery: FeedDelivery) -> None:
        self.facts = {"dealer": dealer, "product": product, "delivery": delivery}

    def received(self, units: int, at: datetime) -> None:
        number = Shipment.objects.count() + 1
        Shipment.objects.create(
            doc_no=f"FH{number}",
            line_no=1,
            quantity=units,
            unit_price=Decimal(1000),
            shipped_at=at,
            shipped_on=business_day(at),
            known_from=at,
            **self.facts,
        )

    def counted(self, on_hand: int, at: datetime, warehouse: str = "", in_transit: int = 0) -> None:
        InventoryLine.objects.create(
            as_of=at, warehouse=warehouse, on_hand=on_hand, in_transit=in_transit, known_from=at, **self.facts
        )


def shelf(product: Product, delivery: FeedDelivery, **dealer: Any) -> Shelf:
    return Shelf(factories.Dealer(**dealer), product, delivery)


def proposal(client: Any, **changes: str) -> PriceChange:
    tomorrow = business_day(now()) + timedelta(days=1)
    said = {"sku": "A1", "price": "900", "valid_from": tomorrow.isoformat(), "last_day": "", "reason": "cheaper panels"}
    answer = client.post("/price-changes/new/", said | changes)
    assert answer.status_code == 302, answer.content.decode()
    return PriceChange.objects.get(pk=answer["Location"].rstrip("/").rpartition("/")[2])


def test_the_estimate_names_units_amounts_and_why_nothing_is_credited(product: Product, delivery: FeedDelivery) -> None:
    at = now()
    good = shelf(product, delivery, code="GOOD")
    good.received(5, at - timedelta(days=40))
    good.received(8, at - timedelta(days=10))
    good.received(4, at - timedelta(days=2))
    good.counted(6, at - timedelta(hours=3), "W1")
    good.counted(9, at - timedelta(hours=3), "W2")
    stale = shelf(product, delivery, code="STALE")
    stale.received(5, at - timedelta(days=3))
    stale.counted(5, at - timedelta(hours=50))
    shelf(product, delivery, code="SILENT").received(5, at - timedelta(days=3))
    shelf(product, delivery, code="EMPTY").counted(0, at - timedelta(hours=1))
    change = proposal(visitor(Role.CHANNEL_MANAGER))
    page = visitor(Role.POLICY_MANAGER).get(f"/price-changes/{change.pk}/")
    told = page.context["told"]
    assert (told.amount, told.units, told.credited, told.falls) == ("1200.00", 12, 1, 1)
    found = {
        row["dealer"].code: (row["units"], [str(words) for words, _n in row["zeros"]]) for row in page.context["rows"]
    }
    assert found == {
        "GOOD": (12, []),
        "STALE": (0, ["Its last count is too old"]),
        "SILENT": (0, ["No recent count of its stock"]),
        "EMPTY": (0, ["Nothing on hand"]),
    }
    shown = page.content.decode()
    assert "An estimate with the stock counted" in shown
    layers = visitor(Role.AUDITOR).get(f"/price-changes/{change.pk}/dealers/GOOD/").context["rows"][0]["layers"]
    assert [(layer["held"], layer["credited"]) for layer in layers] == [(4, 4), (8, 8)]


def test_units_protected_by_an_earlier_fall_are_not_credited_again(product: Product, delivery: FeedDelivery) -> None:
    today = business_day(now())
    ten_days_ago = start_of_day(today - timedelta(days=10))
    ListPrice.objects.filter(product=product).update(valid=(factories.FIRST_DAY, today - timedelta(days=10)))
    ListPrice.objects.create(
        product=product, price=Decimal(950), valid=(today - timedelta(days=10), None), recorded_at=factories.LONG_AGO
    )
    held = shelf(product, delivery, code="D1")
    held.received(10, ten_days_ago - timedelta(days=5))
    held.counted(10, ten_days_ago - timedelta(hours=1))
    held.received(3, now() - timedelta(days=2))
    held.counted(8, now() - timedelta(hours=1))
    change = proposal(visitor(Role.CHANNEL_MANAGER))
    told = visitor(Role.POLICY_MANAGER).get(f"/price-changes/{change.pk}/").context["told"]
    assert (told.units, told.amount) == (3, "150.00")


def test_a_fall_in_the_past_follows_the_counts_of_its_own_instant(product: Product, delivery: FeedDelivery) -> None:
    policy = factories.PolicyVersion(valid=(date(2025, 1, 1), factories.FIRST_DAY))
    fall = PriceFall(product.pk, business_day(now()) - timedelta(days=5), Decimal(1000), Decimal(900))
    held = shelf(product, delivery)
    held.received(10, fall.at - timedelta(days=1))
    held.counted(7, fall.at)
    held.counted(1, now() - timedelta(hours=1))
    found = list(protections([fall], terms_of(policy), at=now()))
    assert [(row.protection.units, row.protection.amount) for row in found] == [(7, 70_000)]


def test_what_is_announced_stays_with_the_confirmed_change(product: Product, delivery: FeedDelivery) -> None:
    held = shelf(product, delivery)
    held.received(2, now() - timedelta(days=1))
    held.counted(2, now() - timedelta(hours=1))
    proposer = factories.User(role=Role.POLICY_MANAGER, language="en")
    change = proposal(signed_in(proposer))
    own = signed_in(proposer).post(f"/price-changes/{change.pk}/confirm/", follow=True)
    assert PriceChange.objects.get().state == PriceChangeState.PROPOSED
    assert "another person has to decide it" in own.content.decode()
    done = visitor(Role.GENERAL_MANAGER).post(f"/price-changes/{change.pk}/confirm/", {"note": "fine"}, follow=True)
    change.refresh_from_db()
    assert (change.state, change.announced["amount"], change.announced["units"]) == ("confirmed", "200.00", 2)
    assert "Announced when it was confirmed" in done.content.decode()
    assert ListPrice.objects.filter(superseded_at=None).count() == 2


def test_a_channel_manager_sees_the_dealers_of_its_regions(product: Product, delivery: FeedDelivery) -> None:
    near, far = shelf(product, delivery, code="NEAR"), shelf(product, delivery, code="FAR")
    for held in (near, far):
        held.received(2, now() - timedelta(days=1))
        held.counted(2, now() - timedelta(hours=1))
    region = near.facts["dealer"].home_region
    change = proposal(visitor(Role.POLICY_MANAGER))
    client = visitor(Role.CHANNEL_MANAGER, regions=[region])
    page = client.get(f"/price-changes/{change.pk}/")
    assert [row["dealer"].code for row in page.context["rows"]] == ["NEAR"]
    assert client.get(f"/price-changes/{change.pk}/dealers/FAR/").status_code == 404
    rows = b"".join(client.get(f"/price-changes/{change.pk}/protection.csv").streaming_content).decode().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["NEAR"]


ROLES = ("policy_manager", "general_manager", "channel_manager", "finance_clerk", "legal_reviewer", "dealer_owner")
PAGES = [
    # page                policy gm channel clerk legal owner
    ("/list-prices/", "200 200 200 200 403 403"),
    ("/list-prices/export.csv", "200 200 200 200 403 403"),
    ("/price-changes/", "200 200 200 200 403 403"),
    ("/price-changes/{pk}/", "200 200 200 200 403 403"),
    ("/price-changes/new/", "200 403 200 403 403 403"),
    ("/price-changes/import/", "200 403 200 403 403 403"),
    ("/products/A1/", "200 200 200 200 200 200"),
]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_opens_its_pages_and_no_other(product: Product, role: str) -> None:
    change = proposal(visitor(Role.POLICY_MANAGER))
    client = visitor(Role(role), **({"dealer": factories.Dealer()} if role == "dealer_owner" else {}))
    expected = {page: int(row.split()[ROLES.index(role)]) for page, row in PAGES}
    assert {page: client.get(page.format(pk=change.pk)).status_code for page, _row in PAGES} == expected


def table(content: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("prices.csv", content.encode()), "reason": "spring list"}


def test_a_table_becomes_one_proposal_and_one_faulty_row_stops_it(product: Product) -> None:
    client = visitor(Role.POLICY_MANAGER)
    factories.Product(sku="B2")
    faulty = client.post(
        "/price-changes/import/",
        table("sku,price,valid_from\nA1,900,2099-01-01\nZZ,1,2099-01-01\nA1,800,2099-01-01\nB2,-1,2099-01-01\n"),
    )
    assert faulty.status_code == 422
    assert [(fault.line, fault.finding.code) for fault in faulty.context["faults"]] == [
        (3, "unknown_sku"),
        (4, "twice_in_file"),
        (5, "number_too_small"),
    ]
    assert not PriceChange.objects.exists()
    client.post("/price-changes/import/", table("sku,price,valid_from\nA1,900,2099-01-01\nB2,50,2099-01-01\n"))
    change = PriceChange.objects.get()
    assert (change.lines.count(), change.filename) == (2, "prices.csv")
    steps = visitor(Role.GENERAL_MANAGER).get(f"/price-changes/{change.pk}/").context["steps"]
    assert [(step.line.product.sku, step.before, step.falls) for step in steps] == [
        ("A1", Decimal(1000), True),
        ("B2", None, False),
    ]


def test_list_prices_are_handed_out_in_the_columns_of_the_import(product: Product) -> None:
    answer = visitor(Role.POLICY_MANAGER).get("/list-prices/export.csv?any=1")
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert rows == ["sku,price,valid_from,valid_to", "A1,1000.00,2026-01-01,"]


@pytest.mark.parametrize("page", ["/price-changes/{pk}/", "/price-changes/", "/list-prices/?any=1"])
def test_pages_cost_the_same_for_one_dealer_and_for_many(product: Product, delivery: FeedDelivery, page: str) -> None:
    client = visitor(Role.POLICY_MANAGER)
    change = proposal(visitor(Role.POLICY_MANAGER))
    counts = []
    for _round in range(2):
        for _number in range(5):
            held = shelf(product, delivery)
            held.received(2, now() - timedelta(days=1))
            held.counted(2, now() - timedelta(hours=1))
            other = factories.Product()
            ListPrice.objects.create(
                product=other, price=Decimal(5), valid=(factories.FIRST_DAY, None), recorded_at=factories.LONG_AGO
            )
            proposal(client, sku=other.sku, price="4")
        client.get(page.format(pk=change.pk))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page.format(pk=change.pk)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.fixture
def nothing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every proposal counts as large."""
    monkeypatch.setattr("rebates.selectors.protection_estimates._AT_ONCE", 0)


def reckon(change: PriceChange) -> JobRun:
    """The worker takes the job up that the proposal asked for."""
    job = JobRun.objects.get(task=ESTIMATE_TASK, key=str(change.pk), state=JobState.QUEUED)
    estimate_protection(job.pk)
    job.refresh_from_db()
    return job


def two_shelves(product: Product, delivery: FeedDelivery) -> None:
    for code, units in (("A", 2), ("B", 5)):
        held = shelf(product, delivery, code=code)
        held.received(units, now() - timedelta(days=1))
        held.counted(units, now() - timedelta(hours=1))


def test_a_large_proposal_is_reckoned_in_the_background_and_shown_as_of_its_instant(
    product: Product, delivery: FeedDelivery, nothing_at_once: None
) -> None:
    two_shelves(product, delivery)
    change = proposal(visitor(Role.CHANNEL_MANAGER))
    manager = visitor(Role.POLICY_MANAGER)
    waiting = manager.get(f"/price-changes/{change.pk}/")
    assert waiting.context["busy"] and waiting.context["told"] is None
    refused = manager.post(f"/price-changes/{change.pk}/confirm/", follow=True)
    assert "is not reckoned yet" in refused.content.decode()
    job = reckon(change)
    assert (job.state, job.progress) == (JobState.DONE, 100)
    page = manager.get(f"/price-changes/{change.pk}/")
    kept = ProtectionEstimate.objects.get()
    assert (page.context["told"].as_of, page.context["told"].amount) == (kept.as_of, "700.00")
    assert [(row["dealer"].code, row["amount"]) for row in page.context["rows"]] == [("B", "500.00"), ("A", "200.00")]
    export = b"".join(manager.get(f"/price-changes/{change.pk}/protection.csv")).decode("utf-8-sig").splitlines()
    assert export == ["dealer,products,units,amount", "B,1,5,500.00", "A,1,2,200.00"]
    manager.post(f"/price-changes/{change.pk}/confirm/", {"note": ""})
    change.refresh_from_db()
    assert (change.state, change.announced["amount"]) == (PriceChangeState.CONFIRMED, "700.00")
    assert change.announced["as_of"] == kept.as_of.isoformat()


def test_the_estimate_of_a_large_proposal_is_reckoned_again_on_demand(
    product: Product, delivery: FeedDelivery, nothing_at_once: None
) -> None:
    two_shelves(product, delivery)
    change = proposal(visitor(Role.CHANNEL_MANAGER))
    manager = visitor(Role.POLICY_MANAGER)
    reckon(change)
    later = shelf(product, delivery, code="C")
    later.received(1, now() - timedelta(minutes=2))
    later.counted(1, now())
    assert manager.get(f"/price-changes/{change.pk}/").context["told"].units == 7
    detail = manager.get(f"/price-changes/{change.pk}/dealers/C/").context["rows"]
    assert [row["found"].units for row in detail] == [0]  # as the estimate, not as of now
    assert visitor(Role.AUDITOR).post(f"/price-changes/{change.pk}/estimate/").status_code == 403
    assert not JobRun.objects.filter(state=JobState.QUEUED).exists()
    for _twice in range(2):
        manager.post(f"/price-changes/{change.pk}/estimate/")
    reckon(change)
    assert manager.get(f"/price-changes/{change.pk}/").context["told"].units == 8


def test_a_proposal_decided_before_its_turn_is_not_reckoned(
    product: Product, delivery: FeedDelivery, nothing_at_once: None
) -> None:
    two_shelves(product, delivery)
    proposer = factories.User(role=Role.CHANNEL_MANAGER)
    change = proposal(signed_in(proposer))
    signed_in(proposer).post(f"/price-changes/{change.pk}/withdraw/")
    assert reckon(change).result == {"estimate": None}
    assert not ProtectionEstimate.objects.exists()


def test_parts_of_a_large_proposal_add_up_to_what_is_reckoned_at_once(
    product: Product, delivery: FeedDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three products, two of them on the same shelf, one dealer at a time."""
    monkeypatch.setattr("rebates.selectors.protection_estimates._PAIRS_AT_ONCE", 1)
    dealer, policy = factories.Dealer(), factories.PolicyVersion(valid=(date(2025, 1, 1), factories.FIRST_DAY))
    falls = []
    for number in (2, 1, 3):
        held = Shelf(factories.Dealer() if number == 3 else dealer, made := factories.Product(), delivery)
        held.received(number, now() - timedelta(days=1))
        held.counted(number, now() - timedelta(hours=1))
        falls.append(PriceFall(made.pk, business_day(now()) + timedelta(days=1), Decimal(10), Decimal(9)))
    said: list[int] = []
    at = now()
    parts = sums_in_parts(falls, terms_of(policy), at=at, on_progress=said.append)
    assert parts == sums_by_dealer(protections(falls, terms_of(policy), at=at))
    assert [row.units for row in parts] == [3, 3]
    assert said == [0, 47]
