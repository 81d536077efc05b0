"""What the doctor finds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from config import diagnosis
from config.diagnosis import Level
from dealers.foundation import clock
from dealers.models import CalendarVersion


def levels(findings):
    return [finding.level for finding in findings]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("http://127.0.0.1:8000", [Level.GOOD]),
        ("https://halfmoon.example", [Level.GOOD]),
        ("http://halfmoon.example", [Level.GOOD, Level.WARNING]),
    ],
)
def test_passwords_in_the_clear_are_warned_of(settings, address, found):
    settings.APP_URL = address
    assert levels(diagnosis.check_address()) == found


def test_a_secret_others_can_read_is_a_fault(settings, tmp_path):
    settings.HALFMOON_HOME = tmp_path
    secret = tmp_path / "secrets" / "broker_password"
    secret.parent.mkdir()
    secret.touch(0o600)
    assert levels(diagnosis.check_home()) == [Level.GOOD]
    secret.chmod(0o644)
    [finding] = diagnosis.check_home()
    assert (finding.level, "broker_password" in finding.sentence) == (Level.FAULT, True)


@pytest.mark.django_db
def test_the_role_of_the_product_is_bound_by_row_level_security():
    assert levels(diagnosis.check_role()) == [Level.GOOD]


@pytest.mark.django_db
def test_a_role_that_bypasses_row_level_security_is_a_fault():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY VIEW pg_roles AS SELECT rolname, true AS rolsuper, false AS rolbypassrls "
            "FROM pg_catalog.pg_roles"
        )
        cursor.execute("SET LOCAL search_path TO pg_temp, pg_catalog, public")
    assert levels(diagnosis.check_role()) == [Level.GOOD, Level.FAULT]


@pytest.mark.django_db
@pytest.mark.parametrize(("days_left", "found"), [(200, Level.GOOD), (30, Level.WARNING), (-1, Level.FAULT)])
def test_a_calendar_that_runs_out_is_told_sixty_days_ahead(days_left, found):
    today = clock.business_day(clock.now())
    CalendarVersion.objects.all().delete()
    CalendarVersion.objects.create(
        version="test",
        source="test",
        covers_from=today - timedelta(days=365),
        covers_until=today + timedelta(days=days_left),
        loaded_at=clock.now(),
    )
    assert levels(diagnosis.check_calendar()) == [found]


def test_an_unreachable_database_leaves_the_other_findings(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "PORT", 9)
    findings = list(diagnosis.diagnose())
    assert Level.FAULT in levels(findings)
    assert len({finding.topic for finding in findings}) >= 4
