"""Judging again what was judged by facts that changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from dealers.models import AuditRecord, FeedDelivery, JobRun
from pricing.choices import Verdict
from pricing.models import SaleLine, SaleLineHistory, SalesTally
from pricing.services.rejudge import Rejudgement, rejudge, request_rejudge
from pricing.tasks import rejudge as rejudge_task

pytestmark = pytest.mark.django_db
NOVEMBER = (date(2026, 11, 1), date(2026, 12, 1))
AT = datetime(2026, 11, 10, tzinfo=UTC)
Take = Callable[..., FeedDelivery]
Sale = Callable[..., dict[str, Any]]


def judged_again(**changes: Any) -> Rejudgement:
    facts: dict[str, Any] = {"days": NOVEMBER, "reason": "band corrected", "actor": None, "at": AT}
    return rejudge(**(facts | changes))


def raise_floor(company: SimpleNamespace) -> None:
    company.phone_band.floor = Decimal(105)
    company.phone_band.save()


def test_a_changed_verdict_is_a_new_state_and_a_difference_in_the_tally(
    report: Take, sale: Sale, company: SimpleNamespace
) -> None:
    delivery = report(sale(line_no=1, unit_price="100"), sale(line_no=2, unit_price="106", quantity=2))
    raise_floor(company)

    found = judged_again()

    assert (found.examined, dict(found.changed)) == (2, {("in_band", "below_floor"): 1})
    line = SaleLine.objects.get(line_no=1)
    assert (line.verdict, line.known_from, line.reported_at) == (Verdict.BELOW_FLOOR, AT, delivery.received_at)
    earlier = SaleLineHistory.objects.get()
    assert (earlier.line_no, earlier.verdict, earlier.known_until) == (1, Verdict.IN_BAND, AT)
    difference = SalesTally.objects.get(delivery=None)
    assert (difference.lines, difference.amount, difference.known_at) == (0, 0, AT)
    assert (difference.earning, difference.earning_lines) == (Decimal(-100), -1)
    assert (difference.breach, difference.breach_lines) == (Decimal(100), 1)
    assert AuditRecord.objects.get(action="sales.rejudge").after["changed"] == 1


def test_judging_twice_changes_nothing_more(report: Take, sale: Sale, company: SimpleNamespace) -> None:
    report(sale())
    raise_floor(company)
    judged_again()
    assert not judged_again(at=AT + timedelta(days=1)).changed
    assert SaleLineHistory.objects.count() == 1
    assert SalesTally.objects.filter(delivery=None).count() == 1


@pytest.mark.parametrize(
    ("narrowing", "examined"),
    [
        ({}, 3),
        ({"products": "phone"}, 2),
        ({"products": "none"}, 0),
        ({"dealers": "d2"}, 1),
        ({"days": (date(2026, 11, 5), None)}, 2),
        ({"days": (date(2026, 11, 4), date(2026, 11, 5))}, 1),
    ],
)
def test_only_the_lines_asked_for_are_looked_at(
    report: Take, sale: Sale, company: SimpleNamespace, narrowing: dict[str, Any], examined: int
) -> None:
    report(sale(), sale(line_no=2, sku="CASE", sold_at="2026-11-04T10:00:00+08:00"))
    report(sale(), dealer=company.d2)
    keys = {"phone": [company.phone.pk], "d2": [company.d2.pk], "none": []}
    asked = {name: keys.get(value, value) if isinstance(value, str) else value for name, value in narrowing.items()}
    assert judged_again(**asked).examined == examined


def test_late_stays_judged_by_the_first_report(report: Take, sale: Sale, received_at: datetime) -> None:
    report(sale(), at=received_at + timedelta(days=30))
    assert not judged_again(at=received_at + timedelta(days=60)).changed


def test_a_withdrawn_promotion_leaves_earlier_sales_alone(
    report: Take, sale: Sale, company: SimpleNamespace, make_promo: Any
) -> None:
    item = make_promo(company.phone, "80", datetime(2026, 10, 1, tzinfo=UTC))
    report(
        sale(doc_no="before", unit_price="80"),
        sale(doc_no="after", unit_price="80", sold_at="2026-11-05T20:00:00+08:00"),
    )
    item.request.withdrawn_at = datetime(2026, 11, 5, 4, tzinfo=UTC)
    item.request.state = "withdrawn"
    item.request.save()

    judged_again()

    assert dict(SaleLine.objects.values_list("doc_no", "verdict")) == {
        "before": Verdict.PROMO,
        "after": Verdict.BELOW_FLOOR,
    }


def test_the_job_does_what_was_asked_for_once(report: Take, sale: Sale, company: SimpleNamespace) -> None:
    report(sale())
    raise_floor(company)
    job = request_rejudge(
        products=[company.phone.pk],
        first_day=date(2026, 11, 5),
        last_day=date(2026, 11, 5),
        key="bands 1",
        actor=None,
        at=AT,
    )
    rejudge_task(job_id=job.pk)
    rejudge_task(job_id=job.pk)

    job = JobRun.objects.get()
    assert job.result == {"examined": 1, "changed": 1, "changes": {"in_band → below_floor": 1}}
    assert SaleLineHistory.objects.count() == 1
