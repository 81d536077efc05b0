"""The audit trail tells what happened and notices every later change to it."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from dealers.choices import Role
from dealers.foundation import clock
from dealers.models import AuditRecord, AuditSeal, User
from dealers.services.audit import record_audit, seal_audit, verify_audit

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail():
    """Five records, the first three sealed."""
    auditor = User.objects.create(username="lin", role=Role.AUDITOR)
    for number in range(3):
        record_audit(
            actor=auditor, action="test.step", subject=("thing", str(number)), at=clock.now(), after={"n": number}
        )
    seal_audit()
    for number in range(3, 5):
        record_audit(actor=None, action="test.step", subject=("thing", str(number)), at=clock.now())
    return list(AuditRecord.objects.order_by("id"))


def behind_the_back(sql, *params):
    """Change rows as somebody with the database's password would."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE dealers_auditrecord DISABLE TRIGGER USER")
        cursor.execute(sql, params)
        cursor.execute("ALTER TABLE dealers_auditrecord ENABLE TRIGGER USER")


def test_a_record_keeps_who_what_when_before_and_after(trail):
    record = trail[0]
    assert (record.actor, record.actor_role, record.action, record.after) == ("lin", "auditor", "test.step", {"n": 0})
    assert trail[4].actor == "system"


def test_an_untouched_trail_verifies(trail):
    assert verify_audit() is None
    assert AuditSeal.objects.get().records == 3


def test_sealing_twice_adds_nothing(trail):
    assert seal_audit() == 2
    assert seal_audit() == 0
    assert verify_audit() is None


def test_sealing_gives_way_to_an_import_that_writes_records_for_minutes(db):
    record_audit(actor=None, action="test.step", subject=("thing", "1"), at=clock.now())
    importing = connection.copy()
    try:
        with importing.cursor() as cursor:
            importing.set_autocommit(False)
            cursor.execute("LOCK TABLE dealers_auditrecord IN ROW EXCLUSIVE MODE")
        assert seal_audit() == 0
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("0",), "whoever gave way is as patient as before"
        record_audit(actor=None, action="test.step", subject=("thing", "2"), at=clock.now())
    finally:
        importing.close()
    assert seal_audit() == 2


@pytest.mark.parametrize("which", [0, 1, 2, 3, 4])
def test_the_first_altered_record_is_named(trail, which):
    behind_the_back("UPDATE dealers_auditrecord SET reason = 'friendlier' WHERE id = %s", trail[which].id)
    fault = verify_audit()
    assert (fault.record_id, fault.what) == (trail[which].id, "content")


def test_an_alteration_with_a_recomputed_digest_breaks_the_seal(trail):
    from dealers.services.audit import digest_of

    record = trail[1]
    record.reason = "friendlier"
    behind_the_back(
        "UPDATE dealers_auditrecord SET reason = %s, digest = %s WHERE id = %s",
        record.reason,
        digest_of(record),
        record.id,
    )
    assert verify_audit().what == "seal"


def test_a_removed_record_is_named(trail):
    behind_the_back("DELETE FROM dealers_auditrecord WHERE id = %s", trail[1].id)
    fault = verify_audit()
    assert (fault.record_id, fault.what) == (trail[1].id, "removed")


@pytest.mark.parametrize("sql", ["UPDATE dealers_auditrecord SET reason = 'x'", "DELETE FROM dealers_auditrecord"])
def test_the_database_refuses_changes_to_the_trail(trail, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
