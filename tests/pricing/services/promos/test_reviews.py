"""Legal review, budget review, votes: who decides, and who may not."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.models import AuditRecord, WebhookEvent
from pricing.choices import PromoState
from pricing.errors import (
    AlreadyVoted,
    HitsUncleared,
    HitUnknown,
    Objected,
    PromoStateRefused,
    QuorumMissing,
    ReasonMissing,
    StepDecided,
    UnknownDecision,
    WindowOver,
)
from pricing.services.promos.budget import close_meeting, decide_budget
from pricing.services.promos.legal import clear_hit, decide_legal
from pricing.services.promos.submission import submit_promo
from tests import factories
from tests.pricing.promo_stage import MONDAY, drafted, in_budget_review, moment, stage, step_of, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return stage()


def decide(request, actor, decision="approve", reason="", at=MONDAY):
    return decide_budget(code=request.code, decision=decision, reason=reason, actor=actor, at=at)


def test_every_wording_found_is_cleared_before_legal_passes_it(cast):
    request = submitted(cast.owner, ad_copy="全网最低价，顶级画质")
    assert [finding["text"] for finding in step_of(request).findings] == ["全网最低价", "顶级"]
    clear_hit(code=request.code, hit=0, note="系列名称", actor=cast.legal, at=MONDAY)
    with pytest.raises(HitsUncleared) as refusal:
        decide_legal(code=request.code, decision="approve", reason="", actor=cast.legal, at=MONDAY)
    assert refusal.value.params == {"count": 1}
    clear_hit(code=request.code, hit=1, actor=cast.legal, at=MONDAY, note="产品线名称")
    request = decide_legal(code=request.code, decision="approve", reason="", actor=cast.legal, at=MONDAY)
    assert request.state == PromoState.BUDGET_REVIEW
    cleared = AuditRecord.objects.filter(action="promo.legal.clear_wording")
    assert [record.after["wording"] for record in cleared.order_by("id")] == ["全网最低价", "顶级"]


def test_wordings_can_be_cleared_with_the_decision_each_by_its_number(cast):
    request = submitted(cast.owner, ad_copy="全网最低价，顶级画质")
    request = decide_legal(
        code=request.code, decision="approve", reason="均为系列名称", actor=cast.legal, at=MONDAY, cleared=[0, 1]
    )
    assert request.state == PromoState.BUDGET_REVIEW


def test_a_wording_that_was_not_found_cannot_be_cleared(cast):
    request = submitted(cast.owner, ad_copy="顶级画质")
    with pytest.raises(HitUnknown):
        clear_hit(code=request.code, hit=1, note="系列名称", actor=cast.legal, at=MONDAY)


@pytest.mark.parametrize("decision", ["reject", "return"])
def test_a_refusal_needs_its_reason(cast, decision):
    request = submitted(cast.owner)
    with pytest.raises(ReasonMissing):
        decide_legal(code=request.code, decision=decision, reason="  ", actor=cast.legal, at=MONDAY)


def test_a_decision_is_one_of_three_words(cast):
    request = submitted(cast.owner)
    with pytest.raises(UnknownDecision):
        decide_legal(code=request.code, decision="maybe", reason="", actor=cast.legal, at=MONDAY)


def test_only_legal_decides_legal(cast):
    request = submitted(cast.owner)
    for person in (cast.director, cast.manager, cast.members[0], cast.auditor, cast.marketing):
        with pytest.raises(Objected) as refusal:
            decide_legal(code=request.code, decision="approve", reason="", actor=person, at=MONDAY)
        assert (refusal.value.code, refusal.value.status) == ("not_the_authority", 403)


@pytest.mark.parametrize(
    ("budget", "authority", "counted"),
    [
        ("100000.00", "marketing_director", ["2026-05-12"]),
        ("100000.01", "general_manager", ["2026-05-12", "2026-05-13", "2026-05-14"]),
        ("500000.00", "general_manager", ["2026-05-12", "2026-05-13", "2026-05-14"]),
        (
            "500000.01",
            "gm_office_meeting",
            ["2026-05-12", "2026-05-13", "2026-05-14", "2026-05-15", "2026-05-18"],
        ),
    ],
)
def test_the_budget_goes_to_the_authority_of_the_policy(cast, budget, authority, counted):
    request = in_budget_review(cast.owner, cast.legal, budget=Decimal(budget))
    step = step_of(request)
    assert step.authority == authority
    assert step.deadline["counted"] == counted
    assert step.routing["policy"].startswith("2026")


def test_requests_whose_windows_touch_are_decided_together(cast):
    earlier = submitted(cast.owner, budget=Decimal("60000"))
    request = in_budget_review(
        cast.owner, cast.legal, budget=Decimal("60000"), starts_on=date(2026, 6, 8), ends_on=date(2026, 6, 12)
    )
    step = step_of(request)
    assert step.authority == "general_manager"
    assert step.routing["amount"] == "120000.00"
    assert [added["code"] for added in step.routing["added"]] == [earlier.code]


def test_drafts_rejections_and_other_applicants_are_not_added(cast):
    drafted(cast.owner, budget=Decimal("60000"))
    rejected = submitted(cast.owner, budget=Decimal("60000"))
    decide_legal(code=rejected.code, decision="reject", reason="不合规", actor=cast.legal, at=MONDAY)
    submitted(factories.User(role=Role.DEALER_OWNER), budget=Decimal("60000"))
    submitted(cast.marketing, budget=Decimal("60000"))
    request = in_budget_review(cast.owner, cast.legal, budget=Decimal("60000"))
    assert step_of(request).routing["added"] == []
    assert step_of(request).authority == "marketing_director"


def test_a_province_and_its_city_are_added_together(cast):
    city = factories.City(code="HZ")
    submitted(cast.owner, budget=Decimal("60000"), regions=(city.parent.code,))
    request = in_budget_review(cast.owner, cast.legal, budget=Decimal("60000"), regions=("HZ",))
    assert step_of(request).authority == "general_manager"


def test_an_approval_says_when(cast):
    request = in_budget_review(cast.owner, cast.legal)
    at = MONDAY + timedelta(hours=3)
    request = decide(request, cast.director, at=at)
    request.refresh_from_db()
    assert (request.state, request.approved_at) == (PromoState.APPROVED, at)
    news = WebhookEvent.objects.filter(kind="promo.decided").latest("id")
    assert (news.dealer_id, news.data["state"]) == (request.applicant_id, "approved")


def test_a_higher_office_does_not_decide_a_lower_step(cast):
    request = in_budget_review(cast.owner, cast.legal)
    with pytest.raises(Objected) as refusal:
        decide(request, cast.manager)
    assert refusal.value.code == "not_the_authority"


def test_nobody_decides_their_own(cast):
    """The director drafted it, a colleague submitted it; a second director decides, not the first."""
    second = factories.User(role=Role.MARKETING_DIRECTOR)
    request = drafted(cast.director)
    submit_promo(code=request.code, actor=cast.marketing, at=MONDAY)
    decide_legal(code=request.code, decision="approve", reason="", actor=cast.legal, at=MONDAY)
    with pytest.raises(Objected) as refusal:
        decide(request, cast.director)
    assert (refusal.value.code, refusal.value.status) == ("own_request", 403)
    assert decide(request, second).state == PromoState.APPROVED


def test_the_general_manager_decides_when_the_only_director_asks(cast):
    request = in_budget_review(cast.director, cast.legal)
    step = step_of(request)
    assert step.authority == "general_manager"
    assert step.routing["passed_over"] == ["marketing_director"]


def test_who_decided_legal_has_no_say_in_the_budget(cast):
    request = in_budget_review(cast.owner, cast.legal)
    cast.legal.role = Role.MARKETING_DIRECTOR
    cast.legal.save()
    with pytest.raises(Objected) as refusal:
        decide(request, cast.legal)
    assert refusal.value.code == "decided_the_legal_review"


def test_a_second_decision_hears_who_was_quicker(cast):
    request = in_budget_review(cast.owner, cast.legal)
    decide(request, cast.director)
    with pytest.raises(StepDecided) as refusal:
        decide(request, factories.User(role=Role.MARKETING_DIRECTOR), "reject", "不同意")
    assert str(cast.director) in str(refusal.value)


def test_a_decision_never_falls_on_a_later_step_than_the_one_seen(cast):
    request = submitted(cast.owner)
    seen = step_of(request).pk
    decide_legal(code=request.code, decision="return", reason="改", actor=cast.legal, at=MONDAY)
    submit_promo(code=request.code, actor=cast.owner, at=MONDAY)
    with pytest.raises(PromoStateRefused):
        decide_legal(code=request.code, decision="approve", reason="", actor=cast.legal, at=MONDAY, step_id=seen)


def test_a_promotion_that_is_over_can_no_longer_be_approved(cast):
    request = in_budget_review(cast.owner, cast.legal)
    with pytest.raises(WindowOver):
        decide(request, cast.director, at=moment("2026-06-08 00:00"))
    assert decide(request, cast.director, at=moment("2026-06-07 23:00")).state == PromoState.APPROVED


@pytest.fixture
def large(cast):
    """A request for the office meeting of four: the general manager and three members."""
    return in_budget_review(cast.owner, cast.legal, budget=Decimal("600000"))


def test_three_votes_of_four_for_it_approve(cast, large):
    for member in cast.members[:2]:
        assert decide(large, member).state == PromoState.BUDGET_REVIEW
    assert decide(large, cast.members[2]).state == PromoState.APPROVED


def test_half_of_the_office_against_it_rejects(cast, large):
    decide(large, cast.members[0])
    decide(large, cast.members[1], "reject", "预算过高")
    assert decide(large, cast.manager, "reject", "预算过高").state == PromoState.REJECTED


def test_the_quorum_is_needed_whatever_the_majority(cast):
    """Of an office of three, two votes for it are a majority and yet not enough."""
    cast.members[2].delete()
    request = in_budget_review(cast.owner, cast.legal, budget=Decimal("600000"))
    decide(request, cast.members[0])
    assert decide(request, cast.members[1]).state == PromoState.BUDGET_REVIEW
    assert decide(request, cast.manager).state == PromoState.APPROVED


def test_a_member_votes_once(cast, large):
    decide(large, cast.members[0])
    with pytest.raises(AlreadyVoted):
        decide(large, cast.members[0], "reject", "改主意")


def test_the_chair_closes_the_meeting_by_the_votes_cast(cast):
    factories.User(role=Role.GM_OFFICE_MEMBER)  # the fifth member never comes
    request = in_budget_review(cast.owner, cast.legal, budget=Decimal("600000"))
    decide(request, cast.members[0])
    with pytest.raises(QuorumMissing):
        close_meeting(code=request.code, reason="", actor=cast.manager, at=MONDAY)
    decide(request, cast.members[1])
    assert decide(request, cast.manager, "reject", "谨慎").state == PromoState.BUDGET_REVIEW
    with pytest.raises(NotPermitted):
        close_meeting(code=request.code, reason="", actor=cast.members[0], at=MONDAY)
    closed = close_meeting(code=request.code, reason="三票，两票赞成", actor=cast.manager, at=MONDAY)
    assert closed.state == PromoState.APPROVED


def test_only_the_chair_returns_what_the_meeting_has_before_it(cast, large):
    with pytest.raises(NotPermitted):
        decide(large, cast.members[0], "return", "补充材料")
    assert decide(large, cast.manager, "return", "补充材料").state == PromoState.RETURNED


def test_a_member_who_drafted_it_has_no_vote(cast):
    request = in_budget_review(cast.director, cast.legal, budget=Decimal("600000"))
    cast.director.role = Role.GM_OFFICE_MEMBER
    cast.director.save()
    with pytest.raises(Objected) as refusal:
        decide(request, cast.director)
    assert refusal.value.code == "own_request"
