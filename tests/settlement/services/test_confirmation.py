"""The dealer's answer: confirmed by its people or key, or by silence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.models import ApiKey, AuditRecord
from settlement.choices import StatementState
from settlement.errors import NothingToConfirm, StatementNotFound
from settlement.models import Statement
from settlement.services.confirmation import confirm_silent_statements, confirm_statement, refresh_provisional_deadlines
from tests import factories
from tests.settlement.world import after, approver, calculate, close, dealer, statement

pytestmark = pytest.mark.django_db
PERIOD = "2026-11-H1"


@pytest.fixture
def issued() -> Statement:
    factories.PolicyVersion()
    shop = dealer("D1")
    close(PERIOD)
    return statement(PERIOD, shop)


def test_the_dealers_people_confirm_once(issued: Statement) -> None:
    operator = factories.User(role=Role.DEALER_OPERATOR, dealer=issued.dealer)
    for _ in range(2):
        confirmed = confirm_statement(statement=issued, actor=operator, at=after(PERIOD, 2))
    assert (confirmed.state, confirmed.confirmed_by, confirmed.confirmed_at) == (
        StatementState.CONFIRMED,
        operator,
        after(PERIOD, 2),
    )
    assert AuditRecord.objects.filter(action="statement.confirm").count() == 1


def test_the_dealers_key_confirms(issued: Statement) -> None:
    key, _ = ApiKey.objects.create_key(name="till", dealer=issued.dealer)
    confirmed = confirm_statement(statement=issued, actor=key, at=after(PERIOD, 2))
    assert (confirmed.state, confirmed.confirmed_by_key) == (StatementState.CONFIRMED, key.prefix)


def test_another_dealer_learns_of_no_statement(issued: Statement) -> None:
    stranger = factories.User(role=Role.DEALER_OWNER, dealer=dealer("D2"))
    with pytest.raises(StatementNotFound):
        confirm_statement(statement=issued, actor=stranger, at=after(PERIOD, 2))


def test_hq_does_not_confirm_for_a_dealer(issued: Statement) -> None:
    with pytest.raises(NotPermitted):
        confirm_statement(statement=issued, actor=approver(), at=after(PERIOD, 2))


def test_a_draft_is_not_confirmed() -> None:
    factories.PolicyVersion()
    owner = factories.User(role=Role.DEALER_OWNER, dealer=dealer("D1"))
    calculate(PERIOD)
    with pytest.raises(NothingToConfirm):
        confirm_statement(statement=statement(PERIOD, owner.dealer), actor=owner, at=after(PERIOD, 2))


def test_silence_confirms_when_the_deadline_has_passed_and_not_before(issued: Statement) -> None:
    assert issued.confirm_due_at is not None
    assert confirm_silent_statements(at=issued.confirm_due_at - timedelta(microseconds=1)) == 0
    assert [confirm_silent_statements(at=issued.confirm_due_at) for _ in range(2)] == [1, 0]
    issued.refresh_from_db()
    assert (issued.state, issued.confirmed_by) == (StatementState.CONFIRMED, None)
    assert AuditRecord.objects.get(action="statement.confirm_silent").actor == "system"


def test_a_provisional_deadline_is_reckoned_again(issued: Statement) -> None:
    Statement.objects.update(confirm_due_provisional=True, confirm_due_at=after(PERIOD, 1))
    assert refresh_provisional_deadlines(at=after(PERIOD, 2)) == 1
    moved = Statement.objects.get(pk=issued.pk)
    assert (moved.confirm_due_at, moved.confirm_due_provisional) == (issued.confirm_due_at, False)
