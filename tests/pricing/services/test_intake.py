"""Sale lines on their way in: kept, recognised, replaced, judged and added up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from dealers.choices import Door
from dealers.models import FeedDay, FeedDelivery, QuarantinedLine
from dealers.scope import row_scope
from pricing.choices import Flag, Verdict
from pricing.models import SaleLine, SaleLineHistory, SalesTally
from pricing.services.intake import TableReport, take_in_sales

pytestmark = pytest.mark.django_db
Take = Callable[..., FeedDelivery]
Sale = Callable[..., dict[str, Any]]


def counts(delivery: FeedDelivery) -> tuple[int, int, int, int]:
    return delivery.accepted, delivery.duplicates, delivery.revised, delivery.quarantined


def tally() -> dict[tuple[str, str], tuple[int, int, Decimal, Decimal, Decimal]]:
    """The journal summed up by dealer and category."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.code, category, sum(lines), sum(quantity), sum(amount), sum(earning), sum(breach)"
            " FROM pricing_salestally t JOIN dealers_dealer d ON d.id = t.dealer_id GROUP BY 1, 2"
        )
        return {(code, category): tuple(sums) for code, category, *sums in cursor.fetchall()}  # type: ignore[misc]


def test_a_line_is_kept_with_its_verdict_and_what_decided_it(
    report: Take, sale: Sale, company: SimpleNamespace
) -> None:
    delivery = report(sale(customer="Zhang San"))

    line = SaleLine.objects.get()
    assert counts(delivery) == (1, 0, 0, 0)
    assert (line.dealer_id, line.doc_no, line.line_no, line.revision) == (company.d1.pk, "S1", 1, 1)
    assert line.sold_at == datetime(2026, 11, 5, 2, tzinfo=UTC)
    assert line.sold_on == date(2026, 11, 5)
    assert (line.verdict, line.flags, line.band_id) == (Verdict.IN_BAND, 0, company.phone_band.pk)
    assert line.territory_id is not None
    assert (line.reported_at, line.known_from) == (delivery.received_at, delivery.received_at)
    assert line.delivery_id == delivery.pk
    assert len(line.customer) == 32 and "Zhang" not in line.customer


def test_the_same_customer_is_recognised(report: Take, sale: Sale) -> None:
    report(sale(customer="13800000000"), sale(line_no=2, customer=" 13800000000 "), sale(line_no=3, customer="139"))
    first, second, third = SaleLine.objects.order_by("line_no").values_list("customer", flat=True)
    assert first == second != third


@pytest.mark.parametrize(
    ("change", "verdict", "flags"),
    [
        ({"unit_price": "90"}, Verdict.IN_BAND, 0),
        ({"unit_price": "89.999999"}, Verdict.BELOW_FLOOR, 0),
        ({"unit_price": "110.000001"}, Verdict.ABOVE_CEILING, 0),
        ({"sku": "CASE", "unit_price": "1"}, Verdict.BELOW_FLOOR, Flag.NOT_ENFORCED),
        ({"sku": "SPARE"}, Verdict.NO_BAND, 0),
        ({"quantity": -1, "unit_price": "1"}, Verdict.RETURN, 0),
        ({"region": "P31"}, Verdict.IN_BAND, Flag.OUT_OF_TERRITORY),
        ({"region": "P33"}, Verdict.IN_BAND, 0),
        ({"channel": "b2b"}, Verdict.IN_BAND, 0),
        ({"channel": "b2b", "sold_at": "2026-10-31T23:59:59+08:00"}, Verdict.IN_BAND, Flag.B2B_WITHOUT_ADDENDUM),
        ({"sold_at": "2026-10-30T08:01:00+08:00"}, Verdict.IN_BAND, 0),
        ({"sold_at": "2026-10-30T08:00:59+08:00"}, Verdict.IN_BAND, Flag.LATE_REPORT),
    ],
)
def test_lines_are_judged(report: Take, sale: Sale, change: dict[str, Any], verdict: Verdict, flags: int) -> None:
    report(sale(**change))
    line = SaleLine.objects.get()
    assert (line.verdict, line.flags) == (verdict, flags)


@pytest.mark.parametrize(
    ("sold_at", "day"),
    [
        ("2026-11-04T16:00:00Z", date(2026, 11, 5)),
        ("2026-11-04T15:59:59.999999Z", date(2026, 11, 4)),
        ("2026-11-05T09:30+08:00", date(2026, 11, 5)),
        ("2026-11-05T00:30:00+09:00", date(2026, 11, 4)),
    ],
)
def test_a_sale_belongs_to_its_day_in_beijing(report: Take, sale: Sale, sold_at: str, day: date) -> None:
    report(sale(sold_at=sold_at))
    line = SaleLine.objects.get()
    assert line.sold_on == day
    assert line.sold_at == datetime.fromisoformat(sold_at)


def test_a_promotion_approved_before_the_sale_allows_its_price(
    report: Take, sale: Sale, company: SimpleNamespace, make_promo: Any
) -> None:
    report(sale(doc_no="before", unit_price="80"))
    item = make_promo(company.phone, "80", datetime(2026, 11, 5, 2, 0, tzinfo=UTC))
    report(
        sale(doc_no="same instant", unit_price="80"),
        sale(doc_no="later", unit_price="80", sold_at="2026-11-05T10:00:01+08:00"),
    )

    found = dict(SaleLine.objects.values_list("doc_no", "verdict"))
    assert found == {"before": Verdict.BELOW_FLOOR, "same instant": Verdict.BELOW_FLOOR, "later": Verdict.PROMO}
    assert SaleLine.objects.get(doc_no="later").promo_item_id == item.pk


def test_the_promotion_of_another_dealer_for_everyone_is_seen_in_the_own_session_too(
    report: Take, sale: Sale, company: SimpleNamespace, make_promo: Any
) -> None:
    make_promo(company.phone, "80", datetime(2026, 10, 1, tzinfo=UTC), applicant=company.d2)
    with row_scope(str(company.d1.pk)):
        report(sale(unit_price="80"))
        assert SaleLine.objects.get().verdict == Verdict.PROMO


def test_the_same_report_again_is_only_duplicates(report: Take, sale: Sale) -> None:
    lines = [sale(line_no=number) for number in range(1, 4)]
    report(*lines)
    again = report(*lines, sale(line_no=9))

    assert counts(again) == (1, 3, 0, 0)
    assert SaleLine.objects.count() == 4
    assert tally()["D1", "phones"][:3] == (4, 4, Decimal(400))


def test_the_same_content_in_other_writing_is_a_duplicate(report: Take, sale: Sale) -> None:
    report(sale())
    other = sale(unit_price="100", sold_at="2026-11-05T02:00:00Z", channel="retail", revision=1, doc_no=" S1 ")
    assert counts(report(other)) == (0, 1, 0, 0)


def test_other_content_needs_a_higher_revision(report: Take, sale: Sale) -> None:
    report(sale())
    refused = report(sale(quantity=2))

    assert counts(refused) == (0, 0, 0, 1)
    problem = QuarantinedLine.objects.get()
    assert (problem.line, problem.code, problem.params["next"]) == (1, "revision_required", 2)
    assert problem.content["quantity"] == 2
    assert SaleLine.objects.get().quantity == 1
    assert tally()["D1", "phones"][:2] == (1, 1)


def test_a_revision_replaces_the_line_and_keeps_the_earlier_state(report: Take, sale: Sale) -> None:
    first = report(sale())
    second = report(sale(revision=3, quantity=5, unit_price="80"))

    assert counts(second) == (0, 0, 1, 0)
    line = SaleLine.objects.get()
    assert (line.revision, line.quantity, line.verdict) == (3, 5, Verdict.BELOW_FLOOR)
    assert (line.reported_at, line.known_from) == (first.received_at, second.received_at)
    earlier = SaleLineHistory.objects.get()
    assert (earlier.revision, earlier.quantity, earlier.verdict) == (1, 1, Verdict.IN_BAND)
    assert (earlier.known_from, earlier.known_until) == (first.received_at, second.received_at)
    assert tally()["D1", "phones"] == (1, 5, Decimal(400), Decimal(0), Decimal(400))
    difference = SalesTally.objects.get(delivery_id=second.pk)
    assert (difference.lines, difference.quantity, difference.earning) == (0, 4, Decimal(-100))


def test_a_revision_may_move_a_line_to_another_half_month_and_category(report: Take, sale: Sale) -> None:
    report(sale())
    report(sale(revision=2, sku="CASE", unit_price="10", sold_at="2026-10-31T10:00:00+08:00"))

    sums = {(row.category, row.period, row.lines, row.amount) for row in SalesTally.objects.order_by("-id")[:2]}
    november = SalesTally.objects.order_by("id")[0].period
    assert sums == {("phones", november, -1, Decimal(-100)), ("cases", november - 1, 1, Decimal(10))}


def test_an_older_revision_with_other_content_is_stale_but_a_known_one_is_a_duplicate(report: Take, sale: Sale) -> None:
    report(sale())
    report(sale(revision=3, quantity=3))
    late = report(sale(revision=2, quantity=2), sale(revision=1))

    assert counts(late) == (0, 1, 0, 1)
    assert QuarantinedLine.objects.get().code == "stale_revision"
    assert SaleLine.objects.get().quantity == 3


def test_a_revision_is_late_only_when_its_first_report_was(report: Take, sale: Sale, received_at: datetime) -> None:
    report(sale())
    report(sale(revision=2, quantity=2), at=received_at + timedelta(days=30))
    report(sale(doc_no="S2"), at=received_at + timedelta(days=30))
    report(sale(doc_no="S2", revision=2, quantity=2), at=received_at + timedelta(days=31))

    assert dict(SaleLine.objects.values_list("doc_no", "flags")) == {"S1": 0, "S2": Flag.LATE_REPORT}


def test_conflicts_within_one_delivery_are_settled_in_its_order(report: Take, sale: Sale) -> None:
    delivery = report(
        sale(quantity=1),
        sale(quantity=1),
        sale(quantity=2),
        sale(revision=2, quantity=2),
        sale(revision=4, quantity=4),
        sale(revision=3, quantity=3),
        sale(revision=2, quantity=2),
        sale(revision=4, quantity=9),
        sale(doc_no="S2"),
    )

    assert counts(delivery) == (2, 2, 2, 3)
    assert list(QuarantinedLine.objects.order_by("line").values_list("line", "code")) == [
        (3, "revision_required"),
        (6, "stale_revision"),
        (8, "revision_required"),
    ]
    assert SaleLine.objects.get(doc_no="S1").quantity == 4
    assert sorted(SaleLineHistory.objects.values_list("revision", flat=True)) == [1, 2]
    assert tally()["D1", "phones"][:3] == (2, 5, Decimal(500))


def test_a_refused_line_repeated_is_not_a_duplicate(report: Take, sale: Sale) -> None:
    report(sale())
    assert counts(report(sale(quantity=2), sale(quantity=2))) == (0, 0, 0, 2)


def test_days_with_sales_are_covered(report: Take, sale: Sale, company: SimpleNamespace) -> None:
    report(
        sale(),
        sale(line_no=2, sold_at="2026-11-03T10:00:00+08:00"),
        sale(line_no=3, sku="?", sold_at="2026-11-01T10:00:00+08:00"),
    )
    assert sorted(FeedDay.objects.values_list("day", flat=True)) == [date(2026, 11, 3), date(2026, 11, 5)]


def test_the_tally_keeps_compliant_and_violating_sales_apart(report: Take, sale: Sale) -> None:
    report(
        sale(line_no=1),
        sale(line_no=2, unit_price="80", quantity=2),
        sale(line_no=3, unit_price="100", region="P31"),
        sale(line_no=4, sku="CASE", unit_price="1.000001", quantity=3),
        sale(line_no=5, quantity=-1, unit_price="100"),
    )
    assert tally() == {
        ("D1", "phones"): (4, 3, Decimal(260), Decimal(0), Decimal(160)),
        ("D1", "cases"): (1, 3, Decimal("3.000003"), Decimal("3.000003"), Decimal(0)),
    }


def test_hq_delivers_for_many_dealers(report: Take, sale: Sale, company: SimpleNamespace) -> None:
    delivery = report(sale(dealer="D1"), sale(dealer="D2"), sale(dealer="D3"), sale(), dealer=None)

    assert counts(delivery) == (2, 0, 0, 2)
    assert set(SaleLine.objects.values_list("dealer__code", flat=True)) == {"D1", "D2"}
    assert list(QuarantinedLine.objects.order_by("line").values_list("code", "dealer_id")) == [
        ("unknown_dealer", None),
        ("missing_value", None),
    ]


def test_a_dealer_delivers_nothing_for_others(report: Take, sale: Sale, company: SimpleNamespace) -> None:
    delivery = report(sale(dealer="D1"), sale(line_no=2, dealer="D2"), sale(line_no=3))

    assert counts(delivery) == (2, 0, 0, 1)
    problem = QuarantinedLine.objects.get()
    assert (problem.code, problem.dealer_id) == ("not_your_dealer", company.d1.pk)


def test_a_file_of_many_portions_is_merged_in_the_background(
    company: SimpleNamespace, received_at: datetime, tmp_path: Any, transactional_db: None
) -> None:
    path = tmp_path / "sales.csv"
    rows = [f"D1,S{number},1,2026-11-05T10:00:00+08:00,PHONE,1,100.00,C3301" for number in range(45_000)]
    rows[30_000] = rows[3]
    rows[31_000] = rows[4].replace(",1,100.00,", ",2,100.00,")
    rows[44_000] = "D1,S44000,1,2026-11-05T10:00:00+08:00,NOPE,1,100.00,C3301"
    path.write_text("dealer,doc_no,line_no,sold_at,sku,quantity,unit_price,region\n" + "\n".join(rows))

    delivery = take_in_sales(
        source=TableReport(path), dealer=None, door=Door.COMMAND, actor_label="test", received_at=received_at
    )

    assert counts(delivery) == (44_997, 1, 0, 2)
    assert delivery.filename == "sales.csv"
    assert SaleLine.objects.count() == 44_997
    assert tally()["D1", "phones"][:3] == (44_997, 44_997, Decimal(4_499_700))
    problems = list(QuarantinedLine.objects.order_by("line").values_list("line", "code"))
    assert problems == [(31_002, "revision_required"), (44_002, "unknown_sku")]


def test_a_change_of_the_bands_is_seen_at_the_next_report(report: Take, sale: Sale, company: SimpleNamespace) -> None:
    report(sale(doc_no="S1"))
    company.phone_band.floor = Decimal("105")
    company.phone_band.save()
    report(sale(doc_no="S2"))
    assert dict(SaleLine.objects.values_list("doc_no", "verdict")) == {
        "S1": Verdict.IN_BAND,
        "S2": Verdict.BELOW_FLOOR,
    }
