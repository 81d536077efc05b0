"""What a reviewer of a draft is given: changes since the last draft, outliers to tick off, what came late."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.models import AuditRecord
from settlement.errors import RunClosed, RunNotFound
from settlement.models import DraftChange, ReviewItem, SettlementRun
from settlement.selectors.draft_changes import changes_by_dealer, changes_by_kind
from settlement.selectors.late_facts import late_dealers, late_facts
from settlement.selectors.outliers import review_progress
from settlement.services.approval import approve_run, put_up_for_review
from settlement.services.review import tick_off
from tests import factories
from tests.settlement.world import after, calculate, close, dealer, half, sell

pytestmark = pytest.mark.django_db
PERIOD = "2026-11-H1"


def test_a_second_draft_keeps_who_changed_and_by_how_much() -> None:
    factories.PolicyVersion()
    shop, other = dealer("D1"), dealer("D2")
    sell(shop, PERIOD, "1000")
    sell(other, PERIOD, "1000")
    first = calculate(PERIOD, at=after(PERIOD))
    assert changes_by_kind(first) == []
    sell(shop, PERIOD, "500", known=after(PERIOD, 1))
    second = calculate(PERIOD, at=after(PERIOD, 2))
    (change,) = changes_by_dealer(second)
    assert (change.dealer, change.kind, change.was, change.becomes) == (
        shop,
        "rebate",
        Decimal("20.00"),
        Decimal("30.00"),
    )
    (kind,) = changes_by_kind(second)
    assert (kind.kind, kind.dealers, kind.more, kind.less, kind.change) == ("rebate", 1, 10, 0, 10)

    calculate(PERIOD, at=after(PERIOD, 3))

    assert not DraftChange.objects.exists()


def test_the_queue_is_filled_without_joining_rows_just_written_one_by_one() -> None:
    """They have no statistics yet: with the usual plans ten thousand dealers took minutes."""
    factories.PolicyVersion()
    sell(dealer("D1"), PERIOD, "1000")
    with CaptureQueriesContext(connection) as asked:
        calculate(PERIOD)

    said = [query["sql"] for query in asked]
    (queue,) = (place for place, sql in enumerate(said) if "stddev_samp" in sql)
    last = max(place for place in range(queue) if "enable_nestloop = off" in said[place])
    assert not any("RELEASE SAVEPOINT" in sql or "DEFAULT" in sql for sql in said[last:queue])


def test_who_is_paid_for_the_first_time_stands_out_once_others_were_paid() -> None:
    factories.PolicyVersion()
    old, new = dealer("D1"), dealer("D2")
    sell(old, "2026-10-H2", "1000")
    calculate("2026-10-H2")
    assert not ReviewItem.objects.exists()
    close("2026-10-H2")
    sell(old, PERIOD, "1000")
    sell(new, PERIOD, "1000")
    calculate(PERIOD)
    (item,) = ReviewItem.objects.filter(run__period=PERIOD)
    assert (item.dealer, [finding["code"] for finding in item.findings]) == (new, ["first_payment"])


@pytest.fixture
def standing_out() -> SettlementRun:
    """A draft in which D2, paid for the first time, stands out."""
    factories.PolicyVersion()
    sell(dealer("D1"), "2026-10-H2", "1000")
    close("2026-10-H2")
    sell(dealer("D2"), PERIOD, "1000")
    return calculate(PERIOD, at=after(PERIOD))


def test_a_look_is_noted_and_stays_while_the_statement_stays_the_same(standing_out: SettlementRun) -> None:
    clerk = factories.User(role=Role.FINANCE_CLERK)
    tick_off(period=PERIOD, dealer_code="D2", note="新签约，已核对", actor=clerk, at=after(PERIOD))
    calculate(PERIOD, at=after(PERIOD, 2))
    assert ReviewItem.objects.get().note == "新签约，已核对"
    assert review_progress(standing_out).unreviewed == 0
    sell(ReviewItem.objects.get().dealer, PERIOD, "500", known=after(PERIOD, 2))
    calculate(PERIOD, at=after(PERIOD, 3))
    assert review_progress(standing_out).unreviewed == 1


def test_only_finance_ticks_off_and_only_what_stands_out(standing_out: SettlementRun) -> None:
    with pytest.raises(NotPermitted):
        tick_off(period=PERIOD, dealer_code="D2", note="", actor=factories.User(role=Role.AUDITOR), at=after(PERIOD))
    clerk = factories.User(role=Role.FINANCE_CLERK)
    with pytest.raises(RunNotFound):
        tick_off(period=PERIOD, dealer_code="D1", note="", actor=clerk, at=after(PERIOD))


def test_approval_records_how_much_nobody_looked_at_and_then_nothing_changes(standing_out: SettlementRun) -> None:
    put_up_for_review(period=half(PERIOD), actor=None, at=after(PERIOD))
    approver = factories.User(role=Role.FINANCE_APPROVER)
    approve_run(period=half(PERIOD), actor=approver, at=after(PERIOD))
    record = AuditRecord.objects.filter(action="settlement.approve").latest("pk")
    assert record.after["unreviewed"] == 1
    with pytest.raises(RunClosed):
        tick_off(period=PERIOD, dealer_code="D2", note="", actor=approver, at=after(PERIOD))


def test_what_came_after_the_cutoff_is_counted_by_kind_and_dealer(standing_out: SettlementRun) -> None:
    shop = dealer("D3")
    sell(shop, PERIOD, "700", known=after(PERIOD, 2))
    sell(shop, "2026-10-H1", "50", known=after(PERIOD, 2))
    sell(shop, "2026-11-H2", "900", known=after(PERIOD, 2))
    (sales,) = late_facts(standing_out)
    assert (sales.kind, sales.dealers, sales.lines, sales.amount) == ("sales", 1, 2, 750)
    assert sales.latest == after(PERIOD, 1) + timedelta(days=1)
    assert [(one.dealer, one.amount) for one in late_dealers(standing_out)] == [(shop, 750)]
