"""Runs in shadow: other limits and versions beside the live ones, of which only the differences remain."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.models import JobRun, PolicyVersion
from settlement.choices import DifferenceKind
from settlement.errors import NothingOnTrial
from settlement.models import ShadowDifference, SignalFinding
from settlement.services.signals.asking import FIND_SIGNALS, make_trial, request_trial
from settlement.services.signals.running import answer_run
from tests import factories
from tests.breaches import AFTER, market
from tests.settlement.signal_stage import investigator, look, sold, trader

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER - timedelta(days=1)):
        market()
        yield


def stricter(amount: str) -> PolicyVersion:
    """A draft that asks for another amount in sales to dealers."""
    source = factories.POLICY_FILE.read_text(encoding="utf-8")
    signals = f'    signals: {{dealer_trades: {{least_amount: "{amount}"}}}}\n'
    source = source.replace("    forfeit: calendar_year\n", "    forfeit: calendar_year\n" + signals)
    return factories.PolicyVersion(source=source, state="draft", published_by=None, published_at=None, code="2027")


def tried(policy: PolicyVersion | None, **versions: int) -> list[tuple[str, str, str]]:
    run = answer_run(make_trial(at=AFTER, actor=None, policy=policy, versions=versions))
    rows = ShadowDifference.objects.filter(run=run).order_by("dealer__code")
    return [(row.kind, row.rule, row.dealer.code) for row in rows]


def test_only_differences_are_reported_and_nothing_is_recorded() -> None:
    sold(factories.Dealer(code="D1"), factories.Dealer(code="D2").uscc, "50000")
    trader("D3")
    assert tried(stricter("100000")) == [(DifferenceKind.ONLY_LIVE, "dealer_trades", "D3")]
    assert not SignalFinding.objects.exists()


def test_what_only_the_trial_finds_is_told_with_its_sentence() -> None:
    sold(factories.Dealer(code="D1"), factories.Dealer(code="D2").uscc, "5000")
    run = answer_run(make_trial(at=AFTER, actor=None, policy=stricter("10000"), versions={}))
    row = ShadowDifference.objects.get(run=run)
    assert (row.kind, row.live) == (DifferenceKind.ONLY_SHADOW, None)
    assert row.trial["params"]["amount"] == "¥15,000.00"
    assert run.counts == {"dealer_trades": {"differences": 1}}


def test_live_findings_stay_as_they_are() -> None:
    trader("D1")
    look()
    tried(stricter("100000"))
    assert SignalFinding.objects.get(rule="dealer_trades").gone_at is None


def test_a_version_on_trial_is_run_beside_the_live_one() -> None:
    assert tried(None, digits=2) == []
    with pytest.raises(NothingOnTrial):
        make_trial(at=AFTER, actor=None, policy=None, versions={"digits": 1})


def test_a_trial_broken_off_tells_each_difference_once() -> None:
    trader("D1")
    run = make_trial(at=AFTER, actor=None, policy=stricter("100000"), versions={})
    with pytest.raises(ZeroDivisionError):
        answer_run(run, on_progress=lambda percent: 1 // (percent < 50))
    answer_run(run)
    assert ShadowDifference.objects.filter(run=run).count() == 1


def test_an_investigator_asks_and_a_job_answers() -> None:
    run = request_trial(policy=stricter("100000"), versions={}, actor=investigator(), at=AFTER)
    assert JobRun.objects.get(task=FIND_SIGNALS).params == {"run": run.pk}
    with pytest.raises(NotPermitted):
        request_trial(policy=None, versions={"digits": 2}, actor=factories.User(role=Role.RISK_JUDGE), at=AFTER)
