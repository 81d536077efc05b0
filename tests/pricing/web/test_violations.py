"""Violations on their pages: who sees which, what is said to whom, and at what cost."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer
from pricing.choices import PromoState, ViolationState
from pricing.models import PromoItem, PromoRequest, Violation
from settlement.models import Case
from tests import factories
from tests.breaches import AFTER, PERIOD, breach, market
from tests.visitors import visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER):
        yield


@pytest.fixture
def dealer() -> Dealer:
    market()
    return factories.Dealer(code="D1", home_region=factories.City(code="HZ"))


@pytest.fixture
def violation(dealer: Dealer) -> Violation:
    return breach(dealer, "800", "1000")


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def pages(violation: Violation) -> tuple[str, ...]:
    return ("/violations/", f"/violations/{violation.pk}/", f"/violations/{violation.pk}/lines.csv")


def test_who_opens_them(violation: Violation) -> None:
    own = visitor(Role.DEALER_OWNER, dealer=violation.dealer)
    other = visitor(Role.DEALER_OWNER, dealer=factories.Dealer())
    near = visitor(Role.CHANNEL_MANAGER, regions=[violation.dealer.home_region])
    far = visitor(Role.CHANNEL_MANAGER, regions=[factories.City()])
    expected = [
        (own, (200, 200, 200)),
        (other, (200, 404, 404)),
        (near, (200, 200, 200)),
        (far, (200, 404, 404)),
        (visitor(Role.RISK_JUDGE), (200, 200, 200)),
        (visitor(Role.AUDITOR), (200, 200, 200)),
        (visitor(Role.FINANCE_CLERK), (403, 403, 403)),
        (visitor(Role.ADMINISTRATOR), (403, 403, 403)),
    ]
    for client, codes in expected:
        assert tuple(client.get(page).status_code for page in pages(violation)) == codes


def test_a_dealer_sees_its_own_only_and_in_plain_words(violation: Violation) -> None:
    other = breach(factories.Dealer(code="D2", home_region=factories.City(code="NB")), "700")
    mine = visitor(Role.DEALER_OWNER, dealer=violation.dealer)
    found = read(mine, "/violations/")
    assert f"/violations/{violation.pk}/" in found and f"/violations/{other.pk}/" not in found
    told = read(mine, f"/violations/{violation.pk}/")
    assert "it is no penalty" in told and "asked for your reply" in told
    assert "/set-aside/" not in told and "/hand-over/" not in told and "<h2>History</h2>" not in told


def test_the_detail_shows_edge_price_and_shortfall_of_each_line(violation: Violation) -> None:
    told = read(visitor(Role.RISK_INVESTIGATOR), f"/violations/{violation.pk}/")
    for words in ("¥900.00", "¥800.00", "¥100.00", "A written warning", "LB-", "Half-month no. 1 in the window"):
        assert words in told
    assert "¥1,000.00" not in told


def test_the_promotion_that_nearly_covered_the_sale_is_named(dealer: Dealer) -> None:
    request = PromoRequest.objects.create(
        code="PR-1",
        state=PromoState.APPROVED,
        window=(PERIOD.start, PERIOD.end),
        budget=1,
        created_at=factories.LONG_AGO,
        approved_at=AFTER,
    )
    PromoItem.objects.create(request=request, product=factories.Product(sku="A1"), promo_price=Decimal(750))
    found = breach(dealer, "800")
    told = read(visitor(Role.AUDITOR), f"/violations/{found.pk}/")
    assert "Nearest promotion PR-1 at 750.00: approved only after the sale" in told


def test_the_ladder_counts_earlier_confirmed_half_months_and_links_them(dealer: Dealer) -> None:
    earlier = breach(dealer, "800", period=HalfMonth.from_ordinal(PERIOD.ordinal - 3), doc_no="E")
    long_ago = breach(dealer, "800", period=HalfMonth.from_ordinal(PERIOD.ordinal - 24), doc_no="L")
    Violation.objects.filter(pk__in=(earlier.pk, long_ago.pk)).update(confirmed_in="CASE-2026-000001")
    found = breach(dealer, "800")
    told = read(visitor(Role.RISK_JUDGE), f"/violations/{found.pk}/")
    assert "Half-month no. 2 in the window" in told and "A penalty of ¥1,000.00" in told
    assert f"/violations/{earlier.pk}/" in told and f"/violations/{long_ago.pk}/" not in told
    listed = read(visitor(Role.RISK_JUDGE), "/violations/?period=all&standing=2")
    assert f"/violations/{found.pk}/" in listed and f"/violations/{earlier.pk}/" not in listed


def test_filters_narrow_the_list(violation: Violation) -> None:
    person = visitor(Role.AUDITOR)
    link = f"/violations/{violation.pk}/"
    province = violation.dealer.home_region.parent.code
    shown = ["", "?kind=below_floor", "?dealer=D1", "?state=gathered", f"?home={province}", "?period=2026-11-H1"]
    hidden = ["?kind=above_ceiling", "?dealer=D9", "?state=set_aside", "?state=cleared", "?period=2026-10-H1"]
    assert [link in read(person, f"/violations/{query}") for query in shown] == [True] * len(shown)
    assert [link in read(person, f"/violations/{query}") for query in hidden] == [False] * len(hidden)


def test_the_list_reads_on_without_losing_or_repeating(dealer: Dealer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pricing.web.violations.ROWS_PER_PAGE", 2)
    wanted = {breach(factories.Dealer(), price).pk for price in ("800", "800", "700", "600", "850")}
    client, url, seen = visitor(Role.AUDITOR), "/violations/", []
    while url:
        context = client.get(url).context
        seen += [row["violation"].pk for row in context["rows"]]
        url = f"/violations/{context['next_url']}" if context["next_url"] else ""
    assert len(seen) == 5 and set(seen) == wanted
    assert client.get("/violations/?after=nonsense~~").status_code == 200


def test_handing_over_and_setting_aside_from_the_page(violation: Violation) -> None:
    client = visitor(Role.RISK_INVESTIGATOR)
    given = {"version": violation.version, "reason": "a display piece"}
    client.post(f"/violations/{violation.pk}/set-aside/", given)
    violation.refresh_from_db()
    assert violation.state == ViolationState.SET_ASIDE
    client.post(f"/violations/{violation.pk}/take-up/", given)
    answer = client.post(f"/cases/hand-over/violation/{violation.pk}/", given, follow=True)
    case = Case.objects.get()
    assert f"Handed over as {case.number}" in answer.content.decode()
    stale = client.post(f"/violations/{violation.pk}/set-aside/", {**given, "version": 99}, follow=True)
    assert "have changed since you looked" in stale.content.decode()


def test_the_export_says_what_the_list_says(violation: Violation) -> None:
    answer = visitor(Role.AUDITOR).get("/violations/export.csv?period=2026-11-H1")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [(row["dealer"], row["kind"], row["shortfall"], row["standing"]) for row in rows] == [
        ("D1", "below_floor", "100.00", "1")
    ]


def test_queries_do_not_grow_with_rows(dealer: Dealer) -> None:
    def asked(client: Client, url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            read(client, url)
        return len(queries)

    one = breach(dealer, "800")
    person = visitor(Role.CHANNEL_MANAGER, regions=[dealer.home_region])
    urls = ("/violations/", "/violations/?period=all&standing=1", f"/violations/{one.pk}/")
    before = [asked(person, url) for url in urls]
    for number in range(6):
        city = dealer.home_region
        breach(factories.Dealer(home_region=city), "800", "700", "1300", doc_no=f"M{number}")
    breach(dealer, *["700"] * 8, doc_no="MANY")
    assert [asked(person, url) for url in urls] == before
