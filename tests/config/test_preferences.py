"""Language belongs to the person, the theme to the device, and every answer carries the security policy."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from dealers.choices import Role
from dealers.models import User

LOGIN = "/accounts/login/"


@pytest.fixture
def reviewer(db: None) -> User:
    return User.objects.create_user("lin", password="halfmoon-2026-x", role=Role.LEGAL_REVIEWER, first_name="林若溪")


def page(client: Client, **headers: str) -> str:
    return client.get(LOGIN, headers=headers).content.decode()


@pytest.mark.django_db
def test_strangers_are_greeted_in_chinese(client: Client) -> None:
    assert '<html lang="zh-Hans"' in page(client)
    assert ">登录<" in page(client)


@pytest.mark.django_db
def test_a_stranger_with_an_english_browser_is_greeted_in_english(client: Client) -> None:
    text = page(client, accept_language="en-GB,en;q=0.8")
    assert '<html lang="en"' in text
    assert "登录" not in text


@pytest.mark.django_db
def test_the_choice_of_a_stranger_stays_on_the_device(client: Client) -> None:
    client.post(reverse("set-language"), {"language": "en", "next": LOGIN})
    assert '<html lang="en"' in page(client)


def test_a_person_keeps_the_language_on_every_device(client: Client, reviewer: User) -> None:
    client.force_login(reviewer)
    answer = client.post(reverse("set-language"), {"language": "en", "next": "/accounts/2fa/"})
    assert answer["Location"] == "/accounts/2fa/"
    elsewhere = Client()
    elsewhere.force_login(reviewer)
    assert '<html lang="en"' in elsewhere.get("/accounts/2fa/").content.decode()


def test_an_unknown_language_changes_nothing(client: Client, reviewer: User) -> None:
    client.force_login(reviewer)
    client.post(reverse("set-language"), {"language": "xx"})
    reviewer.refresh_from_db()
    assert reviewer.language == "zh-hans"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_a_switch_never_leads_off_the_site(client: Client, address: str) -> None:
    for name in ("set-language", "set-theme"):
        assert client.post(reverse(name), {"language": "en", "theme": "dark", "next": address})["Location"] == "/"


@pytest.mark.django_db
def test_the_theme_is_remembered_and_given_back_to_the_device(client: Client) -> None:
    client.post(reverse("set-theme"), {"theme": "dark"})
    assert 'data-theme="dark"' in page(client)
    client.post(reverse("set-theme"), {"theme": ""})
    assert "data-theme" not in page(client)


@pytest.mark.django_db
def test_a_theme_that_was_made_up_is_ignored(client: Client) -> None:
    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in page(client)


@pytest.mark.django_db
def test_a_preference_is_never_changed_by_a_link(client: Client) -> None:
    assert client.get(reverse("set-theme")).status_code == 405
    assert client.get(reverse("set-language")).status_code == 405


@pytest.mark.django_db
def test_every_answer_forbids_foreign_and_inline_scripts(client: Client) -> None:
    for address in (LOGIN, "/no/such/page/"):
        policy = client.get(address)["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "unsafe-inline" not in policy


@pytest.mark.django_db
def test_our_own_pages_hold_nothing_the_policy_refuses(client: Client) -> None:
    text = page(client)
    assert " style=" not in text
    assert " onclick=" not in text
    assert "<script>" not in text


@pytest.mark.django_db
def test_a_request_too_large_for_any_page_is_refused_before_it_is_read(client: Client) -> None:
    answer = client.post(LOGIN, {"username": "x"}, CONTENT_LENGTH=str(1 << 40))
    assert answer.status_code == 413


@pytest.mark.parametrize("address", ["/dealers/%00/", "/promos/?q=%00", "/%00"])
def test_a_character_no_address_has_breaks_nothing(client: Client, reviewer: User, address: str) -> None:
    client.force_login(reviewer)
    assert client.get(address).status_code == 400


@pytest.mark.django_db
def test_nobody_signs_up_by_themselves(client: Client) -> None:
    text = client.get("/accounts/signup/").content.decode()
    assert "不开放注册" in text
    client.post(
        "/accounts/signup/", {"username": "intruder", "password1": "long-enough-1", "password2": "long-enough-1"}
    )
    assert not User.objects.filter(username="intruder").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("zh-hans", "这里没有内容"), ("en", "There is nothing here")])
def test_a_missing_page_explains_itself(client: Client, language: str, words: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert words in answer.content.decode()
