"""What promotions brought, taken together: figures by kind and channel, the list, the search and the export."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from dealers.choices import Role
from dealers.models import PolicyVersion
from pricing.choices import Channel, PromoState, Recommendation
from pricing.models import PromoChannelResult, PromoEvaluation, PromoPieces, PromoRequest
from pricing.rules.promo_return import Marks
from pricing.rules.word_pieces import pieces_of, pieces_of_term, plain_words
from pricing.selectors.promo_brought import (
    ResultsWish,
    brought_altogether,
    brought_by_kind,
    narrowed_evaluations,
    waiting_for_evaluation,
)
from pricing.selectors.promo_performance import performance_of
from tests import factories
from tests.pricing.promo_aftermath import LATER, company, ended, judged, spent
from tests.pricing.promo_stage import in_budget_review
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db
MARKS = Marks(Decimal("2"), Decimal("3"))


@pytest.fixture(autouse=True)
def later():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def cast():
    people = company()
    people.judge.language = people.channel.language = "en"
    people.judge.save()
    people.channel.save()
    return people


def kept(
    cast,
    number: int,
    *,
    kind: str = "discount",
    dealer=None,
    sales: str = "1000",
    expected: str = "800",
    spend: str = "400",
    retail: str | None = None,
    lessons: str = "经验",
    ends: date = date(2026, 6, 8),
    goals_met: bool | None = None,
    budget: str = "500",
):
    """A judged promotion written straight into the tables, with its two channels."""
    dealer = dealer or cast.dealer
    request = PromoRequest.objects.create(
        code=f"PR-{number:04d}",
        title=f"活动{number}",
        kind=kind,
        applicant=dealer,
        state=PromoState.EVALUATED,
        window=(ends - timedelta(days=7), ends),
        budget=Decimal(budget),
        created_at=LATER,
        approved_at=LATER,
    )
    sold, hoped, paid = Decimal(sales), Decimal(expected), Decimal(spend)
    rate = (sold / paid).quantize(Decimal("0.000001")) if paid else None
    words = plain_words(request.code, request.title, lessons)
    evaluation = PromoEvaluation.objects.create(
        request=request,
        version=1,
        dealer=dealer,
        policy=PolicyVersion.objects.get(),
        baseline_from=ends - timedelta(days=35),
        sales=sold,
        quantity=1,
        baseline=hoped * 4,
        expected=hoped,
        spend=paid,
        lines=1,
        breach_sales=0,
        brand_spend=0,
        spend_complete=True,
        uplift=sold - hoped,
        uplift_rate=((sold - hoped) / hoped).quantize(Decimal("0.000001")) if hoped else None,
        return_rate=rate,
        recommendation=Recommendation.KEEP if rate is not None else Recommendation.NONE,
        goals_met=goals_met,
        lessons=lessons,
        words=words,
        evaluated_by=cast.judge,
        evaluated_at=LATER,
    )
    PromoPieces.objects.create(evaluation=evaluation, pieces=pieces_of(words))
    shares = {Channel.RETAIL: Decimal(retail if retail is not None else sales)}
    shares[Channel.B2B] = sold - shares[Channel.RETAIL]
    for channel, share in shares.items():
        part = share / sold if sold else Decimal(channel == Channel.RETAIL)
        PromoChannelResult.objects.create(
            evaluation=evaluation,
            channel=channel,
            sales=share,
            quantity=1,
            baseline=hoped * 4 * part,
            expected=hoped * part,
            spend=paid * part,
        )
    return evaluation


def page(person, **query):
    answer = signed_in(person).get(reverse("promos-results"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_returns_are_added_up_by_kind_and_channel_before_they_are_divided(cast):
    """1,000 for 400 and 5,000 for 1,600 are 3.00 together, not the mean of 2.5 and 3.125."""
    kept(cast, 1, sales="1000", spend="400")
    kept(cast, 2, sales="5000", spend="1600", retail="5000")
    kept(cast, 3, kind="gift", sales="900", spend="600", retail="600")
    kept(cast, 4, kind="gift", sales="700", spend="0")  # nothing spent: no part in any return
    found = narrowed_evaluations(cast.judge, ResultsWish())
    rows = {(row.kind, row.channel): row for row in brought_by_kind(found, MARKS)}
    discount = rows["discount", Channel.RETAIL]
    assert (discount.promotions, discount.returned.rate) == (2, Decimal("3.000000"))
    assert discount.returned.recommendation == Recommendation.KEEP
    gift = rows["gift", Channel.RETAIL]
    assert (gift.promotions, gift.sales, gift.returned.sales, gift.returned.spend) == (2, 1300, 600, 400)
    assert gift.returned.recommendation == Recommendation.RETIRE
    assert rows["gift", Channel.B2B].returned.rate == Decimal("1.500000")
    assert set(rows) == {("discount", Channel.RETAIL), ("gift", Channel.RETAIL), ("gift", Channel.B2B)}
    whole = brought_altogether(found, MARKS)
    assert (whole.promotions, whole.sales, whole.uplift) == (4, Decimal(7600), Decimal(4400))
    assert whole.returned.rate == Decimal("2.653846")  # 6,900 for 2,600


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        (ResultsWish(words="堆头"), ["PR-0001"]),
        (ResultsWish(words="收银 有效"), ["PR-0001"]),
        (ResultsWish(words="收"), ["PR-0001"]),
        (ResultsWish(words="GIFT"), ["PR-0002"]),
        (ResultsWish(words="pr-0003"), ["PR-0003"]),
        (ResultsWish(words="活动"), ["PR-0003", "PR-0002", "PR-0001"]),
        (ResultsWish(words="银收"), []),
        (ResultsWish(kind="gift"), ["PR-0002"]),
        (ResultsWish(channel=Channel.B2B), ["PR-0001"]),
        (ResultsWish(advice=Recommendation.NONE), ["PR-0003"]),
        (ResultsWish(goals="met"), ["PR-0002"]),
        (ResultsWish(goals="missed"), ["PR-0003"]),
        (ResultsWish(dealer="d0002"), ["PR-0003"]),
        (ResultsWish(ended_from=date(2026, 6, 1)), ["PR-0002", "PR-0001"]),
        (ResultsWish(ended_to=date(2026, 5, 31)), ["PR-0003"]),
        (ResultsWish(ended_to=date(2026, 5, 30)), []),
    ],
)
def test_results_are_found_by_their_lessons_and_figures(cast, wish, found):
    kept(cast, 1, lessons="堆头靠近收银台最有效", retail="400")
    kept(cast, 2, kind="gift", lessons="A gift beats a discount", goals_met=True)
    kept(cast, 3, dealer=factories.Dealer(code="D0002"), spend="0", goals_met=False, ends=date(2026, 6, 1))
    assert [row.request.code for row in narrowed_evaluations(cast.judge, wish)] == found


def test_a_search_reads_the_index_and_not_every_lesson(cast):
    for number in range(1, 30):
        kept(cast, number, lessons=f"第{number}次：陈列很重要")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    holding = PromoPieces.objects.filter(pieces__contains=pieces_of_term("陈列很"))
    assert "promo_pieces" in holding.explain() and holding.count() == 29


def test_the_page_shows_the_matrix_the_list_and_what_waits(cast):
    judged(cast)
    text = page(cast.judge)
    for shown in ("Promotions judged", "¥52,000.00", "85.7%", "3.25", "Expand", "堆头位置靠近收银台最有效"):
        assert shown in text
    assert "Every promotion that ended has been judged" in page(cast.judge, tab="waiting")


def test_what_nobody_has_judged_waits_with_its_spend_and_the_day_it_is_due(cast):
    request = ended(cast)
    spent(request, cast.owner, "80000.01")
    text = page(cast.judge, tab="waiting")
    assert request.code in text and "¥80,000.01" in text and "tone-bad" in text


def test_a_channel_manager_sees_the_promotions_of_its_regions_only(cast):
    kept(cast, 1)
    kept(cast, 2, dealer=factories.Dealer(code="D0002"))
    text = page(cast.channel)
    assert "PR-0001" in text and "PR-0002" not in text and "D0002" not in text


def test_dealers_and_administrators_have_no_such_page(cast):
    for person in (cast.owner, factories.User(role=Role.ADMINISTRATOR)):
        assert signed_in(person).get(reverse("promos-results")).status_code == 403
        assert signed_in(person).get(reverse("promos-results-export", args=["csv"])).status_code == 403


def test_what_is_found_is_exported(cast):
    kept(cast, 1, lessons="=SUM(A1)")
    kept(cast, 2, kind="gift")
    client = signed_in(cast.judge)
    text = client.get(reverse("promos-results-export", args=["csv"]), {"kind": "discount"}).content.decode("utf-8-sig")
    assert text.count("\r\n") == 2 and "'=SUM(A1)" in text and "1000.00" in text
    book = client.get(reverse("promos-results-export", args=["xlsx"])).content
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()) == 3
    assert client.get(reverse("promos-results-export", args=["exe"])).status_code == 404


@pytest.mark.parametrize("tab", ["", "waiting"])
def test_the_queries_do_not_grow_with_the_promotions(cast, tab):
    client, url, counts = signed_in(cast.judge), reverse("promos-results"), []
    for start, end in ((1, 2), (2, 12)):
        for number in range(start, end):
            evaluation = kept(cast, number)
            if tab:
                PromoEvaluation.objects.filter(pk=evaluation.pk).update(superseded_at=LATER)
                PromoRequest.objects.filter(pk=evaluation.request_id).update(state=PromoState.ENDED)
        client.get(url, {"tab": tab})
        with CaptureQueriesContext(connection) as queries:
            client.get(url, {"tab": tab})
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert waiting_for_evaluation(cast.judge).count() == (11 if tab else 0)


def test_a_reviewer_sees_how_earlier_promotions_of_the_applicant_and_kind_went(cast):
    kept(cast, 1, sales="1000", expected="800", spend="400", goals_met=True)
    kept(cast, 2, sales="3000", expected="2200", spend="600", lessons="第二次更好")
    kept(cast, 3, kind="gift", spend="0")
    kept(cast, 4, dealer=factories.Dealer(code="D0002"), sales="100", expected="100", spend="100")
    request = in_budget_review(cast.owner, cast.legal)
    found = performance_of([request])[request.pk]
    own = found.own_kind
    assert (own.promotions, own.uplift_rate, own.return_rate) == (2, Decimal("0.333333"), Decimal("4.000000"))
    assert (own.overspent, own.goals_met, own.with_goals) == (1, 1, 1)
    assert (found.own.promotions, found.kind.promotions) == (3, 3)
    assert [lesson.request.code for lesson in found.lessons] == ["PR-0002", "PR-0001"]
    answer = signed_in(cast.director).get(reverse("promo-detail", args=[request.code])).content.decode()
    assert "第二次更好" in answer
    own_page = signed_in(cast.owner).get(reverse("promo-detail", args=[request.code])).content.decode()
    assert "第二次更好" not in own_page
