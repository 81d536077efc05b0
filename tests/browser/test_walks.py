"""People at work in a real browser: a promotion through its offices, a half-month to its dealer, looks and phones."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client, override_settings

from dealers.choices import Role
from dealers.foundation import clock
from dealers.foundation.clock import start_of_day
from dealers.foundation.half_months import HalfMonth
from dealers.models import ApiKey, JobRun, User
from pricing.models import PromoRequest
from pricing.rules.promo_content import PromoItemContent
from settlement.choices import StatementState
from settlement.models import SettlementRun, Statement
from settlement.tasks import CALCULATE, calculate_run
from tests import factories
from tests.browser.desk import PHONE, Desk, desk, in_a_browser, visit
from tests.policies import published_policy, starting
from tests.pricing.promo_stage import submitted
from tests.settlement.world import sell

PASSWORD = "Halfmoon-on-the-river-7"
ITEMS = (PromoItemContent("PJ-1", Decimal("880")),)
pytestmark = in_a_browser


@pytest.fixture
def half_month() -> HalfMonth:
    """The half-month before the present one."""
    return HalfMonth.from_ordinal(HalfMonth.containing(clock.now()).ordinal - 1)


@pytest.fixture
def company(half_month: HalfMonth) -> Any:
    """A policy in force, a dealer that sold last half-month, and the people of this story."""
    year = clock.business_day(clock.now()).year
    published_policy(starting(f"{year - 1}-01-01", f"{year + 2}-01-01"))
    dealer = factories.Dealer(code="HZ01", name="杭州半月影音有限公司")
    factories.PriceBand(product=factories.Product(sku="PJ-1"))
    sell(dealer, str(half_month), "120000.50")
    for name, role in (
        ("owner", Role.DEALER_OWNER),
        ("legal", Role.LEGAL_REVIEWER),
        ("director", Role.MARKETING_DIRECTOR),
        ("manager", Role.GENERAL_MANAGER),
        ("clerk", Role.FINANCE_CLERK),
        ("approver", Role.FINANCE_APPROVER),
    ):
        factories.User(username=name, role=role, language="en", dealer=dealer if name == "owner" else None)
    return dealer


def test_a_promotion_goes_from_the_portal_over_its_return_to_the_general_manager_and_a_sale_at_its_price(
    chromium: Any, live_server: Any, company: Any
) -> None:
    """Dealer submits, legal returns, dealer mends, legal clears each wording, the general manager approves."""
    starts_on = clock.business_day(clock.now()) + timedelta(days=40)
    with desk(chromium, live_server, "owner") as owner:
        owner.open("/promos/new/")
        for field, value in {
            "title": "双节促销",
            "starts_on": starts_on.isoformat(),
            "last_on": (starts_on + timedelta(days=6)).isoformat(),
            "budget": "300000",
            "ad_copy": "全国第一的投影仪。顶级系列到店。",
            "sku": "PJ-1",
            "promo_price": "880",
        }.items():
            owner.page.fill(f"[name={field}]", value)
        owner.press("button[name=submit]")
    promo = PromoRequest.objects.get()
    assert promo.state == "legal_review"
    page = f"/promos/{promo.code}/"
    with desk(chromium, live_server, "legal") as legal:
        legal.open(page)
        assert legal.page.locator("button[value=approve]").is_disabled()
        assert legal.page.locator(".copy mark").all_inner_texts() == ["全国第一1", "顶级2"]
        clear(legal, 1, "系列名称")
        legal.page.keyboard.press("r")
        legal.page.keyboard.type("请修改用语")
        legal.page.locator(".remark-lines summary").click()
        legal.page.locator("select[name=remark_on]").first.select_option("finding-0")
        legal.page.locator("input[name=remark]").first.fill("无法证明")
        legal.press("button[value=return]")
    promo.refresh_from_db()
    assert promo.state == "returned"
    with desk(chromium, live_server, "owner") as owner:
        owner.open(page)
        assert "无法证明" in owner.page.inner_text(".remarks")
        owner.open(f"{page}edit/")
        owner.page.fill("[name=ad_copy]", "国家级的投影仪。顶级系列到店。")
        owner.press("button[name=submit]")
    with desk(chromium, live_server, "legal") as legal:
        legal.open(page)
        assert legal.page.locator(".changes del").first.inner_text() == "全国第一"
        clear(legal, 0, "已获奖项，见附件")  # the other wording stays cleared: its sentence did not change
        legal.press("button[value=approve]")
    promo.refresh_from_db()
    assert promo.state == "budget_review"
    with desk(chromium, live_server, "manager") as manager:
        manager.open("/promos/")
        assert promo.code in manager.page.content()
        manager.open(page)
        manager.press("button[value=approve]")
    promo.refresh_from_db()
    assert promo.state == "approved"
    with time_machine.travel(start_of_day(starts_on) + timedelta(hours=12)):
        _key, secret = ApiKey.objects.create_key(name="till", dealer=company, scopes=["sales:write"])
        line = {
            "doc_no": "SO-1",
            "line_no": 1,
            "sold_at": clock.now().isoformat(),
            "sku": "PJ-1",
            "quantity": 1,
            "unit_price": "880",
            "region": company.home_region.code,
        }
        answer = Client().post(
            "/api/v1/sales-reports",
            {"lines": [line]},
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )
        assert answer.json()["accepted"] == 1, answer.content
        with desk(chromium, live_server, "owner") as owner:
            owner.open("/sale-lines/HZ01/1/SO-1/")
            assert "Approved promotion" in owner.page.inner_text("main")
            assert promo.code in owner.page.inner_text("main")


def clear(legal: Desk, number: int, note: str) -> None:
    """Clear one wording, saying why."""
    form = f"form[action*='/findings/{number}/']"
    legal.page.fill(f"{form} [name=note]", note)
    legal.press(f"{form} button")


def test_the_inbox_is_worked_by_keyboard_alone(chromium: Any, live_server: Any, company: Any) -> None:
    owner = User.objects.get(username="owner")
    codes = [
        submitted(owner, clock.now(), starts_on=day, ends_on=day + timedelta(days=3), items=ITEMS).code
        for day in (clock.business_day(clock.now()) + timedelta(days=start) for start in (30, 60))
    ]
    with desk(chromium, live_server, "legal", viewport={"width": 1400, "height": 900}) as legal:
        legal.open("/promos/")
        keyboard = legal.page.keyboard
        keyboard.press("j")
        keyboard.press("k")
        assert legal.page.locator("tr[aria-selected=true]").count() == 1
        keyboard.press("?")
        assert "open on a page of its own" in legal.page.locator("#shortcuts").inner_text()
        keyboard.press("Escape")
        keyboard.press("a")
        with legal.page.expect_response(lambda answer: answer.request.method == "POST"):
            keyboard.press("Enter")
        legal.page.wait_for_load_state("networkidle")
        keyboard.press("o")
        legal.page.wait_for_url("**/promos/PR-*/")
    assert sorted(PromoRequest.objects.filter(code__in=codes).values_list("state", flat=True)) == [
        "budget_review",
        "legal_review",
    ]


def test_a_half_month_goes_from_the_clerk_over_the_approver_to_the_dealer(
    chromium: Any, live_server: Any, company: Any, half_month: HalfMonth
) -> None:
    with override_settings(CELERY_BROKER_URL="memory://"):
        with desk(chromium, live_server, "clerk") as clerk:
            clerk.open("/settlement-runs/")
            clerk.page.locator("[popovertarget=calculate]").first.click()
            clerk.page.locator("form[action*='calculate'] select").select_option(str(half_month))
            clerk.press("form[action*='calculate'] button.primary")
            job = JobRun.objects.get(task=CALCULATE)
            calculate_run(job.pk)  # what a worker does
            clerk.open(f"/settlement-runs/{job.params['period']}/")
            clerk.press("form[action$='/put-up/'] button")
        period = job.params["period"]
        assert SettlementRun.objects.get(period=period).state == "under_review"
        with desk(chromium, live_server, "approver") as approver:
            approver.open(f"/settlement-runs/{period}/")
            approver.press("form[action$='/approve/'] button")
    assert SettlementRun.objects.get(period=period).state == "closed"
    with desk(chromium, live_server, "owner") as owner:
        owner.open(f"/statements/{period}/HZ01/")
        assert owner.page.locator("form[action$='/confirm/'] button").count(), owner.page.inner_text("body")[:1500]
        owner.press("form[action$='/confirm/'] button")
    assert Statement.objects.get(dealer=company).state == StatementState.CONFIRMED


def test_language_and_theme_stay_as_chosen(chromium: Any, live_server: Any, company: Any) -> None:
    person = User.objects.get(username="owner")
    person.set_password(PASSWORD)
    person.save()
    with visit(chromium, live_server) as owner:
        owner.sign_in("owner", PASSWORD)
        owner.open("/")
        owner.press("button[name=language][value=zh-hans]")
        assert owner.page.locator("html").get_attribute("lang") in ("zh-hans", "zh-Hans")
        owner.press("button[name=theme][value=dark]")
        owner.open("/promos/")
        assert owner.page.locator("html").get_attribute("data-theme") == "dark"
        assert owner.page.locator("html").get_attribute("lang") in ("zh-hans", "zh-Hans")


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("owner", ("/", "/promos/", "/promos/new/", "/statements/", "/upload/", "/receipts/", "/sale-lines/")),
        ("clerk", ("/", "/settlement-runs/", "/finance-report/", "/statements/", "/ledger/", "/promos/")),
    ],
)
def test_on_a_phone_no_page_scrolls_sideways(
    chromium: Any, live_server: Any, company: Any, name: str, paths: tuple[str, ...]
) -> None:
    with desk(chromium, live_server, name, **PHONE) as phone:
        for path in paths:
            phone.open(path)
            assert phone.too_wide() <= 0, path
