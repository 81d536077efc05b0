"""Values on a page look the same everywhere, in the page's language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from config.display.icons import PATHS
from dealers.foundation.clock import parse_instant

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai


def shown(source: str, **values: Any) -> str:
    """What a page shows for ``source``, without the gaps between its parts."""
    return Template(source).render(Context(values)).strip()


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("1234.5"), '<data class="money" value="1234.5">¥1,234.50</data>'),
        (Decimal("-12"), '<data class="money neg" value="-12">−¥12.00</data>'),
        (Decimal("0.123456"), '<data class="money" value="0.123456">¥0.123456</data>'),
        (Decimal("1E+3"), '<data class="money" value="1000">¥1,000.00</data>'),
        (0, '<data class="money" value="0">¥0.00</data>'),
        (None, '<span class="muted">—</span>'),
        (Decimal("NaN"), '<span class="muted">—</span>'),
    ],
)
def test_money_is_grouped_keeps_its_digits_and_marks_what_is_owed(amount: object, text: str) -> None:
    assert shown("{{ amount|money }}", amount=amount) == text


@pytest.mark.parametrize(("amount", "text"), [("12", "+¥12.00"), ("-12", "−¥12.00"), ("0", "¥0.00")])
def test_a_difference_carries_its_sign(amount: str, text: str) -> None:
    assert f">{text}<" in shown("{{ amount|signed_money }}", amount=amount)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ ratio|percent }}", "12.4%"),  # half up from 12.35
        ("{{ ratio|percent:2 }}", "12.35%"),
        ("{{ count|number }}", "1,234,567"),
        ("{{ nothing|percent }}", "—"),
    ],
)
def test_figures_are_rounded_half_up(source: str, text: str) -> None:
    assert shown(source, ratio=Decimal("0.1235"), count=1_234_567, nothing=None) == text


def test_an_instant_is_shown_in_shanghai_time() -> None:
    assert "2026-11-23 09:30</time>" in shown("{{ at|instant }}", at=MONDAY)
    assert ">11-23 09:30</time>" in shown('{{ at|instant:"short" }}', at=MONDAY)


def test_the_business_day_of_an_instant_is_the_one_in_shanghai() -> None:
    assert ">2026-11-23<" in shown("{{ at|day }}", at=parse_instant("2026-11-22T16:00:00Z"))


@pytest.mark.parametrize(
    ("first", "end", "text"),
    [
        (date(2026, 11, 22), date(2026, 11, 27), "2026-11-22 – 2026-11-26"),
        (date(2026, 11, 22), date(2026, 11, 23), "2026-11-22"),
        (date(2026, 11, 22), None, "from 2026-11-22"),
        (None, date(2026, 11, 23), "until 2026-11-22"),
    ],
)
def test_a_half_open_range_names_its_last_day(first: date | None, end: date | None, text: str) -> None:
    with translation.override("en"):
        assert Template("{% days a b as range %}{{ range|striptags }}").render(Context({"a": first, "b": end})) == text


@pytest.mark.parametrize(
    ("length", "chinese", "english"),
    [
        (timedelta(hours=6, minutes=24), "6 小时 24 分钟", "6 h 24 min"),
        (timedelta(days=2, hours=5, minutes=59), "2 天 5 小时", "2 days 5 h"),
        (timedelta(days=1, minutes=3), "1 天", "1 day"),
        (timedelta(seconds=42), "42 秒", "42 s"),
        (timedelta(0), "0 秒", "0 s"),
        (90, "1 分钟", "1 min"),
    ],
)
def test_a_duration_speaks_the_language_of_the_page(length: object, chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert shown("{{ length|duration }}", length=length) == chinese
    with translation.override("en"):
        assert shown("{{ length|duration }}", length=length) == english


@pytest.mark.parametrize(
    ("due", "words", "tone"),
    [
        (MONDAY - timedelta(minutes=25), "超时 25 分钟", "bad"),
        (MONDAY, "超时 0 秒", "bad"),
        (MONDAY + timedelta(hours=5), "剩 5 小时", "warn"),
        (MONDAY + timedelta(days=2), "剩 2 天", ""),
    ],
)
def test_a_deadline_tells_how_late_or_how_near_it_is(due: datetime, words: str, tone: str) -> None:
    with time_machine.travel(MONDAY, tick=False), translation.override("zh-hans"):
        page = shown("{% deadline due %}", due=due)
    assert words in page
    assert f'class="deadline {tone}"' in page


def test_a_deadline_says_which_days_it_counted() -> None:
    with time_machine.travel(MONDAY, tick=False):
        page = shown("{% deadline due counted='11-24, 11-25' %}", due=MONDAY + timedelta(days=2))
    assert "· 11-24, 11-25" in page


def test_a_step_that_is_done_is_never_late() -> None:
    with time_machine.travel(MONDAY, tick=False), translation.override("en"):
        page = shown("{% deadline due done=True %}", due=MONDAY - timedelta(days=9))
    assert "Done" in page
    assert "late" not in page


def test_a_badge_shows_tone_and_words() -> None:
    with translation.override("zh-hans"):
        assert shown("{% badge 'below_floor' %}") == '<span class="badge bad">低于下限</span>'


def test_a_badge_of_nothing_is_nothing() -> None:
    assert shown("{% badge none %}", none=None) == ""
    assert shown("{% badge '' %}") == ""


def test_a_badge_takes_the_words_it_is_given() -> None:
    assert ">某状态<" in shown("{% badge 'unheard_of' '某状态' %}")


@pytest.mark.parametrize(("period", "text"), [("2026-11-H1", "2026-11 上半月"), ("2026-11-H2", "2026-11 下半月")])
def test_a_half_month_is_named(period: str, text: str) -> None:
    with translation.override("zh-hans"):
        assert shown("{{ period|half_month }}", period=period) == text


def test_a_place_is_named_in_the_language_of_the_page() -> None:
    chengdu = SimpleNamespace(name_zh="成都", name_en="Chengdu")
    nameless_abroad = SimpleNamespace(name_zh="自贡", name_en="")
    with translation.override("en"):
        assert shown("{{ a|local_name }} {{ b|local_name }}", a=chengdu, b=nameless_abroad) == "Chengdu 自贡"
    with translation.override("zh-hans"):
        assert shown("{{ a|local_name }}", a=chengdu) == "成都"


def test_what_people_typed_is_escaped() -> None:
    dealer = SimpleNamespace(name="<b>X</b>", code="D1")
    user = SimpleNamespace(dealer_id=7)
    assert "&lt;b&gt;X&lt;/b&gt;" in shown("{% dealer_link dealer %}", dealer=dealer, user=user)


@pytest.mark.parametrize("role", ["dealer_owner", "administrator"])
def test_a_dealer_is_no_link_for_those_who_may_not_open_its_page(role: str) -> None:
    dealer = SimpleNamespace(name="中恒", code="D1")
    user = SimpleNamespace(role=role, is_active=True)
    assert "<a " not in shown("{% dealer_link dealer %}", dealer=dealer, user=user)


@pytest.mark.parametrize("name", sorted(PATHS))
def test_every_icon_is_drawn_and_silent_without_a_label(name: str) -> None:
    assert 'aria-hidden="true"' in shown("{% icon name %}", name=name)
    assert 'aria-label="Late"' in shown("{% icon name 'Late' %}", name=name)


def test_a_live_form_asks_the_same_page_and_swaps_one_part() -> None:
    page = shown('<form {% live "results" %}>', request=RequestFactory().get("/promos/?page=2"))
    assert 'action="/promos/"' in page
    assert 'hx-select="#results"' in page


def test_a_pane_link_works_without_script_and_keeps_the_filters() -> None:
    request = RequestFactory().get("/promos/?q=S20&selected=3")
    page = shown('<a {% pane_link "/promos/7/" selected=7 %}>', request=request)
    assert 'href="/promos/7/"' in page
    assert 'hx-push-url="/promos/?q=S20&amp;selected=7"' in page


def test_sorting_turns_round_on_the_second_click() -> None:
    first = shown('{% sort_header "due" "Deadline" %}', request=RequestFactory().get("/?page=4"))
    assert 'href="?sort=due"' in first
    second = shown('{% sort_header "due" "Deadline" %}', request=RequestFactory().get("/?sort=due"))
    assert 'href="?sort=-due"' in second
    assert 'aria-sort="ascending"' in second


def test_nothing_of_the_page_leaks_into_a_component() -> None:
    assert "stray" not in shown('{% kpi "Late" 3 %}', note="stray", url="/stray/", tone="stray")
