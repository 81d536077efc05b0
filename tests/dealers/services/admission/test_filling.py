"""What a newcomer tells us: links, steps that are kept one by one, papers within bounds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dealers.choices import DocumentKind
from dealers.models import AdmissionMail, Application, AuditRecord, Notice, StoredFile
from dealers.selectors.admission import LinkEnded, LinkNotFound, application_by_token, invitation_by_token
from dealers.services.admission.acting import ApplicationStateRefused, NotAdmissible
from dealers.services.admission.answering import submit_application
from dealers.services.admission.filling import (
    LastDayMissing,
    PaperExpired,
    TooManyPapers,
    save_facts,
    save_regions,
    take_paper_back,
)
from dealers.services.admission.links import token_of
from dealers.services.admission.mails import send_admission_mails
from dealers.services.admission.opening import AdmissionByInvitation, begin_application, invite, renew_link
from dealers.services.files import FileKindRefused
from tests.dealers.admission_stage import MONDAY, OPEN, begun, filled, hand_in, stage, submitted

pytestmark = pytest.mark.django_db


def test_without_an_invitation_nobody_begins_unless_the_policy_opens_admission() -> None:
    stage()
    with pytest.raises(AdmissionByInvitation):
        begin_application(language="en", consented=True, at=MONDAY)


def test_where_the_policy_opens_admission_anybody_begins() -> None:
    stage(OPEN)
    application = begin_application(language="en", consented=True, at=MONDAY)
    assert (application.number, application.state) == ("AP-2605-0001", "draft")


def test_an_invitation_begins_one_application_and_ends_after_its_days() -> None:
    cast = stage()
    token = token_of(invite(company="A", actor=cast.near, at=MONDAY))
    with pytest.raises(LinkEnded):
        invitation_by_token(token, at=MONDAY + timedelta(days=30))
    begin_application(language="en", consented=True, invitation_token=token, at=MONDAY)
    with pytest.raises(LinkEnded):
        begin_application(language="en", consented=True, invitation_token=token, at=MONDAY)


def test_a_link_is_kept_as_a_digest_found_by_it_and_ends_with_silence() -> None:
    application = begun(stage())
    token = token_of(application)
    assert token not in str(Application.objects.values().get(pk=application.pk)) and len(token) == 43
    assert application_by_token(token, at=MONDAY + timedelta(days=29)) == application
    with pytest.raises(LinkEnded):
        application_by_token(token, at=MONDAY + timedelta(days=30))
    with pytest.raises(LinkNotFound):
        application_by_token(token[:-1] + ("A" if token[-1] != "A" else "B"), at=MONDAY)


def test_a_renewed_link_takes_the_place_of_the_old_one() -> None:
    cast = stage()
    application = begun(cast)
    old = token_of(application)
    renewed = renew_link(application=application, actor=cast.near, at=MONDAY)
    assert application_by_token(token_of(renewed), at=MONDAY) == application
    with pytest.raises(LinkNotFound):
        application_by_token(old, at=MONDAY)


def test_mails_leave_once_with_the_link_in_them(mailoutbox: list) -> None:
    application = begun(stage())
    assert send_admission_mails(at=MONDAY) == 2
    assert send_admission_mails(at=MONDAY) == 0
    assert f"/join/{token_of(application)}/" in mailoutbox[1].body
    assert mailoutbox[1].to == ["boss@example.com"]


def test_nobody_writes_to_strangers_through_us_without_end() -> None:
    application = begun(stage())
    for number in range(40):
        save_facts(application=application, facts={"email": f"victim{number}@example.com"}, at=MONDAY)
    assert AdmissionMail.objects.filter(application=application).count() == 20


def test_each_step_is_kept_by_itself_and_keeps_the_link_alive() -> None:
    application = begun(stage())
    later = MONDAY + timedelta(days=20)
    save_facts(application=application, facts={"name": "新名称"}, at=later)
    application.refresh_from_db()
    assert (application.name, application.phone) == ("新名称", "")
    assert application.link_ends_at == later + timedelta(days=30)


def test_a_city_within_a_province_that_is_named_too_is_left_out() -> None:
    cast = stage()
    application = begun(cast)
    save_regions(application=application, regions=[cast.city, cast.province, cast.other_city], at=MONDAY)
    assert [row.region for row in application.regions.all()] == [cast.province]


def test_a_better_paper_replaces_the_one_before_and_certificates_stand_beside_each_other() -> None:
    application = begun(stage())
    hand_in(application, DocumentKind.BUSINESS_LICENSE)
    hand_in(application, DocumentKind.BUSINESS_LICENSE)
    hand_in(application, DocumentKind.QUALIFICATION, name="食品经营许可证")
    hand_in(application, DocumentKind.QUALIFICATION, name="酒类许可证")
    standing = application.papers.filter(replaced_at=None).values_list("kind", "name")
    assert sorted(standing) == [
        ("business_license", ""),
        ("qualification", "酒类许可证"),
        ("qualification", "食品经营许可证"),
    ]
    assert application.papers.count() == 4


def test_papers_have_bounds() -> None:
    application = begun(stage())
    with pytest.raises(LastDayMissing):
        hand_in(application, DocumentKind.QUALIFICATION, last_day=None)
    with pytest.raises(PaperExpired):
        hand_in(application, DocumentKind.QUALIFICATION, last_day=date(2026, 5, 17))
    with pytest.raises(FileKindRefused):
        hand_in(application, DocumentKind.OTHER, filename="virus.exe", content=b"MZ")
    assert StoredFile.objects.count() == 0
    for _ in range(40):
        hand_in(application, DocumentKind.OTHER)
    with pytest.raises(TooManyPapers):
        hand_in(application, DocumentKind.OTHER)


def test_a_paper_taken_back_from_a_draft_is_erased() -> None:
    application = begun(stage())
    paper = hand_in(application, DocumentKind.OTHER)
    take_paper_back(application=application, paper_id=paper.pk, at=MONDAY)
    assert not application.papers.exists() and not StoredFile.objects.exists()


def test_what_is_missing_is_named_and_nothing_is_handed_in() -> None:
    application = begun(stage())
    with pytest.raises(NotAdmissible) as refused:
        submit_application(application=application, at=MONDAY)
    fields = {finding.field for finding in refused.value.findings}
    assert {"uscc", "industry", "annual_revenue", "regions", "phone", "business_license"} <= fields
    application.refresh_from_db()
    assert application.state == "draft"


def test_handing_in_tells_the_managers_of_the_region_and_closes_the_form() -> None:
    cast = stage()
    application = submitted(cast)
    told = set(Notice.objects.filter(kind="admission").values_list("recipient__username", flat=True))
    assert told == {"near", "legal", "policy", "policy-manager"}
    with pytest.raises(ApplicationStateRefused):
        save_facts(application=application, facts={"name": "另一家"}, at=MONDAY)
    with pytest.raises(ApplicationStateRefused):
        hand_in(application, DocumentKind.OTHER)


def test_the_trail_names_the_applicant_by_its_number_and_no_person() -> None:
    application = submitted(stage())
    records = AuditRecord.objects.filter(subject_type="dealers.application", actor=f"applicant {application.number}")
    assert "application.submit" in set(records.values_list("action", flat=True))
    assert not any("王明" in str(row) or "13800138000" in str(row) for row in AuditRecord.objects.values())


def test_the_same_again_changes_nothing() -> None:
    application = filled(stage())
    before = Application.objects.values().get(pk=application.pk)
    save_facts(application=application, facts={"name": application.name}, at=MONDAY + timedelta(days=1))
    assert Application.objects.values().get(pk=application.pk) == before
