"""Our outages are kept by the system itself, and nobody is late for them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.models import AuditRecord, Heartbeat, SystemOutage
from dealers.selectors.outages import INTAKE, outages_between
from dealers.services.outages import (
    OutageAhead,
    OutageEmpty,
    OutageReasonMissing,
    OutageRevoked,
    note_sign_of_life,
    record_outage,
    revoke_outage,
)
from tests import factories

NOON = datetime(2026, 5, 10, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def spans() -> list[tuple[datetime, datetime]]:
    return [(row.span.lower, row.span.upper) for row in SystemOutage.objects.filter(revoked_at=None).order_by("span")]


def beat(*minutes: float) -> None:
    for minute in minutes:
        note_sign_of_life(at=NOON + minute * MINUTE)


@pytest.mark.django_db
def test_signs_of_life_close_together_leave_no_outage() -> None:
    beat(0, 0.5, 1, 1.5, 3.5)
    assert spans() == []


@pytest.mark.django_db
def test_a_silence_becomes_an_outage_with_the_next_sign() -> None:
    beat(0, 90)
    assert spans() == [(NOON, NOON + 90 * MINUTE)]
    assert AuditRecord.objects.get(action="outage.record").actor == "system"
    assert SystemOutage.objects.get().recorded_by is None


@pytest.mark.django_db
def test_the_same_sign_twice_or_an_older_one_changes_nothing() -> None:
    beat(0, 90, 90, 45)
    assert spans() == [(NOON, NOON + 90 * MINUTE)]
    assert Heartbeat.objects.get(name=INTAKE).beat_at == NOON + 90 * MINUTE


@pytest.mark.django_db
def test_a_server_that_comes_and_goes_has_one_outage() -> None:
    beat(0, 30, 30.5, 60)
    assert spans() == [(NOON, NOON + 60 * MINUTE)]
    beat(61, 63, 65, 200)
    assert spans() == [(NOON, NOON + 60 * MINUTE), (NOON + 65 * MINUTE, NOON + 200 * MINUTE)]


@pytest.mark.django_db
def test_what_a_person_recorded_is_never_stretched() -> None:
    manager = factories.User(role=Role.ADMINISTRATOR)
    beat(0)
    record_outage(start=NOON - 30 * MINUTE, end=NOON, reason="line broken", actor=manager, at=NOON + MINUTE)
    beat(60)
    assert spans() == [(NOON - 30 * MINUTE, NOON), (NOON, NOON + 60 * MINUTE)]


@pytest.mark.django_db
def test_the_silence_that_lasts_is_an_outage_already() -> None:
    beat(0)
    now = NOON + 10 * MINUTE
    assert outages_between(NOON, now, now=now) == [(NOON, now)]
    assert outages_between(NOON, now, now=NOON + MINUTE) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_processes_that_come_back_at_once_one_records_the_outage() -> None:
    beat(0)
    started = threading.Barrier(2)

    def come_back(minute: float) -> None:
        try:
            started.wait()
            beat(minute)
        finally:
            connection.close()

    threads = [threading.Thread(target=come_back, args=[minute]) for minute in (90, 90.1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(spans()) == 1
    assert spans()[0][0] == NOON


@pytest.mark.django_db
def test_a_correction_is_a_revocation_and_a_new_row() -> None:
    manager = factories.User(role=Role.POLICY_MANAGER)
    at = NOON + 300 * MINUTE
    beat(0, 90)
    revoke_outage(outage=SystemOutage.objects.get(), reason="clock of the server was wrong", actor=manager, at=at)
    record_outage(start=NOON, end=NOON + 20 * MINUTE, reason="as seen in the logs", actor=manager, at=at)
    assert spans() == [(NOON, NOON + 20 * MINUTE)]
    assert SystemOutage.objects.count() == 2
    with pytest.raises(OutageRevoked):
        revoke_outage(outage=SystemOutage.objects.exclude(revoked_at=None).get(), reason="x", actor=manager, at=at)


@pytest.mark.django_db
def test_an_outage_needs_two_ends_a_reason_and_the_right() -> None:
    manager, clerk = factories.User(role=Role.ADMINISTRATOR), factories.User(role=Role.CHANNEL_MANAGER)
    given = {"start": NOON, "end": NOON + MINUTE, "reason": "x", "actor": manager, "at": NOON + 5 * MINUTE}
    with pytest.raises(OutageEmpty):
        record_outage(**{**given, "end": NOON})
    with pytest.raises(OutageAhead):
        record_outage(**{**given, "end": NOON + 6 * MINUTE})
    with pytest.raises(OutageReasonMissing):
        record_outage(**{**given, "reason": " "})
    with pytest.raises(NotPermitted):
        record_outage(**{**given, "actor": clerk})
