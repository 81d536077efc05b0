"""What a dealer owed its customers or headquarters, and missed, becomes a case: by the clock or by a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from aftersales.errors import BreachNotFound, BreachWaived
from aftersales.models import ServiceBreach
from aftersales.services.breaches import waive_breach
from aftersales.services.reports import sweep_reports
from aftersales.services.tickets.sweeping import sweep_tickets
from dealers.choices import HoldKind, Role
from dealers.errors import NotPermitted
from dealers.models import AuditRecord, Dealer, SupplyHold, User
from settlement.choices import CaseKind, CaseState
from settlement.models import Case
from settlement.selectors.case_examination import examination_of
from settlement.services.breach_intake import hand_over_breach, take_up_overdue_reports
from tests import factories, visitors
from tests.aftersales.service_stage import AT, stage, ticket_in
from tests.pricing.promo_stage import moment
from tests.settlement.casework import applied, heard, people

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
DUE = moment("2026-10-11 00:00")
LOOKED = moment("2026-11-18 09:00")


@pytest.fixture
def cast() -> Any:
    return stage()


def overdue() -> None:
    """The reports of the third quarter, asked for and never handed in; nobody looked before November."""
    sweep_reports(at=moment("2026-10-01 00:10"))
    sweep_reports(at=LOOKED)


def page_of(person: User, url: str) -> str:
    return visitors.signed_in(person).get(url).content.decode()


def test_an_overdue_report_becomes_a_case_of_the_half_month_in_which_it_was_due(cast: Any) -> None:
    overdue()
    assert [take_up_overdue_reports(at=LOOKED + n * DAY) for n in range(2)] == [3, 0]
    case = Case.objects.get(dealer=cast.first)
    assert (case.kind, case.facts, case.period) == (CaseKind.AFTERSALES, "satisfaction_report:2026-Q3", "2026-10-H1")
    assert (case.opened_by, case.opened_at, case.state) == (None, LOOKED, CaseState.OPENED)
    assert ServiceBreach.objects.get(report__dealer=cast.first).case_number == case.number
    seen = case.evidence.get()
    assert (seen.summary["breached_at"], seen.added_by) == ("2026-10-10T16:00:00+00:00", None)
    assert AuditRecord.objects.get(action="breach.take_up", dealer_id=cast.first.pk).after["case"] == case.number


def test_the_first_is_a_warning_and_the_next_within_a_year_holds_the_supply(cast: Any) -> None:
    of = people(cast.first)
    Dealer.objects.update(created_at=moment("2026-01-05 09:00"))
    quarters = (("2026-07-01 00:10", "2026-07-13 09:00"), ("2026-10-01 00:10", "2026-10-13 09:00"))
    for asked, looked in quarters:
        assert not SupplyHold.objects.exists()
        sweep_reports(at=moment(asked))
        sweep_reports(at=moment(looked))
        take_up_overdue_reports(at=moment(looked))
        applied(of, Case.objects.filter(dealer=cast.first).latest("pk"), moment(looked))
    assert SupplyHold.objects.get().kind == HoldKind.AFTERSALES


def test_what_was_waived_is_no_case_and_does_not_stand_in_one(cast: Any) -> None:
    overdue()
    first, second = ServiceBreach.objects.filter(dealer__in=[cast.first, cast.second]).order_by("dealer__code")
    waive_breach(key=second.pk, reason="住院", actor=cast.service, at=LOOKED)
    assert take_up_overdue_reports(at=LOOKED) == 2
    case = Case.objects.get(number=ServiceBreach.objects.get(pk=first.pk).case_number)
    assert len(examination_of(case, at=LOOKED).standing) == 1
    waive_breach(key=first.pk, reason="停电", actor=cast.service, at=LOOKED + DAY)
    found = examination_of(case, at=LOOKED + DAY)
    assert found.nothing_stands and [each.why for each in found.left_out] == ["not_in_breach"]


def test_what_is_older_than_the_window_of_the_policy_is_left_alone(cast: Any) -> None:
    overdue()
    assert take_up_overdue_reports(at=moment("2027-10-16 00:00")) == 0
    assert take_up_overdue_reports(at=moment("2027-10-15 23:59")) == 3


def test_missed_responses_wait_for_a_person_and_join_one_case_a_half_month(cast: Any) -> None:
    of = people(cast.first)
    ticket_in(cast, 1, dealer=cast.first)
    ticket_in(cast, 2, AT + DAY, dealer=cast.first)
    ticket_in(cast, 3, region=cast.nowhere)
    sweep_tickets(at=AT + 9 * DAY)
    assert take_up_overdue_reports(at=AT + 9 * DAY) == 0
    given: dict[str, Any] = {"reason": "两次未回复客户", "actor": of.investigator, "at": LOOKED}
    one, two = ServiceBreach.objects.filter(dealer=cast.first).order_by("pk")
    case = hand_over_breach(breach_id=one.pk, **given)
    assert (case.facts, case.period, case.opened_by) == ("first_response:2026-11-H1", "2026-11-H1", of.investigator)
    again = [hand_over_breach(breach_id=key, **given) for key in (one.pk, two.pk)]
    assert again == [case, case] and case.evidence.count() == 2
    with pytest.raises(NotPermitted):
        hand_over_breach(breach_id=two.pk, **{**given, "actor": cast.service})
    with pytest.raises(BreachNotFound):
        hand_over_breach(breach_id=ServiceBreach.objects.get(dealer=None).pk, **given)
    waive_breach(key=two.pk, reason="x", actor=cast.service, at=LOOKED)
    ServiceBreach.objects.filter(pk=two.pk).update(case_number="")
    with pytest.raises(BreachWaived):
        hand_over_breach(breach_id=two.pk, **given)


def test_only_after_sales_cases_are_opened_without_a_person(cast: Any) -> None:
    overdue()
    take_up_overdue_reports(at=LOOKED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.update(kind=CaseKind.FRAUD)


def test_pages_say_what_was_missed_and_that_the_system_brought_it(cast: Any) -> None:
    of = people(cast.first)
    overdue()
    take_up_overdue_reports(at=LOOKED)
    case = Case.objects.get(dealer=cast.first)
    shown = page_of(of.investigator, reverse("case", args=[case.number]))
    assert "The system" in shown and "Satisfaction report overdue: 2026-Q3" in shown
    assert "satisfaction_report_overdue" not in shown
    listed = page_of(of.investigator, reverse("service-breaches"))
    assert case.number in listed
    assert case.number not in page_of(of.owner, reverse("service-breaches"))
    heard(of, case, LOOKED, charge="The report is missing.")
    own = page_of(of.owner, reverse("case", args=[case.number]))
    assert "Satisfaction report overdue: 2026-Q3" in own and "2026-10-11 00:00" in own


def test_a_missed_response_is_handed_over_on_the_page_of_breaches(cast: Any) -> None:
    investigator = factories.User(role=Role.RISK_INVESTIGATOR, language="en")
    ticket_in(cast, 1, dealer=cast.first)
    sweep_tickets(at=AT + 9 * DAY)
    breach = ServiceBreach.objects.get()
    url = reverse("breach-hand-over", args=[breach.pk])
    visitor = visitors.signed_in(investigator)
    assert url in visitor.get(reverse("service-breaches")).content.decode()
    assert visitor.post(url, {"reason": "客户一直无人联系"}).status_code == 302
    breach.refresh_from_db()
    assert Case.objects.get().number == breach.case_number
