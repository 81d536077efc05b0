"""A settlement passes the barrier only when every intake that entered has ended."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from dealers.foundation.barrier import enter_intake, settle_barrier

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def intake() -> Iterator[BaseDatabaseWrapper]:
    """A second session, in which an intake runs."""
    other = connection.copy()
    other.set_autocommit(False)
    yield other
    other.rollback()
    other.close()


def passes_barrier() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
        try:
            settle_barrier(cursor)
        except OperationalError:
            return False
        finally:
            cursor.execute("RESET lock_timeout")
    return True


def test_a_settlement_waits_for_an_open_intake(intake: BaseDatabaseWrapper) -> None:
    with intake.cursor() as cursor:
        enter_intake(cursor)
    assert not passes_barrier()
    intake.commit()
    assert passes_barrier()


def test_a_failed_intake_lets_the_settlement_pass(intake: BaseDatabaseWrapper) -> None:
    with intake.cursor() as cursor:
        enter_intake(cursor)
    intake.rollback()
    assert passes_barrier()


def test_intakes_do_not_wait_for_one_another(intake: BaseDatabaseWrapper) -> None:
    third = connection.copy()
    third.set_autocommit(False)
    try:
        with intake.cursor() as one, third.cursor() as other:
            enter_intake(one)
            other.execute("SET LOCAL lock_timeout = '200ms'")
            enter_intake(other)
    finally:
        third.rollback()
        third.close()


def test_the_barrier_is_open_again_at_once(intake: BaseDatabaseWrapper) -> None:
    assert passes_barrier()
    with intake.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '200ms'")
        enter_intake(cursor)
