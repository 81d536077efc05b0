"""Accruals at an instant: what the next settlement would pay, asked by finance, found by a job."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from dealers.choices import JobState, Role
from dealers.foundation import clock
from dealers.models import JobRun
from settlement.models import AccrualEstimate, StatementLine
from settlement.tasks import estimate_accruals
from tests import factories
from tests.settlement.world import after, close, dealer, sell
from tests.visitors import visitor

pytestmark = pytest.mark.django_db
FIRST, SECOND = "2026-10-H1", "2026-10-H2"
#: The day after the first half was closed at its end plus a day.
NOW = after(FIRST, 4)


@pytest.fixture(autouse=True)
def history() -> None:
    factories.PolicyVersion()
    shop, other = dealer("D1"), dealer("D2", "T2")
    sell(shop, FIRST, "1000")
    close(FIRST)
    sell(shop, SECOND, "2000", known=after(FIRST, 2))
    sell(other, SECOND, "1000", known=after(FIRST, 2))


def asked(cutoff: str = "", **given: Any) -> Any:
    with clock.as_if_at(NOW):
        browser = visitor(Role.FINANCE_CLERK)
        return browser.post("/accruals/ask/", {"cutoff": cutoff, **given}, follow=True)


def test_finance_asks_watches_and_reads_what_the_next_settlement_would_pay() -> None:
    page = asked().redirect_chain[-1][0]
    with clock.as_if_at(NOW):
        browser = visitor(Role.AUDITOR)
        assert 'hx-trigger="every 2s"' in browser.get(page).content.decode()
        job = JobRun.objects.get(task="settlement.estimate_accruals")
        estimate_accruals(job_id=job.pk)
        estimate_accruals(job_id=job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE
        # 2 % of 2,000 for D1 (the 20.00 of the first half are settled), 1.5 % of 1,000 for D2.
        estimate = AccrualEstimate.objects.get()
        assert estimate.total == Decimal("55.00")
        text = browser.get(page).content.decode()
        assert "¥55.00" in text and "¥40.00" in text and "¥15.00" in text
        answer = browser.get(f"/accruals/{estimate.pk}/sums.json")
    rows = json.loads(b"".join(answer.streaming_content))
    assert {(row["program"], row["tier"], row["amount"]) for row in rows} == {
        ("T1-ALL", "T1", "40.00"),
        ("T2-ALL", "T2", "15.00"),
    }
    close(SECOND)
    settled = StatementLine.objects.filter(statement__run__period=SECOND).values_list("amount", flat=True)
    assert sum(settled) == estimate.total


def test_facts_received_later_are_not_in_the_estimate_of_an_instant() -> None:
    asked(cutoff="2026-10-17T12:00")
    estimate_accruals(job_id=JobRun.objects.get(task="settlement.estimate_accruals").pk)
    assert AccrualEstimate.objects.get().total == 0


@pytest.mark.parametrize(
    ("cutoff", "said"), [("2026-10-25T00:00", "has not come"), ("2026-10-10T00:00", "settled since")]
)
def test_an_instant_ahead_or_before_the_latest_settlement_is_refused(cutoff: str, said: str) -> None:
    assert said in asked(cutoff=cutoff).content.decode()
    assert not AccrualEstimate.objects.exists()


def test_others_see_nothing() -> None:
    assert visitor(Role.CHANNEL_MANAGER).get("/accruals/").status_code == 403
    assert visitor(Role.DEALER_OWNER, dealer=dealer("D7")).post("/accruals/ask/").status_code == 403
