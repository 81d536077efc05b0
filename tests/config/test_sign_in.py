"""There is one way to sign in, and what it asks for cannot be walked around."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from dealers.choices import Role
from dealers.models import User

PASSWORD = "halfmoon-2026-x"


@pytest.fixture
def administrator(db: None) -> User:
    person = User.objects.create_user("gao", password=PASSWORD, role=Role.ADMINISTRATOR, is_staff=True)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "no real one"})
    return person


def given(client: Client, address: str) -> Any:
    name = "login" if "accounts" in address else "username"
    return client.post(address, {name: "gao", "password": PASSWORD})


def test_a_password_alone_does_not_pass_the_second_factor(client: Client, administrator: User) -> None:
    given(client, "/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_the_admin_site_sends_to_the_one_sign_in(client: Client, administrator: User) -> None:
    answer = given(client, "/admin/login/?next=/admin/")
    assert "_auth_user_id" not in client.session
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_after_ten_wrong_passwords_the_right_one_is_of_no_use_from_there(client: Client, db: None) -> None:
    User.objects.create_user("lin", password=PASSWORD, role=Role.LEGAL_REVIEWER)
    for _attempt in range(10):
        client.post("/accounts/login/", {"login": "lin", "password": "guessed"})
    client.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
