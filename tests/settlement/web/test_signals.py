"""The pages of the signals: who opens them, what they say, and what can be done there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from settlement.models import Case, SignalRun, SignalSuppression
from settlement.services.signals.asking import make_trial
from settlement.services.signals.running import answer_run
from tests import factories
from tests.breaches import AFTER, market
from tests.settlement.signal_stage import look, sold, the_finding, trader
from tests.visitors import visitor

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER - DAY):
        market()
    with time_machine.travel(AFTER + DAY):
        yield


def found() -> Any:
    with time_machine.travel(AFTER - DAY):
        dealer = trader()
    look()
    return the_finding(dealer)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.RISK_INVESTIGATOR, 200),
        (Role.RISK_JUDGE, 200),
        (Role.AUDITOR, 200),
        (Role.CHANNEL_MANAGER, 403),
        (Role.FINANCE_APPROVER, 403),
        (Role.DEALER_OWNER, 403),
    ],
)
def test_who_opens_them(role: Role, status: int) -> None:
    finding = found()
    client = visitor(role, dealer=finding.dealer)
    pages = ("/signals/", f"/signals/{finding.pk}/", "/signals/suppressions/", "/signals/runs/")
    for page in (*pages, f"/signals/runs/{SignalRun.objects.get().pk}/"):
        assert client.get(page).status_code == status


def test_the_list_shows_the_sentence_and_costs_the_same_for_any_number() -> None:
    finding = found()
    client = visitor(Role.RISK_JUDGE)
    told = client.get("/signals/").content.decode()
    assert "3 sale lines of 2026 quarter 4 over ¥36,000.00" in told and finding.dealer.code in told

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/signals/")
        return len(queries)

    asked()
    before = asked()
    with time_machine.travel(AFTER - DAY):
        for number in range(2, 6):
            trader(f"D{number}")
    look()
    assert asked() == before


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", True),
        ("?q=D1", True),
        ("?q=nobody", False),
        ("?rule=circles", False),
        ("?rule=dealer_trades", True),
        ("?state=gone", False),
        ("?state=suppressed", False),
        ("?state=", True),
    ],
)
def test_the_list_is_narrowed(query: str, shown: bool) -> None:
    found()
    assert ("3 sale lines of" in visitor(Role.AUDITOR).get(f"/signals/{query}").content.decode()) is shown


def test_a_finding_says_which_of_its_lines_were_revised_since() -> None:
    finding = found()
    client = visitor(Role.RISK_INVESTIGATOR)
    assert "revised since" not in client.get(f"/signals/{finding.pk}/").content.decode().lower()
    with time_machine.travel(AFTER + DAY):
        sold(finding.dealer, "13800000000", "11000", lines=1, revision=2)
    told = client.get(f"/signals/{finding.pk}/").content.decode()
    assert "Lines of the evidence that were revised since: 1." in told
    assert "says 1 at" in told and "11,000.00" in told and "12,000.00" in told
    assert client.get("/signals/0/").status_code == 404


def test_a_rule_is_suppressed_and_the_suppression_lifted() -> None:
    finding = found()
    client = visitor(Role.RISK_INVESTIGATOR)
    form = {"dealer": finding.dealer.code, "rule": finding.rule, "last_day": "2026-12-31", "reason": "own branch"}
    client.post("/signals/suppressions/new/", form)
    assert "Suppressed" in client.get(f"/signals/{finding.pk}/").content.decode()
    assert "3 sale lines of" not in client.get("/signals/").content.decode()
    assert "3 sale lines of" in client.get("/signals/?state=suppressed").content.decode()
    assert "own branch" in visitor(Role.AUDITOR).get("/signals/suppressions/").content.decode()
    made = SignalSuppression.objects.get()
    client.post(f"/signals/suppressions/{made.pk}/lift/", {"reason": "sold"})
    assert "3 sale lines of" in client.get("/signals/").content.decode()
    assert "own branch" in client.get("/signals/suppressions/?state=over").content.decode()


def test_what_cannot_be_suppressed_is_said() -> None:
    finding = found()
    client = visitor(Role.RISK_INVESTIGATOR)
    form = {"dealer": finding.dealer.code, "rule": finding.rule, "last_day": "2028-12-31", "reason": "own branch"}
    told = client.post("/signals/suppressions/new/", form, follow=True).content.decode()
    assert "at the latest in 180 days" in told and not SignalSuppression.objects.exists()
    assert visitor(Role.RISK_JUDGE).post("/signals/suppressions/new/", form).status_code == 403


def test_a_case_is_opened_with_the_chosen_ones() -> None:
    finding = found()
    client = visitor(Role.RISK_INVESTIGATOR)
    told = client.post("/signals/open-case/", {"signal": [finding.pk], "reason": "look"}, follow=True).content.decode()
    case = Case.objects.get()
    assert case.number in told and "name dealers as end customers" in told
    assert case.number in client.get("/signals/?state=in_case").content.decode()
    piece = case.evidence.get()
    assert "S1" in client.get(f"/cases/{case.number}/evidence/{piece.pk}/").content.decode()
    told = client.post("/signals/open-case/", {"reason": "look"}, follow=True).content.decode()
    assert "Choose at least one signal" in told


def test_a_trial_shows_its_differences_and_a_live_run_is_asked_for() -> None:
    found()
    source = factories.POLICY_FILE.read_text(encoding="utf-8")
    limits = '    signals: {dealer_trades: {least_amount: "100000"}}\n'
    source = source.replace("    forfeit: calendar_year\n", "    forfeit: calendar_year\n" + limits)
    policy = factories.PolicyVersion(source=source, state="draft", published_by=None, published_at=None, code="2027")
    trial = answer_run(make_trial(at=AFTER, actor=None, policy=policy, versions={}))
    client = visitor(Role.RISK_INVESTIGATOR)
    told = client.get(f"/signals/runs/{trial.pk}/").content.decode()
    assert "The trial misses it" in told and "3 sale lines of" in told
    assert client.post("/signals/runs/look/").status_code == 302
    assert client.post("/signals/runs/try/", {"policy": policy.pk}).status_code == 302
    assert SignalRun.objects.count() == 4
    told = client.post("/signals/runs/try/", {"policy": ""}, follow=True).content.decode()
    assert "Nothing would differ" in told
