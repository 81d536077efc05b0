"""Approving a half-month: what is posted, issued and frozen, by whom and in which order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import Error

from dealers.choices import Role
from dealers.errors import NotPermitted, OwnWork
from dealers.models import AuditRecord, Notice, PolicyVersion, WebhookEvent
from rebates.models import Accrual
from settlement.choices import AccountCode, RunState, StatementState
from settlement.errors import CalculatedTooEarly, OutOfOrder, RunClosed, RunNotFound, WrongRunState
from settlement.models import AccountBalance, JournalEntry, JournalTransaction, SettlementRun, Statement, StatementLine
from settlement.selectors.ledger import balance, payable_to, trial_balance
from settlement.services.approval import approve_run, put_up_for_review
from settlement.services.calculation import calculate_run
from tests import factories
from tests.settlement.world import after, approver, calculate, close, dealer, half, lines, sell, statement

pytestmark = pytest.mark.django_db
PERIOD = "2026-11-H1"


@pytest.fixture(autouse=True)
def policy() -> PolicyVersion:
    return factories.PolicyVersion()


def test_approval_posts_one_transaction_for_each_statement_that_moves_anything() -> None:
    shop, other = dealer("D1"), dealer("D2", "T2")
    dealer("IDLE")
    sell(shop, PERIOD, "1000")
    sell(other, PERIOD, "1000")
    run = close(PERIOD)
    assert JournalTransaction.objects.filter(run=run).count() == 2
    assert payable_to(shop.pk) == Decimal("20.00")
    assert balance(AccountCode.REBATE_EXPENSE) == Decimal("35.00")
    assert [(line.account, line.debit, line.credit) for line in trial_balance()] == [
        ("2241", Decimal(0), Decimal("35.00")),
        ("6601.01", Decimal("35.00"), Decimal(0)),
    ]


def test_a_negative_statement_is_posted_the_other_way_round() -> None:
    shop = dealer("D1")
    sell(shop, PERIOD, "1000")
    close(PERIOD)
    sell(shop, "2026-11-H2", "-600")
    close("2026-11-H2")
    assert payable_to(shop.pk) == Decimal("8.00")
    assert payable_to(shop.pk, at=after(PERIOD)) == Decimal("20.00")


def test_accruals_record_what_each_line_settled() -> None:
    shop = dealer("D1")
    sell(shop, "2026-09-H2", "1000")
    close("2026-09-H2")
    sell(shop, "2026-09-H2", "500", known=after("2026-09-H2", 2))
    close("2026-10-H1")
    late = Accrual.objects.get(period=half("2026-10-H1").ordinal)
    assert (late.window, late.for_period, late.base, late.entitlement, late.due) == (
        "2026-Q3",
        half("2026-09-H2").ordinal,
        Decimal("1500"),
        Decimal("30.00"),
        Decimal("10.00"),
    )


def test_other_systems_are_told_of_each_statement_with_its_figures() -> None:
    shop, other = dealer("D1"), dealer("D2")
    sell(shop, PERIOD, "1000")
    close(PERIOD)
    news = WebhookEvent.objects.filter(kind="statement.issued").order_by("dealer__code")
    assert [event.dealer_id for event in news] == [shop.pk, other.pk]
    assert (news[0].data["period"], news[0].data["payable"]) == (PERIOD, "20.00")


def test_statements_are_issued_and_due_for_an_answer_within_five_working_days() -> None:
    owner = factories.User(role=Role.DEALER_OWNER, dealer=dealer("D1"))
    close(PERIOD, at=after(PERIOD, 0))  # Monday 16 November 2026, 00:00
    found = statement(PERIOD, owner.dealer)
    assert (found.state, found.delivered_at) == (StatementState.ISSUED, after(PERIOD, 0))
    assert found.confirm_due_at == after(PERIOD, 8)  # the end of Monday 23 November
    assert Notice.objects.get(recipient=owner).params["period"] == PERIOD


def test_the_run_passes_through_every_state_and_both_steps_are_audited() -> None:
    run = calculate(PERIOD)
    assert run.state == RunState.CALCULATED
    assert put_up_for_review(period=half(PERIOD), actor=None, at=after(PERIOD)).state == RunState.UNDER_REVIEW
    assert approve_run(period=half(PERIOD), actor=approver(), at=after(PERIOD)).state == RunState.CLOSED
    assert list(AuditRecord.objects.order_by("id").values_list("action", flat=True)) == [
        "settlement.calculate",
        "settlement.put_up",
        "settlement.approve",
        "settlement.close",
    ]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.FINANCE_CLERK, Role.GENERAL_MANAGER, Role.AUDITOR])
def test_only_finance_approvers_approve(role: Role) -> None:
    calculate(PERIOD)
    put_up_for_review(period=half(PERIOD), actor=None, at=after(PERIOD))
    with pytest.raises(NotPermitted):
        approve_run(period=half(PERIOD), actor=factories.User(role=role), at=after(PERIOD))


def test_who_calculated_does_not_approve() -> None:
    person = approver()
    calculate_run(period=half(PERIOD), actor=person, at=after(PERIOD))
    put_up_for_review(period=half(PERIOD), actor=person, at=after(PERIOD))
    with pytest.raises(OwnWork):
        approve_run(period=half(PERIOD), actor=person, at=after(PERIOD))


def test_what_was_not_put_up_is_not_approved() -> None:
    with pytest.raises(RunNotFound):
        approve_run(period=half(PERIOD), actor=approver(), at=after(PERIOD))
    calculate(PERIOD)
    with pytest.raises(WrongRunState):
        approve_run(period=half(PERIOD), actor=approver(), at=after(PERIOD))


def test_calculating_again_takes_a_run_back_from_review() -> None:
    calculate(PERIOD)
    put_up_for_review(period=half(PERIOD), actor=None, at=after(PERIOD))
    run = calculate(PERIOD)
    assert (run.state, run.reviewed_at) == (RunState.CALCULATED, None)


def test_approving_twice_posts_once() -> None:
    sell(dealer("D1"), PERIOD, "1000")
    person = approver()
    calculate(PERIOD)
    put_up_for_review(period=half(PERIOD), actor=None, at=after(PERIOD))
    for _ in range(2):
        approve_run(period=half(PERIOD), actor=person, at=after(PERIOD))
    assert (JournalTransaction.objects.count(), Accrual.objects.count()) == (1, 1)
    with pytest.raises(RunClosed):
        approve_run(period=half(PERIOD), actor=approver(), at=after(PERIOD))


def test_periods_close_in_order_from_any_first_one() -> None:
    close(PERIOD)
    for period in ("2026-12-H1", "2026-10-H2"):
        calculate(period)
        put_up_for_review(period=half(period), actor=None, at=after("2026-12-H1"))
        with pytest.raises(OutOfOrder):
            approve_run(period=half(period), actor=approver(), at=after("2026-12-H1"))
    close("2026-11-H2")


def test_a_draft_reckoned_before_its_predecessor_closed_is_calculated_again_first() -> None:
    sell(dealer("D1"), PERIOD, "1000")
    close("2026-10-H2")
    calculate("2026-11-H2", at=after("2026-11-H2"))
    close(PERIOD)
    put_up_for_review(period=half("2026-11-H2"), actor=None, at=after("2026-11-H2"))
    with pytest.raises(CalculatedTooEarly):
        approve_run(period=half("2026-11-H2"), actor=approver(), at=after("2026-11-H2"))
    close("2026-11-H2")
    assert [str(line.amount) for line in lines("2026-11-H2")] == ["0.00"]


def test_a_draft_whose_opening_balance_moved_is_calculated_again_first() -> None:
    shop = dealer("D1")
    calculate(PERIOD)
    put_up_for_review(period=half(PERIOD), actor=None, at=after(PERIOD))
    paid = JournalTransaction.objects.create(memo="paid", posted_at=after(PERIOD), dealer=shop)
    JournalEntry.objects.bulk_create(
        [
            JournalEntry(transaction=paid, account=AccountCode.DEALER_PAYABLE, dealer=shop, amount=5),
            JournalEntry(transaction=paid, account=AccountCode.ADJUSTMENT_EXPENSE, amount=-5),
        ]
    )
    with pytest.raises(CalculatedTooEarly):
        approve_run(period=half(PERIOD), actor=approver(), at=after(PERIOD))
    assert SettlementRun.objects.get().state == RunState.UNDER_REVIEW


FORBIDDEN = [
    "UPDATE settlement_statementline SET amount = amount + 1",
    "UPDATE settlement_statementline SET proof = '{}'",
    "DELETE FROM settlement_statementline",
    "INSERT INTO settlement_statementline (statement_id, dealer_id, line_no, kind, program, for_period, base, rate,"
    " amount, proof) SELECT id, dealer_id, 9, 'rebate', 'P', '2026-11-H1', 0, 0, 0, '{}' FROM settlement_statement",
    "UPDATE settlement_statement SET payable = payable + 1",
    "UPDATE settlement_statement SET delivered_at = now()",
    "INSERT INTO settlement_statement (run_id, draft, dealer_id, tier, purchases, sales, opening, total, closing,"
    " payable, digest, state, confirm_due_provisional, confirmed_by_key, role)"
    " SELECT id, 99, 1, '', 0, 0, 0, 0, 0, 0, '', 'draft', false, '', '' FROM settlement_settlementrun",
    "UPDATE settlement_settlementrun SET state = 'open'",
    "DELETE FROM settlement_settlementrun",
    "UPDATE settlement_journalentry SET amount = amount * 2",
    "DELETE FROM settlement_journalentry",
    "UPDATE settlement_journaltransaction SET memo = 'x'",
    "UPDATE settlement_accountbalance SET balance = balance + 1",
    "INSERT INTO settlement_journalentry (transaction_id, account, amount) VALUES (1, '6601.01', 5)",
    "INSERT INTO settlement_journalentry (transaction_id, account, amount)"
    " VALUES (999999, '6601.01', 5), (999999, '6601.02', -5)",
    "UPDATE rebates_accrual SET due = due + 1",
    "DELETE FROM rebates_accrual",
]


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_the_database_refuses_to_change_a_closed_half_month(sql: str) -> None:
    sell(dealer("D1"), PERIOD, "1000")
    close(PERIOD)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_draft_may_still_change_and_answers_to_a_closed_one_too() -> None:
    sell(dealer("D1"), PERIOD, "1000")
    close(PERIOD)
    calculate("2026-11-H2")
    StatementLine.objects.filter(statement__run__period="2026-11-H2").update(amount=1)
    assert Statement.objects.filter(run__period=PERIOD).update(state=StatementState.CONFIRMED) == 1


def test_balances_are_the_sums_of_their_entries() -> None:
    for number in range(5):
        sell(dealer(f"D{number}", ("T1", "T2", "T3")[number % 3]), PERIOD, str(1000 + number))
    close(PERIOD)
    sums: dict[tuple[str, int], Decimal] = {}
    for entry in JournalEntry.objects.all():
        key = (entry.account, entry.dealer_id or 0)
        sums[key] = sums.get(key, Decimal(0)) + entry.amount
    assert {(row.account, row.dealer_id): row.balance for row in AccountBalance.objects.all()} == sums
    assert sum(sums.values()) == 0


def test_a_failing_approval_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    sell(dealer("D1"), PERIOD, "1000")
    calculate(PERIOD)
    put_up_for_review(period=half(PERIOD), actor=None, at=after(PERIOD))

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the lights went out")

    monkeypatch.setattr("settlement.services.approval._tell_dealers", fail)
    with pytest.raises(RuntimeError):
        approve_run(period=half(PERIOD), actor=approver(), at=after(PERIOD) + timedelta(hours=1))
    assert (JournalTransaction.objects.count(), Accrual.objects.count()) == (0, 0)
    assert SettlementRun.objects.get().state == RunState.UNDER_REVIEW
