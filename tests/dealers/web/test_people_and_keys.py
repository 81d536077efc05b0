"""People and keys: made once, shown once, changed with a trace."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from dealers.choices import Role
from dealers.foundation import clock
from dealers.models import ApiKey, AuditRecord, User
from tests import factories
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db

NEW_PERSON = {"username": "lin", "display_name": "林若溪", "role": Role.CHANNEL_MANAGER, "language": "zh-hans"}


def test_a_new_person_can_sign_in_with_the_password_shown_once() -> None:
    region = factories.City()
    answer = visitor(Role.ADMINISTRATOR).post("/users/new/", {**NEW_PERSON, "regions": [region.code]})
    password = re.search(r'<dd class="mono strong">([^<]+)</dd>', answer.content.decode())
    made = User.objects.get(username="lin")
    assert password is not None and made.check_password(password.group(1))
    assert list(made.regions.all()) == [region]
    assert "no-store" in answer["Cache-Control"]


def test_a_name_that_is_taken_keeps_the_form_and_says_so() -> None:
    factories.User(username="lin")
    answer = visitor(Role.ADMINISTRATOR).post("/users/new/", NEW_PERSON)
    assert answer.status_code == 422
    assert "already a person called lin" in answer.content.decode()


def test_a_dealer_role_needs_a_dealer_that_exists() -> None:
    administrator = visitor(Role.ADMINISTRATOR)
    form = {**NEW_PERSON, "role": Role.DEALER_OWNER}
    assert "belongs to a dealer" in administrator.post("/users/new/", form).content.decode()
    assert (
        "no dealer with the code D404" in administrator.post("/users/new/", {**form, "dealer": "D404"}).content.decode()
    )
    assert not User.objects.filter(username="lin").exists()


def test_a_deactivated_person_cannot_go_on() -> None:
    known = factories.User(role=Role.AUDITOR)
    browser = signed_in(known)
    visitor(Role.ADMINISTRATOR).post(f"/users/{known.pk}/", {"role": Role.AUDITOR})
    assert browser.get("/dealers/").status_code == 302
    assert AuditRecord.objects.get(action="person.change").after["active"] is False


def test_an_administrator_does_not_lock_itself_out() -> None:
    me = factories.User(role=Role.ADMINISTRATOR)
    signed_in(me).post(f"/users/{me.pk}/", {"role": Role.AUDITOR, "is_active": "on"})
    me.refresh_from_db()
    assert me.role == Role.ADMINISTRATOR


def secret_shown(answer: object) -> str:
    found = re.search(r'id="secret"[^>]*value="([^"]+)"', answer.content.decode())  # type: ignore[attr-defined]
    assert found is not None
    return found.group(1)


def owner() -> tuple[Client, User]:
    person = factories.User(role=Role.DEALER_OWNER, language="en")
    return signed_in(person), person


def test_an_owner_makes_a_key_of_its_own_dealer_only() -> None:
    browser, person = owner()
    other = factories.Dealer()
    answer = browser.post("/api-keys/new/", {"name": "till", "dealer": other.code, "system": "erp", "life": "90"})
    key = ApiKey.objects.get_from_key(secret_shown(answer))
    assert (key.dealer, key.system) == (person.dealer, "")
    assert "no-store" in answer["Cache-Control"]
    assert secret_shown(answer) not in browser.get("/api-keys/").content.decode()


def test_a_rotated_key_works_on_beside_its_successor() -> None:
    browser, _person = owner()
    browser.post("/api-keys/new/", {"name": "till", "life": ""})
    old = ApiKey.objects.get()
    successor = ApiKey.objects.get_from_key(
        secret_shown(browser.post(f"/api-keys/{old.prefix}/rotate/", {"overlap": "24"}))
    )
    old.refresh_from_db()
    assert old.revoked is False and old.expiry_date is not None
    assert (successor.name, successor.scopes) == (old.name, old.scopes)


def test_the_successor_of_a_key_with_an_end_ends_too() -> None:
    browser, _person = owner()
    browser.post("/api-keys/new/", {"name": "till", "life": "90"})
    old = ApiKey.objects.get()
    successor = ApiKey.objects.get_from_key(
        secret_shown(browser.post(f"/api-keys/{old.prefix}/rotate/", {"overlap": "24"}))
    )
    assert timedelta(days=89) < successor.expiry_date - clock.now() <= timedelta(days=90)


def test_an_expired_key_has_no_successor() -> None:
    browser, _person = owner()
    browser.post("/api-keys/new/", {"name": "till", "life": "90"})
    ApiKey.objects.update(expiry_date=clock.now() - timedelta(days=1))
    browser.post(f"/api-keys/{ApiKey.objects.get().prefix}/rotate/", {"overlap": "24"})
    assert ApiKey.objects.count() == 1


def test_a_revoked_key_stays_on_the_list_as_revoked() -> None:
    browser, _person = owner()
    browser.post("/api-keys/new/", {"name": "till"})
    browser.post(f"/api-keys/{ApiKey.objects.get().prefix}/revoke/")
    assert ApiKey.objects.get().revoked is True
    assert "Revoked" in browser.get("/api-keys/").content.decode()


def test_the_administrator_names_exactly_one_owner_of_a_key() -> None:
    administrator = visitor(Role.ADMINISTRATOR)
    both = {"name": "k", "dealer": factories.Dealer().code, "system": "erp"}
    for form in ({"name": "k"}, both):
        answer = administrator.post("/api-keys/new/", form)
        assert (answer.status_code, ApiKey.objects.count()) == (422, 0)
    administrator.post("/api-keys/new/", {"name": "k", "system": "erp"})
    assert ApiKey.objects.get().system == "erp"
