"""What a dealer owes headquarters: a report each quarter with our figures in it, and enough certified people."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from aftersales.choices import BreachKind, CertificateState, ReportState, TeamRole
from aftersales.errors import (
    CertificateDecided,
    CertificateKnown,
    MemberNotFound,
    ReasonMissing,
    ReportHandedIn,
    ReportIncomplete,
    ReportNotDue,
)
from aftersales.models import SatisfactionReport, ServiceBreach, TeamCertificate
from aftersales.selectors.breaches import breach_facts, breaches_to_take_up
from aftersales.selectors.service_figures import figures_of, service_figures
from aftersales.selectors.staffing import headcounts, staff_shortfalls
from aftersales.services.breaches import waive_breach
from aftersales.services.reports import acknowledge_report, save_report, submit_report, sweep_reports
from aftersales.services.team import add_certificate, add_member, decide_certificate, end_membership, sweep_teams
from aftersales.services.tickets.answering import reopen, resolve, respond
from aftersales.services.tickets.assigning import assign_ticket
from aftersales.services.tickets.by_customer import customer_complains, customer_rates
from aftersales.services.tickets.sweeping import sweep_tickets
from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.foundation.periods import Quarter
from dealers.models import Dealer, Notice
from dealers.services.outages import record_outage, revoke_outage
from rebates.selectors.service_facts import service_facts
from tests import factories
from tests.aftersales.service_stage import AT, DAY, HOUR, certified, new_ticket, received, stage, ticket_in
from tests.pricing.promo_stage import moment

pytestmark = pytest.mark.django_db

Q3, ENDED, DUE = Quarter(2026, 3), moment("2026-10-01 00:10"), moment("2026-10-11 00:00")
SAID = {"quarter": "2026-Q3", "statement": "工单不多", "plan": "增加一名技师"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def cast() -> Any:
    return stage()


def told(reason: str) -> set[str]:
    return set(Notice.objects.filter(params__reason=reason).values_list("recipient__username", flat=True))


def test_every_dealer_known_in_the_quarter_is_asked_once_when_it_ends(cast: Any) -> None:
    Dealer.objects.filter(pk=cast.second.pk).update(created_at=moment("2026-10-01 00:00"))
    assert [sweep_reports(at=ENDED).asked, sweep_reports(at=ENDED).asked] == [2, 0]
    asked = SatisfactionReport.objects.filter(quarter="2026-Q3")
    assert set(asked.values_list("dealer__code", flat=True)) == {"D0001", "D0003"}
    assert set(asked.values_list("due_at", flat=True)) == {DUE}
    assert told("report_asked") == {"owner", "operator"}


def test_it_is_reminded_then_overdue_at_its_instant_however_late_anybody_looks(cast: Any) -> None:
    sweep_reports(at=ENDED)
    own = SatisfactionReport.objects.get(dealer=cast.first, quarter="2026-Q3")
    sweep_reports(at=DUE - 3 * DAY)
    assert "owner" in told("report_due_soon")
    counts = [sweep_reports(at=at).overdue for at in (DUE - timedelta(seconds=1), DUE + 20 * DAY, DUE + 21 * DAY)]
    assert counts[0] == 0 and counts[1] > 0 and counts[2] == 0
    breach = ServiceBreach.objects.get(report=own)
    assert (breach.breached_at, breach.recorded_at) == (DUE, DUE + 20 * DAY)
    assert {"owner", "channel", "service"} <= told("report_overdue")
    assert breach.pk in breaches_to_take_up(BreachKind.SATISFACTION_REPORT, since=DUE)
    assert breach_facts(breach).reference == "satisfaction-report:2026-Q3"
    waive_breach(key=breach.pk, reason="停电", actor=cast.service, at=DUE + 22 * DAY)
    assert sweep_reports(at=DUE + 23 * DAY).overdue == 0
    assert breach.pk not in breaches_to_take_up(BreachKind.SATISFACTION_REPORT, since=DUE)


def test_an_outage_that_becomes_known_moves_the_deadline_and_what_was_overdue_with_it(cast: Any) -> None:
    sweep_reports(at=ENDED)
    SatisfactionReport.objects.update(counts_from=None)  # as one asked for before it was kept
    late = submit_report(**SAID, actor=cast.owner, at=DUE + 3 * HOUR)
    sweep_reports(at=DUE + 3 * HOUR)
    assert ServiceBreach.objects.filter(waived_at=None).count() == 3
    admin = factories.User(role=Role.ADMINISTRATOR)
    down = {"start": DUE - 2 * DAY, "end": DUE - 2 * DAY + 6 * HOUR}
    wrong = record_outage(reason="电信故障", actor=admin, at=DUE + DAY, **down)
    for _twice in range(2):
        sweep_reports(at=DUE + DAY)
    late.refresh_from_db()
    assert (late.due_at, late.is_late) == (DUE + 6 * HOUR, False)
    assert not ServiceBreach.objects.filter(report=late, waived_at=None).exists()
    assert set(ServiceBreach.objects.filter(waived_at=None).values_list("breached_at", flat=True)) == {DUE + 6 * HOUR}
    revoke_outage(outage=wrong, reason="并非我方", actor=admin, at=DUE + 2 * DAY)
    sweep_reports(at=DUE + 2 * DAY)
    assert set(SatisfactionReport.objects.values_list("due_at", flat=True)) == {DUE}


def test_handing_in_freezes_the_figures_of_that_instant(cast: Any) -> None:
    sweep_reports(at=ENDED)
    save_report(**{**SAID, "plan": ""}, actor=cast.operator, at=ENDED)
    with pytest.raises(ReportIncomplete):
        submit_report(**{**SAID, "plan": " "}, actor=cast.owner, at=ENDED + DAY)
    report = submit_report(**SAID, actor=cast.owner, at=ENDED + DAY)
    assert (report.state, report.is_late, report.figures["tickets"]) == (ReportState.SUBMITTED, False, 0)
    with pytest.raises(ReportHandedIn):
        submit_report(**SAID, actor=cast.owner, at=ENDED + DAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        SatisfactionReport.objects.filter(pk=report.pk).update(statement="其实很好")
    assert told("report_submitted") == {"service"}
    with pytest.raises(NotPermitted):
        acknowledge_report(key=report.pk, remark="x", actor=cast.owner, at=ENDED + 2 * DAY)
    read = acknowledge_report(key=report.pk, remark="请附排班", actor=cast.service, at=ENDED + 2 * DAY)
    assert read.state == ReportState.ACKNOWLEDGED and "owner" in told("report_read")


def test_too_late_is_taken_and_stays_a_breach_also_when_no_sweep_ran(cast: Any) -> None:
    sweep_reports(at=ENDED)
    report = submit_report(**SAID, actor=cast.owner, at=DUE)
    assert report.is_late and ServiceBreach.objects.get(report=report).breached_at == DUE


def test_only_a_report_that_is_asked_can_be_handed_in(cast: Any) -> None:
    with pytest.raises(ReportNotDue):
        submit_report(**SAID, actor=cast.owner, at=ENDED)
    with pytest.raises(NotPermitted):
        submit_report(**SAID, actor=cast.service, at=ENDED)


def test_the_figures_are_those_of_the_tickets_a_dealer_was_given_in_the_quarter(cast: Any) -> None:
    fast, token = received(cast, new_ticket(cast, 1, dealer=cast.first))
    resolve(number=fast.number, text="好了", actor=cast.owner, at=AT + 2 * HOUR)
    customer_rates(token=token, stars=5, text="", at=AT + DAY)
    slow, slow_token = received(cast, new_ticket(cast, 2, dealer=cast.first))
    respond(number=slow.number, text="抱歉", actor=cast.owner, at=AT + 30 * HOUR)
    resolve(number=slow.number, text="好了", actor=cast.owner, at=AT + 40 * HOUR)
    reopen(number=slow.number, text="没好", actor=cast.service, at=AT + 41 * HOUR)
    resolve(number=slow.number, text="好了", actor=cast.owner, at=AT + 50 * HOUR)
    customer_rates(token=slow_token, stars=2, text="", at=AT + 3 * DAY)
    customer_complains(token=slow_token, text="慢", at=AT + 3 * DAY)
    ticket_in(cast, 3, dealer=cast.first)
    ticket_in(cast, 4, AT + 4 * DAY, dealer=cast.first)
    found = figures_of(cast.first.pk, Quarter(2026, 4), as_of=AT + 4 * DAY + HOUR)
    assert (found.tickets, found.judged, found.in_time) == (4, 3, 1)
    assert (found.resolved, str(found.hours), found.reopened, found.complaints) == (2, "26.0", 1, 1)
    assert (found.rated, found.stars, str(found.rating)) == (2, 7, "3.50")
    served = service_facts(first=date(2026, 10, 1), end=date(2027, 1, 1), at=AT + 4 * DAY + HOUR)[cast.first.pk]
    assert (served.response.due, served.response.in_time) == (3, 1)
    assert (served.ratings.ratings, served.ratings.total) == (2, 7)


def test_what_was_missed_counts_before_any_sweep_and_waived_does_not(cast: Any) -> None:
    ticket = ticket_in(cast, dealer=cast.first)
    later = AT + 2 * DAY
    assert figures_of(cast.first.pk, Quarter(2026, 4), as_of=later).judged == 1
    sweep_tickets(at=later)
    waive_breach(key=ServiceBreach.objects.get().pk, reason="错号", actor=cast.service, at=later)
    assert figures_of(cast.first.pk, Quarter(2026, 4), as_of=later).judged == 0
    assign_ticket(number=ticket.number, dealer_code="D0002", reason="x", actor=cast.service, at=later)
    both = service_figures(first=date(2026, 10, 1), end=date(2027, 1, 1), as_of=later + HOUR)
    assert {key: (one.tickets, one.judged) for key, one in both.items()} == {
        cast.first.pk: (1, 0),
        cast.second.pk: (1, 0),
    }


def test_a_certificate_counts_once_a_second_person_has_checked_it(cast: Any) -> None:
    day = date(2026, 11, 2)
    member = add_member(name="王师傅", role=TeamRole.TECHNICIAN, since=day, actor=cast.owner, at=AT)
    given: dict[str, Any] = {"key": member.pk, "title": "技师", "issued_on": day, "last_day": date(2027, 1, 31)}
    picture = SimpleUploadedFile("card.png", PNG)
    made = add_certificate(**given, number="A-1", file=picture, actor=cast.owner, at=AT)
    with pytest.raises(CertificateKnown):
        add_certificate(**given, number="A-1", file=None, actor=cast.owner, at=AT)
    with pytest.raises(MemberNotFound):
        add_certificate(**given, number="A-2", file=None, actor=cast.second_owner, at=AT)
    assert headcounts(day)[cast.first.pk][1].certified == 0
    with pytest.raises(NotPermitted):
        decide_certificate(key=made.pk, accept=True, reason="", actor=cast.owner, at=AT)
    with pytest.raises(ReasonMissing):
        decide_certificate(key=made.pk, accept=False, reason="", actor=cast.service, at=AT)
    decide_certificate(key=made.pk, accept=True, reason="", actor=cast.service, at=AT)
    with pytest.raises(CertificateDecided):
        decide_certificate(key=made.pk, accept=False, reason="x", actor=cast.service, at=AT)
    tier, count = headcounts(day)[cast.first.pk]
    assert (tier, count.certified, count.needed, count.short) == ("T2", 1, 3, 2)
    end_membership(key=member.pk, last_day=date(2026, 11, 5), actor=cast.owner, at=AT)
    assert [headcounts(date(2026, 11, last))[cast.first.pk][1].certified for last in (5, 6)] == [1, 0]


def test_an_expired_certificate_leaves_a_shortage_that_is_told_once_a_quarter(cast: Any) -> None:
    for number in range(3):
        certified(cast.first, f"师傅{number}", until=date(2026, 12, 1))
    assert cast.first.pk not in staff_shortfalls(date(2026, 11, 30))
    assert staff_shortfalls(date(2026, 12, 1))[cast.first.pk] == 3
    sweep_teams(at=moment("2026-12-01 08:20"))
    sweep_teams(at=moment("2026-12-02 08:20"))
    mine = Notice.objects.filter(params__reason="team_short", recipient=cast.owner)
    assert mine.count() == 1 and "channel" in told("team_short")


def test_certificates_warn_at_sixty_and_fifteen_days_each_once(cast: Any) -> None:
    certified(cast.first, until=date(2026, 12, 31))
    for day in ("2026-10-31", "2026-11-01", "2026-11-02", "2026-12-16", "2026-12-17", "2026-12-31", "2027-01-02"):
        sweep_teams(at=moment(f"{day} 08:20"))
    reasons = Notice.objects.filter(recipient=cast.owner, params__reason__startswith="certificate").order_by("pk")
    assert [(one.params["reason"], one.params["days"]) for one in reasons] == [
        ("certificate_ends", 60),
        ("certificate_ends", 15),
        ("certificate_ended", 0),
    ]


def test_a_declined_certificate_can_be_handed_in_anew(cast: Any) -> None:
    made = certified(cast.first, state=CertificateState.PENDING, decided_at=None, decided_by=None)
    decide_certificate(key=made.pk, accept=False, reason="看不清", actor=cast.service, at=AT)
    again = add_certificate(
        key=made.member_id,
        title="技师",
        number=made.number,
        issued_on=date(2026, 1, 1),
        last_day=date(2027, 1, 1),
        file=None,
        actor=cast.owner,
        at=AT,
    )
    assert again.state == CertificateState.PENDING and TeamCertificate.objects.count() == 2
    assert "owner" in told("certificate_declined")
