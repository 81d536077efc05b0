"""The pages on which a policy is tried out: asked by some, answered by a job, read by HQ's money people only."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import JobState, Role
from dealers.foundation import clock
from dealers.models import JobRun, PolicyVersion
from settlement.models import Backtest
from settlement.tasks import run_backtest
from tests import factories
from tests.settlement.world import after, close, dealer, sell
from tests.visitors import visitor

pytestmark = pytest.mark.django_db
FIRST, SECOND = "2026-10-H1", "2026-10-H2"
ASKED = {"first": FIRST, "last": SECOND}


@pytest.fixture(autouse=True)
def history() -> None:
    factories.PolicyVersion()
    sell(dealer("D1"), FIRST, "1000")
    sell(dealer("D2", "T2"), SECOND, "1000")
    close(FIRST)
    close(SECOND)


def asked_and_answered() -> Backtest:
    browser = visitor(Role.POLICY_MANAGER)
    with clock.as_if_at(after(SECOND, 5)):
        browser.post("/backtests/ask/", ASKED | {"version": PolicyVersion.objects.get().pk})
        run_backtest(job_id=JobRun.objects.get(task="settlement.backtest").pk)
    return Backtest.objects.get()


def test_a_policy_manager_asks_watches_and_reads_the_answer() -> None:
    browser = visitor(Role.POLICY_MANAGER)
    version = PolicyVersion.objects.get()
    with clock.as_if_at(after(SECOND, 5)):
        answer = browser.post("/backtests/ask/", ASKED | {"version": version.pk})
        page = answer["Location"]
        assert 'hx-trigger="every 2s"' in browser.get(page).content.decode()
        job = JobRun.objects.get(task="settlement.backtest")
        run_backtest(job_id=job.pk)
        run_backtest(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    text = browser.get(page).content.decode()
    # 2 % of 1,000 for D1 and 1.5 % for D2, settled and tried alike.
    assert text.count("¥35.00") >= 2 and "D1" in text and "D2" in text
    assert str(version) in browser.get("/backtests/").content.decode()


def test_the_answer_is_narrowed_by_dealer_and_kind_and_exported() -> None:
    asked = asked_and_answered()
    browser = visitor(Role.AUDITOR)
    page = browser.get(f"/backtests/{asked.pk}/", {"q": "D2", "kind": "rebate", "order": "loss"})
    assert [row["code"] for row in page.context["page"]] == ["D2"]
    written = b"".join(browser.get(f"/backtests/{asked.pk}/rows.csv").streaming_content)  # type: ignore[arg-type]
    rows = list(csv.DictReader(StringIO(written.decode("utf-8-sig"))))
    assert [(row["dealer"], row["period"], row["settled"], row["would_be"]) for row in rows] == [
        ("D1", FIRST, "20.00", "20.00"),
        ("D2", SECOND, "15.00", "15.00"),
    ]


def test_the_page_asks_no_more_when_there_are_more_dealers() -> None:
    def queries() -> int:
        asked = Backtest.objects.order_by("-pk")[0]
        browser = visitor(Role.AUDITOR)
        browser.get("/backtests/")
        with CaptureQueriesContext(
            connection,
        ) as counted:
            browser.get(f"/backtests/{asked.pk}/")
        return len(counted)

    asked_and_answered()
    few = queries()
    Backtest.objects.all().delete()
    JobRun.objects.all().delete()
    for number in range(3, 12):
        sell(dealer(f"D{number}"), "2026-11-H1", "1000")
    with clock.as_if_at(after("2026-11-H1", 5)):
        version = PolicyVersion.objects.get().pk
        visitor(Role.POLICY_MANAGER).post("/backtests/ask/", {"first": FIRST, "last": "2026-11-H1", "version": version})
        run_backtest(job_id=JobRun.objects.get(task="settlement.backtest").pk)
    assert queries() == few


@pytest.mark.parametrize("wrong", [{"version": "x"}, {"version": "9" * 30}, {"version": ""}])
def test_a_version_that_does_not_exist_is_not_found(wrong: dict[str, str]) -> None:
    assert visitor(Role.POLICY_MANAGER).post("/backtests/ask/", ASKED | wrong).status_code == 404
    assert not Backtest.objects.exists()


def test_a_stretch_that_has_not_begun_is_refused_on_the_page() -> None:
    browser = visitor(Role.POLICY_MANAGER)
    with clock.as_if_at(after(SECOND, 5)):
        asked = {"first": SECOND, "last": "2026-12-H1", "version": PolicyVersion.objects.get().pk}
        answer = browser.post("/backtests/ask/", asked, follow=True)
    assert "2026-12-H1" in answer.content.decode() and not Backtest.objects.exists()


@pytest.mark.parametrize("role", [Role.CHANNEL_MANAGER, Role.RISK_JUDGE, Role.DEALER_OWNER])
def test_others_see_nothing(role: Role) -> None:
    given = {"dealer": dealer("D7")} if role == Role.DEALER_OWNER else {}
    browser = visitor(role, **given)
    assert browser.get("/backtests/").status_code in (403, 404)
    assert browser.post("/backtests/ask/", ASKED).status_code in (403, 404)


def test_the_auditor_reads_and_does_not_ask() -> None:
    browser = visitor(Role.AUDITOR)
    assert browser.get("/backtests/").status_code == 200
    assert browser.post("/backtests/ask/", ASKED | {"version": PolicyVersion.objects.get().pk}).status_code == 403
