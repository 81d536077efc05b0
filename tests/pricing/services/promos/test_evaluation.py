"""Judging what a promotion brought: the figures, who may, and what becomes of facts that arrive late."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.models import AuditRecord, Notice
from pricing.choices import Bearer, Channel, Flag, PromoState, Recommendation, Verdict
from pricing.errors import LessonsMissing, NotEnded, Objected, PromoNotFound, SpendOutstanding
from pricing.models import PromoDealerResult, PromoEvaluation, PromoGoal, SaleLine
from pricing.rules.promo_content import PromoItemContent
from pricing.selectors.promo_figures import standing_of
from pricing.services.promos.evaluation import evaluate_promo
from pricing.services.promos.spend import declare_spend_complete, reverse_spend
from tests import factories
from tests.pricing.promo_aftermath import LATER, OVER, company, complete, ended, judged, sale, spent, worked_sales
from tests.pricing.promo_stage import approved, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return company()


def test_the_worked_example_of_the_guide(cast):
    request = complete(cast)
    evaluation = judged(cast, request)
    assert (evaluation.baseline, evaluation.expected) == (Decimal("112000.00"), Decimal("28000.00"))
    assert (evaluation.sales, evaluation.uplift) == (Decimal("52000.00"), Decimal("24000.00"))
    assert evaluation.uplift_rate == Decimal("0.857143")
    assert (evaluation.spend, evaluation.brand_spend) == (Decimal("16000.00"), Decimal("12000.00"))
    assert (evaluation.return_rate, evaluation.recommendation) == (Decimal("3.250000"), Recommendation.EXPAND)
    channels = {part.channel: (part.sales, part.spend) for part in evaluation.channels.all()}
    assert channels == {
        Channel.RETAIL: (Decimal("39000.00"), Decimal("12000.00")),
        Channel.B2B: (Decimal("13000.00"), Decimal("4000.00")),
    }
    request.refresh_from_db()
    assert request.state == PromoState.EVALUATED
    assert AuditRecord.objects.get(action="promo.evaluate").after["return_rate"] == "3.250000"
    told = Notice.objects.filter(recipient=cast.owner, params__reason="promo_evaluated")
    assert told.count() == 1


def test_only_the_promotions_own_sales_count(cast):
    """Other products, places, dealers and days, and lines kept out of every rebate base, are none of it."""
    province = cast.dealer.home_region.parent
    request = ended(cast, regions=(province.code,))
    worked_sales(cast.dealer, cast.product)
    during = date(2026, 6, 3)
    sale(cast.dealer, factories.Product(sku="SKU-2"), during, "900")
    sale(cast.dealer, cast.product, during, "900", region=factories.City())
    sale(factories.Dealer(home_region=cast.dealer.home_region), cast.product, during, "900")
    sale(cast.dealer, cast.product, date(2026, 6, 8), "900")
    sale(cast.dealer, cast.product, date(2026, 5, 3), "900")
    sale(cast.dealer, cast.product, during, "900", flags=Flag.OUT_OF_TERRITORY)
    sale(cast.dealer, cast.product, during, "900", flags=Flag.B2B_WITHOUT_ADDENDUM)
    figures = standing_of(request, at=LATER).figures
    assert (figures.result.sales, figures.result.baseline) == (Decimal("52000.00"), Decimal("112000.00"))


def test_returns_take_away_and_sales_in_violation_are_shown_beside(cast):
    request = ended(cast)
    worked_sales(cast.dealer, cast.product)
    during = date(2026, 6, 4)
    sale(cast.dealer, cast.product, during, "-2000", -2)
    sale(cast.dealer, cast.product, during, "700", verdict=Verdict.BELOW_FLOOR)
    sale(cast.dealer, cast.product, during, "1300", verdict=Verdict.ABOVE_CEILING, flags=Flag.NOT_ENFORCED)
    figures = standing_of(request, at=LATER).figures
    assert (figures.result.sales, figures.breach_sales) == (Decimal("52000.00"), Decimal("700.00"))
    assert figures.quantity == 58 - 2 + 2


def test_while_it_runs_only_the_days_that_are_over_are_compared(cast):
    request = approved(cast.owner, cast.legal, cast.director)
    worked_sales(cast.dealer, cast.product)
    sale(cast.dealer, cast.product, date(2026, 6, 3), "77")
    figures = standing_of(request, at=moment("2026-06-03 15:00")).figures
    assert figures.window.days == 2
    assert (figures.result.sales, figures.result.expected) == (Decimal("39000.00"), Decimal("8000.00"))


def test_goals_are_judged_with_the_figures(cast):
    request = complete(cast)
    PromoGoal.objects.create(request=request, measure="uplift", target=Decimal("0.3"))
    PromoGoal.objects.create(request=request, measure="quantity", target=Decimal("100"))
    evaluation = judged(cast, request)
    assert evaluation.goals == [
        {"measure": "uplift", "target": "0.3000", "actual": "0.857143", "met": True},
        {"measure": "quantity", "target": "100.0000", "actual": "58", "met": False},
    ]
    assert evaluation.goals_met is False


def test_without_a_baseline_or_spend_it_is_told_why(cast):
    request = ended(cast)
    sale(cast.dealer, cast.product, date(2026, 6, 2), "900")
    declare_spend_complete(code=request.code, actor=cast.owner, at=OVER)
    evaluation = judged(cast, request)
    assert (evaluation.uplift_rate, evaluation.return_rate) == (None, None)
    assert evaluation.recommendation == Recommendation.NONE
    assert [finding["code"] for finding in evaluation.findings] == ["no_baseline", "no_spend"]


def test_late_lines_make_another_version_and_the_earlier_one_stays(cast):
    request = complete(cast)
    first = judged(cast, request)
    sale(cast.dealer, cast.product, date(2026, 6, 5), "8000", 8)
    second = evaluate_promo(code=request.code, lessons="", actor=cast.channel, at=LATER + timedelta(days=3))
    first.refresh_from_db()
    assert (first.version, first.sales, first.superseded_at) == (1, Decimal("52000.00"), second.evaluated_at)
    assert (second.version, second.sales, second.return_rate) == (2, Decimal("60000.00"), Decimal("3.750000"))
    assert (second.superseded_at, second.lessons) == (None, first.lessons)
    assert PromoDealerResult.objects.filter(evaluation=first).get().sales == Decimal("52000.00")


def test_judging_again_without_anything_new_keeps_the_version_that_stands(cast):
    request = complete(cast)
    first = judged(cast, request)
    for lessons in ("", first.lessons):
        again = evaluate_promo(code=request.code, lessons=lessons, actor=cast.judge, at=LATER + timedelta(days=1))
        assert again.pk == first.pk
    other = evaluate_promo(code=request.code, lessons="补充", actor=cast.judge, at=LATER + timedelta(days=1))
    assert (other.version, other.lessons) == (2, "补充")
    assert AuditRecord.objects.filter(action="promo.evaluate").count() == 2


def test_nobody_judges_what_they_asked_for_granted_or_kept_the_books_of(cast):
    request = complete(cast)
    spent(request, cast.marketing, "10")
    barred = [
        (cast.director, "granted_the_promotion"),
        (cast.marketing, "recorded_the_spend"),
    ]
    for person, code in barred:
        with pytest.raises(Objected) as refusal:
            evaluate_promo(code=request.code, lessons="x", actor=person, at=LATER)
        assert refusal.value.code == code


def test_who_drafted_for_headquarters_does_not_judge_it(cast):
    request = approved(cast.marketing, cast.legal, cast.director)
    with pytest.raises(Objected) as refusal:
        evaluate_promo(code=request.code, lessons="x", actor=cast.marketing, at=LATER)
    assert refusal.value.code == "own_promotion"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.LEGAL_REVIEWER, Role.FINANCE_CLERK])
def test_other_offices_do_not_judge(cast, role):
    request = complete(cast)
    with pytest.raises(NotPermitted):
        evaluate_promo(code=request.code, lessons="x", actor=factories.User(role=role), at=LATER)


def test_a_channel_manager_of_other_regions_finds_nothing(cast):
    request = complete(cast)
    stranger = factories.User(role=Role.CHANNEL_MANAGER, regions=[factories.City()])
    with pytest.raises(PromoNotFound):
        evaluate_promo(code=request.code, lessons="x", actor=stranger, at=LATER)


def test_it_waits_for_the_spend_until_that_is_due(cast):
    request = ended(cast)
    with pytest.raises(SpendOutstanding):
        evaluate_promo(code=request.code, lessons="x", actor=cast.judge, at=OVER)
    due = request.account.due_at
    evaluation = evaluate_promo(code=request.code, lessons="x", actor=cast.judge, at=due)
    assert evaluation.spend_complete is False


def test_a_promotion_that_still_runs_is_not_judged(cast):
    request = approved(cast.owner, cast.legal, cast.director)
    with pytest.raises(NotEnded):
        evaluate_promo(code=request.code, lessons="x", actor=cast.judge, at=OVER)


def test_lessons_are_part_of_judging(cast):
    request = complete(cast)
    with pytest.raises(LessonsMissing):
        evaluate_promo(code=request.code, lessons="  ", actor=cast.judge, at=LATER)


def test_a_reversal_counts_as_what_was_not_spent(cast):
    request = complete(cast)
    reverse_spend(code=request.code, number=2, reason="重复录入", actor=cast.owner, at=OVER)
    assert judged(cast, request).spend == Decimal("12000.00")


def test_a_company_wide_promotion_is_summed_in_one_pass_whatever_its_size(cast):
    def wide(count):
        dealers = [factories.Dealer(home_region=cast.dealer.home_region) for _number in range(count)]
        for dealer in dealers:
            sale(dealer, cast.product, date(2026, 5, 20), "280")
            sale(dealer, cast.product, date(2026, 6, 2), "100.005")

    items = (PromoItemContent("SKU-1", Decimal("880")),)
    request = approved(
        cast.marketing, cast.legal, cast.director, items=items, dealers=(), at=moment("2026-05-12 09:00")
    )
    request.dealers.clear()
    wide(1)
    with CaptureQueriesContext(
        connection,
    ) as few:
        standing_of(request, at=LATER)
    wide(8)
    request = type(request).objects.get(pk=request.pk)
    with CaptureQueriesContext(connection) as many:
        figures = standing_of(request, at=LATER).figures
    assert len(many) == len(few)
    assert len(figures.dealers) == 9
    assert sum(part.sales for part in figures.dealers) == figures.result.sales == Decimal("900.05")


def test_the_database_keeps_results_and_the_earlier_versions(cast):
    evaluation = judged(cast)
    with pytest.raises(InternalError), transaction.atomic():
        PromoDealerResult.objects.filter(evaluation=evaluation).update(sales=1)
    assert PromoEvaluation.objects.filter(superseded_at=None).count() == 1
    assert SaleLine.objects.count() == 6


def test_an_independent_reckoning_gives_the_same(cast):
    """By hand, line by line, over everything a promotion may meet."""
    request = ended(cast)
    total = {True: Decimal(0), False: Decimal(0)}
    for number in range(60):
        day = date(2026, 5, 1) + timedelta(days=number)
        quantity = -1 if number % 7 == 3 else number % 4 + 1
        flags = Flag.OUT_OF_TERRITORY if number % 11 == 0 else (Flag.LATE_REPORT if number % 5 == 0 else 0)
        line = sale(
            cast.dealer, cast.product, day, "1", quantity, unit_price=Decimal("333.333333") + number, flags=flags
        )
        if not flags & Flag.OUT_OF_TERRITORY and date(2026, 5, 4) <= day < date(2026, 6, 8):
            total[day >= date(2026, 6, 1)] += line.quantity * line.unit_price
    spent(request, cast.owner, "1000", borne_by=Bearer.OTHER)
    result = standing_of(request, at=LATER).figures.result
    cent = Decimal("0.01")
    assert (result.sales, result.baseline) == (total[True].quantize(cent), total[False].quantize(cent))
    assert abs(result.expected - total[False] / 4) <= cent / 2
