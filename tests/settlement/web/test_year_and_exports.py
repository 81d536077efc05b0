"""The year of half-months, what a half-month is compared with, and exports written in the background."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from dealers.choices import JobState, Role
from dealers.foundation import clock
from dealers.models import JobRun
from settlement.models import PreparedExport
from settlement.services.exports import forget_exports
from settlement.tasks import write_large_export
from tests import factories
from tests.settlement.world import after, calculate, close, dealer, half, sell
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db
#: 2026-10-H2 has 16 days, 2026-02-H2 has 13.
LAST_YEAR, SHORT, BEFORE, FIRST, SECOND = "2025-10-H2", "2026-02-H2", "2026-09-H2", "2026-10-H1", "2026-10-H2"


@pytest.fixture(autouse=True)
def history() -> None:
    factories.PolicyVersion(valid=(half("2025-01-H1").start, None))
    shop = dealer("D1", since="2025-01-H1")
    sell(shop, LAST_YEAR, "1000")
    sell(shop, FIRST, "2000")
    sell(shop, SECOND, "3000")
    for period in (LAST_YEAR, SHORT, BEFORE):
        calculate(period)
    close(FIRST)
    close(SECOND)


def year_of(browser: Any, year: int) -> list[dict[str, Any]]:
    with clock.as_if_at(after(SECOND, 5)):
        answer = browser.get("/finance-report/year.json", {"year": year})
    rows: list[dict[str, Any]] = json.loads(b"".join(answer.streaming_content))
    return rows


def test_a_year_shows_each_half_month_beside_the_same_one_a_year_before() -> None:
    rows = {row["period"]: row for row in year_of(visitor(Role.AUDITOR), 2026)}
    october = rows[SECOND]
    assert (october["total"], october["total_year_before"], october["difference"]) == ("60.00", "20.00", "40.00")
    # 60.00 over 16 days; the first half earned 40.00 over 15.
    assert (october["days"], october["total_per_day"], rows[FIRST]["total_per_day"]) == (16, "3.75", "2.67")
    assert rows[SHORT]["days"] == 13 and rows[FIRST]["total_year_before"] is None


def test_the_page_of_a_year_shows_its_sum_and_leads_to_the_statements() -> None:
    with clock.as_if_at(after(SECOND, 5)):
        text = visitor(Role.FINANCE_CLERK).get("/finance-report/year/").content.decode()
    assert "¥100.00" in text and f"/statements/?period={SECOND}&amp;kind=rebate" in text


def test_the_page_of_a_year_asks_the_same_however_many_dealers_there_are() -> None:
    def queries() -> int:
        browser = visitor(Role.AUDITOR)
        browser.get("/finance-report/year/")
        with clock.as_if_at(after("2026-11-H2", 5)), CaptureQueriesContext(connection) as counted:
            browser.get("/finance-report/year/", {"year": "2026"})
        return len(counted)

    few = queries()
    for number in range(2, 8):
        sell(dealer(f"D{number}"), "2026-11-H1", "500")
    close("2026-11-H1")
    assert queries() == few


@pytest.mark.parametrize("year", ["", "x", "99999999999", "0", "２０２６"])
def test_a_year_that_is_none_shows_the_present_one(year: str) -> None:
    with clock.as_if_at(after(SECOND, 5)):
        answer = visitor(Role.AUDITOR).get("/finance-report/year/", {"year": year})
    assert (answer.status_code, answer.context["year"]) == (200, 2026)


def test_a_half_month_is_compared_with_the_month_before_or_the_year_before() -> None:
    browser = visitor(Role.AUDITOR)

    def compared(against: str) -> tuple[str, str]:
        answer = browser.get("/finance-report/export.json", {"period": SECOND, "against": against})
        rows = json.loads(b"".join(answer.streaming_content))  # type: ignore[arg-type]
        return rows[-1]["compared_with"], rows[-1]["difference"]

    assert compared("half") == (BEFORE, "60.00")
    assert compared("year") == (LAST_YEAR, "40.00")
    assert browser.get("/finance-report/", {"period": SECOND, "against": "year"}).context["before"].period == LAST_YEAR


def exported(kind: str, written: str) -> PreparedExport:
    person = factories.User(role=Role.FINANCE_CLERK, language="en")
    browser = signed_in(person)
    asked = {"kind": kind, "written": written, "first": FIRST, "last": SECOND}
    with clock.as_if_at(after(SECOND, 5)):
        browser.post("/finance-exports/ask/", asked)
        job = JobRun.objects.get(task="settlement.write_export")
        assert 'hx-trigger="every 2s"' in browser.get("/finance-exports/").content.decode()
        write_large_export(job_id=job.pk)
        write_large_export(job_id=job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE
        made = PreparedExport.objects.get()
        assert made.name in browser.get("/finance-exports/").content.decode()
        assert browser.get(f"/finance-exports/{made.pk}/").content == bytes(made.content or b"")
    assert visitor(Role.FINANCE_CLERK).get(f"/finance-exports/{made.pk}/").status_code == 404
    return made


def test_lines_of_several_half_months_are_written_as_a_packed_csv() -> None:
    made = exported("lines", "csv")
    with zipfile.ZipFile(io.BytesIO(bytes(made.content or b""))) as archive:
        text = archive.read(archive.namelist()[0]).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["period"], row["dealer"], row["amount"]) for row in rows] == [
        (FIRST, "D1", "40.00"),
        (SECOND, "D1", "60.00"),
    ]
    assert made.rows == 2 and "2%" in rows[0]["explanation"]


@pytest.mark.parametrize(("kind", "rows"), [("statements", 2), ("figures", 8)])
def test_the_other_exports_open_as_a_workbook(kind: str, rows: int) -> None:
    made = exported(kind, "xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(bytes(made.content or b""))).get_sheet_by_index(0)
    told = sheet.to_python()
    assert len(told) == rows + 1 == made.rows + 1 and told[1][0] == FIRST


def test_a_file_nobody_fetched_is_taken_away_after_its_days() -> None:
    made = exported("statements", "csv")
    assert forget_exports(at=made.requested_at + timedelta(days=6)) == 0
    assert forget_exports(at=made.requested_at + timedelta(days=8)) == 1
    assert forget_exports(at=made.requested_at + timedelta(days=8)) == 0
    made.refresh_from_db()
    assert made.content is None and made.finished_at is not None


@pytest.mark.parametrize(
    "wrong", [{"first": SECOND, "last": FIRST}, {"written": "exe"}, {"first": "2030-01-H1", "last": "2030-01-H1"}]
)
def test_an_export_of_nothing_is_refused_with_a_reason(wrong: dict[str, str]) -> None:
    asked = {"kind": "lines", "written": "csv", "first": FIRST, "last": SECOND} | wrong
    answer = visitor(Role.AUDITOR).post("/finance-exports/ask/", asked, follow=True)
    assert "nothing can be exported" in answer.content.decode() and not PreparedExport.objects.exists()


def test_who_may_not_export_does_not() -> None:
    assert visitor(Role.CHANNEL_MANAGER).get("/finance-exports/").status_code == 403
    assert visitor(Role.POLICY_MANAGER).post("/finance-exports/ask/", {}).status_code == 403
