"""Setting and ending bands by hand."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from dealers.choices import Role
from dealers.errors import NotPermitted, Refused
from dealers.models import AuditRecord, FeedDelivery, JobRun, User
from pricing.choices import BandScope, Enforcement
from pricing.errors import BandChanged, BandEndRefused, BandNotYours, BandReasonMissing, BandRefused, BandUnchanged
from pricing.models import PriceBand
from pricing.selectors.band_plans import BandDraft, plan_to_end, plan_to_set
from pricing.selectors.band_series import SeriesKey, fingerprint, standing_series
from pricing.services.bands import end_band, set_band
from tests import factories

AT = datetime(2026, 11, 20, 4, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def draft_of(band: PriceBand, **changes: Any) -> BandDraft:
    """The band said again from 1 December on, with changes."""
    said: dict[str, Any] = {
        "product": band.product,
        "scope": BandScope(band.scope),
        "region": band.region,
        "city_tier": band.city_tier,
        "floor": band.floor,
        "ceiling": band.ceiling,
        "enforcement": Enforcement(band.enforcement),
        "legal_basis": band.legal_basis,
        "valid_from": date(2026, 12, 1),
        "valid_to": None,
    }
    return BandDraft(**{**said, **changes})


def put(draft: BandDraft, actor: User, *, seen: str | None = None, reason: str = "new street price") -> FeedDelivery:
    known = fingerprint(standing_series(draft.key)) if seen is None else seen
    return set_band(draft=draft, seen=known, reason=reason, actor=actor, at=AT)


def spans(band: PriceBand) -> list[tuple[str, date, date | None]]:
    return [(f"{row.floor:f}", row.valid.lower, row.valid.upper) for row in standing_series(SeriesKey.of(band))]


@pytest.fixture
def manager() -> User:
    person: User = factories.User(role=Role.POLICY_MANAGER)
    return person


@pytest.fixture
def band() -> PriceBand:
    made: PriceBand = factories.PriceBand(floor=Decimal("900.000000"), ceiling=Decimal("1200.000000"))
    made.refresh_from_db()
    return made


@pytest.mark.django_db
def test_a_change_from_a_day_ends_the_band_before_and_has_the_lines_judged_again(
    band: PriceBand, manager: User
) -> None:
    delivery = put(draft_of(band, floor=Decimal("950")), manager)
    assert spans(band) == [
        ("900.000000", date(2026, 1, 1), date(2026, 12, 1)),
        ("950.000000", date(2026, 12, 1), None),
    ]
    job = JobRun.objects.get(task="pricing.rejudge")
    assert (job.params["products"], job.params["first_day"]) == ([band.product_id], "2026-12-01")
    record = AuditRecord.objects.get(action="band.set")
    assert (record.actor, record.reason, record.after["floor"]) == (manager.username, "new street price", "950")
    assert (delivery.door, delivery.revised) == ("portal", 1)


@pytest.mark.django_db
def test_a_band_before_a_later_one_ends_where_that_begins(band: PriceBand, manager: User) -> None:
    put(draft_of(band, floor=Decimal("950")), manager)
    put(draft_of(band, floor=Decimal("920"), valid_from=date(2026, 11, 25)), manager)
    assert [(lower, upper) for _floor, lower, upper in spans(band)] == [
        (date(2026, 1, 1), date(2026, 11, 25)),
        (date(2026, 11, 25), date(2026, 12, 1)),
        (date(2026, 12, 1), None),
    ]


@pytest.mark.django_db
def test_a_band_that_runs_into_a_later_one_is_refused_and_nothing_is_stored(band: PriceBand, manager: User) -> None:
    put(draft_of(band, floor=Decimal("950")), manager)
    before = spans(band)
    draft = draft_of(band, floor=Decimal("920"), valid_from=date(2026, 11, 25), valid_to=date(2026, 12, 15))
    plan = plan_to_set(draft, today=TODAY)
    assert plan.refusal is not None and plan.refusal.code == "span_overlaps_later"
    deliveries = FeedDelivery.objects.count()
    with pytest.raises(BandRefused, match="2026-12-01"):
        put(draft, manager)
    assert spans(band) == before
    assert FeedDelivery.objects.count() == deliveries


@pytest.mark.django_db
def test_what_stands_already_is_not_set_again(band: PriceBand, manager: User) -> None:
    assert plan_to_set(draft_of(band), today=TODAY).unchanged
    with pytest.raises(BandUnchanged):
        put(draft_of(band), manager)


@pytest.mark.django_db
def test_a_band_from_the_same_day_is_replaced_and_stays_in_the_history(band: PriceBand, manager: User) -> None:
    draft = draft_of(band, ceiling=Decimal("1300"), valid_from=date(2026, 1, 1))
    assert plan_to_set(draft, today=TODAY).corrected == band
    put(draft, manager)
    band.refresh_from_db()
    assert band.superseded_at is not None
    assert len(spans(band)) == 1


@pytest.mark.django_db
def test_a_reason_is_asked_for_and_a_reader_is_refused(band: PriceBand, manager: User) -> None:
    with pytest.raises(BandReasonMissing):
        put(draft_of(band, floor=Decimal("950")), manager, reason=" ")
    with pytest.raises(NotPermitted):
        put(draft_of(band, floor=Decimal("950")), factories.User(role=Role.LEGAL_REVIEWER))


@pytest.mark.django_db
def test_a_channel_manager_keeps_the_bands_of_its_own_regions(band: PriceBand) -> None:
    city = factories.City()
    manager = factories.User(role=Role.CHANNEL_MANAGER, regions=[city.parent])
    own = draft_of(band, scope=BandScope.REGION, region=city)
    assert put(own, manager).accepted == 1
    for other in (
        draft_of(band, floor=Decimal(950)),
        dataclasses.replace(own, region=factories.City()),
        dataclasses.replace(own, scope=BandScope.CITY_TIER, region=None, city_tier=1),
    ):
        with pytest.raises(BandNotYours):
            put(other, manager)


@pytest.mark.django_db
def test_ending_a_band_leaves_the_days_before_as_they_were(band: PriceBand, manager: User) -> None:
    seen = plan_to_end(band, on=date(2026, 12, 1), today=TODAY).seen
    end_band(band=band, on=date(2026, 12, 1), seen=seen, reason="gone", actor=manager, at=AT)
    assert spans(band) == [("900.000000", date(2026, 1, 1), date(2026, 12, 1))]
    assert JobRun.objects.get(task="pricing.rejudge").params["first_day"] == "2026-12-01"
    assert AuditRecord.objects.get(action="band.end").before == {"valid": "[2026-01-01, )"}


@pytest.mark.django_db
def test_a_band_to_come_may_be_taken_back_and_one_that_began_may_not(manager: User) -> None:
    begun = factories.PriceBand()
    ahead = factories.PriceBand(valid=(date(2026, 12, 1), None))
    for band, on in ((begun, date(2026, 1, 1)), (begun, date(2025, 1, 1)), (ahead, date(2026, 11, 30))):
        seen = fingerprint(standing_series(SeriesKey.of(band)))
        band.refresh_from_db()
        with pytest.raises(BandEndRefused):
            end_band(band=band, on=on, seen=seen, reason="no", actor=manager, at=AT)
    ahead.refresh_from_db()
    seen = plan_to_end(ahead, on=date(2026, 12, 1), today=TODAY).seen
    end_band(band=ahead, on=date(2026, 12, 1), seen=seen, reason="no", actor=manager, at=AT)
    assert standing_series(SeriesKey.of(ahead)) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_one_band_at_once_the_second_is_asked_to_look_again() -> None:
    band = factories.PriceBand()
    people = [factories.User(role=Role.POLICY_MANAGER) for _ in range(2)]
    seen = fingerprint(standing_series(SeriesKey.of(band)))
    drafts = [draft_of(band, floor=Decimal(floor)) for floor in (950, 960)]
    found = at_once(
        *(
            lambda person=person, draft=draft: put(draft, person, seen=seen)
            for person, draft in zip(people, drafts, strict=True)
        )
    )
    assert sum(isinstance(result, FeedDelivery) for result in found) == 1
    assert sum(isinstance(result, BandChanged) for result in found) == 1
    assert len(spans(band)) == 2
    assert AuditRecord.objects.filter(action="band.set").count() == 1


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
