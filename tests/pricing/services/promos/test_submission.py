"""Drafting and submitting: whose it is, how early, and with which deadline."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.models import AuditRecord, Notice
from pricing.choices import PromoState
from pricing.errors import LeadTooShort, PromoInvalid, PromoNotFound, PromoStateRefused
from pricing.rules.promo_content import PromoItemContent
from pricing.services.promos.drafts import change_promo, create_promo
from pricing.services.promos.legal import decide_legal
from pricing.services.promos.submission import submit_promo
from tests import factories
from tests.pricing.promo_stage import MONDAY, content, drafted, moment, stage, step_of, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return stage()


def test_a_dealer_s_draft_is_numbered_among_its_own(cast):
    first, second = drafted(cast.owner), drafted(cast.owner)
    assert [first.code, second.code] == ["PR-2605-D0001-001", "PR-2605-D0001-002"]
    assert first.applicant == cast.dealer
    assert list(first.dealers.all()) == [cast.dealer]
    assert first.state == PromoState.DRAFT


def test_hq_drafts_for_the_whole_company(cast):
    request = drafted(cast.marketing)
    assert request.code == "PR-2605-HQ-001"
    assert request.applicant is None


@pytest.mark.parametrize("role", [Role.LEGAL_REVIEWER, Role.AUDITOR, Role.GENERAL_MANAGER, Role.FINANCE_CLERK])
def test_other_offices_ask_for_no_promotion(cast, role):
    with pytest.raises(NotPermitted):
        drafted(factories.User(role=role))


def test_a_channel_manager_asks_for_its_own_regions_only(cast):
    city = factories.City(code="HZ")
    manager = factories.User(role=Role.CHANNEL_MANAGER, regions=[city.parent])
    assert drafted(manager, regions=("HZ",)).applicant is None
    for regions in ((), (factories.City().code,)):
        with pytest.raises(PromoInvalid):
            drafted(manager, regions=regions)


def test_every_unknown_name_is_named(cast):
    with pytest.raises(PromoInvalid) as refusal:
        create_promo(
            content=content(items=(PromoItemContent("NO-SUCH", Decimal(1)),), regions=("NOWHERE",), dealers=("D9999",)),
            actor=cast.marketing,
            at=MONDAY,
        )
    assert [(f.field, f.value) for f in refusal.value.findings] == [
        ("items.0.sku", "NO-SUCH"),
        ("regions", "NOWHERE"),
        ("dealers", "D9999"),
    ]


def test_a_dealer_cannot_name_another_dealer(cast):
    factories.Dealer(code="D0002")
    with pytest.raises(PromoInvalid):
        drafted(cast.owner, dealers=("D0002",))


def test_a_submission_goes_to_legal_with_its_content_kept(cast):
    request = submitted(cast.owner)
    step = step_of(request)
    assert request.state == PromoState.LEGAL_REVIEW
    assert step.authority == "legal_reviewer"
    assert step.submission.content["items"] == {"SKU-1": "880"}
    assert step.deadline["counted"] == ["2026-05-12"]
    assert step.due_at == moment("2026-05-13 00:00")


def test_the_reviewers_are_told_and_the_trail_says_who(cast):
    request = submitted(cast.owner)
    assert [notice.recipient for notice in Notice.objects.all()] == [cast.legal]
    actions = list(AuditRecord.objects.filter(subject_id=str(request.pk)).order_by("id").values_list("action", "actor"))
    assert actions == [("promo.draft", "owner"), ("promo.submit", "owner")]


def test_the_last_day_to_submit_is_five_working_days_before_the_start(cast):
    """Before Monday 1 June lie 25 to 29 May; a submission on Sunday the 24th leaves them whole."""
    assert submitted(cast.owner, at=moment("2026-05-24 23:59")).state == PromoState.LEGAL_REVIEW
    with pytest.raises(LeadTooShort) as refusal:
        submitted(cast.owner, at=moment("2026-05-25 00:00"))
    assert refusal.value.params == {
        "starts_on": "2026-06-01",
        "latest": "2026-05-24",
        "days": 5,
        "earliest": "2026-06-02",
    }


def test_deadlines_pass_over_the_spring_festival_and_count_its_make_up_saturday(cast):
    """Submitted on Friday 13 February 2026: Saturday the 14th is worked, the festival lasts to the 23rd."""
    friday = moment("2026-02-13 15:00")
    window = {"starts_on": date(2026, 3, 10), "ends_on": date(2026, 3, 12)}
    request = submitted(cast.owner, at=friday, budget=Decimal("300000"), **window)
    assert step_of(request).deadline["counted"] == ["2026-02-14"]
    decide_legal(code=request.code, decision="approve", reason="", actor=cast.legal, at=friday)
    deadline = step_of(request).deadline
    assert deadline["counted"] == ["2026-02-14", "2026-02-24", "2026-02-25"]
    assert deadline["skipped"] == [[f"2026-02-{day}", "holiday"] for day in range(15, 24)]
    assert deadline["provisional"] is False
    assert step_of(request).due_at == moment("2026-02-26 00:00")


def test_the_lead_passes_over_the_spring_festival_too(cast):
    """Before 27 February lie five working days: 13 (after submission on the 12th), 14, 24, 25, 26."""
    window = {"starts_on": date(2026, 2, 27), "ends_on": date(2026, 3, 1)}
    assert submitted(cast.owner, at=moment("2026-02-12 20:00"), **window).state == PromoState.LEGAL_REVIEW
    with pytest.raises(LeadTooShort):
        submitted(cast.owner, at=moment("2026-02-13 08:00"), **window)


def test_only_what_is_with_the_applicant_can_be_changed(cast):
    request = submitted(cast.owner)
    with pytest.raises(PromoStateRefused):
        change_promo(code=request.code, content=content(), actor=cast.owner, at=MONDAY)
    with pytest.raises(PromoStateRefused):
        submit_promo(code=request.code, actor=cast.owner, at=MONDAY)


def test_a_dealer_finds_no_request_of_another(cast):
    request = drafted(cast.owner)
    stranger = factories.User(role=Role.DEALER_OWNER)
    with pytest.raises(PromoNotFound):
        submit_promo(code=request.code, actor=stranger, at=MONDAY)


def test_hq_does_not_submit_for_a_dealer(cast):
    request = submitted(cast.owner)
    decide_legal(code=request.code, decision="return", reason="改一改", actor=cast.legal, at=MONDAY)
    with pytest.raises(NotPermitted):
        submit_promo(code=request.code, actor=cast.marketing, at=MONDAY)


def test_a_director_leaves_the_drafts_of_colleagues_alone(cast):
    """Touching them would make the director a proposer unseen."""
    request = drafted(cast.marketing)
    with pytest.raises(NotPermitted):
        change_promo(code=request.code, content=content(), actor=cast.director, at=MONDAY)


def test_a_resubmission_is_scanned_and_numbered_anew(cast):
    request = submitted(cast.owner, ad_copy="全网最低价")
    decide_legal(code=request.code, decision="return", reason="有绝对化用语", actor=cast.legal, at=MONDAY)
    change_promo(code=request.code, content=content(ad_copy="夏日好价"), actor=cast.owner, at=MONDAY)
    submit_promo(code=request.code, actor=cast.owner, at=MONDAY + timedelta(hours=1))
    numbers = [submission.number for submission in request.submissions.order_by("number")]
    assert numbers == [1, 2]
    assert step_of(request).findings == []
