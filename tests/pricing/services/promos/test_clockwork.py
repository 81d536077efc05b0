"""Withdrawing, starting, ending, and being late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dealers.choices import Role
from dealers.foundation.work_calendar import WorkCalendar
from dealers.foundation.working_days import load_state_council_calendar
from dealers.models import AuditRecord, JobRun, Notice
from pricing.choices import PromoState, Verdict
from pricing.errors import Objected, PromoNotFound
from pricing.models import PromoEscalation, PromoStep, SaleLine
from pricing.services.promos import clockwork
from pricing.services.promos.budget import decide_budget
from pricing.services.promos.clockwork import advance_promotions
from pricing.services.promos.effects import promo_prices_changed
from pricing.services.promos.withdrawal import withdraw_promo
from tests import factories
from tests.pricing.promo_stage import MONDAY, approved, drafted, in_budget_review, moment, stage, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return stage()


def test_an_approved_promotion_starts_and_ends_with_its_days(cast):
    request = approved(cast.owner, cast.legal, cast.director)
    seen = []
    for text in ("2026-05-31 23:59", "2026-06-01 00:00", "2026-06-07 23:59", "2026-06-08 00:00"):
        advance_promotions(at=moment(text))
        request.refresh_from_db()
        seen.append(request.state)
    assert seen == ["approved", "running", "running", "ended"]


def test_a_second_run_moves_nothing(cast):
    approved(cast.owner, cast.legal, cast.director)
    at = moment("2026-06-20 08:00")
    assert advance_promotions(at=at).moved == 1
    assert advance_promotions(at=at).moved == 0
    assert AuditRecord.objects.filter(action="promo.ended", actor="system").count() == 1


def test_a_late_review_is_called_out_once_and_never_approved(cast):
    request = submitted(cast.owner)
    at = moment("2026-05-13 00:00")
    assert advance_promotions(at=at).late == 2  # legal, and the director above
    assert advance_promotions(at=moment("2026-05-13 23:59")).late == 0
    request.refresh_from_db()
    assert request.state == PromoState.LEGAL_REVIEW
    late = [notice for notice in Notice.objects.all() if notice.params["reason"] == "promo_late"]
    assert {notice.recipient for notice in late} == {cast.legal, cast.director}


def test_a_review_that_stays_late_reaches_the_next_office_up_once(cast):
    request = submitted(cast.owner)
    advance_promotions(at=moment("2026-05-13 00:00"))
    assert advance_promotions(at=moment("2026-05-14 00:00")).late == 2  # legal again, and the general manager
    assert advance_promotions(at=moment("2026-07-01 00:00")).late == 0
    levels = PromoEscalation.objects.order_by("level").values_list("level", "office", "told")
    assert list(levels) == [(1, "marketing_director", 2), (2, "general_manager", 2)]
    request.refresh_from_db()
    assert request.state == PromoState.LEGAL_REVIEW


def test_a_sweep_that_missed_days_calls_out_every_level(cast):
    submitted(cast.owner)
    assert advance_promotions(at=moment("2026-07-01 00:00")).late == 4
    assert AuditRecord.objects.filter(action="promo.escalate").count() == 2


def test_a_withdrawal_before_the_start_takes_the_effect_away(cast):
    request = approved(cast.owner, cast.legal, cast.director)
    at = moment("2026-05-31 23:59")
    request = withdraw_promo(code=request.code, actor=cast.owner, at=at)
    assert (request.state, request.withdrawn_at) == (PromoState.WITHDRAWN, at)
    advance_promotions(at=moment("2026-06-02 00:00"))
    request.refresh_from_db()
    assert request.state == PromoState.WITHDRAWN


def test_a_started_promotion_cannot_be_withdrawn(cast):
    request = approved(cast.owner, cast.legal, cast.director)
    with pytest.raises(Objected) as refusal:
        withdraw_promo(code=request.code, actor=cast.owner, at=moment("2026-06-01 00:00"))
    assert refusal.value.code == "promo_started"


def test_a_withdrawn_request_leaves_the_review(cast):
    request = submitted(cast.owner)
    withdraw_promo(code=request.code, actor=cast.owner, at=MONDAY)
    assert advance_promotions(at=moment("2026-06-01 00:00")).late == 0


def test_another_dealer_cannot_withdraw_it(cast):
    request = drafted(cast.owner)
    with pytest.raises(PromoNotFound):
        withdraw_promo(code=request.code, actor=factories.User(role=Role.DEALER_OWNER), at=MONDAY)


def test_a_provisional_deadline_is_counted_again_when_the_calendar_comes(cast, monkeypatch):
    """Without a calendar 1 May 2026 looks like any Friday; with it the holiday is passed over."""
    known = load_state_council_calendar()
    unknown = WorkCalendar(version="none", covers_until=date(2026, 1, 1))
    monkeypatch.setattr("pricing.services.promos.submission.current_calendar", lambda: unknown)
    submitted(cast.owner, at=moment("2026-04-30 10:00"))
    step = PromoStep.objects.get()
    assert (step.deadline["provisional"], step.deadline["counted"]) == (True, ["2026-05-01"])
    monkeypatch.setattr(clockwork, "current_calendar", lambda: replace(known, version="2026 as published"))
    assert advance_promotions(at=moment("2026-04-30 12:00")).reckoned == 1
    step.refresh_from_db()
    assert (step.deadline["provisional"], step.deadline["counted"]) == (False, ["2026-05-06"])
    assert step.due_at == moment("2026-05-07 00:00")


def test_lines_reported_ahead_of_the_clock_are_judged_again(cast):
    """A sale dated minutes after the approval, in a promotion approved on its first day."""
    approval = moment("2026-06-01 10:00")
    request = in_budget_review(cast.owner, cast.legal)
    assert promo_prices_changed(request, since=approval, at=approval) is False
    SaleLine.objects.create(
        dealer=cast.dealer,
        doc_no="SO-1",
        line_no=1,
        product=cast.product,
        region=cast.dealer.home_region,
        sold_at=moment("2026-06-01 10:05"),
        sold_on=date(2026, 6, 1),
        quantity=1,
        unit_price=880,
        verdict=Verdict.BELOW_FLOOR,
        reported_at=approval,
        known_from=approval,
        delivery_id=1,
    )
    decide_budget(code=request.code, decision="approve", reason="", actor=cast.director, at=approval)
    job = JobRun.objects.get(task="pricing.rejudge")
    assert job.params == {"products": [cast.product.pk], "first_day": "2026-06-01", "last_day": "2026-06-01"}
