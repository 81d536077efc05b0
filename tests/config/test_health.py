"""What the two health addresses answer, and to whom: anyone, without a login."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from config.health import WORKER_SILENCE
from dealers.foundation import clock
from dealers.models import Heartbeat

NOBODY_LISTENS = 9  # the discard port


def test_a_living_process_says_so_without_any_server(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_an_installation_with_everything_in_place_is_ready(client):
    Heartbeat.objects.update_or_create(name="worker", defaults={"beat_at": clock.now()})
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "missing": {}, "warnings": {}})


@pytest.mark.django_db
def test_a_worker_that_fell_silent_is_a_warning(client):
    long_ago = clock.now() - WORKER_SILENCE - timedelta(seconds=1)
    Heartbeat.objects.update_or_create(name="worker", defaults={"beat_at": long_ago})
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["warnings"] == {"worker": {"last_task_at": long_ago.isoformat()}}


@pytest.mark.django_db
def test_an_absent_broker_is_named(client, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{NOBODY_LISTENS}/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert list(answer.json()["missing"]) == ["broker"]


def test_an_absent_database_is_named(client, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "PORT", NOBODY_LISTENS)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "Connection refused" in answer.json()["missing"]["database"]


@pytest.mark.django_db
def test_a_migration_the_database_has_not_seen_is_named(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'settlement'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert any(name.startswith("settlement.0001_") for name in answer.json()["missing"]["migrations"])
