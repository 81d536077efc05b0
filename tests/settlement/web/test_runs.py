"""The pages on which a half-month is calculated, reviewed and approved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealers.choices import JobState, Role
from dealers.foundation import clock
from dealers.models import Dealer, JobRun, User
from settlement.choices import RunState
from settlement.models import JournalTransaction, SettlementRun
from settlement.services.approval import put_up_for_review
from settlement.services.calculation import begin_calculation, calculate_run, calculate_shard
from settlement.tasks import calculate_run as calculation_task
from tests import factories
from tests.settlement.world import after, close, dealer, half, sell

pytestmark = pytest.mark.django_db
PAGE = "/settlement-runs/2026-11-H1/"


@pytest.fixture
def shop() -> Dealer:
    factories.PolicyVersion()
    shop = dealer("D1")
    sell(shop, "2026-11-H1", "1000")
    return shop


@pytest.fixture
def clerk(client: Client) -> User:
    person: User = factories.User(role=Role.FINANCE_CLERK, language="en")
    client.force_login(person)
    return person


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_asking_makes_one_job_and_the_worker_makes_the_draft(client: Client, shop: Dealer, clerk: User) -> None:
    with clock.as_if_at(after("2026-11-H1")):
        for _press in range(2):
            client.post(f"{PAGE}calculate/")
        job = JobRun.objects.get(task="settlement.calculate_run")
        waiting = text_of(client.get(PAGE))
        assert 'hx-trigger="every 2s"' in waiting
        assert 'hx-select="#calculation"' in waiting
        calculation_task(job_id=job.pk)
    job.refresh_from_db()
    run = SettlementRun.objects.get(period="2026-11-H1")
    assert (job.state, job.progress, job.result["digest"]) == (JobState.DONE, 100, run.digest)
    assert (run.state, run.calculated_by) == (RunState.CALCULATED, clerk)
    finished = text_of(client.get(PAGE))
    assert "every 2s" not in finished
    assert run.digest in finished


def test_a_second_run_of_the_task_changes_nothing(client: Client, shop: Dealer, clerk: User) -> None:
    with clock.as_if_at(after("2026-11-H1")):
        client.post(f"{PAGE}calculate/")
        job = JobRun.objects.get(task="settlement.calculate_run")
        calculation_task(job_id=job.pk)
        calculation_task(job_id=job.pk)
    assert SettlementRun.objects.get().draft == 1


def test_a_refused_calculation_is_explained_on_the_page(client: Client, shop: Dealer, clerk: User) -> None:
    close("2026-11-H1")
    job = JobRun.objects.create(
        task="settlement.calculate_run",
        key="2026-11-H1",
        params={"period": "2026-11-H1", "cutoff": None},
        requested_by=clerk,
        requested_at=after("2026-11-H1", 2),
    )
    calculation_task(job_id=job.pk)
    assert "2026-11-H1 is approved and frozen" in text_of(client.get(PAGE))


def test_a_cutoff_of_the_form_is_shanghai_time(client: Client, shop: Dealer, clerk: User) -> None:
    with clock.as_if_at(after("2026-11-H1", 3)):
        client.post(f"{PAGE}calculate/", {"cutoff": "2026-11-16T08:00"})
        calculation_task(job_id=JobRun.objects.get(task="settlement.calculate_run").pk)
    assert SettlementRun.objects.get().cutoff == datetime(2026, 11, 16, 0, 0, tzinfo=UTC)


def test_a_cutoff_in_the_future_is_refused(client: Client, shop: Dealer, clerk: User) -> None:
    with clock.as_if_at(after("2026-11-H1")):
        answer = client.post(f"{PAGE}calculate/", {"cutoff": "2027-01-01T00:00"}, follow=True)
    assert "choose an instant that has passed" in text_of(answer)
    assert not JobRun.objects.exists()


def test_the_calculator_is_not_offered_to_approve_and_refused_when_trying(client: Client, shop: Dealer) -> None:
    approver = factories.User(role=Role.FINANCE_APPROVER, language="en")
    calculate_run(period=half("2026-11-H1"), actor=approver, at=after("2026-11-H1"))
    put_up_for_review(period=half("2026-11-H1"), actor=None, at=after("2026-11-H1"))
    client.force_login(approver)
    page = text_of(client.get(PAGE))
    assert f"{PAGE}approve/" not in page
    assert "Separation of duties" in page
    answer = client.post(f"{PAGE}approve/")
    assert answer.status_code in (302, 403)
    assert SettlementRun.objects.get().state == RunState.UNDER_REVIEW
    assert not JournalTransaction.objects.exists()


def test_a_second_person_puts_up_and_a_third_approves(client: Client, shop: Dealer, clerk: User) -> None:
    calculate_run(period=half("2026-11-H1"), actor=clerk, at=after("2026-11-H1"))
    assert "Put up for review; another person approves it." in text_of(client.post(f"{PAGE}put-up/", follow=True))
    client.force_login(factories.User(role=Role.FINANCE_APPROVER, language="en"))
    assert f"{PAGE}approve/" in text_of(client.get(PAGE))
    assert "the ledger is posted" in text_of(client.post(f"{PAGE}approve/", follow=True))
    assert SettlementRun.objects.get().state == RunState.CLOSED


def test_approving_too_early_is_said_and_not_done(client: Client, shop: Dealer, clerk: User) -> None:
    calculate_run(period=half("2026-11-H1"), actor=clerk, at=after("2026-11-H1"))
    client.force_login(factories.User(role=Role.FINANCE_APPROVER, language="en"))
    assert "this is not possible now" in text_of(client.post(f"{PAGE}approve/", follow=True))


def test_a_run_is_compared_with_the_like_half_and_names_what_is_odd(client: Client, shop: Dealer, clerk: User) -> None:
    no_tier = dealer("D9", tier=None, name="没有等级")
    sell(shop, "2026-10-H1", "4000")
    sell(no_tier, "2026-11-H1", "77")
    close("2026-10-H1")
    close("2026-10-H2")
    calculate_run(period=half("2026-11-H1"), actor=clerk, at=after("2026-11-H1"))
    page = text_of(client.get(PAGE))
    assert "2026-10-H1" in page
    assert 'value="-60.00"' in page  # 20 now against 80 then
    assert "Without a tier" in page
    assert "没有等级" in page


def test_no_page_of_an_unknown_half_month(client: Client, shop: Dealer, clerk: User) -> None:
    for period in ("2026-13-H1", "nonsense", "2026-12-H2"):
        assert client.get(f"/settlement-runs/{period}/").status_code == 404


def test_pages_ask_the_same_number_of_queries_for_10_and_60_dealers(client: Client, shop: Dealer, clerk: User) -> None:
    paths = (
        "/settlement-runs/",
        PAGE,
        "/finance-report/",
        "/statements/",
        "/ledger/",
        "/ledger/dealers/",
        "/ledger/postings/",
        "/",
    )
    counted = []
    for first, last, period in ((2, 11, "2026-11-H1"), (11, 61, "2026-11-H2")):
        for number in range(first, last):
            sell(dealer(f"D{number}"), period, "1000", known=after("2026-11-H1", -1))
        close(period, at=after(period) + timedelta(hours=1))
        counted.append([_queries(client, path.replace("2026-11-H1", period)) for path in paths])
    assert counted[0] == counted[1]


def _queries(client: Client, path: str) -> int:
    client.get(path)  # what is cached for half a minute is asked for once
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_reviewer_sees_what_stands_out_what_changed_and_what_came_late(
    client: Client, shop: Dealer, clerk: User
) -> None:
    close("2026-10-H2")
    with clock.as_if_at(after("2026-11-H1", 3)):
        calculate_run(period=half("2026-11-H1"), actor=None, at=after("2026-11-H1"))
        sell(shop, "2026-11-H1", "500", known=after("2026-11-H1", 2))
        assert "Sale lines, corrected or reported late" in text_of(client.get(PAGE))
        calculate_run(period=half("2026-11-H1"), actor=None, at=after("2026-11-H1", 3))
        assert "Since the draft before" in text_of(client.get(PAGE))
        assert "+¥10.00" in text_of(client.get(f"{PAGE}changes/?kind=rebate"))
        assert client.get(f"{PAGE}outliers/").status_code == 200


def test_ticking_off_leads_back_to_where_it_was_done(client: Client, shop: Dealer, clerk: User) -> None:
    sell(dealer("D0"), "2026-10-H2", "1000")
    close("2026-10-H2")
    with clock.as_if_at(after("2026-11-H1")):
        calculate_run(period=half("2026-11-H1"), actor=None, at=after("2026-11-H1"))
        assert "First payment ever: ¥20.00." in text_of(client.get(PAGE))
        answer = client.post(f"{PAGE}outliers/D1/", {"note": "已核", "next": PAGE}, follow=True)
        assert answer.redirect_chain[-1][0] == PAGE
        assert "已核" in text_of(answer)
        put_up_for_review(period=half("2026-11-H1"), actor=None, at=after("2026-11-H1"))
        client.force_login(factories.User(role=Role.FINANCE_APPROVER, language="en"))
        assert "have not been looked at" not in text_of(client.get(PAGE))


def test_halves_of_different_length_are_compared_a_day(client: Client, shop: Dealer, clerk: User) -> None:
    for period in ("2026-10-H2", "2026-11-H1"):
        close(period)
    with clock.as_if_at(after("2026-11-H2")):
        calculate_run(period=half("2026-11-H2"), actor=None, at=after("2026-11-H2"))
        assert "15 days against 16" in text_of(client.get("/settlement-runs/2026-11-H2/"))


def test_a_running_calculation_says_how_many_parts_are_done(client: Client, shop: Dealer, clerk: User) -> None:
    with clock.as_if_at(after("2026-11-H1")):
        client.post(f"{PAGE}calculate/")
        calculation = begin_calculation(
            period=half("2026-11-H1"), cutoff=None, shards=4, actor=clerk, at=after("2026-11-H1")
        )
        calculate_shard(calculation=calculation, number=0)
        JobRun.objects.update(state=JobState.RUNNING)
        assert "1 / 4" in text_of(client.get(PAGE))


@pytest.mark.parametrize(
    ("role", "led"), [(Role.FINANCE_CLERK, True), (Role.GENERAL_MANAGER, True), (Role.POLICY_MANAGER, False)]
)
def test_only_who_may_see_the_documents_of_a_half_month_is_led_to_them(
    client: Client, shop: Dealer, role: Role, led: bool
) -> None:
    close("2026-11-H1")
    client.force_login(factories.User(role=role))
    assert (f"{PAGE}documents/" in text_of(client.get(PAGE))) is led
    assert client.get(f"{PAGE}documents/").status_code == (200 if led else 403)
