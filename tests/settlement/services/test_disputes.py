"""Disputing lines of a statement: who may, until when, what waits meanwhile, and the three outcomes."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from dealers.choices import Announcement, Role
from dealers.errors import NotPermitted, OwnWork
from dealers.models import ApiKey, AuditRecord, Notice, WebhookEvent
from dealers.services.files import FileKindRefused
from rebates.models import Credit
from rebates.rules.proof_shape import faults_of_generic
from settlement.choices import DisputeOutcome, DisputeState, LineKind, StatementState
from settlement.errors import (
    DisputeNotFound,
    DisputeStateRefused,
    DisputeTooLate,
    GrantNotForLine,
    LineDisputedAlready,
    LineNamedTwice,
    LineNotOnStatement,
    NothingToDispute,
    NothingWasAsked,
    OutcomeIncomplete,
    ReasonMissing,
    StatementNotFound,
)
from settlement.models import Dispute, StatementLine
from settlement.selectors.disputes import frozen_amounts, visible_disputes
from settlement.services.confirmation import confirm_silent_statements, confirm_statement
from settlement.services.disputes.acting import GivenFile
from settlement.services.disputes.deadlines import refresh_provisional, reject_unanswered
from settlement.services.disputes.deciding import decide_dispute, send_back
from settlement.services.disputes.opening import ContestedLine, answer_dispute, open_dispute, withdraw_dispute
from tests import factories
from tests.dealers.foundation.test_file_kinds import PDF_BYTES
from tests.settlement.disputing import DELIVERED, NEXT_DAY, PERIOD, Stage, decided, opened, prepared, stage
from tests.settlement.world import close, dealer, lines

pytestmark = pytest.mark.django_db
ACCEPTED, REJECTED, NEEDS_ACTION = DisputeOutcome.ACCEPTED, DisputeOutcome.REJECTED, DisputeOutcome.NEEDS_ACTION


@pytest.fixture
def of() -> Stage:
    return stage()


def test_a_dispute_freezes_its_line_and_makes_the_statement_disputed(of: Stage) -> None:
    dispute = opened(of, files=[GivenFile("退货单.pdf", PDF_BYTES)])
    line = StatementLine.objects.get(statement=of.statement, line_no=1)
    assert of.statement.state == StatementState.DISPUTED
    assert line.amount > 0
    assert frozen_amounts([of.statement.pk]) == {of.statement.pk: line.amount}
    assert [one.file.name for one in dispute.files.all()] == ["退货单.pdf"]
    assert dispute.due_at is not None and dispute.due_at > NEXT_DAY
    assert Notice.objects.filter(recipient=of.clerk, params__reason="dispute_opened").exists()
    event = WebhookEvent.objects.get(kind=Announcement.DISPUTE_CHANGED)
    assert (event.dealer_id, event.data["state"], event.data["lines"]) == (of.dealer.pk, "open", [1])


def test_sent_twice_it_is_one_dispute(of: Stage) -> None:
    assert opened(of) == opened(of)
    assert Dispute.objects.count() == 1
    with pytest.raises(LineDisputedAlready):
        opened(of, reason="另一个理由")


def test_the_dealers_key_disputes(of: Stage) -> None:
    key, _ = ApiKey.objects.create_key(name="till", dealer=of.dealer)
    assert opened(of, actor=key).opened_by_key == key.prefix


def test_nobody_else_disputes_a_dealers_statement(of: Stage) -> None:
    stranger = factories.User(role=Role.DEALER_OWNER, dealer=dealer("D2"))
    with pytest.raises(StatementNotFound):
        opened(of, actor=stranger)
    with pytest.raises(NotPermitted):
        opened(of, actor=of.approver)
    dispute = opened(of)
    assert not visible_disputes(stranger).exists()
    with pytest.raises(DisputeNotFound):
        withdraw_dispute(number=dispute.number, actor=stranger, at=NEXT_DAY)


@pytest.mark.parametrize(
    ("asked", "refusal"), [((7,), LineNotOnStatement), ((1, 1), LineNamedTwice), ((1,), ReasonMissing)]
)
def test_what_is_contested_has_to_make_sense(of: Stage, asked: tuple[int, ...], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        opened(of, *asked, reason=" " if refusal is ReasonMissing else "错")
    assert of.statement.state == StatementState.ISSUED


def test_a_file_that_is_refused_leaves_no_dispute_behind(of: Stage) -> None:
    with pytest.raises(FileKindRefused):
        opened(of, files=[GivenFile("x.exe", b"MZ\x90\x00")])
    assert not Dispute.objects.exists()


def test_only_within_the_working_days_of_the_statement(of: Stage) -> None:
    due = of.statement.confirm_due_at
    assert due is not None
    with pytest.raises(DisputeTooLate) as refused:
        opened(of, at=due)
    assert refused.value.params["ended"] == "2026-11-25 00:00"
    assert opened(of, at=due - timedelta(microseconds=1)).state == DisputeState.OPEN


def test_a_confirmed_statement_is_not_disputed(of: Stage) -> None:
    confirm_statement(statement=of.statement, actor=of.owner, at=NEXT_DAY)
    with pytest.raises(NothingToDispute):
        opened(of)


def test_silence_confirms_the_rest_of_a_disputed_statement(of: Stage) -> None:
    dispute = opened(of)
    due = of.statement.confirm_due_at
    assert due is not None
    assert [confirm_silent_statements(at=due) for _ in range(2)] == [1, 0]
    assert (of.statement.state, of.statement.confirmed_at) == (StatementState.DISPUTED, due)
    assert AuditRecord.objects.filter(action="statement.confirm_rest").count() == 1
    decided(of, dispute, REJECTED, at=due + timedelta(days=1))
    assert (of.statement.state, of.statement.confirmed_at) == (StatementState.CONFIRMED, due)


def test_accepting_settles_the_difference_as_an_adjustment_in_the_next_half_month(of: Stage) -> None:
    dispute = decided(of, opened(of), ACCEPTED, granted={1: Decimal("12.34")})
    assert (dispute.state, dispute.decided_by) == (DisputeState.ACCEPTED, of.approver)
    assert frozen_amounts([of.statement.pk]) == {}
    credit = Credit.objects.get()
    assert (credit.amount, credit.reference) == (Decimal("12.34"), f"dispute:{dispute.number}:1")
    assert faults_of_generic(credit.proof) == []
    assert credit.proof["subject"]["statement"] == PERIOD

    close("2026-11-H2")

    (line,) = [line for line in lines("2026-11-H2", of.dealer) if line.kind == LineKind.ADJUSTMENT]
    assert (line.amount, line.for_period) == (Decimal("12.34"), PERIOD)


def test_rejecting_leaves_the_line_and_pays_it(of: Stage) -> None:
    dispute = decided(of, opened(of), REJECTED)
    assert (dispute.state, dispute.decision_reason, dispute.due_at) == (DisputeState.REJECTED, "核对了退货单", None)
    assert not Credit.objects.exists()
    assert frozen_amounts([of.statement.pk]) == {}
    assert Notice.objects.filter(recipient=of.owner, params__reason="dispute_rejected").count() == 1
    with pytest.raises(LineDisputedAlready):
        opened(of, reason="再来一次")


def test_while_there_is_time_a_decided_statement_awaits_its_answer_again(of: Stage) -> None:
    decided(of, opened(of), REJECTED)
    assert (of.statement.state, of.statement.confirmed_at) == (StatementState.ISSUED, None)


def test_asking_gives_the_dealer_working_days_and_its_answer_goes_back_to_finance(of: Stage) -> None:
    dispute = decided(of, opened(of), NEEDS_ACTION, days=2)
    assert dispute.state == DisputeState.NEEDS_ACTION
    assert dispute.due_days == 2
    assert frozen_amounts([of.statement.pk]).keys() == {of.statement.pk}
    answered = answer_dispute(number=dispute.number, text="附上单据", actor=of.owner, at=NEXT_DAY)
    assert (answered.state, answered.proposed_outcome) == (DisputeState.OPEN, "")
    assert decided(of, answered, REJECTED).state == DisputeState.REJECTED


def test_silence_rejects_what_was_asked_once_and_not_before(of: Stage) -> None:
    dispute = decided(of, opened(of), NEEDS_ACTION)
    due = dispute.due_at
    assert due is not None
    assert reject_unanswered(at=due - timedelta(microseconds=1)) == 0
    with pytest.raises(NothingWasAsked):
        answer_dispute(number=dispute.number, text="晚了", actor=of.owner, at=due)
    assert [reject_unanswered(at=due) for _ in range(2)] == [1, 0]
    dispute.refresh_from_db()
    assert (dispute.state, dispute.decided_by) == (DisputeState.REJECTED, None)
    assert of.statement.state == StatementState.CONFIRMED


def test_whoever_prepared_does_not_decide(of: Stage) -> None:
    dispute = prepared(of, opened(of), REJECTED, actor=of.approver)
    with pytest.raises(OwnWork):
        decide_dispute(number=dispute.number, actor=of.approver, at=NEXT_DAY)
    with pytest.raises(NotPermitted):
        decide_dispute(number=dispute.number, actor=of.clerk, at=NEXT_DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.filter(pk=dispute.pk).update(
            state="rejected", decided_by=of.approver, decided_at=NEXT_DAY, due_at=None
        )


def test_nothing_is_decided_unprepared_nor_otherwise_than_seen(of: Stage) -> None:
    dispute = opened(of)
    with pytest.raises(DisputeStateRefused):
        decide_dispute(number=dispute.number, actor=of.approver, at=NEXT_DAY)
    seen = prepared(of, dispute, REJECTED).proposed_at
    prepared(of, dispute, ACCEPTED, granted={1: Decimal(5)}, at=NEXT_DAY + timedelta(minutes=1))
    with pytest.raises(DisputeStateRefused):
        decide_dispute(number=dispute.number, actor=of.approver, at=NEXT_DAY, prepared_at=seen)


def test_sent_back_it_is_prepared_anew(of: Stage) -> None:
    dispute = prepared(of, opened(of), REJECTED)
    assert send_back(number=dispute.number, reason="再查", actor=of.approver, at=NEXT_DAY).state == DisputeState.OPEN
    assert decided(of, dispute, REJECTED).state == DisputeState.REJECTED


@pytest.mark.parametrize(
    ("granted", "refusal"),
    [({}, OutcomeIncomplete), ({1: "0"}, OutcomeIncomplete), ({1: "-1"}, GrantNotForLine), ({2: "1"}, GrantNotForLine)],
)
def test_accepting_says_how_much(of: Stage, granted: dict[int, str], refusal: type[Exception]) -> None:
    dispute = opened(of)
    with pytest.raises(refusal):
        prepared(of, dispute, ACCEPTED, granted={line: Decimal(amount) for line, amount in granted.items()})


def test_deciding_twice_credits_once(of: Stage) -> None:
    dispute = decided(of, opened(of), ACCEPTED, granted={1: Decimal(5)})
    assert decide_dispute(number=dispute.number, actor=of.approver, at=NEXT_DAY).state == DisputeState.ACCEPTED
    assert Credit.objects.count() == 1


def test_a_withdrawn_line_may_be_disputed_again(of: Stage) -> None:
    dispute = opened(of)
    for _ in range(2):
        withdraw_dispute(number=dispute.number, actor=of.owner, at=NEXT_DAY)
    assert of.statement.state == StatementState.ISSUED
    assert opened(of, reason="另一个理由").number != dispute.number


def test_a_provisional_deadline_is_reckoned_again(of: Stage) -> None:
    dispute = opened(of)
    Dispute.objects.update(due_provisional=True, due_at=DELIVERED)
    assert refresh_provisional(at=NEXT_DAY) == 1
    assert Dispute.objects.get().due_at == dispute.due_at


def test_a_channel_manager_sees_disputes_of_its_regions_only(of: Stage) -> None:
    opened(of)
    near = factories.User(role=Role.CHANNEL_MANAGER, regions=[of.dealer.home_region])
    far = factories.User(role=Role.CHANNEL_MANAGER, regions=[factories.City()])
    assert (visible_disputes(near).count(), visible_disputes(far).count()) == (1, 0)


def test_what_is_frozen_costs_one_query(of: Stage, django_assert_num_queries: object) -> None:
    found = opened(of).statement_id
    with django_assert_num_queries(1):  # type: ignore[operator]
        frozen_amounts([found, 0])


@pytest.mark.django_db(transaction=True)
def test_two_at_once_contest_a_line_once() -> None:
    of = stage()
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def contest(reason: str) -> None:
        try:
            start.wait(5)
            open_dispute(statement=of.statement, lines=[ContestedLine(1)], reason=reason, actor=of.owner, at=NEXT_DAY)
            outcomes.append("opened")
        except LineDisputedAlready:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=contest, args=(reason,)) for reason in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["opened", "refused"]
