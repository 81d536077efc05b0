"""Attachments, deleted drafts, remarks, carried clearances and minutes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.models import AuditRecord, StoredFile
from dealers.services.files import FileKindRefused
from pricing.choices import PromoState
from pricing.errors import (
    DraftOnly,
    HitsUncleared,
    MinutesEmpty,
    NoMeeting,
    NoteMissing,
    Objected,
    PromoInvalid,
    PromoNotFound,
    PromoStateRefused,
    TooManyAttachments,
)
from pricing.models import PromoAttachment, PromoMinutes
from pricing.rules.promo_remarks import RemarkContent
from pricing.selectors.promo_files import attachment_for
from pricing.selectors.promos import visible_promos
from pricing.services.promos.attachments import MOST_ATTACHMENTS, attach_file, remove_attachment
from pricing.services.promos.budget import decide_budget
from pricing.services.promos.discarding import delete_draft
from pricing.services.promos.drafts import change_promo
from pricing.services.promos.legal import clear_hit, decide_legal
from pricing.services.promos.minutes import write_minutes
from pricing.services.promos.submission import submit_promo
from tests import factories
from tests.dealers.foundation.test_file_kinds import PDF_BYTES, PNG_BYTES
from tests.pricing.promo_stage import MONDAY, content, drafted, in_budget_review, moment, stage, step_of, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return stage()


def attach(request, actor, name="plan.pdf", data=PDF_BYTES):
    return attach_file(code=request.code, name=name, content=data, actor=actor, at=MONDAY)


def return_it(request, legal, reason="请修改", remarks=()):
    return decide_legal(
        code=request.code, decision="return", reason=reason, actor=legal, at=MONDAY, remarks=list(remarks)
    )


def test_a_submission_keeps_the_files_it_had(cast):
    request = drafted(cast.owner)
    plan, picture = attach(request, cast.owner), attach(request, cast.owner, "shelf.png", PNG_BYTES)
    submit_promo(code=request.code, actor=cast.owner, at=MONDAY)
    return_it(request, cast.legal)
    remove_attachment(code=request.code, attachment=plan.pk, actor=cast.owner, at=MONDAY)
    submit_promo(code=request.code, actor=cast.owner, at=MONDAY)
    first, second = request.submissions.order_by("number")
    assert first.content["attachments"] == {plan.file.sha256: "plan.pdf", picture.file.sha256: "shelf.png"}
    assert second.content["attachments"] == {picture.file.sha256: "shelf.png"}
    assert attachment_for(cast.legal, request.code, plan.pk).file.name == "plan.pdf"


def test_the_same_file_again_is_kept_once(cast):
    request = drafted(cast.owner)
    assert attach(request, cast.owner) == attach(request, cast.owner)
    assert StoredFile.objects.get().dealer == cast.dealer
    assert AuditRecord.objects.filter(action="promo.attach").count() == 1


def test_files_are_counted_and_their_kind_is_looked_at(cast):
    request = drafted(cast.owner)
    with pytest.raises(FileKindRefused):
        attach(request, cast.owner, "page.html", b"<script>alert(1)</script>")
    for number in range(MOST_ATTACHMENTS):
        attach(request, cast.owner, f"plan-{number}.pdf")
    with pytest.raises(TooManyAttachments):
        attach(request, cast.owner, "one-more.pdf")
    assert PromoAttachment.objects.count() == MOST_ATTACHMENTS


def test_files_change_only_while_the_request_is_with_its_applicant(cast):
    request = submitted(cast.owner)
    with pytest.raises(PromoStateRefused):
        attach(request, cast.owner)
    with pytest.raises(NotPermitted):
        attach(request, cast.legal)


def test_another_dealer_opens_no_file(cast):
    request = drafted(cast.owner)
    plan = attach(request, cast.owner)
    stranger = factories.User(role=Role.DEALER_OWNER)
    with pytest.raises(PromoNotFound):
        attachment_for(stranger, request.code, plan.pk)
    with pytest.raises(PromoNotFound):
        attach(request, stranger)


def test_a_file_is_opened_through_its_own_request_only(cast):
    plan = attach(drafted(cast.owner), cast.owner)
    other = drafted(cast.owner)
    with pytest.raises(PromoAttachment.DoesNotExist):
        attachment_for(cast.owner, other.code, plan.pk)


def test_a_deleted_draft_leaves_every_list_and_its_number_is_not_given_again(cast):
    first = drafted(cast.owner)
    delete_draft(code=first.code, actor=cast.owner, at=MONDAY)
    assert not visible_promos(cast.owner).exists()
    with pytest.raises(PromoNotFound):
        submit_promo(code=first.code, actor=cast.owner, at=MONDAY)
    record = AuditRecord.objects.get(action="promo.delete")
    assert record.before["title"] == "六月促销"
    assert drafted(cast.owner).code == "PR-2605-D0001-002"


def test_what_was_submitted_is_not_deleted(cast):
    request = submitted(cast.owner)
    with pytest.raises(DraftOnly):
        delete_draft(code=request.code, actor=cast.owner, at=MONDAY)
    return_it(request, cast.legal)
    with pytest.raises(DraftOnly):
        delete_draft(code=request.code, actor=cast.owner, at=MONDAY)


def test_a_return_keeps_its_remarks_by_field_and_wording(cast):
    request = submitted(cast.owner, ad_copy="顶级画质")
    remarks = [RemarkContent("budget", "请附预算明细 "), RemarkContent("ad_copy", "换一种说法", 0)]
    return_it(request, cast.legal, remarks=remarks)
    kept = step_of(request).remarks.values_list("field", "finding", "text")
    assert list(kept) == [("budget", None, "请附预算明细"), ("ad_copy", 0, "换一种说法")]
    assert AuditRecord.objects.get(action="promo.legal.return").after["remarks"][0]["field"] == "budget"


@pytest.mark.parametrize(
    ("remark", "code"),
    [
        (RemarkContent("no_such_field", "改"), "unknown_field"),
        (RemarkContent("ad_copy", "改", 1), "unknown_finding"),
        (RemarkContent("budget", "  "), "remark_empty"),
        (RemarkContent("budget", "改" * 2001), "remark_too_long"),
    ],
)
def test_a_remark_about_nothing_is_refused_and_nothing_decided(cast, remark, code):
    request = submitted(cast.owner, ad_copy="顶级画质")
    with pytest.raises(PromoInvalid) as refusal:
        return_it(request, cast.legal, remarks=[remark])
    assert [finding.code for finding in refusal.value.findings] == [code]
    request.refresh_from_db()
    assert request.state == PromoState.LEGAL_REVIEW


def test_a_wording_is_not_cleared_without_saying_why(cast):
    request = submitted(cast.owner, ad_copy="顶级画质")
    with pytest.raises(NoteMissing):
        clear_hit(code=request.code, hit=0, note=" ", actor=cast.legal, at=MONDAY)


def test_a_cleared_wording_stays_cleared_where_its_sentence_is_unchanged(cast):
    request = submitted(cast.owner, ad_copy="顶级系列到店。全国第一的画质。")
    clear_hit(code=request.code, hit=0, note="系列名称", actor=cast.legal, at=MONDAY)
    return_it(request, cast.legal)
    changed = content(ad_copy="欢迎选购！顶级系列到店。行业第一的画质。")
    change_promo(code=request.code, content=changed, actor=cast.owner, at=MONDAY)
    submit_promo(code=request.code, actor=cast.owner, at=MONDAY)
    first, second = step_of(request).findings
    assert (first["cleared"]["note"], first["cleared"]["carried_from"]) == ("系列名称", 1)
    assert second["cleared"] is None
    with pytest.raises(HitsUncleared):
        decide_legal(code=request.code, decision="approve", reason="", actor=cast.legal, at=MONDAY)


def test_the_lead_is_kept_with_the_submission_day_by_day(cast):
    request = submitted(cast.owner, at=moment("2026-02-06 10:00"), starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 5))
    lead = request.submissions.get().lead
    assert lead["working_days"] == 5
    assert lead["counted"] == ["2026-02-14", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27", "2026-02-28"][1:]
    assert lead["latest"] == "2026-02-23"
    assert ["2026-03-01", "weekend"] in lead["skipped"]


@pytest.fixture
def meeting(cast):
    return in_budget_review(cast.owner, cast.legal, budget=Decimal("600000"))


def test_minutes_are_written_by_the_office_and_corrected_by_a_further_version(cast, meeting):
    member = cast.members[0]
    write_minutes(code=meeting.code, text="三人出席", file=PDF_BYTES, file_name="签到.pdf", actor=member, at=MONDAY)
    for voter in cast.members:
        decide_budget(code=meeting.code, decision="approve", reason="", actor=voter, at=MONDAY)
    write_minutes(code=meeting.code, text="四人出席", actor=cast.manager, at=MONDAY)
    versions = PromoMinutes.objects.order_by("number").values_list("number", "text", "written_by")
    assert list(versions) == [(1, "三人出席", member.pk), (2, "四人出席", cast.manager.pk)]
    assert PromoMinutes.objects.get(number=1).file.name == "签到.pdf"


def test_only_the_office_writes_minutes_and_only_of_a_meeting(cast, meeting):
    with pytest.raises(Objected):
        write_minutes(code=meeting.code, text="记录", actor=cast.director, at=MONDAY)
    with pytest.raises(MinutesEmpty):
        write_minutes(code=meeting.code, text=" ", actor=cast.manager, at=MONDAY)
    small = in_budget_review(
        cast.owner, cast.legal, starts_on=date(2026, 8, 1), ends_on=date(2026, 8, 5), budget=Decimal("5000")
    )
    with pytest.raises(NoMeeting):
        write_minutes(code=small.code, text="记录", actor=cast.manager, at=MONDAY)
